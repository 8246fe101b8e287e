"""Lay a comparison out for readers: changed paragraphs open, unchanged ones folded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from exhibits.rendering import render_alone
from reports.compare.diff import SUMMARY_NAME, Comparison, Op, ReadingComparison, Span
from reports.compare.editions import EditionComparison
from reports.compare.layout import Paragraph
from reports.facts.phrases import STOCK_NAMES
from reports.model.values import NextEdition, VersionView
from reports.wording.edition_view import lay_out_editions
from reports.wording.editions import stock_fate
from scrapers.registry import publisher_of


@dataclass(frozen=True)
class Stretch:
    """Neighbouring paragraphs that are all changed, or all unchanged.

    ``first`` is the number of the first of them in its part, from 1: a paragraph's address.
    """

    is_changed: bool
    paragraphs: tuple[tuple[Span, ...], ...]
    first: int = 1


@dataclass(frozen=True)
class RedlinePart:
    """One part of a report whose words differ; ``state`` is changed, added or removed."""

    name: str
    state: str
    words_added: int
    words_removed: int
    words_moved: int
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class StockRow:
    """A stock sentence whose words differ: what it is about, what became of it, both in one."""

    title: str
    fate: str
    pieces: Paragraph


@dataclass(frozen=True)
class Redline:
    """Everything a page needs to show two versions laid over each other.

    ``follows`` says that the later version is the next edition of a document.
    """

    before: VersionView
    after: VersionView
    compared: ReadingComparison
    parts: tuple[RedlinePart, ...]
    unchanged: tuple[str, ...]
    notes_added: tuple[str, ...]
    notes_removed: tuple[str, ...]
    stock: tuple[StockRow, ...]
    follows: NextEdition | None = None

    @property
    def is_written_anew(self) -> bool:
        """Tell whether so few words were kept that both texts say more than a redline."""
        return self.follows is not None and self.follows.is_written_anew

    @property
    def changes(self) -> int:
        """Count the stretches of changed paragraphs, to go from one to the next."""
        return sum(each.is_changed for part in self.parts for each in part.stretches)

    @property
    def is_by_other_reader(self) -> bool:
        """Tell whether two revisions of the reader read the texts, so that it may be the cause."""
        return self.before.reader_revision != self.after.reader_revision


def lay_out(
    before: VersionView,
    after: VersionView,
    compared: ReadingComparison,
    follows: NextEdition | None = None,
) -> Redline:
    """Return the redline of two versions."""
    old, new = before.reading.notes, after.reading.notes
    places = list(_places(compared))
    return Redline(
        before,
        after,
        compared,
        parts=tuple(_part(*place) for place in places if place[1] != "same"),
        unchanged=tuple(name for name, state, _ in places if state == "same"),
        notes_added=tuple(note for note in new if note not in old),
        notes_removed=tuple(note for note in old if note not in new),
        stock=tuple(_stock_rows(before.number, after.number, compared)),
        follows=follows,
    )


def _stock_rows(older: int, newer: int, compared: ReadingComparison) -> Iterator[StockRow]:
    for change in compared.stock:
        fate = stock_fate(change, f"version {older}", f"version {newer}")
        yield StockRow(STOCK_NAMES[change.about], fate, change.pieces)


def render_diff_html(
    before: VersionView,
    after: VersionView,
    compared: ReadingComparison,
    follows: NextEdition | None = None,
) -> str:
    """Return a comparison as one HTML document that needs no other file."""
    redline = lay_out(before, after, compared, follows)
    return render_alone("diff_alone.html", redline=redline)


def render_comparison_html(
    before: VersionView, after: VersionView, compared: EditionComparison
) -> str:
    """Return a comparison of editions as one HTML document that needs no other file."""
    publisher = publisher_of(after.report.source)
    view = lay_out_editions(before, after, compared, publisher)
    return render_alone("compare_alone.html", compared=view)


def _places(compared: ReadingComparison) -> Iterator[tuple[str, str, Comparison]]:
    state = "same" if compared.summary.is_same else "changed"
    yield SUMMARY_NAME, state, compared.summary
    for section in compared.sections:
        yield section.name, section.state, section.comparison


def _part(name: str, state: str, comparison: Comparison) -> RedlinePart:
    return RedlinePart(
        name,
        state,
        comparison.words_added,
        comparison.words_removed,
        comparison.words_moved,
        tuple(_stretches(comparison.paragraphs)),
    )


def _stretches(paragraphs: tuple[tuple[Span, ...], ...]) -> Iterator[Stretch]:
    first = 1
    for is_changed, found in groupby(paragraphs, _is_changed):
        held = tuple(found)
        yield Stretch(is_changed, held, first)
        first += len(held)


def _is_changed(paragraph: tuple[Span, ...]) -> bool:
    return any(piece.op is not Op.EQUAL for piece in paragraph)
