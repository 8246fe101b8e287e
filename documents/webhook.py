"""What a webhook is sent: one JSON document for each message.

Every text in it is data, as the publisher wrote it. `alerts.webhook` signs it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Self

from alerts.links import permalink
from documents.appearance import AppearanceDocument
from documents.changes import ActorListDocument, UnreadListDocument
from documents.document import JsonDocument, Moment
from reports.compare.diff import marked_text
from reports.compare.layout import Op
from reports.notices.importance import importance
from reports.notices.watched import PassageEvent
from reports.wording.citation import cite, stamp

if TYPE_CHECKING:
    from alerts.message import ComposedMessage
    from reports.compare.diff import Comparison
    from reports.model.values import VersionView
    from reports.notices.messages import OutgoingChange, OutgoingMessage
    from reports.notices.watched import PassageNews, ToldPassages

MOST_CHANGES = 250
"""Changes one document tells in full, as in a mail; ``changes_left_out`` counts the others."""

MOST_TEXT = 20_000
"""Characters of the plain text."""

MOST_REDLINE = 20_000
"""Characters of one change's redline; the permalink leads to the whole."""


class WebhookVersion(JsonDocument):
    """A version before or after a change."""

    version: int
    captured_at: Moment
    text_sha256: str
    report_sha256: str
    payload_sha256: str

    @classmethod
    def of(cls, view: VersionView | None) -> Self | None:
        """Return a version; None if there is none."""
        if view is None:
            return None
        return cls(
            version=view.number,
            captured_at=stamp(view.captured_at),
            text_sha256=view.reading.text_sha256,
            report_sha256=view.reading.report_sha256,
            payload_sha256=view.payload_sha256,
        )


class RedlinePartDocument(JsonDocument):
    """The changed paragraphs of one part, deleted and added words marked in the text."""

    part: str
    paragraphs: list[str]


class WebhookPassage(JsonDocument):
    """A passage that the receiver watches, and how it stands after a change.

    ``event`` is ``reworded``, ``gone``, ``back``, ``still there``, ``gone with its report`` or
    ``gone before``. ``before`` are its words in ``from_version``, ``after`` those in
    ``to_version``; of one that is gone ``nearest`` are the nearest words that are left.
    """

    subscription: int
    event: str
    quote: str
    version: int
    note: str
    before: str
    from_version: int
    after: str
    nearest: str
    to_version: int
    part: str

    @classmethod
    def of(cls, news: PassageNews) -> Self:
        """Return what became of one passage."""
        is_gone = news.event is PassageEvent.GONE
        return cls(
            subscription=news.subscription,
            event=news.event.value,
            quote=news.quote,
            version=news.cited_in,
            note=news.note,
            before=news.before,
            from_version=news.from_version,
            after="" if is_gone else news.after,
            nearest=news.after if is_gone else "",
            to_version=news.to_version,
            part=news.part,
        )


class WebhookChange(JsonDocument):
    """A change with keys of ``changes``, and with what a message says of it."""

    change: int
    kind: str
    importance: str
    report: str
    title: str
    from_version: int | None
    to_version: int | None
    detected_at: Moment
    words_added: int
    words_removed: int
    issues_added: list[str]
    issues_removed: list[str]
    issues_reworded: list[list[str]]
    lists_added: list[ActorListDocument]
    lists_removed: list[ActorListDocument]
    issues_unmatched: list[str]
    unread_lists: list[UnreadListDocument]
    sections: list[str]
    summary_line: str
    url: str
    permalink: str
    citation: str
    before: WebhookVersion | None
    after: WebhookVersion | None
    redline: list[RedlinePartDocument]
    appearance: AppearanceDocument | None
    passages: list[WebhookPassage]

    @classmethod
    def of(
        cls,
        outgoing: OutgoingChange,
        told: ToldPassages,
        public_url: str,
        publishers: Mapping[str, str],
    ) -> Self:
        """Return one change of a message, with what it did to passages that are watched."""
        change = outgoing.change
        compared = outgoing.compared
        view = outgoing.after or outgoing.before
        return cls(
            change=change.id,
            kind=change.kind.value,
            importance=importance(change).value,
            report=str(change.report),
            title=change.title,
            from_version=change.from_version,
            to_version=change.to_version,
            detected_at=stamp(change.detected_at),
            words_added=change.words_added,
            words_removed=change.words_removed,
            issues_added=list(change.issues_added),
            issues_removed=list(change.issues_removed),
            issues_reworded=[list(pair) for pair in change.issues_reworded],
            lists_added=change.lists_added,
            lists_removed=change.lists_removed,
            issues_unmatched=list(change.issues_unmatched),
            unread_lists=[
                UnreadListDocument.of(each, change.from_version, change.to_version)
                for each in change.unread_lists
            ],
            sections=list(change.sections),
            summary_line=change.summary_line,
            url=change.url,
            permalink=permalink(outgoing, public_url),
            citation=cite(view, publishers.get(change.report.source, "")) if view else "",
            before=WebhookVersion.of(outgoing.before),
            after=WebhookVersion.of(outgoing.after),
            redline=_redline(compared.changed) if compared else [],
            appearance=AppearanceDocument.of(change.appearance),
            passages=[WebhookPassage.of(each) for each in told.news],
        )


class WebhookChanges(JsonDocument):
    """A message's subject, text and changes."""

    subject: str
    text: str
    changes: list[WebhookChange]
    changes_left_out: int


class WebhookMessage(JsonDocument):
    """What a webhook is sent of changes."""

    type: str
    timestamp: Moment
    data: WebhookChanges

    @classmethod
    def of(
        cls,
        message: OutgoingMessage,
        composed: ComposedMessage,
        *,
        public_url: str,
        publishers: Mapping[str, str],
        now: datetime,
    ) -> Self:
        """Return the document for one message."""
        told = message.changes[:MOST_CHANGES]
        return cls(
            type="reports.changed",
            timestamp=stamp(now),
            data=WebhookChanges(
                subject=composed.subject,
                text=composed.text[:MOST_TEXT],
                changes=[
                    WebhookChange.of(each, message.told_of(each.change), public_url, publishers)
                    for each in told
                ],
                changes_left_out=len(message.changes) - len(told),
            ),
        )


class CanaryNumber(JsonDocument):
    """The number by which a canary is known when it arrives."""

    number: str


class CanaryMessage(JsonDocument):
    """What a webhook is sent to prove that deliveries arrive."""

    type: str
    timestamp: Moment
    data: CanaryNumber

    @classmethod
    def of(cls, message: OutgoingMessage, now: datetime) -> Self:
        """Return the document for a canary."""
        number = CanaryNumber(number=str(message.detail["number"]))
        return cls(type=message.kind.value, timestamp=stamp(now), data=number)


def _redline(parts: Sequence[tuple[str, Comparison]]) -> list[RedlinePartDocument]:
    told, room = [], MOST_REDLINE
    for name, comparison in parts:
        paragraphs = []
        for pieces in comparison.paragraphs:
            if all(piece.op is Op.EQUAL for piece in pieces):
                continue
            text = marked_text(pieces)
            if len(text) > room:
                break
            room -= len(text)
            paragraphs.append(text)
        told.append(RedlinePartDocument(part=name, paragraphs=paragraphs))
    return told
