"""How sources stand: what is stored of each, what was promised, what is asked next."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from documents.document import JsonDocument, Moment, Number
from reports.watch.promise import source_state
from reports.wording.citation import stamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reports.watch.alarm import Alarm
    from reports.watch.promise import Promise
    from scrapers.source import Source
    from storage.read.report_rows import SourceView
    from storage.watch.sources import HintState


class AlarmDocument(JsonDocument):
    """An open alarm: what is wrong since when, what to do, and who has seen it."""

    kind: str
    subject: str
    text: str
    examples: list[str]
    remedy: str
    raised_at: Moment
    seen_at: Moment
    alarm: int
    source: str
    acknowledged_at: Moment | None
    acknowledged_by: str

    @classmethod
    def of(cls, alarm: Alarm) -> Self:
        """Return an alarm of a source."""
        return cls(
            kind=alarm.kind,
            subject=alarm.subject,
            text=alarm.text,
            examples=list(alarm.examples),
            remedy=alarm.remedy,
            raised_at=stamp(alarm.raised_at),
            seen_at=stamp(alarm.seen_at),
            alarm=alarm.id,
            source=alarm.source,
            acknowledged_at=stamp(alarm.acknowledged_at) if alarm.acknowledged_at else None,
            acknowledged_by=alarm.acknowledged_by,
        )


class SourceDocument(JsonDocument):
    """One source: what is stored of it, when it was read well, its alarms.

    ``left_alone_until`` is the time before which no run asks its site, since it asked for that.
    """

    source: str
    publisher: str
    reader_revision: int
    editions: list[str]
    reports: int
    last_ok_at: Moment | None
    state: str
    alarms: list[AlarmDocument]
    left_alone_until: Moment | None

    @classmethod
    def of(
        cls,
        source: Source,
        view: SourceView | None,
        promise: Promise | None,
        alarms: Iterable[Alarm],
        left_alone_until: datetime | None,
        now: datetime,
    ) -> Self:
        """Return one entry of ``sources``."""
        when = promise.last_ok_at if promise else None
        return cls(
            source=source.name,
            publisher=source.publisher,
            reader_revision=source.reader_revision,
            editions=list(view.editions) if view else [],
            reports=view.reports if view else 0,
            last_ok_at=stamp(when) if when else None,
            state=source_state(promise, now).value,
            alarms=[AlarmDocument.of(each) for each in alarms],
            left_alone_until=stamp(left_alone_until) if left_alone_until else None,
        )


class HostDocument(JsonDocument):
    """What a host was asked today, and the limits that hold for it; 0 means no limit.

    ``robots`` says how reading its robots.txt went, null if it was not read yet.
    ``left_alone_until`` is the time before which no run asks it, since it asked for that.
    """

    host: str
    requests_today: int
    bytes_today: int
    daily_requests: int
    daily_bytes: int
    delay: Number
    robots: str | None
    robots_unreachable: str
    left_alone_until: Moment | None


class HintDocument(JsonDocument):
    """How well one way to ask what changed works."""

    kind: str
    state: str
    reason: str
    asked_at: Moment | None
    vouched: int
    missed: int

    @classmethod
    def of(cls, hint: HintState, asked_at: str | None) -> Self:
        """Return one way to ask."""
        return cls(
            kind=hint.kind,
            state=hint.state,
            reason=hint.reason,
            asked_at=asked_at,
            vouched=hint.vouched_count,
            missed=hint.missed_count,
        )


class PlanEntryDocument(JsonDocument):
    """One thing to ask, from when on, and why."""

    asks: str
    url: str
    edition: str
    due_at: Moment | None
    is_due: bool
    why: str


class PlanDocument(JsonDocument):
    """What scheduled runs will ask of a source next, soonest first."""

    source: str
    now: Moment | None
    due: int
    hosts: list[HostDocument]
    hints: list[HintDocument]
    entries: list[PlanEntryDocument]
