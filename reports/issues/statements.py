"""Cut a summary into its statements: sentences with their place, the lists of issues left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reports.model.reading import Fact
from reports.text.sentences import sentences

_ISSUE_LIST = re.compile(
    r"(?:(?:the|most|other|additional|significant|serious|noteworthy|reported|key|main|principal"
    r"|major|egregious|important|hr|human rights),? )+(?:issues|problems|abuses|concerns)\b"
    r"(?! (?:were|was) (?:[\w-]+ ){0,2}?(?:committed|perpetrated|carried out) by\b)"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence: its literal text, the same in lower case, and where it is."""

    text: str
    lower: str
    block: int
    start: int

    @property
    def end(self) -> int:
        """Return the offset behind its last character."""
        return self.start + len(self.text)

    def goes_before(self, other: Statement) -> bool:
        """Return whether nothing but a space parts it from another sentence of its paragraph."""
        return self.block == other.block and self.end + 1 == other.start

    @property
    def place(self) -> tuple[int, int]:
        """Return its block and the offset of its first character."""
        return self.block, self.start

    def as_fact(self, kind: str) -> Fact:
        """Return this sentence as a fact of a kind."""
        return Fact(kind, self.text, self.block, self.start)


def statements(blocks: Sequence[str]) -> list[Statement]:
    """Return the sentences of canonical blocks in order, without those that list issues."""
    found = [
        Statement(sentence.text, sentence.text.lower(), number, sentence.start)
        for number, block in enumerate(blocks)
        for sentence in sentences(block)
    ]
    return [one for one in found if not _ISSUE_LIST.match(one.lower)]
