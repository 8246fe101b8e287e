"""The walk: discover, fetch, gate, identify, read, record — one run of one source."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from flows.archives import find_in_archives
from flows.assembly import Parts
from flows.conclusion import conclude
from flows.discovery import FLOOR
from flows.dropped import record_dropped_countries
from flows.freshness import note_run_end
from flows.listings import Listings
from flows.look import Seen, Target, look
from flows.reread import reread_stale
from flows.run import (
    IngestRequest,
    RunReport,
    fail_run,
    failures_of,
    start_run,
    take_source_lock,
)
from flows.scope import Scope
from flows.spending import Spending
from flows.targets import Targets
from reports.outcome import Outcome, came_to_nothing
from scrapers.errors import BudgetSpent
from scrapers.registry import source_named
from scrapers.robots import RobotsState
from scrapers.source import Source
from storage.locations import Sighting, is_storable, location_key
from storage.locks import Lock
from storage.looks import Found, Recording
from storage.removals import Patience
from storage.runs import LocationOutcome
from storage.store import Unit

BATCH = 100
"""Locations in one ``visit``: what a Prefect task is given."""

CHUNK = 25
"""Sightings recorded in one transaction, unless they come more slowly than the pause below."""

PAUSE = 2.0
"""Seconds after which what has been seen is recorded, however little."""


@dataclass
class _Progress:
    """What a run remembers between its steps.

    ``found`` are the locations it knows what to do with, by key; ``postponed`` those that wait for
    another day. ``vouched`` counts looks at pages that hints called unmodified, ``missed`` the
    edits they found.
    """

    clean_misses: list[str] = field(default_factory=list)
    found: set[str] = field(default_factory=set)
    postponed: list[Target] = field(default_factory=list)
    vouched: int = 0
    missed: int = 0


class Walk:
    """One run of a source. Open it, discover, visit in batches, finish."""

    def __init__(self, parts: Parts, request: IngestRequest, source: Source, lock: Lock) -> None:
        self._parts = parts
        self._request = request
        self._source = source
        self._lock = lock
        self._started = time.monotonic()
        self._progress = _Progress()
        scope = Scope.of(source, request)
        self._is_planned = scope.is_planned
        self._spending = Spending(parts, is_bound=scope.is_planned)
        self._gate = parts.fetch_gate(
            source, via=request.via, delay=request.delay, budget=self._spending.budget
        )
        self._recording = self._start()
        self._listings = Listings(parts, source, self._gate, self.run_id)
        self._targets = Targets(parts, source, scope, self._gate, self._listings)

    @classmethod
    def open(cls, parts: Parts, request: IngestRequest) -> Walk:
        """Take the source's lock and open a row in the ledger.

        Raises RunRefused, BadRequest, BadSetting, or scrapers.registry.UnknownSource.
        """
        source = source_named(request.source)
        lock = take_source_lock(parts, source.name)
        try:
            return cls(parts, request, source, lock)
        except BaseException:
            lock.release()
            raise

    @property
    def run_id(self) -> int:
        """The run's row in the ledger."""
        return self._recording.run_id

    def _start(self) -> Recording:
        return start_run(
            self._parts,
            self._source,
            trigger=self._request.trigger,
            orchestrator=self._request.orchestrator,
            flow_run=self._request.flow_run,
            parameters=self._request.parameters,
        )

    def discover(self) -> list[Target]:
        """Read listings and hints and return what to look at.

        Raises DiscoveryFailed where no listing could be read and nothing is known.
        """
        targets = self._targets.discover()
        found = (*targets, *self._targets.vouched)
        self._progress.found.update(location_key(each.url) for each in found)
        self._note_vouched(self._targets.vouched)
        return targets

    def _note_vouched(self, vouched: Sequence[Target]) -> None:
        """Count the known pages that hints vouch for: they stand as they were last seen."""
        told = f"not asked: the publisher's {self._targets.advice.kind} hints call it unmodified"
        notes = []
        moved: dict[bool, list[int]] = {True: [], False: []}
        for each in vouched:
            assert each.known
            is_copy = each.known.outcome == Outcome.DUPLICATE
            outcome = Outcome.DUPLICATE if is_copy else Outcome.UNCHANGED
            notes.append(LocationOutcome(each.url, outcome, told))
            if each.is_listed != each.known.is_listed:
                moved[each.is_listed].append(each.known.id)
        with self._parts.store.write() as unit:
            unit.runs.note(self.run_id, notes)
            for is_listed, ids in moved.items():
                unit.locations(self._source.name).list_as(ids, is_listed=is_listed)
            self._spending.save(unit)
            unit.commit()

    def visit(self, targets: Sequence[Target]) -> None:
        """Look at one batch of locations and record what is seen. Can be run again safely."""
        reread_stale(self._parts, self._source, [each.known for each in targets if each.known])
        queue = deque(targets)
        pending: list[Seen] = []
        last = time.monotonic()
        for seen in self._look_at(queue):
            if seen.is_postponed:
                self._progress.postponed.append(seen.target)
                continue
            queue.extend(self._leads(seen))
            if seen.target.is_lead and seen.target.known is None and seen.is_clean_miss:
                continue  # a link that leads nowhere is no location
            pending.append(seen)
            if len(pending) >= CHUNK or time.monotonic() - last > PAUSE:
                self._record(pending)
                pending, last = [], time.monotonic()
        self._record(pending)

    def _look_at(self, queue: deque[Target]) -> Iterator[Seen]:
        """Yield looks as they end, never more of them open than there are workers."""
        workers = self._parts.settings.workers
        with ThreadPoolExecutor(workers, thread_name_prefix="look") as pool:
            running: deque[Future[Seen]] = deque()
            while queue or running:
                while queue and len(running) < workers:
                    running.append(self._submit(pool, queue.popleft()))
                yield running.popleft().result()

    def _submit(self, pool: ThreadPoolExecutor, target: Target) -> Future[Seen]:
        self._progress.found.add(location_key(target.url))
        is_conditional = "validators" in self._parts.settings.hints.split(",")
        return pool.submit(
            look,
            self._gate,
            self._source,
            target,
            is_full=self._request.full,
            is_conditional=is_conditional,
            now=self._parts.now,
        )

    def _leads(self, seen: Seen) -> list[Target]:
        """Return the child pages a report links that no listing named."""
        fresh = [
            url
            for url in seen.children
            if is_storable(url) and location_key(url) not in self._progress.found
        ]
        if not fresh:
            return []
        self._progress.found.update(map(location_key, fresh))
        with self._parts.store.read() as unit:
            known = unit.locations(self._source.name).by_url(fresh)
        return [Target(url, seen.target.edition, known.get(url), is_lead=True) for url in fresh]

    def _record(self, pending: Sequence[Seen]) -> None:
        if not pending:
            return
        sightings = [self._weighed(seen) for seen in pending]
        with self._parts.store.write() as unit:
            results = unit.recorder(self._recording).record(sightings)
            self._spending.save(unit)
            unit.commit()
        self._grade(pending, results)
        self._progress.clean_misses += [each.url for each in sightings if each.is_clean_miss]

    def _grade(self, pending: Sequence[Seen], results: Sequence[Sequence[Found]]) -> None:
        """Count the edits that hints did not tell of, among the looks that put them to the test."""
        tested = [
            found for seen, found in zip(pending, results, strict=True) if seen.target.is_vouched
        ]
        self._progress.vouched += len(tested)
        self._progress.missed += sum(
            any(each.outcome is Outcome.EDITED for each in found) for found in tested
        )

    def _weighed(self, seen: Seen) -> Sighting:
        """Return the sighting; a miss counts toward a removal only while the host is well."""
        is_miss = seen.is_clean_miss or seen.is_empty
        is_clean = is_miss and self._is_host_well(seen.target.url)
        return replace(seen.sighting, is_clean_miss=True) if is_clean else seen.sighting

    def finish(self) -> RunReport:
        """Confirm removals, close the ledger's row, free the lock and return what came of it."""
        self._look_in_archives()
        drift = conclude(self._parts, self._source, self._recording)
        now = self._parts.now()
        seconds = time.monotonic() - self._started
        with self._parts.store.write() as unit:
            missed, patience = self._progress.clean_misses, self._patience
            unit.removals(self._recording).confirm(missed, patience, now)
            record_dropped_countries(
                unit, self._recording, self._source, self._listings.read, patience, now
            )
            whole = (*self._listing_faults(), *drift)
            self._settle_accounts(unit)
            faults = "; ".join(f"{one['url']}: {one['reason']}" for one in whole)
            counts = unit.runs.end(self.run_id, "done", now=now, seconds=seconds, error=faults)
            outcomes = unit.runs.outcomes(self.run_id)
            is_read = self._listings.is_any_good or bool(self._request.urls)
            if is_read and not came_to_nothing(counts):
                is_baseline = self._has_read_all(outcomes)
                unit.runs.mark_read(self._source.name, now, is_baseline=is_baseline)
            unit.commit()
        return self._close(counts, (*whole, *failures_of(outcomes)), seconds)

    @property
    def _patience(self) -> Patience:
        settings = self._parts.settings
        return Patience(settings.gone_checks, settings.gone_hours)

    def _look_in_archives(self) -> None:
        """Look at the publisher's archive hosts for what is about to count as removed.

        They are not asked while another origin stands for the publisher's site.
        """
        if self._request.via or self._parts.settings.via:
            return
        now = self._parts.now
        with self._parts.store.read() as unit:
            impending = unit.removals(self._recording).impending(
                self._progress.clean_misses, self._patience, now()
            )
        found = find_in_archives(self._gate, self._source, impending, now)
        if found:
            with self._parts.store.write() as unit:
                unit.recorder(self._recording).record(found)
                unit.commit()
            kept = {each.url for each in found}
            self._progress.clean_misses = [
                url for url in self._progress.clean_misses if url not in kept
            ]

    def _settle_accounts(self, unit: Unit) -> None:
        """Write down what was asked of hosts, how their robots.txt read, and how hints fared."""
        self._spending.save(unit)
        waiting = {each.url: each.edition for each in self._progress.postponed if each.is_listed}
        unit.locations(self._source.name).expect(waiting)
        for host, state in self._gate.robots_states().items():
            unit.hosts.note_robots(host, state.value, self._parts.now())
        if self._progress.vouched:
            kind = self._targets.advice.kind
            unit.hints(self._source.name).grade(kind, self._progress.vouched, self._progress.missed)

    def _has_read_all(self, outcomes: Sequence[LocationOutcome]) -> bool:
        """Tell whether the run is a baseline: whole listings, the newest among them, to their end.

        A page that always fails does not keep a baseline open; a site that broke down does.
        """
        listings = self._listings.read
        is_whole = bool(listings) and all(one.is_good for one in listings.values())
        if not is_whole or self._request.countries or self._progress.postponed:
            return False
        unread = sum(each.outcome in (Outcome.ERROR, Outcome.BLOCKED) for each in outcomes)
        has_newest = max(listings) >= self._recording.newest_edition
        return has_newest and unread <= (1 - FLOOR) * len(outcomes)

    def fail(self, error: BaseException) -> None:
        """Close the ledger's row as failed and free the lock."""
        try:
            fail_run(self._parts, self.run_id, error, time.monotonic() - self._started)
        finally:
            self._gate.close()
            self._lock.release()
        note_run_end(self._parts, self._source.name)

    def _close(
        self, counts: dict[str, int], failures: tuple[dict[str, str], ...], seconds: float
    ) -> RunReport:
        self._gate.close()
        self._lock.release()
        note_run_end(self._parts, self._source.name)
        with self._parts.store.read() as unit:
            changes = unit.changes.find(run_id=self.run_id)
        return RunReport(
            self.run_id,
            self._source.name,
            counts,
            failures,
            seconds,
            tuple(reversed(changes)),
            tuple(self._notes()),
        )

    def _notes(self) -> Iterator[str]:
        """Say what the run came across that is neither a change nor a failure."""
        waiting = len(self._progress.postponed)
        if waiting or self._targets.why_postponed:
            host = urlsplit(self._source.collection_url).hostname or ""
            why = self._targets.why_postponed or self._spending.budget.why_spent(host)
            told = f"{waiting:,} locations wait" if waiting else "everything due waits"
            yield f"{told} for another day: {why}"
        for host, state in self._gate.robots_states().items():
            if state is RobotsState.UNREACHABLE:
                meaning = f"{self._parts.settings.robots_unreachable}s"
                yield f"robots.txt of {host} could not be read, which {meaning} asking it here"
        if self._progress.missed:
            yield (
                f"hints had called {self._progress.missed} of {self._progress.vouched} pages "
                "unmodified whose words have changed"
            )

    def _is_host_well(self, url: str) -> bool:
        """Tell whether a miss counts toward a removal: the edition's listing was read well."""
        edition = self._source.edition_of(url)
        if self._is_planned and edition:  # it looks at pages whose listing it need not have read
            with suppress(BudgetSpent):
                self._listings.get(edition)
        return edition in self._listings.read and self._listings.read[edition].is_good

    def _listing_faults(self) -> list[dict[str, str]]:
        """Return what was wrong with listings: failures of the run, but no locations of reports."""
        return [
            {"url": one.url, "outcome": one.outcome or Outcome.UNREADABLE, "reason": one.fault}
            for one in self._listings.read.values()
            if one.fault
        ]


def ingest(
    parts: Parts, request: IngestRequest, progress: Callable[[int, int], None] | None = None
) -> RunReport:
    """Run the whole walk in this process. Raises what its steps raise, the ledger's row closed."""
    walk = Walk.open(parts, request)
    try:
        targets = walk.discover()
        for start in range(0, len(targets), BATCH):
            if progress:
                progress(start, len(targets))
            walk.visit(targets[start : start + BATCH])
        if progress:
            progress(len(targets), len(targets))
        return walk.finish()
    except BaseException as error:
        walk.fail(error)
        raise
