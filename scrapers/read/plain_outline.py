"""Cut a report whose headings are plain lines, or run on inside one pasted paragraph.

Reports before 2016 have no markup for their sections, and editors have pasted whole reports into
one paragraph of a page made for the newer markup. "Section 1 Respect for ..." is then a line of its
own or stands between two sentences. A section that the prose only mentions ("under Section 5. The
court ...") cuts nothing: inside a paragraph the numbers must follow each other, at the border of
two sentences. A Roman number ("Section I.") is one only before a mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from reports.model.reading import Section
from scrapers.read.page import Block
from scrapers.read.parts import SUMMARY, Part, sections_of

LONGEST_TITLE = 200
"""Characters of a section's line; the longest one known has 150."""
LONGEST_LINE = 90
"""Characters of a sub-heading that differs from prose in nothing but being short."""

_SECTION_LINE = re.compile(
    r"(?i:Section)\s+(?P<number>\d{1,2}|[IVX]{1,4}(?=\s*[.:\u2013\u2014-]|$))"
    r"\s*[.:\u2013\u2014-]?(?:\s+(?P<title>[A-Z].*))?"
)
_RUN_ON = re.compile(
    r"(?<![A-Za-z,;]\s)\b(?:RESPECT FOR HUMAN RIGHTS\s+)?(?:Section|SECTION)\s+"
    r"(?P<number>\d{1,2}|[IVX]{1,4}(?=\s*[.:]))(?:\s*[.:]\s*|\s+)(?=[A-Z\u201c\"])"
)
_RUN_ON_TITLE = re.compile(r"(?P<title>[A-Z][^.;]{2,160}?)\s+(?=a\.\s+[A-Z])")
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_GROUP = re.compile(r"respect for human rights\s*:?", re.I)
_LETTERED = re.compile(r"[a-z]\.\s+[A-Z\u201c\"]")
_SENTENCE_ENDS = (".", ",", ";", "!", "?", ")", '"', "\u201d")
_PASTED_SUMMARY = re.compile(
    r"[^.]{0,160}?\b(?P<upper>EXECUTIVE SUMMARY(?: TITLE)?[.:]?)\s*"
    r"|[^.a-z]{0,160}?\b(?P<mixed>Executive Summary(?: Title)?[.:]?)\s*(?=[A-Z\u201c\"])"
)


def cut_at_sections(flow: Sequence[Block]) -> tuple[list[Block], tuple[Section, ...]]:
    """Return the blocks before the first section that plain text begins, and the sections."""
    cutter = _Cutter()
    for block in flow:
        cutter.take(block)
    return cutter.parts[0].flow, sections_of(cutter.parts[1:])


def cut_at_summary(flow: Sequence[Block]) -> tuple[list[Block], str, list[Block]]:
    """Return what stands before a summary's heading in plain text, the heading, and the rest.

    Without such a heading everything is the rest.
    """
    for at, block in enumerate(flow):
        if SUMMARY.fullmatch(block.text):
            return list(flow[:at]), block.text, list(flow[at + 1 :])
        if found := _PASTED_SUMMARY.match(block.text):
            rest = replace(block, text=block.text[found.end() :])
            heading = found["upper"] or found["mixed"]
            return list(flow[:at]), heading, [*([rest] if rest.text else []), *flow[at + 1 :]]
    return [], "", list(flow)


def begins_sections(block: Block) -> bool:
    """Return whether a block is a line over a section, or over all sections of older reports."""
    return bool(_GROUP.fullmatch(block.text)) or _section_line(block) is not None


def _section_line(block: Block) -> re.Match[str] | None:
    """Match a line that is nothing but a section's number and title."""
    found = _SECTION_LINE.fullmatch(block.text) if len(block.text) <= LONGEST_TITLE else None
    ends_sentence = found and found["title"] and found["title"].endswith((".", ";"))
    return None if ends_sentence and not block.is_heading else found


class _Cutter:
    """Sorts blocks under the sections they follow."""

    def __init__(self) -> None:
        self.parts = [Part("", "")]
        self._last = 0
        self._awaits_title = False

    def take(self, block: Block) -> None:
        """Open what a line begins, cut a paragraph where sections run on in it, keep the rest."""
        if _GROUP.fullmatch(block.text):
            self._open("", block.text)
        elif found := _section_line(block):
            self._open(found["number"], found["title"] or "")
        elif self._awaits_title and _is_title(block):
            self.parts[-1].heading, self._awaits_title = block.text, False
        else:
            self._awaits_title = False
            self._cut(block)

    def _open(self, number: str, heading: str) -> None:
        self.parts.append(Part(number, heading))
        self._last = _ordinal(number) or self._last
        self._awaits_title = bool(number) and not heading

    def _cut(self, block: Block) -> None:
        done = 0
        for found in () if block.is_heading else self._following(block.text):
            self._keep(replace(block, text=block.text[done : found.start()].strip()))
            self._open(found["number"], "")
            done = found.end()
            if titled := _RUN_ON_TITLE.match(block.text, done):
                self.parts[-1].heading, done = titled["title"], titled.end()
            else:
                self.parts[-1].heading = f"Section {found['number']}."
            self._awaits_title = False
        self._keep(replace(block, text=block.text[done:].strip()))

    def _following(self, text: str) -> Iterator[re.Match[str]]:
        """Yield the places where the next section, by number, begins."""
        for found in _RUN_ON.finditer(text) if "ection" in text or "ECTION" in text else ():
            if _ordinal(found["number"]) == self._last + 1:
                yield found

    def _keep(self, block: Block) -> None:
        if not block.text:
            return
        if len(self.parts) > 1 and not block.is_heading and _is_subheading(block):
            block = replace(block, tag="h4")
        self.parts[-1].flow.append(block)


def _ordinal(number: str) -> int:
    """Return which section a printed number means, 0 for none that is known."""
    if number in _ROMAN:
        return _ROMAN.index(number) + 1
    return int(number) if number.isdecimal() else 0


def _is_title(block: Block) -> bool:
    return len(block.text) <= LONGEST_TITLE and not block.text.endswith(_SENTENCE_ENDS)


def _is_subheading(block: Block) -> bool:
    """Tell a line that names what follows from prose: lettered, or short and without an end."""
    if not _is_title(block) or block.links:
        return False
    is_short = len(block.text) <= LONGEST_LINE and block.text[:1].isupper()
    return bool(_LETTERED.match(block.text)) or (is_short and not block.text.endswith(":"))
