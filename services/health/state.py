"""Say how everything stands: the database, the checks, each source, and open alarms."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from documents.health import FindingDocument, HealthDocument, SchedulerHealth, SourceHealth
from reports.watch.alarm import AlarmKind
from reports.watch.promise import SourceState, source_state
from reports.wording.citation import stamp
from services.assembly import Parts
from services.health.freshness import Judgement, judge
from storage.database.errors import StorageError


@dataclass(frozen=True)
class Health:
    """How everything stands. Without a database that answers, nothing is known of the rest.

    ``states`` holds every source with a promise, ``alarms`` the open alarms that nobody has
    acknowledged, counted by kind.
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

    @property
    def document(self) -> HealthDocument:
        """What ``/healthz`` answers; it needs no password, so it repeats no error's words."""
        judged = self.judgement
        checked_at = judged.last_check_at
        return HealthDocument(
            status=self.status,
            sources=[
                SourceHealth.of(each, is_stale=self.states[each.source] is SourceState.STALE)
                for each in judged.promises
            ],
            database=self.database,
            scheduler=SchedulerHealth(
                last_check_at=stamp(checked_at) if checked_at else None,
                fresh=self.is_scheduler_well,
            ),
            findings=self._findings(),
            alarms=self.alarms,
        )

    def _findings(self) -> dict[str, list[FindingDocument]]:
        """Return what is wrong now by kind."""
        found: dict[str, list[FindingDocument]] = {}
        for source, finding in self.judgement.findings:
            entry = FindingDocument(source=source, subject=finding.subject)
            found.setdefault(finding.kind.value, []).append(entry)
        return found


def check_health(parts: Parts) -> Health:
    """Judge everything anew, from this process alone; reads only."""
    now = parts.now()
    try:
        with parts.store.read() as unit:
            judgement = judge(unit, parts.settings, now)
            alarms = Counter(each.kind for each in unit.alarms.unacknowledged())
    except StorageError:
        return Health("failed", Judgement((), None, (), frozenset()), {}, {})
    states = {each.source: source_state(each, now) for each in judgement.promises}
    return Health("ok", judgement, states, dict(sorted(alarms.items())))
