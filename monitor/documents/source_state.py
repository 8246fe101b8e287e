"""Say how one source stands: whether it was read well, and recently enough."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from reports.watch.promise import Promise


class SourceState(StrEnum):
    """How a source stands."""

    OK = "ok"
    STALE = "stale"
    NEVER_READ = "never_read"


def source_state(promise: Promise | None, now: datetime) -> SourceState:
    """Return how a source stands, by what is promised of it (None: nothing)."""
    if promise is None:
        return SourceState.NEVER_READ
    if not promise.is_kept(now):
        return SourceState.STALE
    return SourceState.OK if promise.last_ok_at else SourceState.NEVER_READ
