"""A comparison of two versions of a report, word by word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import Field

from documents.changes import ActorListDocument, UnreadListDocument
from documents.document import JsonDocument

if TYPE_CHECKING:
    from reports.compare.diff import (
        Comparison,
        Moved,
        ReadingComparison,
        Reworded,
        SectionComparison,
    )
    from reports.compare.layout import Paragraph, Span
    from reports.compare.stock import StockChange
    from reports.model.values import VersionView


class Piece(JsonDocument):
    """Words that share one fate: equal, insert or delete.

    ``move`` is the number of the move of words that moved, and missing from all others. So is
    ``mark``, which says of words that they are struck or hidden by the publisher, or were before.
    """

    op: str
    text: str
    move: int = Field(default=0, exclude_if=lambda number: not number)
    mark: str = Field(default="", exclude_if=lambda name: not name)

    @classmethod
    def of(cls, span: Span) -> Self:
        """Return a span of a paragraph."""
        return cls(op=span.op.value, text=span.text, move=span.move, mark=span.mark or "")


Pieces = list[Piece]
"""A paragraph of both texts, laid over each other."""


def pieces_of(paragraph: Paragraph) -> Pieces:
    """Return the pieces of a paragraph."""
    return [Piece.of(span) for span in paragraph]


def _paragraphs(comparison: Comparison) -> list[Pieces]:
    return [pieces_of(paragraph) for paragraph in comparison.paragraphs]


class MoveDocument(JsonDocument):
    """Neighbouring paragraphs that changed places; the number marks their pieces."""

    move: int
    words: int
    paragraphs: int
    origin: str = Field(alias="from")
    destination: str = Field(alias="to")

    @classmethod
    def of(cls, moved: Moved) -> Self:
        """Return a move."""
        return cls(
            move=moved.number,
            words=moved.words,
            paragraphs=moved.paragraphs,
            origin=moved.origin,
            destination=moved.destination,
        )


class IssueDiff(JsonDocument):
    """One issue in its old and new words, and these laid over each other."""

    before: str
    after: str
    pieces: Pieces

    @classmethod
    def of(cls, reworded: Reworded) -> Self:
        """Return an issue that was reworded."""
        return cls(before=reworded.before, after=reworded.after, pieces=pieces_of(reworded.pieces))


class StockText(JsonDocument):
    """A stock sentence."""

    text: str


class StockDiff(JsonDocument):
    """A stock sentence and its counterpart: same, reworded, new or gone.

    ``before`` or ``after`` is empty if that summary has no such sentence.
    """

    about: str
    state: str
    before: list[StockText]
    after: list[StockText]
    pieces: Pieces

    @classmethod
    def of(cls, change: StockChange) -> Self:
        """Return a stock sentence and its counterpart."""
        return cls(
            about=change.about,
            state=change.state,
            before=[StockText(text=change.before.text)] if change.before else [],
            after=[StockText(text=change.after.text)] if change.after else [],
            pieces=pieces_of(change.pieces),
        )


class SectionDiff(JsonDocument):
    """A section whose words differ: changed, added or removed."""

    number: str
    heading: str
    state: str
    paragraphs: list[Pieces]

    @classmethod
    def of(cls, section: SectionComparison) -> Self:
        """Return a section under its new heading, or the old one if it is gone."""
        is_gone = section.heading_after is None
        return cls(
            number=section.number,
            heading=section.heading_before if is_gone else section.heading_after,
            state=section.state,
            paragraphs=_paragraphs(section.comparison),
        )


class DiffDocument(JsonDocument):
    """Two versions laid over each other: the summary, and the sections whose words differ."""

    report: str
    from_version: int
    to_version: int
    words_added: int
    words_removed: int
    words_moved: int
    issues_added: list[str]
    issues_removed: list[str]
    issues_reworded: list[IssueDiff]
    lists_added: list[ActorListDocument]
    lists_removed: list[ActorListDocument]
    issues_unmatched: list[str]
    unread_lists: list[UnreadListDocument]
    moves: list[MoveDocument]
    stock_sentences: list[StockDiff]
    summary: list[Pieces]
    sections: list[SectionDiff]

    @classmethod
    def of(cls, before: VersionView, after: VersionView, compared: ReadingComparison) -> Self:
        """Return what ``diff`` prints of two versions."""
        return cls(
            report=str(after.report),
            from_version=before.number,
            to_version=after.number,
            words_added=compared.words_added,
            words_removed=compared.words_removed,
            words_moved=compared.words_moved,
            issues_added=list(compared.issues_added),
            issues_removed=list(compared.issues_removed),
            issues_reworded=[IssueDiff.of(each) for each in compared.issues_reworded],
            lists_added=compared.lists_added,
            lists_removed=compared.lists_removed,
            issues_unmatched=list(compared.issues_unmatched),
            unread_lists=[
                UnreadListDocument.of(each, before.number, after.number)
                for each in compared.unread_lists
            ],
            moves=[MoveDocument.of(each) for each in compared.moves],
            stock_sentences=[StockDiff.of(each) for each in compared.stock],
            summary=_paragraphs(compared.summary),
            sections=[SectionDiff.of(each) for each in compared.sections if each.state != "same"],
        )
