"""A redline side by side: what stood on the left, what stands on the right, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exhibits.redline import Redline, RedlinePart, Stretch
from reports.compare.diff import Op, Span


@dataclass(frozen=True)
class BesideRow:
    """One paragraph on both sides; a side on which there is none is None."""

    before: tuple[Span, ...] | None
    after: tuple[Span, ...] | None


@dataclass(frozen=True)
class BesideStretch:
    """Neighbouring rows that are all changed or all unchanged; ``first`` numbers the first."""

    is_changed: bool
    first: int
    rows: tuple[BesideRow, ...]


@dataclass(frozen=True)
class BesidePart:
    """One part of a report: its stretches."""

    part: RedlinePart
    stretches: tuple[BesideStretch, ...]


def lay_beside(redline: Redline) -> list[BesidePart]:
    """Return the changed parts of a redline as two columns."""
    return [
        BesidePart(
            part,
            tuple(
                BesideStretch(each.is_changed, each.first, tuple(_rows(each)))
                for each in part.stretches
            ),
        )
        for part in redline.parts
    ]


def _rows(stretch: Stretch) -> Iterator[BesideRow]:
    for paragraph in stretch.paragraphs:
        before = tuple(piece for piece in paragraph if piece.op is not Op.INSERT)
        after = tuple(piece for piece in paragraph if piece.op is not Op.DELETE)
        yield BesideRow(before or None, after or None)
