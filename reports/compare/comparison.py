"""Lay several texts over their counterparts, word by word, and see what moved between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain

from reports.compare.alignment import Text, Work, align, gaps
from reports.compare.layout import Layout, Moving, Op, Paragraph, Span
from reports.compare.moves import MovedBlocks, Spot, find_moves

Blocks = Sequence[str]


@dataclass(frozen=True)
class Comparison:
    """Two texts laid over each other, in the paragraphs a reader should see.

    Without the INSERT pieces the words are those of the old text, without the DELETE pieces those
    of the new one. ``words_added`` and ``words_removed`` count the words so marked, but for those
    that moved: ``words_moved`` counts these, once if they stayed within the text.
    """

    paragraphs: tuple[Paragraph, ...]
    words_added: int
    words_removed: int
    words_moved: int = 0

    @property
    def is_same(self) -> bool:
        """Return whether both texts have the same words; paragraph borders do not count."""
        return not (self.words_added or self.words_removed or self.words_moved)


@dataclass(frozen=True)
class Move:
    """Neighbouring paragraphs that changed places; ``words`` counts those that came along.

    ``before`` and ``after`` say where the first of them was and is.
    """

    number: int
    words: int
    paragraphs: int
    before: Spot
    after: Spot


def compare_texts(
    before: Sequence[Blocks], after: Sequence[Blocks], work: Work
) -> tuple[tuple[Comparison, ...], tuple[Move, ...]]:
    """Compare texts with their counterparts, one by one; a text may be empty.

    Returns a comparison for each, and what moved within or between them.
    """
    pairs = [(Text.of(old), Text.of(new)) for old, new in zip(before, after, strict=True)]
    is_same = [old.words == new.words for old, new in pairs]
    runs = find_moves(_without(before, is_same), _without(after, is_same), work)
    if not runs:
        return tuple(_compare(old, new, work) for old, new in pairs), ()
    moved = _Moved(before, after)
    moves = tuple(moved.take(number, run, work) for number, run in enumerate(runs, 1))
    return tuple(moved.compare(n, work) for n in range(len(pairs))), moves


def _without(texts: Sequence[Blocks], is_left_out: Sequence[bool]) -> list[Blocks]:
    return [() if out else text for text, out in zip(texts, is_left_out, strict=True)]


def _compare(
    old: Text,
    new: Text,
    work: Work,
    left: Sequence[Moving] = (),
    arrived: Sequence[Moving] = (),
    words_moved: int = 0,
) -> Comparison:
    """Lay what stayed over each other; what moved is shown where it was and where it is."""
    layout = Layout(old, new, left, arrived)
    changed = [piece for moving in chain(left, arrived) for piece in moving.pieces]
    added = _count(changed, Op.INSERT)
    removed = _count(changed, Op.DELETE)
    if old.words == new.words:
        layout.add_equal(0, len(new.words))
        return Comparison(layout.paragraphs(), added, removed, words_moved)
    for gap, run in gaps(align(old, new, work), old, new):
        layout.add_gap(gap)
        layout.add_equal(run.after, run.after + run.length, run.before)
        added += gap.added
        removed += gap.removed
    return Comparison(layout.paragraphs(), added, removed, words_moved)


def _count(pieces: Iterable[Span], op: Op) -> int:
    return sum(_words(piece) for piece in pieces if piece.op is op and not piece.move)


def _words(piece: Span) -> int:
    return piece.text.count(" ") + 1


class _Moved:
    """The paragraphs taken out of each text, with their pieces, until all are known."""

    def __init__(self, before: Sequence[Blocks], after: Sequence[Blocks]) -> None:
        self._texts = before, after
        self._left: dict[Spot, Paragraph] = {}
        self._arrived: dict[Spot, Paragraph] = {}
        self._words: dict[int, int] = {}

    def take(self, number: int, run: MovedBlocks, work: Work) -> Move:
        """Take the paragraphs of a run out of both texts."""
        before, after = self._texts
        words = 0
        for old, new, _ in run.pairs:
            gone = before[old.text][old.paragraph]
            came = after[new.text][new.paragraph]
            self._left[old], self._arrived[new] = _moved_pieces(gone, came, number, work)
            words += sum(_words(piece) for piece in self._arrived[new] if piece.move)
        first = run.pairs[0]
        for text in {first.before.text, first.after.text}:
            self._words[text] = self._words.get(text, 0) + words
        return Move(number, words, len(run.pairs), first.before, first.after)

    def compare(self, text: int, work: Work) -> Comparison:
        """Compare what stayed of a text, with what left it and what arrived."""
        before, after = self._texts
        old, left = _parted(before[text], text, self._left)
        new, arrived = _parted(after[text], text, self._arrived)
        return _compare(old, new, work, left, arrived, self._words.get(text, 0))


def _parted(blocks: Blocks, number: int, taken: dict[Spot, Paragraph]) -> tuple[Text, list[Moving]]:
    """Part a text into what stayed and what moved, each with its place in what stayed."""
    is_taken = [Spot(number, index) in taken for index in range(len(blocks))]
    lengths = (
        0 if out else len(Text.of([b]).words) for b, out in zip(blocks, is_taken, strict=True)
    )
    places = accumulate(lengths, initial=0)
    moving = [
        Moving(place, taken[Spot(number, index)])
        for index, (place, out) in enumerate(zip(places, is_taken, strict=False))
        if out
    ]
    return Text.of(block for block, out in zip(blocks, is_taken, strict=True) if not out), moving


def _moved_pieces(before: str, after: str, number: int, work: Work) -> tuple[Paragraph, Paragraph]:
    """Return the pieces of a paragraph where it was and where it is, edited or not."""
    old, new = Text.of([before]), Text.of([after])
    if old.words == new.words:
        text = " ".join(new.words)
        return (Span(Op.DELETE, text, number),), (Span(Op.INSERT, text, number),)
    gone: list[Span] = []
    came: list[Span] = []
    for gap, run in gaps(align(old, new, work), old, new):
        same = " ".join(new.words[run.after : run.after + run.length])
        gone += _piece(Op.DELETE, " ".join(old.words[gap.before : gap.before_end]), 0)
        gone += _piece(Op.DELETE, same, number)
        came += _piece(Op.INSERT, " ".join(new.words[gap.after : gap.after_end]), 0)
        came += _piece(Op.INSERT, same, number)
    return tuple(gone), tuple(came)


def _piece(op: Op, text: str, move: int) -> list[Span]:
    return [Span(op, text, move)] if text else []
