"""Check from outside the fetch path that every source is read as promised, and keep alarms."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reports.watch.alarm import (
    DELIVERY_KINDS,
    FRESHNESS_KINDS,
    MOST_EXAMPLES,
    Alarm,
    AlarmKind,
    Finding,
)
from reports.watch.promise import Promise
from services.assembly import Parts
from services.health.deadman import ping
from services.health.findings import (
    blocked_run,
    broken_promise,
    delivery_findings,
    nobody_attends,
    poor_listing,
    stopped_scheduler,
)
from services.health.promises import ATTEND_PULSE, CHECK_PULSE, promises
from services.health.unseen_pages import unseen_pages
from services.runs.run import WATCHING, close_crashed_runs
from services.settings import Settings
from services.waiting import wait_for
from storage.database.errors import StorageError
from storage.unit import Unit
from storage.watch.sources import EndedRun

OURSELVES = "reportwatch"
"""The source of alarms that are about this program and not about a publisher."""

INTERVAL = timedelta(minutes=15)
"""How often a check comes, scheduled or not."""

OVERDUE = 3 * INTERVAL
"""Without a scheduled check for so long, the scheduler has stopped."""

UNATTENDED = timedelta(minutes=10)
"""Another takes over within a minute; a restart of everything takes a few."""

CHECKED_KINDS = (*FRESHNESS_KINDS, *DELIVERY_KINDS)
"""What a check finds and clears."""

TROUBLING_KINDS = (*CHECKED_KINDS, AlarmKind.BACKUP, AlarmKind.TRANSPARENCY)
"""Open alarms of which kinds the dead man's switch is not asked under."""

_WHOLE = {AlarmKind.FRESHNESS, AlarmKind.RUN_BLOCKED}
"""Alarms that name everything of a source."""

LOCK = "check"
LOCK_SECONDS = 2.0
"""How long a check waits for another one, which is never long."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Judgement:
    """How things are at one moment: promises, the scheduler's last sign of life, what is wrong.

    ``findings`` go by source. ``under_way`` are the sources of which a run is open: their last
    ended run is not judged, since another one is about to say more.
    """

    promises: tuple[Promise, ...]
    last_check_at: datetime | None
    findings: tuple[tuple[str, Finding], ...]
    under_way: frozenset[str]

    @property
    def is_fault(self) -> bool:
        """Whether a promise is broken or the scheduler has stopped."""
        return any(finding.is_fault for _, finding in self.findings)

    def by_source(self, source: str) -> list[Finding]:
        """Return the findings of one source."""
        return [finding for name, finding in self.findings if name == source]


@dataclass(frozen=True)
class Checked:
    """What one check found, and the alarms raised and cleared since the check before.

    ``is_well``: nothing was found, and no alarm of an earlier check is open. ``is_refused``:
    another check was under way, nothing was done.
    """

    findings: tuple[tuple[str, Finding], ...] = ()
    raised: tuple[Alarm, ...] = ()
    cleared: tuple[Alarm, ...] = ()
    is_well: bool = False
    is_refused: bool = False

    def counted(self) -> dict[str, int]:
        """Return how many findings there are of each kind."""
        return dict(Counter(finding.kind.value for _, finding in self.findings))


def judge(unit: Unit, settings: Settings, now: datetime) -> Judgement:
    """Judge how everything is; reads only."""
    found = promises(unit, settings)
    under_way = frozenset(unit.sources.under_way())
    last_check_at = unit.heartbeats.last(CHECK_PULSE)
    scheduler = (*_scheduler(last_check_at, now), *_attendance(unit, now))
    sources = _of_sources(unit, found, under_way, now)
    deliveries = [(OURSELVES, each) for each in delivery_findings(unit, settings, now)]
    findings = (*scheduler, *sources, *deliveries)
    return Judgement(tuple(found), last_check_at, findings, under_way)


def check(parts: Parts) -> Checked:
    """Judge how everything is, keep the alarms, and return what was found.

    One check at a time: a second one is refused and says so.
    """
    return _check(parts, is_scheduled=False)


def scheduled_check(parts: Parts) -> Checked:
    """Check because the schedule says so: a sign of life, reported outside if nothing is wrong."""
    checked = _check(parts, is_scheduled=True)
    if checked.is_well:
        ping(parts)
    return checked


def note_run_end(parts: Parts, source: str) -> None:
    """Keep the alarms of one source as its run ends, not only at the next check.

    To be called by whoever started the run. Other sources and deliveries are left to the check.

    Never raises for the database's sake: a run that has ended well must not fail by this.
    """
    try:
        _note_run_end(parts, source)
    except StorageError as error:
        log.warning("the alarms of %s are left to the next check: %s", source, error)


def note_deliveries(parts: Parts) -> None:
    """Keep the alarms about deliveries as one ends in trouble, not only at the next check."""
    now = parts.now()
    with parts.store.write() as unit:
        found = list(delivery_findings(unit, parts.settings, now))
        unit.alarms.settle(OURSELVES, DELIVERY_KINDS, found, None, now)
        unit.commit()


def _note_run_end(parts: Parts, source: str) -> None:
    lock = wait_for(lambda: parts.store.lock(LOCK), LOCK_SECONDS)
    if lock is None:
        return  # the check under way, or the next one, finds it
    try:
        now = parts.now()
        with parts.store.write() as unit:
            found = [each for each in promises(unit, parts.settings) if each.source == source]
            under_way = frozenset(unit.sources.under_way())
            findings = _of_sources(unit, found, under_way, now)
            _keep(unit, Judgement(tuple(found), None, findings, under_way), [source], now)
            unit.commit()
    finally:
        lock.release()


def _check(parts: Parts, *, is_scheduled: bool) -> Checked:
    lock = wait_for(lambda: parts.store.lock(LOCK), LOCK_SECONDS)
    if lock is None:
        return Checked(is_refused=True)
    try:
        close_crashed_runs(parts)
        return _judged(parts, is_scheduled=is_scheduled)
    finally:
        lock.release()


def _judged(parts: Parts, *, is_scheduled: bool) -> Checked:
    now = parts.now()
    with parts.store.write() as unit:
        before = unit.heartbeats.last(CHECK_PULSE) or now - INTERVAL
        if is_scheduled:
            unit.heartbeats.beat(CHECK_PULSE, now)
        judged = judge(unit, parts.settings, now)
        _keep(unit, judged, _alarmed(unit) | {name for name, _ in judged.findings}, now)
        is_well = not any(each.kind in TROUBLING_KINDS for each in unit.alarms.open())
        raised = tuple(unit.alarms.raised_since(before))
        cleared = tuple(unit.alarms.cleared_since(before))
        unit.commit()
    return Checked(judged.findings, raised, cleared, is_well)


def _attendance(unit: Unit, now: datetime) -> Iterator[tuple[str, Finding]]:
    """Find that nobody attends, if workers of Prefect's own are to run what `deploy` wrote."""
    if not unit.agreed_settings.all():
        return
    last = unit.heartbeats.last(ATTEND_PULSE)
    if last is None or now - last > UNATTENDED:
        yield OURSELVES, nobody_attends(last)


