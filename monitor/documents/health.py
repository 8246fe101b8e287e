"""Say how everything stands: the database, the checks, each source, and open alarms."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from monitor.documents.source_state import SourceState, source_state
from reports.watch.alarm import AlarmKind
from services.assembly import Parts
from services.health.freshness import Judgement, judge
from storage.database.errors import StorageError


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
