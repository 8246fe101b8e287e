"""Lay the pieces of two texts out in the paragraphs a reader should see."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from reports.compare.alignment import Gap, Text
from reports.model.reading import MarkKind


class Op(StrEnum):
    """What became of the words of a piece."""

    EQUAL = "equal"
    DELETE = "delete"
    INSERT = "insert"


class Span(NamedTuple):
    """Whole words that share one fate, joined by single spaces.

    Words that moved are deleted where they were and inserted where they are; ``move`` is the
    number of their move then, 0 for every other piece. ``mark`` says that they are still in the
    page's markup (deleted), or were before (inserted), struck or hidden by the publisher.
    """

    op: Op
    text: str
    move: int = 0
    mark: MarkKind | None = None

    @property
    def remark(self) -> str:
        """What to say of marked words: "struck by the publisher"; ``""`` of any other."""
        if not self.mark:
            return ""
        return f"{self.mark} by the publisher" + (" before" if self.op is Op.INSERT else "")


Paragraph = tuple[Span, ...]


class Moving(NamedTuple):
    """A paragraph that left or arrived: before which of the words that stayed, and its pieces."""

    at: int
    pieces: Paragraph


@dataclass
class Layout:
    """Lay pieces out in the new text's paragraphs, deleted ones keeping their own.

    ``left`` and ``arrived`` are the paragraphs that moved, which ``old`` and ``new`` lack.
    """

    old: Text
    new: Text
    left: Sequence[Moving] = ()
    arrived: Sequence[Moving] = ()
    _done: list[Paragraph] = field(default_factory=list)
    _open: list[Span] = field(default_factory=list)
    _shown: list[int] = field(default_factory=lambda: [0, 0])

    def paragraphs(self) -> tuple[Paragraph, ...]:
        """Close the last paragraph and return them all."""
        self._break()
        self._pass(len(self.old.words), len(self.new.words))
        return tuple(self._done)

    def add_gap(self, gap: Gap) -> None:
        """Add what went and what came, the new words beside the old they replace."""
        deleted = self.old.paragraph_cuts(gap.before, gap.before_end)
        for start, end in _filled(deleted):
            self._pass(start, 0)
            self._add(Op.DELETE, self.old, start, end, self.old.begins_paragraph(start))
        is_inline = len(deleted) == 2 or not self.old.begins_paragraph(gap.before_end)
        for start, end in _filled(self.new.paragraph_cuts(gap.after, gap.after_end)):
            self._pass(0, start)
            breaks = self.new.begins_paragraph(start) and not (is_inline and self._only_deleted)
            self._add(Op.INSERT, self.new, start, end, breaks)

    def add_equal(self, start: int, end: int, old_start: int = 0) -> None:
        """Add the new text's words from ``start`` to ``end``, which stood at ``old_start``."""
        ahead = old_start - start
        for first, last in _filled(self._equal_cuts(start, end, ahead)):
            self._pass(first + ahead, first)
            breaks = self.new.begins_paragraph(first) and (
                not self._only_deleted or self.old.begins_paragraph(first + ahead)
            )
            self._add(Op.EQUAL, self.new, first, last, breaks)

    def _equal_cuts(self, start: int, end: int, ahead: int) -> list[int]:
        cuts = self.new.paragraph_cuts(start, end)
        if not self.left:
            return cuts
        indexes = self._left_at
        first = bisect_right(indexes, start + ahead)
        stops = indexes[first : bisect_left(indexes, end + ahead)]
        return sorted({*cuts, *(stop - ahead for stop in stops)})

    @cached_property
    def _left_at(self) -> list[int]:
        return [moving.at for moving in self.left]

    def _pass(self, old: int, new: int) -> None:
        """Show the moved paragraphs that stand before a word of the old and of the new text."""
        for side, (moved, index) in enumerate(((self.left, old), (self.arrived, new))):
            while self._shown[side] < len(moved) and moved[self._shown[side]].at <= index:
                self._break()
                self._done.append(moved[self._shown[side]].pieces)
                self._shown[side] += 1

    @property
    def _only_deleted(self) -> bool:
        return bool(self._open) and all(piece.op is Op.DELETE for piece in self._open)

    def _add(self, op: Op, text: Text, start: int, end: int, breaks: bool) -> None:
        if breaks:
            self._break()
        self._open.append(Span(op, " ".join(text.words[start:end])))

    def _break(self) -> None:
        if self._open:
            self._done.append(tuple(self._open))
            self._open.clear()


def _filled(cuts: list[int]) -> Iterator[tuple[int, int]]:
    return ((start, end) for start, end in pairwise(cuts) if start < end)


def marked_text(pieces: Iterable[Span], show: Callable[[Span], str] = lambda p: p.text) -> str:
    """Return one paragraph with wdiff marks; ``show`` may alter how a piece's words appear.

    ``[-…-]`` was deleted, ``{+…+}`` added; ``[>1: …>]`` is where the first move left from, and
    ``{>1: …>}`` where it went. Words that were struck or hidden are followed by who did so.
    """
    return " ".join(
        _MARKS[piece.op, bool(piece.move)].format(text=_unmarked(show(piece)), move=piece.move)
        + (f" [{piece.remark}]" if piece.mark else "")
        for piece in pieces
    )


_MARKS = {
    (Op.EQUAL, False): "{text}",
    (Op.DELETE, False): "[-{text}-]",
    (Op.INSERT, False): "{{+{text}+}}",
    (Op.DELETE, True): "[>{move}: {text}>]",
    (Op.INSERT, True): "{{>{move}: {text}>}}",
}


def _unmarked(text: str) -> str:
    for mark in ("[-", "-]", "{+", "+}", "[>", ">]", "{>", ">}"):
        text = text.replace(mark, "\\" + mark)
    return text
