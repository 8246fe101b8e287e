"""The promise of a source: the hours within which it must have been read well."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True)
class Promise:
    """What is promised of one source.

    ``hours`` are counted from ``since``: when it was last read well, or if it never was, when a
    schedule for it was first seen.
    """

    source: str
    hours: float
    since: datetime
    last_ok_at: datetime | None = None

    @property
    def broken_at(self) -> datetime:
        """Return the moment from which on the promise is broken unless it is read before."""
        return self.since + timedelta(hours=self.hours)

    def is_kept(self, now: datetime) -> bool:
        """Return whether the promise still holds; what a clock that was ahead noted keeps none."""
        return abs(now - self.since) <= timedelta(hours=self.hours)


class SourceState(StrEnum):
    """Whether a source was read well, and recently enough."""

    OK = "ok"
    STALE = "stale"
    NEVER_READ = "never_read"


def source_state(promise: Promise | None, now: datetime) -> SourceState:
    """Return the state of a source by what is promised of it (None: nothing)."""
    if promise is None:
        return SourceState.NEVER_READ
    if not promise.is_kept(now):
        return SourceState.STALE
    return SourceState.OK if promise.last_ok_at else SourceState.NEVER_READ
