"""Cut versions into passages, and follow each passage's text over the versions of a report."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from reports.model.reading import SUMMARY_NAME, Reading

MOST_WORDS = 4000
"""Words of one passage: PostgreSQL counts places up to 16,383 in one text."""


@dataclass(frozen=True)
class IndexedPassage:
    """A stretch of one part of a version."""

    part_number: int
    name: str
    first_block: int
    blocks: tuple[str, ...]
    sha256: str


@dataclass
class PassagePeriod:
    """One uninterrupted period of a passage's text."""

    passage: IndexedPassage
    from_version: int
    from_at: datetime
    until_version: int | None = None
    until_at: datetime | None = None

    @property
    def words(self) -> str:
        """The words to be searched: those of the part's name and of the blocks."""
        return " ".join((self.passage.name, *self.passage.blocks))

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of a row, but for its report."""
        return {
            "part_number": self.passage.part_number,
            "name": self.passage.name,
            "first_block": self.passage.first_block,
            "block_count": len(self.passage.blocks),
            "sha256": self.passage.sha256,
            "from_version": self.from_version,
            "until_version": self.until_version,
            "from_at": self.from_at,
            "until_at": self.until_at,
        }


def passage_periods(versions: Iterable[tuple[Row[Any], Reading]]) -> list[PassagePeriod]:
    """Follow each passage's text over the versions, in order of capture."""
    done: list[PassagePeriod] = []
    open_: dict[str, PassagePeriod] = {}
    for row, value in versions:
        seen: dict[str, PassagePeriod] = {}
        for each in passages(value):
            known = open_.pop(each.sha256, None)
            seen[each.sha256] = known or PassagePeriod(each, row.number, row.captured_at)
        for ended in open_.values():
            ended.until_version, ended.until_at = row.number, row.captured_at
            done.append(ended)
        open_ = seen
    return [*done, *open_.values()]


def passages(value: Reading) -> Iterator[IndexedPassage]:
    """Cut a reading into passages: each part by itself, long ones between paragraphs.

    ``sha256`` differs between the passages of one reading. In two readings it is equal for the same
    words in the same part, whatever its number is there.
    """
    met: Counter[tuple[str, ...]] = Counter()
    parts = [(SUMMARY_NAME, value.blocks)]
    parts += [(each.name, each.blocks) for each in value.sections]
    for number, (name, blocks) in enumerate(parts):
        for first, cut in _cut(blocks):
            met[(name, *cut)] += 1
            words = (str(met[(name, *cut)]), name, *cut)
            digest = hashlib.sha256("\n".join(words).encode()).hexdigest()
            yield IndexedPassage(number, name, first, cut, digest)


def _cut(blocks: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield stretches of blocks with the index of the first of each."""
    first, words = 0, 0
    taken: list[str] = []
    for index, block in enumerate(blocks):
        count = block.count(" ") + 1
        if taken and words + count > MOST_WORDS:
            yield first, tuple(taken)
            first, words, taken = index, 0, []
        taken.append(block)
        words += count
    if taken or not blocks:
        yield first, tuple(taken)
