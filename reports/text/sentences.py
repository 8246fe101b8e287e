"""Cut a paragraph into its sentences."""

from __future__ import annotations

import re

from reports.text.passage import Passage

_SENTENCE_END = re.compile(r"[.!?][\u201d\u2019\"')\]]* +(?=[\u201c\u2018\"'(\[]*[A-Z])")
_ABBREVIATION = re.compile(
    r"\b(?:[A-Z]|No|Nos|Mrs?|Ms|Dr|St|Sr|Jr|Gen|Col|Lt|Art|Sec|vs)\.$|^\(?\d{1,2}\.$"
)
_OPENS_SENTENCE = re.compile(r"(?:The|There|These|Impunity|Other|Additional|Members)\b")
_LONGEST = 50_000  # characters; bounds the time, and a whole report pasted in one block has less


def sentences(block: str) -> list[Passage]:
    """Split a block at its sentence ends, abbreviations and initials guarded.

    Of a block too long for a summary only the whole sentences at its beginning are returned.
    """
    starts = [0]
    for end in _SENTENCE_END.finditer(block, 0, _LONGEST):
        stop = end.start() + 1
        is_abbreviation = _ABBREVIATION.search(block[max(starts[-1], stop - 5) : stop])
        if not is_abbreviation or _OPENS_SENTENCE.match(block, end.end()):
            starts.append(end.end())
    ends = [*starts[1:], len(block)] if len(block) <= _LONGEST else starts[1:]
    return [Passage(block[a:b].rstrip(), a) for a, b in zip(starts, ends, strict=False)]
