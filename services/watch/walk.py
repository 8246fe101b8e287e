"""The walk: discover, fetch, gate, identify, read, record — one run of one source."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import replace

from reports.model.identity import location_key
from reports.watch.outcome import Outcome
from scrapers.fetch.errors import BudgetSpent
from scrapers.registry import source_named
from scrapers.source import Source
from services.assembly import Parts
from services.gates import fetch_gate
from services.logs import about
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
from services.watch.budget import Usage
from services.watch.close import (
    conclude_absences,
    conclude_notices,
    copies_to_read,
    hold_template_changes,
    listing_faults,
    look_in_archives,
    mark_read,
    notes,
    record_run_changes,
    save_accounts,
    set_aside_doubtful,
    why_nothing,
)
from services.watch.listings import Listings
from services.watch.read_location import Seen, Target, read_location
from services.watch.run_log import log_changes, log_close, log_discovery, log_requests
from services.watch.run_state import RunState
from services.watch.same_document import compared
from services.watch.targets import Targets
from storage.database.locks import Lock
from storage.record.attempts import Recording, ReportOutcome
from storage.unit import Unit
from storage.watch.locations import GOOD, LocationView, Sighting, is_storable
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
        self.looked_at = 0  # pages so far, with those that others led to
        usage = Usage(parts, is_bound=scope.is_planned)
        gate = fetch_gate(
            parts,
            source,
            via=request.via,
            delay=request.delay,
            budget=usage.budget,
            despite_rest=request.despite_rest,
        )
        recording = _start(parts, request, source)
        listings = Listings(parts, source, gate, recording.run_id)
        targets = Targets(parts, source, scope, gate, listings)
        self._run = RunState(parts, request, source, recording, usage, gate, listings, targets)
        self._parts, self._source, self._progress = parts, source, self._run.progress

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
        return self._run.recording.run_id

    def discover(self) -> list[Target]:
        """Read listings and hints and return what to read.

        Raises DiscoveryFailed if no listing could be read and nothing is known.
        """
        run = self._run
        targets = run.targets.discover()
        log_discovery(run, targets)
        found = (*targets, *run.targets.unmodified)
        self._progress.found.update(location_key(each.url) for each in found)
        self._note_unmodified(run.targets.unmodified, len(found))
        return targets

    def _note_unmodified(self, unmodified: Sequence[Target], planned: int) -> None:
        """Count known pages that hints report as unmodified, as unchanged."""
        kind = self._run.targets.hints.kind
        reason = f"not asked: the publisher's {kind} hints call it unmodified"
        outcomes = [LocationOutcome(each.url, _as_before(each), reason) for each in unmodified]

        def note(unit: Unit) -> None:
            unit.runs.plan(self.run_id, planned)
            unit.runs.note(self.run_id, outcomes)
            self._run.usage.save(unit)

        self._parts.store.transact(note)

    def visit(self, targets: Sequence[Target]) -> None:
        """Read one batch of locations and record what is seen. Can be run again safely."""
        known = [each.known for each in targets if each.known]
        reread_stale(self._parts, self._source, known)
        with self._parts.store.read() as unit:
            ids = [each.id for each in known]
            self._progress.named.update(unit.locations(self._source.name).named(ids))
        queue = deque(targets)
        pending: list[Seen] = []
        last = time.monotonic()
        for seen in self._read_all(queue):
            self.looked_at += 1
            if seen.is_postponed:
                self._progress.postponed.append(seen.target)
                continue
            queue.extend(self._leads(seen))
            queue.extend(self._publication(seen))
            if seen.target.is_lead and seen.target.known is None and seen.is_clean_miss:
                continue  # a link that leads nowhere is no location
            pending.append(seen)
            if len(pending) >= CHUNK or time.monotonic() - last > PAUSE:
                self._record(pending)
                pending, last = [], time.monotonic()
        self._record(pending)

    def _read_all(self, queue: deque[Target]) -> Iterator[Seen]:
        """Yield what was seen as attempts end; at most as many are open as there are workers."""
        workers = self._parts.settings.workers
        with ThreadPoolExecutor(workers, thread_name_prefix="read") as pool:
            running: deque[Future[Seen]] = deque()
            while queue or running:
                while queue and len(running) < workers:
                    running.append(self._submit(pool, queue.popleft()))
                yield compared(self._parts, self._source, running.popleft().result())

    def _submit(self, pool: ThreadPoolExecutor, target: Target) -> Future[Seen]:
        self._progress.found.add(location_key(target.url))
        is_conditional = "validators" in self._parts.settings.hints.split(",")
        report = self._progress.named.get(target.known.id, "") if target.known else ""
        with about(report=report, edition=target.edition, url=target.url):
            return pool.submit(
                copy_context().run,  # what it logs says all this, and of which run it is
                read_location,
                self._run.gate,
                self._source,
                target,
                is_full=self._run.request.full,
                is_conditional=is_conditional,
                now=self._parts.now,
            )

    def _leads(self, seen: Seen) -> list[Target]:
        """Return the child pages a report links that no listing named; keep what it links."""
        for url in seen.children:
            self._progress.attached[location_key(url)] = seen.children
        fresh = [
            url
            for url in seen.children
            if is_storable(url) and location_key(url) not in self._progress.found
        ]
        if not fresh:
            return []
        self._progress.found.update(map(location_key, fresh))
        known = self._located(fresh)
        return [Target(url, seen.target.edition, known.get(url), is_lead=True) for url in fresh]

    def _publication(self, seen: Seen) -> list[Target]:
        """Return the document that a missing one was attached to: it may name its next edition."""
        known = seen.target.known
        url = self._source.publication_of(seen.target.url)
        if not (url and known and seen.is_clean_miss and known.outcome in GOOD):
            return []
        key = location_key(url)
        spared = {location_key(each.url) for each in self._run.targets.unmodified}
        if key in self._progress.publications or key in self._progress.found - spared:
            return []
        self._progress.publications.add(key)
        held = self._located([url]).get(url)
        return [Target(url, held.edition, held, is_listed=held.is_listed)] if held else []

    def _located(self, urls: Sequence[str]) -> Mapping[str, LocationView]:
        return self._parts.store.consult(
            lambda unit: unit.locations(self._source.name).by_url(urls)
        )

    def _record(self, pending: Sequence[Seen]) -> None:
        if not pending:
            return
        sightings = [self._weighed(seen) for seen in pending]

        def record(unit: Unit) -> Sequence[Sequence[ReportOutcome]]:
            results = unit.recorder(self._run.recording).record(sightings)
            self._run.usage.save(unit)
            return results

        results = self._parts.store.transact(record)
        self._grade(pending, results)
        self._progress.clean_misses += [each.url for each in sightings if each.is_clean_miss]

    def _grade(self, pending: Sequence[Seen], results: Sequence[Sequence[ReportOutcome]]) -> None:
        """Count the edits that hints did not report, among the pages that test them."""
        tested = [
            found for seen, found in zip(pending, results, strict=True) if seen.target.is_unmodified
        ]
        self._progress.tested += len(tested)
        self._progress.missed += sum(
            any(each.outcome is Outcome.EDITED for each in found) for found in tested
        )

    def _weighed(self, seen: Seen) -> Sighting:
        """Return the sighting; a miss counts toward a removal only while the host is well."""
        is_miss = seen.is_clean_miss or seen.is_empty
        is_clean = is_miss and self._is_host_well(seen.target.url)
        attached = self._progress.attached.get(location_key(seen.target.url))
        return replace(seen.sighting, is_clean_miss=is_clean, attached=attached)

    def finish(self) -> RunReport:
        """Confirm removals, close the ledger's row, free the lock and return what came of it.

        Whoever started the run has it judged then (``services.health.after_run``).
        """
        run = self._run
        self.visit(copies_to_read(run))
        set_aside_doubtful(run)
        look_in_archives(run)
        record_run_changes(self._parts, run.recording)
        seconds = time.monotonic() - self._started
        faults = listing_faults(run)
        distrusted = error_of(faults)

        def end(unit: Unit) -> tuple[list[LocationOutcome], str, dict[str, int]]:
            conclude_absences(run, unit)
            hold_template_changes(run, unit)
            conclude_notices(run, unit)
            save_accounts(run, unit)
            outcomes = unit.runs.outcomes(self.run_id)
            nothing = why_nothing(run, outcomes)
            now, state = self._parts.now(), "failed" if nothing else "done"
            error = "; ".join(filter(None, (nothing, distrusted)))
            counts = unit.runs.end(self.run_id, state, now=now, seconds=seconds, error=error)
            mark_read(run, unit, outcomes, is_nothing=bool(nothing))
            return outcomes, nothing, counts

        outcomes, nothing, counts = self._parts.store.transact(end)
        log_close(counts, seconds, is_failed=bool(nothing))
        doubt = f"a listing could not be trusted: {distrusted}" if distrusted else ""
        fault = "; ".join(filter(None, (nothing, doubt)))
        return self._close(counts, (*faults, *failures_of(outcomes)), seconds, fault)

    def fail(self, error: BaseException) -> None:
        """Close the ledger's row as failed and free the lock."""
        try:
            fail_run(self._parts, self.run_id, error, time.monotonic() - self._started)
            with self._parts.store.write(is_guarded=False) as unit:
                self._run.usage.save(unit)
                unit.commit()
        finally:
            self._run.gate.close()
            self._lock.release()

    def _close(
        self, counts: dict[str, int], failures: tuple[Failure, ...], seconds: float, fault: str
    ) -> RunReport:
        self._run.gate.close()
        self._lock.release()
        index_after_run(self._parts)
        changes = self._parts.store.consult(lambda unit: unit.changes.find(run_id=self.run_id))
        log_requests(self._run.usage.budget.spent())
        log_changes(changes)
        return RunReport(
            self.run_id,
            self._source.name,
            counts,
            failures,
            seconds,
            tuple(reversed(changes)),
            tuple(notes(self._run)),
            fault,
        )

    def _is_host_well(self, url: str) -> bool:
        """Return whether a miss counts toward a removal: the edition's listing was read well."""
        edition = self._source.edition_of(url)
        listings = self._run.listings
        if self._is_planned and edition:  # it reads pages whose listing it need not have read
            with suppress(BudgetSpent):
                listings.get(edition)
        return edition in listings.read and listings.read[edition].is_good


def _as_before(target: Target) -> Outcome:
    """Return what a page counts as that is as it was last seen."""
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
