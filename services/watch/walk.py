"""The walk: discover, fetch, gate, identify, read, record — one run of one source."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

from reports.watch.outcome import Outcome
from scrapers.fetch.errors import BudgetSpent
from scrapers.registry import source_named
from scrapers.source import Source
from services.assembly import Parts
from services.gates import fetch_gate
from services.runs.reread import reread_stale
from services.runs.run import (
    Failure,
    IngestRequest,
    RunReport,
    error_of,
    fail_run,
    failures_of,
    start_run,
    take_source_lock,
)
from services.runs.scope import Scope
from services.runs.search_index import index_after_run
from services.watch.budget import Spending
from services.watch.close import (
    conclude_absences,
    copies_to_look_at,
    listing_faults,
    look_in_archives,
    mark_read,
    notes,
    record_run_changes,
    set_aside_doubtful,
    settle_accounts,
)
from services.watch.listings import Listings
from services.watch.read_location import Seen, Target, look
from services.watch.run_state import RunState
from services.watch.targets import Targets
from storage.database.locks import Lock
from storage.record.attempts import Recording, ReportOutcome
from storage.watch.locations import Sighting, is_storable, location_key
from storage.watch.runs import LocationOutcome

BATCH = 100
"""Locations in one ``visit``: what a Prefect task is given."""

CHUNK = 25
"""Sightings recorded in one transaction, unless they come more slowly than the pause below."""

PAUSE = 2.0
"""Seconds after which what has been seen is recorded, however little."""


class Walk:
    """One run of a source. Open it, discover, visit in batches, finish."""

    def __init__(self, parts: Parts, request: IngestRequest, source: Source, lock: Lock) -> None:
        self._lock = lock
        self._started = time.monotonic()
        scope = Scope.of(source, request)
        self._is_planned = scope.is_planned
        spending = Spending(parts, is_bound=scope.is_planned)
        gate = fetch_gate(
            parts, source, via=request.via, delay=request.delay, budget=spending.budget
        )
        recording = _start(parts, request, source)
        listings = Listings(parts, source, gate, recording.run_id)
        targets = Targets(parts, source, scope, gate, listings)
        self._course = RunState(
            parts, request, source, recording, spending, gate, listings, targets
        )
        self._parts, self._source, self._progress = parts, source, self._course.progress

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
    def source(self) -> Source:
        """The source that is read."""
        return self._source

    @property
    def run_id(self) -> int:
        """The run's row in the ledger."""
        return self._course.recording.run_id

    def discover(self) -> list[Target]:
        """Read listings and hints and return what to look at.

        Raises DiscoveryFailed where no listing could be read and nothing is known.
        """
        course = self._course
        targets = course.targets.discover()
        found = (*targets, *course.targets.vouched)
        self._progress.found.update(location_key(each.url) for each in found)
        self._note_vouched(course.targets.vouched, len(found))
        return targets

    def _note_vouched(self, vouched: Sequence[Target], planned: int) -> None:
        """Count the known pages that hints vouch for: they stand as they were last seen."""
        kind = self._course.targets.advice.kind
        told = f"not asked: the publisher's {kind} hints call it unmodified"
        outcomes = [LocationOutcome(each.url, _as_before(each), told) for each in vouched]
        with self._parts.store.write() as unit:
            unit.runs.plan(self.run_id, planned)
            unit.runs.note(self.run_id, outcomes)
            self._course.spending.save(unit)
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
            self._course.gate,
            self._source,
            target,
            is_full=self._course.request.full,
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
            results = unit.recorder(self._course.recording).record(sightings)
            self._course.spending.save(unit)
            unit.commit()
        self._grade(pending, results)
        self._progress.clean_misses += [each.url for each in sightings if each.is_clean_miss]

    def _grade(self, pending: Sequence[Seen], results: Sequence[Sequence[ReportOutcome]]) -> None:
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
        """Confirm removals, close the ledger's row, free the lock and return what came of it.

        Whoever started the run has it judged then (``services.health.after_run``).
        """
        course = self._course
        self.visit(copies_to_look_at(course))
        set_aside_doubtful(course)
        look_in_archives(course)
        record_run_changes(self._parts, course.recording)
        seconds = time.monotonic() - self._started
        with self._parts.store.write() as unit:
            conclude_absences(course, unit)
            settle_accounts(course, unit)
            faults = listing_faults(course)
            now, error = self._parts.now(), error_of(faults)
            counts = unit.runs.end(self.run_id, "done", now=now, seconds=seconds, error=error)
            outcomes = unit.runs.outcomes(self.run_id)
            mark_read(course, unit, counts, outcomes)
            unit.commit()
        return self._close(counts, (*faults, *failures_of(outcomes)), seconds)

    def fail(self, error: BaseException) -> None:
        """Close the ledger's row as failed and free the lock."""
        try:
            fail_run(self._parts, self.run_id, error, time.monotonic() - self._started)
            with self._parts.store.write() as unit:
                self._course.spending.save(unit)
                unit.commit()
        finally:
            self._course.gate.close()
            self._lock.release()

    def _close(
        self, counts: dict[str, int], failures: tuple[Failure, ...], seconds: float
    ) -> RunReport:
        self._course.gate.close()
        self._lock.release()
        index_after_run(self._parts)
        with self._parts.store.read() as unit:
            changes = unit.changes.find(run_id=self.run_id)
        return RunReport(
            self.run_id,
            self._source.name,
            counts,
            failures,
            seconds,
            tuple(reversed(changes)),
            tuple(notes(self._course)),
        )

    def _is_host_well(self, url: str) -> bool:
        """Tell whether a miss counts toward a removal: the edition's listing was read well."""
        edition = self._source.edition_of(url)
        listings = self._course.listings
        if self._is_planned and edition:  # it looks at pages whose listing it need not have read
            with suppress(BudgetSpent):
                listings.get(edition)
        return edition in listings.read and listings.read[edition].is_good


def _as_before(target: Target) -> Outcome:
    """Return what a page counts as that stands as it was last seen."""
    is_copy = target.known is not None and target.known.outcome == Outcome.DUPLICATE
    return Outcome.DUPLICATE if is_copy else Outcome.UNCHANGED


def _start(parts: Parts, request: IngestRequest, source: Source) -> Recording:
    return start_run(
        parts,
        source,
        trigger=request.trigger,
        orchestrator=request.orchestrator,
        flow_run=request.flow_run,
        parameters=request.parameters,
    )
