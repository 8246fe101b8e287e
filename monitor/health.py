"""Say how each source stands: when it was last read well, and whether that is recent enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flows.assembly import Parts
from storage.errors import StorageError


class SourceState(StrEnum):
    """How a source stands."""

    OK = "ok"
    STALE = "stale"
    NEVER_READ = "never_read"


@dataclass(frozen=True)
class Health:
    """How everything stands; ``last_ok`` holds the sources that were ever read well."""

    database: str
    last_ok: dict[str, datetime]
    states: dict[str, SourceState]

    @property
    def status(self) -> str:
        """Return ``ok``, ``stale`` or ``failing``."""
        if self.database != "ok":
            return "failing"
        return "stale" if SourceState.STALE in self.states.values() else "ok"


def source_state(last_ok: datetime | None, now: datetime, fresh_hours: float) -> SourceState:
    """Return how a source stands that was last read well at a time."""
    if last_ok is None:
        return SourceState.NEVER_READ
    is_fresh = now - last_ok <= timedelta(hours=fresh_hours)
    return SourceState.OK if is_fresh else SourceState.STALE


def check_health(parts: Parts) -> Health:
    """Look at the database and at every source that was ever read well."""
    try:
        with parts.store.read() as unit:
            last_ok = unit.runs.last_ok()
    except StorageError:
        return Health("failed", {}, {})
    now, hours = parts.now(), parts.settings.fresh_hours
    states = {name: source_state(when, now, hours) for name, when in sorted(last_ok.items())}
    return Health("ok", last_ok, states)
