"""Changes, as lists show them and webhooks are sent them."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Self

from documents.appearance import AppearanceDocument
from documents.document import JsonDocument, Moment
from reports.wording.citation import stamp

if TYPE_CHECKING:
    from reports.model.reading import UnreadList
    from reports.model.values import Change


class RewordedIssue(JsonDocument):
    """An issue in its old and its new words."""

    before: str
    after: str


class ActorListDocument(JsonDocument):
    """A list about an actor or area that only one version has; its issues are counted singly too.

    ``about`` are the report's own words, ``""`` for a general list.
    """

    about: str
    issues: list[str]


class UnreadListDocument(JsonDocument):
    """An issue list that was not read whole: of which version, and which sentences were not read.

    Beside one no issue is called added or removed.
    """

    version: int | None
    status: str
    unread: list[str]

    @classmethod
    def of(cls, unread: UnreadList, older: int | None, newer: int | None) -> Self:
        """Return one list of the two versions that are compared."""
        return cls(
            version=newer if unread.is_newer else older,
            status=unread.status.value,
            unread=list(unread.sentences),
        )


class CorroboratingCapture(JsonDocument):
    """A capture of a web archive that bears out a change."""

    captured_at: Moment
    url: str


class FollowingEdition(JsonDocument):
    """How one edition of a document follows the one before; `words_kept` is a percentage."""

    before: str
    after: str
    words_kept: int


class ChangeDocument(JsonDocument):
    """One change; its number never means another one. Readers must accept new kinds."""

    change: int
    kind: str
    report: str
    from_version: int | None
    to_version: int | None
    detected_at: Moment
    words_added: int
    words_removed: int
    issues_added: list[str]
    issues_removed: list[str]
    issues_reworded: list[RewordedIssue]
    lists_added: list[ActorListDocument]
    lists_removed: list[ActorListDocument]
    issues_unmatched: list[str]
    unread_lists: list[UnreadListDocument]
    notes_added: list[str]
    notes_removed: list[str]
    topic: str
    returned_to: int
    summary_line: str
    url: str
    is_baseline: bool
    is_held: bool
    corroborated: bool
    corroborated_by: list[CorroboratingCapture]
    appearance: AppearanceDocument | None
    follows: FollowingEdition | None

    @classmethod
    def of(cls, change: Change) -> Self:
        """Return one entry of ``changes``."""
        return cls(
            change=change.id,
            kind=change.kind.value,
            report=str(change.report),
            from_version=change.from_version,
            to_version=change.to_version,
            detected_at=stamp(change.detected_at),
            words_added=change.words_added,
            words_removed=change.words_removed,
            issues_added=list(change.issues_added),
            issues_removed=list(change.issues_removed),
            issues_reworded=[
                RewordedIssue(before=before, after=after)
                for before, after in change.issues_reworded
            ],
            lists_added=change.lists_added,
            lists_removed=change.lists_removed,
            issues_unmatched=list(change.issues_unmatched),
            unread_lists=[
                UnreadListDocument.of(each, change.from_version, change.to_version)
                for each in change.unread_lists
            ],
            notes_added=list(change.notes_added),
            notes_removed=list(change.notes_removed),
            topic=change.vanished.topic if change.vanished else "",
            returned_to=change.returned_to,
            summary_line=change.summary_line,
            url=change.url,
            is_baseline=change.is_baseline,
            is_held=change.is_held,
            corroborated=change.is_corroborated,
            corroborated_by=[
                CorroboratingCapture(captured_at=stamp(each.captured_at), url=each.url)
                for each in change.witnesses
            ],
            appearance=AppearanceDocument.of(change.appearance),
            follows=FollowingEdition(**asdict(change.follows)) if change.follows else None,
        )
