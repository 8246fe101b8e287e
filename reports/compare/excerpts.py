"""Name excerpts of a reading's words: by their places in a row, and by paragraph for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from reports.compare.alignment import Text
from reports.compare.counterparts import text_of
from reports.model.reading import SUMMARY_NAME, Reading


class Word(NamedTuple):
    """A word's place: the index of its text (0 is the summary), and its own within that text."""

    text: int
    at: int


class Excerpt(NamedTuple):
    """The words ``start`` to ``end`` of one text of a reading: 0 is the summary, n section n.

    A section's heading is the first words of its text.
    """

    text: int
    start: int
    end: int

    def words(self) -> Iterator[Word]:
        """Give the place of each word."""
        return (Word(self.text, index) for index in range(self.start, self.end))


class Pinpoint(NamedTuple):
    """Where an excerpt stands, as one cites it: a section's name, and paragraphs from 1 on.

    ``text`` is 0 for the summary, else the section counted from 1. A heading is paragraph 0.
    """

    text: int
    name: str
    first: int
    last: int


@dataclass(frozen=True)
class Rows:
    """A reading as rows of words: its summary, then each section behind its heading."""

    reading: Reading

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """The words of the summary and of each section, with the beginnings of paragraphs."""
        blocks = (self.reading.blocks, *map(text_of, self.reading.sections))
        return tuple(map(Text.of, blocks))

    def paragraph(self, text: int, number: int) -> Excerpt | None:
        """Return the words of a paragraph, as pinpoints name it; None if there is none."""
        if not 0 <= text < len(self.texts):
            return None
        index = number - self._first(text)
        cuts = [*self.texts[text].starts, len(self.texts[text].words)]
        return Excerpt(text, *cuts[index : index + 2]) if 0 <= index < len(cuts) - 1 else None

    def pinpoint(self, excerpt: Excerpt) -> Pinpoint:
        """Say where an excerpt stands."""
        starts = self.texts[excerpt.text].starts
        first = sum(start <= excerpt.start for start in starts)
        last = sum(start < excerpt.end for start in starts)
        before = self._first(excerpt.text) - 1
        named = self.reading.sections[excerpt.text - 1].name if excerpt.text else SUMMARY_NAME
        return Pinpoint(excerpt.text, named, first + before, last + before)

    def blocks(self, excerpt: Excerpt) -> tuple[str, ...]:
        """Return the words of an excerpt, in the paragraphs in which they stand."""
        text = self.texts[excerpt.text]
        cuts = text.paragraph_cuts(excerpt.start, excerpt.end)
        return tuple(" ".join(text.words[start:end]) for start, end in pairwise(cuts))

    def find(self, sought: Sequence[str], within: int | None = None) -> Iterator[Excerpt]:
        """Yield where words stand, one after the other as they are; ``within`` one text alone."""
        needle = f" {' '.join(sought)} "
        for number, text in enumerate(self.texts):
            if not sought or within not in (None, number):
                continue
            row = f" {' '.join(text.words)} "
            at = row.find(needle)
            while at >= 0:
                start = row.count(" ", 0, at)
                yield Excerpt(number, start, start + len(sought))
                at = row.find(needle, at + 1)

    def words(self, excerpt: Excerpt) -> list[str]:
        """Return the words of an excerpt."""
        return self.texts[excerpt.text].words[excerpt.start : excerpt.end]

    def count(self, excerpt: Excerpt) -> int:
        """Count the paragraphs in which an excerpt stands."""
        return len(self.texts[excerpt.text].paragraph_cuts(excerpt.start, excerpt.end)) - 1

    def is_whole(self, excerpt: Excerpt) -> bool:
        """Whether an excerpt is whole paragraphs, from the first word of one on."""
        text = self.texts[excerpt.text]
        return text.begins_paragraph(excerpt.start) and text.begins_paragraph(excerpt.end)

    def _first(self, text: int) -> int:
        """Return the number of a text's first paragraph: 0 if that is a heading."""
        return int(not text or not self.reading.sections[text - 1].heading)
