"""Quote what a change is about besides its redline: issues, notes, and whole texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.redline import Paragraph, as_paragraph
from reports.compare.diff import SUMMARY_NAME, Op, ReadingComparison
from reports.model.reading import ActorList, UnreadList
from reports.model.values import Change, ChangeKind
from reports.notices.messages import OutgoingChange
from reports.text.plain import visible
from reports.wording.appearance import difference_lines
from reports.wording.unread_lists import LISTS_TITLE, UNREAD_SENTENCES, list_of


@dataclass(frozen=True)
class Quotation:
    """Paragraphs quoted under a title: words as they stand, or with what was done to them.

    ``op`` says of all of them that they went or came.
    """

    title: str
    paragraphs: tuple[str | Paragraph, ...]
    op: Op = Op.EQUAL


def quotations(outgoing: OutgoingChange, compared: ReadingComparison | None) -> list[Quotation]:
    """Return what is quoted, gone before new, under a title each."""
    change = outgoing.change
    reworded = compared.issues_reworded if compared else ()
    is_gone = change.kind is ChangeKind.REMOVED
    gone = [
        ("Issues no longer listed", change.issues_gone),
        *((_list_title(each, is_new=False), each.issues) for each in change.lists_removed),
        ("Notes and notices removed", change.notes_removed),
    ]
    new = [
        ("Issues newly listed", change.issues_new),
        *((_list_title(each, is_new=True), each.issues) for each in change.lists_added),
        ("Notes and notices added", () if is_gone else change.notes_added),
    ]
    others: list[tuple[str, Sequence[str | Paragraph]]] = [
        ("The publisher says", change.notes_added if is_gone else ()),
        ("Issues reworded", tuple(as_paragraph(each.pieces) for each in reworded)),
        *(
            (f"{UNREAD_SENTENCES}, version {version_of(change, each)}", each.sentences)
            for each in change.unread_lists
        ),
    ]
    if change.appearance:
        lines = tuple(difference_lines(change.appearance))
        others.append(("Changed in appearance, the words unchanged", lines))
    is_new_text = change.kind is ChangeKind.PUBLISHED or is_written_anew(change)
    if is_new_text and outgoing.after:
        others.append((SUMMARY_NAME, outgoing.after.reading.blocks))
    if is_gone and outgoing.before:
        others.append((f"{SUMMARY_NAME} as last seen", outgoing.before.reading.blocks))
    quoted = ((gone, Op.DELETE), (new, Op.INSERT), (others, Op.EQUAL))
    return [
        Quotation(title, tuple(visible(t) if isinstance(t, str) else t for t in texts), op)
        for titled, op in quoted
        for title, texts in titled
        if texts
    ]


def _list_title(about: ActorList, *, is_new: bool) -> str:
    return f"{LISTS_TITLE}: {list_of(about.about, is_new=is_new)}"


def is_written_anew(change: Change) -> bool:
    """Tell whether a next edition keeps so little that it is quoted and not compared."""
    return change.follows is not None and change.follows.is_written_anew


def version_of(change: Change, unread: UnreadList) -> int | None:
    """Return the number of the version whose list was not read whole."""
    return change.to_version if unread.is_newer else change.from_version
