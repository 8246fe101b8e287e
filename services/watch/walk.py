"""The walk: discover, fetch, gate, identify, read, record — one run of one source."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Sequence

from reports.model.identity import location_key
from reports.watch.outcome import FAILURES, Outcome, in_full
from scrapers.registry import source_named
from scrapers.source import Source
from services.assembly import Parts
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
from services.watch.read_location import Target
from services.watch.run_log import log_changes, log_close, log_discovery, log_requests
from services.watch.run_state import Discovered, RunState, gate_of
from services.watch.share import Share, Terms, lay_out
from services.watch.targets import Targets
from services.watch.visit import Visitor
from storage.database.locks import Lock
from storage.record.attempts import Recording
from storage.unit import Unit
from storage.watch.runs import LocationOutcome

BATCH = 100
"""Locations in one ``visit``: what a Prefect task does."""


class Batches:
    """What a run reads, in batches. One that was taken is let go, and what was known of its pages.

    ``planned`` locations there are, ``taken`` of them went.

    A class of its own since Prefect looks into every list that a task is given or returns, and
    keeps a note of each thing in it.
    """

    def __init__(self, targets: Sequence[Target]) -> None:
        cut = (targets[start : start + BATCH] for start in range(0, len(targets), BATCH))
        self.planned = len(targets)
        self.taken = 0
        self.editions = {each.edition for each in targets if each.edition}
        self._left = deque(cut)
        self.count = len(self._left)

    def take(self) -> Sequence[Target]:
        """Return the next batch."""
        batch = self._left.popleft()
        self.taken += len(batch)
        return batch

    def __iter__(self) -> Iterator[Sequence[Target]]:
        while self._left:
            yield self.take()


class Walk:
    """One run of a source. Open it, discover, visit in batches, finish."""

    def __init__(self, parts: Parts, request: IngestRequest, source: Source, lock: Lock) -> None:
        self._lock = lock
        self._started = time.monotonic()
        scope = Scope.of(source, request)
        usage = Usage(parts, is_bound=scope.is_planned)
        gate = gate_of(parts, source, request, usage)
        recording = _start(parts, request, source)
        listings = Listings(parts, source, gate, recording.run_id)
        targets = Targets(parts, source, scope, gate, listings)
        self._run = RunState(
            parts=parts,
            request=request,
            source=source,
            recording=recording,
            is_planned=scope.is_planned,
            usage=usage,
            gate=gate,
            listings=listings,
            targets=targets,
        )
        self._parts, self._source = parts, source
        self._visitor = Visitor(self._run)
        self._is_shared = False

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
    def looked_at(self) -> int:
        """Pages read so far, with those that others led to."""
        if not self._is_shared:
            return self._visitor.looked_at
        tally = self._parts.store.consult(lambda unit: unit.runs.tally(self.run_id))
        return sum(tally.values()) - len(self._run.discovered.spared)

    @property
    def may_be_shared(self) -> bool:
        """Whether other programs may read pages of it: not of what a plan asks, a day's budget."""
        return not self._run.is_planned

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
        spared = frozenset(location_key(each.url) for each in run.targets.unmodified)
        asked = frozenset(map(_key, targets))
        run.discovered = Discovered(asked | spared, spared)
        self._note_unmodified(run.targets.unmodified, len(targets) + len(run.targets.unmodified))
        run.targets.unmodified = []  # is noted: what was known of them is let go
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
        self._visitor.visit(targets)

    def share_out(self, batches: Sequence[Sequence[Target]]) -> tuple[Share, Terms]:
        """Let other programs read batches too; return this one's share, and what to tell others."""
        terms = lay_out(self._run, batches)
        self._is_shared = True
        return Share(self._run, is_owner=True), terms

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

        def end(unit: Unit) -> tuple[tuple[Failure, ...], str, dict[str, int]]:
            conclude_absences(run, unit)
            hold_template_changes(run, unit)
            conclude_notices(run, unit)
            save_accounts(run, unit)
            counts = in_full(unit.runs.tally(self.run_id))
            failures = unit.runs.outcomes(self.run_id, [each.value for each in FAILURES])
            nothing = why_nothing(run, counts, failures)
            now, state = self._parts.now(), "failed" if nothing else "done"
            error = "; ".join(filter(None, (nothing, distrusted)))
            unit.runs.end(self.run_id, state, now=now, seconds=seconds, error=error)
            mark_read(run, unit, counts, is_nothing=bool(nothing))
            return failures_of(failures), nothing, counts

        failures, nothing, counts = self._parts.store.transact(end)
        log_close(counts, seconds, is_failed=bool(nothing))
        doubt = f"a listing could not be trusted: {distrusted}" if distrusted else ""
        fault = "; ".join(filter(None, (nothing, doubt)))
        return self._close(counts, (*faults, *failures), seconds, fault)

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


def _key(target: Target) -> str:
    """Return a location's key; that of a known one is held already and not made anew."""
    return target.known.key if target.known else location_key(target.url)


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
