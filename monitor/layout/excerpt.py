"""The first words that a change struck or added, few enough for a card on the front page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exhibits.redline import RedlinePart
from reports.compare.diff import Op, Span

MOST_WORDS = 90
"""Words of an excerpt, so that it can be taken in at a glance."""

AROUND = 18
"""Unchanged words kept on either side of changed ones."""

_LEFT_OUT = Span(Op.EQUAL, "…")


@dataclass(frozen=True)
class Excerpt:
    """Some words of a changed paragraph; ``more`` counts the changed paragraphs not shown."""

    part: str
    pieces: tuple[Span, ...]
    more: int


def excerpt(parts: Sequence[RedlinePart]) -> Excerpt | None:
    """Return the first paragraph in which words came or went; of moved words, only if all moved."""
    changed = [
        (part.name, paragraph)
        for part in parts
        for stretch in part.stretches
        if stretch.is_changed
        for paragraph in stretch.paragraphs
    ]
    if not changed:
        return None
    telling = (each for each in changed if any(_is_word_changed(piece) for piece in each[1]))
    name, paragraph = next(telling, changed[0])
    return Excerpt(name, tuple(_bounded(_near_changes(paragraph))), len(changed) - 1)


def removed_words(part: str, text: str) -> Excerpt:
    """Return the words with which a text began that is gone."""
    return Excerpt(part, tuple(_bounded([Span(Op.DELETE, text)])), 0)


def _is_word_changed(piece: Span) -> bool:
    return piece.op is not Op.EQUAL and not piece.move


def _near_changes(paragraph: Sequence[Span]) -> Iterator[Span]:
    """Give a paragraph's pieces with the unchanged ones cut to what stands near a change."""
    last = len(paragraph) - 1
    for place, piece in enumerate(paragraph):
        words = piece.text.split(" ")
        before, after = AROUND * (place > 0), AROUND * (place < last)
        if piece.op is not Op.EQUAL or len(words) <= before + after:
            yield piece
            continue
        if before:
            yield Span(Op.EQUAL, " ".join(words[:before]))
        yield _LEFT_OUT
        if after:
            yield Span(Op.EQUAL, " ".join(words[-after:]))


def _bounded(pieces: Iterator[Span] | Sequence[Span]) -> Iterator[Span]:
    room = MOST_WORDS
    for piece in pieces:
        words = piece.text.split(" ")
        if len(words) > room:
            if room:
                yield piece._replace(text=" ".join(words[:room]))
            yield _LEFT_OUT
            return
        room -= len(words)
        yield piece