def _alarmed(unit: Unit) -> set[str]:
    """Return the sources of open alarms of the kinds that a check finds."""
    return {each.source for each in unit.alarms.open() if each.kind in CHECKED_KINDS}


def _keep(unit: Unit, judged: Judgement, sources: Iterable[str], now: datetime) -> None:
    """Raise, renew and clear the alarms of some sources as a judgement has it."""
    for source in sources:
        found = judged.by_source(source)
        kinds = [
            kind
            for kind in CHECKED_KINDS
            if not (kind is AlarmKind.RUN_BLOCKED and source in judged.under_way)
        ]
        unit.alarms.settle(source, kinds, found, None, now)


def _scheduler(last: datetime | None, now: datetime) -> list[tuple[str, Finding]]:
    """Find that no scheduled check has come for too long, where one was ever expected."""
    if last is None or abs(now - last) <= OVERDUE:  # or a clock was ahead
        return []
    return [(OURSELVES, stopped_scheduler(last, INTERVAL, OVERDUE))]


def _of_sources(
    unit: Unit, found: Sequence[Promise], under_way: Container[str], now: datetime
) -> tuple[tuple[str, Finding], ...]:
    """Find what is wrong with promised sources: not read in time, or not read well."""
    broken = [pair for each in found for pair in _of_promise(unit, each, now)]
    findings = [*broken, *_of_runs(unit, found, under_way)]
    return (*findings, *_of_pages(unit, found, findings, now))


def _of_promise(unit: Unit, promise: Promise, now: datetime) -> Iterator[tuple[str, Finding]]:
    if not promise.is_kept(now):
        last, under_way = _last_run(unit, promise.source), unit.runs.open_run(promise.source)
        yield promise.source, broken_promise(promise, last, under_way)


def _of_runs(
    unit: Unit, found: Sequence[Promise], under_way: Container[str]
) -> Iterator[tuple[str, Finding]]:
    """Find runs that came to nothing, and poor listings.

    A listing that named nothing is reported only if its source's last run came to something.
    """
    blocked = set()
    for source in (each.source for each in found):
        last = _last_run(unit, source)
        if last and (finding := blocked_run(last, _urls(unit, last))):
            blocked.add(source)
            if source not in under_way:
                yield source, finding
    promised = {each.source for each in found}
    for each in unit.listings.poor():
        if each.source in promised and (each.link_count or each.source not in blocked):
            yield each.source, poor_listing(each)


def _of_pages(
    unit: Unit, found: Sequence[Promise], others: Sequence[tuple[str, Finding]], now: datetime
) -> Iterator[tuple[str, Finding]]:
    """Find sources of which too many pages are not seen, unless nothing at all is read of them."""
    for promise in found:
        alarms = unit.alarms.open(promise.source)
        named = {(each.kind, each.subject) for each in alarms}
        named |= {(each.kind, each.subject) for source, each in others if source == promise.source}
        kinds = {kind for kind, _ in named}
        if kinds & _WHOLE and AlarmKind.UNSEEN_PAGES not in kinds:
            continue
        if finding := unseen_pages(promise, unit.locations(promise.source).listed(), named, now):
            yield promise.source, finding


def _last_run(unit: Unit, source: str) -> EndedRun | None:
    return unit.sources.last_run(source, [each.value for each in WATCHING])


def _urls(unit: Unit, last: EndedRun) -> tuple[str, ...]:
    return unit.runs.failed_urls(last.id, MOST_EXAMPLES)
