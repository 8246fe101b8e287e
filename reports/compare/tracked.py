"""Lay a comparison out as tracked changes: words, spaces and paragraph marks, each with its fate.

A comparison decides on words, and its paragraphs are those that a reader should see. Tracked
changes can be accepted or rejected, and must then give either text to the letter: so every space
between two words and every end of a paragraph belongs to one text, to the other, or to both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from reports.compare.alignment import Text
from reports.compare.layout import Op, Paragraph, Span

_SPACE, _END = "space", "end"  # what separates two words; in this order both are settled
_LAST = "last"  # the end of a text: the ends of both are one mark


@dataclass(frozen=True)
class TrackedParagraph:
    """Pieces with the spaces between them, and the fate of the mark that ends the paragraph.

    If the mark is deleted, the paragraph is joined to the next one by accepting it; if inserted,
    by rejecting it.
    """

    pieces: Paragraph
    mark: Op


def track(
    paragraphs: Iterable[Paragraph], before: Sequence[str], after: Sequence[str]
) -> tuple[TrackedParagraph, ...]:
    """Return the tracked changes of a comparison of canonical blocks.

    Without what is inserted they are the blocks of ``before`` that have words, without what is
    deleted those of ``after``.
    """
    sides = {Op.DELETE: _Side.of(before), Op.INSERT: _Side.of(after)}
    return _Tracking(sides).laid(paragraphs)


@dataclass
class _Side:
    """One of the two texts: the words left of its open block, and what it owes before the next."""

    lengths: list[int]
    left: int = 0
    owed: str = ""

    @classmethod
    def of(cls, blocks: Sequence[str]) -> _Side:
        """Count the words of each block, the last first; blocks without words leave no trace."""
        counts = (len(Text.of([block]).words) for block in reversed(blocks))
        return cls([count for count in counts if count])

    def room(self) -> int:
        """Return how many words its open block still has; open the next if it has none."""
        self.left = self.left or self.lengths.pop()
        return self.left

    def take(self, count: int) -> None:
        """Pass words of the open block."""
        self.left -= count
        if self.left:
            self.owed = _SPACE
        else:
            self.owed = _END if self.lengths else _LAST


@dataclass
class _Tracking:
    """Walk through the pieces of a comparison, settling what separates the words of either text.

    What both texts owe alike is settled at once and is in both; what only one of them owes waits
    until its next word comes, or the reader's paragraph ends. The mark that ends both texts is
    never a change, as in a text processor: whatever follows stays as it is. ``sides`` are the texts
    by the fate of the words that only they have.
    """

    sides: dict[Op, _Side]
    _done: list[TrackedParagraph] = field(default_factory=list)
    _open: list[Span] = field(default_factory=list)

    def laid(self, paragraphs: Iterable[Paragraph]) -> tuple[TrackedParagraph, ...]:
        """Return the tracked changes of all paragraphs."""
        for paragraph in paragraphs:
            for piece in paragraph:
                self._walk(piece)
            if any(side.owed == _END for side in self.sides.values()):
                self._settle(self.sides)
        for fate, side in self.sides.items():  # of two texts one is empty, or nothing is owed
            if side.owed == _LAST:
                self._separate(fate, _LAST)
        return tuple(self._done)

    def _walk(self, piece: Span) -> None:
        words = piece.text.split(" ")
        fates = [piece.op] if piece.op in self.sides else list(self.sides)
        sides = [self.sides[fate] for fate in fates]
        start = 0
        while start < len(words):
            self._settle(fates)
            count = min(len(words) - start, *(side.room() for side in sides))
            self._add(piece._replace(text=" ".join(words[start : start + count])))
            for side in sides:
                side.take(count)
            self._settle_alike()
            start += count

    def _settle(self, fates: Iterable[Op]) -> None:
        owed = {fate: self.sides[fate].owed for fate in fates}
        for separator in (_SPACE, _END):
            for fate, owes in owed.items():
                if owes == separator:
                    self._separate(fate, separator)
                    self.sides[fate].owed = ""

    def _settle_alike(self) -> None:
        owed = {side.owed for side in self.sides.values()}
        if len(owed) == 1:
            self._separate(Op.EQUAL, owed.pop())
            for side in self.sides.values():
                side.owed = ""

    def _separate(self, fate: Op, separator: str) -> None:
        if separator == _SPACE:
            self._add(Span(fate, " "))
        else:
            self._done.append(TrackedParagraph(tuple(self._open), fate))
            self._open.clear()

    def _add(self, piece: Span) -> None:
        """Add a piece to the open paragraph; a space is part of a piece of its fate before it."""
        last = self._open[-1] if self._open else None
        is_space = piece.text == " "
        if last and last.op is piece.op and (is_space or last[2:] == piece[2:]):
            self._open[-1] = last._replace(text=last.text + piece.text)
        else:
            self._open.append(piece)
