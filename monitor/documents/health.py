"""Say how each source stands: when it was last read well, and whether that is recent enough."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from reports.watch.alarm import AlarmKind
from reports.watch.promise import Promise
from services.assembly import Parts
from services.health.freshness import Judgement, judge
from storage.database.errors import StorageError


class SourceState(StrEnum):
    """How a source stands."""

    OK = "ok"
    STALE = "stale"
    NEVER_READ = "never_read"


@dataclass(frozen=True)
class Health:
    """How everything stands. Without a database that answers, nothing is known of the rest.

    ``states`` holds every source with a promise, ``alarms`` the open alarms counted by kind.
    """

    database: str
    judgement: Judgement
    states: dict[str, SourceState]
    alarms: dict[str, int]

    @property
    def status(self) -> str:
        """Return ``ok``, ``stale`` or ``failing``."""
        if self.database != "ok":
            return "failing"
        return "stale" if self.judgement.is_fault else "ok"

    @property
    def is_scheduler_well(self) -> bool:
        """Whether scheduled checks come, or none was ever expected."""
        kinds = {finding.kind for _, finding in self.judgement.findings}
        return AlarmKind.SCHEDULER not in kinds


def source_state(promise: Promise | None, now: datetime) -> SourceState:
    """Return how a source stands, by what is promised of it (None: nothing)."""
    if promise is None:
        return SourceState.NEVER_READ
    if not promise.is_kept(now):
        return SourceState.STALE
    return SourceState.OK if promise.last_ok_at else SourceState.NEVER_READ


def check_health(parts: Parts) -> Health:
    """Judge everything anew, from this process alone; reads only."""
    now = parts.now()
    try:
        with parts.store.read() as unit:
            judgement = judge(unit, parts.settings, now)
            alarms = Counter(each.kind for each in unit.alarms.open())
    except StorageError:
        return Health("failed", Judgement((), None, (), frozenset()), {}, {})
    states = {each.source: source_state(each, now) for each in judgement.promises}
    return Health("ok", judgement, states, dict(sorted(alarms.items())))
