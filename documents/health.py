"""The health check: names, times and figures, no text of a publisher."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from documents.document import JsonDocument, Moment, Number
from reports.wording.citation import stamp

if TYPE_CHECKING:
    from reports.watch.promise import Promise


class SourceHealth(JsonDocument):
    """Whether one source was read as promised."""

    source: str
    last_ok_at: Moment | None
    fresh: bool
    promise_hours: Number
    stale_since: Moment | None

    @classmethod
    def of(cls, promise: Promise, *, is_stale: bool) -> Self:
        """Return how a promise stands."""
        return cls(
            source=promise.source,
            last_ok_at=stamp(promise.last_ok_at) if promise.last_ok_at else None,
            fresh=not is_stale,
            promise_hours=promise.hours,
            stale_since=stamp(promise.broken_at) if is_stale else None,
        )


class SchedulerHealth(JsonDocument):
    """Whether scheduled checks come, or none was ever expected."""

    last_check_at: Moment | None
    fresh: bool


class FindingDocument(JsonDocument):
    """What is wrong now: with which source, and what of it."""

    source: str
    subject: str


class HealthDocument(JsonDocument):
    """What ``/healthz`` answers; findings, and numbers of alarms not acknowledged, by kind."""

    status: str
    sources: list[SourceHealth]
    database: str
    scheduler: SchedulerHealth
    findings: dict[str, list[FindingDocument]]
    alarms: dict[str, int]


class Check(JsonDocument):
    """One thing examined: what was seen, and what to do if that is not well."""

    name: str
    status: str
    says: str
    remedy: str


class DoctorDocument(JsonDocument):
    """What ``doctor`` found; ``status`` is the worst of all checks."""

    status: str
    checks: list[Check]
