"""Visit a batch of locations: read them side by side, and record in order what was seen."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import replace

from reports.model.identity import location_key
from reports.watch.outcome import Outcome
from scrapers.fetch.errors import BudgetSpent
from services.logs import about
from services.runs.reread import reread_stale
from services.watch.read_location import Seen, Target, read_location
from services.watch.run_state import Progress, Reading
from services.watch.same_document import compared
from storage.record.attempts import ReportOutcome
from storage.unit import Unit
from storage.watch.locations import GOOD, LocationView, Sighting, is_storable

CHUNK = 25
"""Sightings recorded in one transaction, unless they come more slowly than the pause below."""

PAUSE = 2.0
"""Seconds after which what has been seen is recorded, however little."""

Wait = Callable[[], None]
"""Returns when a batch may be recorded, which is read meanwhile."""

Keep = Callable[[Unit, Progress, Sequence[Target]], None]
"""Stores, in the transaction that records, how far the run is, and what is left of its batch."""


def _keep_nothing(_unit: Unit, _progress: Progress, _left: Sequence[Target]) -> None:
    pass


class Visitor:
    """Visits batches of one run's locations, one after another."""

    def __init__(self, run: Reading) -> None:
        self._run = run
        self.looked_at = 0  # pages so far, with those that others led to

    def visit(
        self, targets: Sequence[Target], wait: Wait | None = None, keep: Keep = _keep_nothing
    ) -> None:
        """Read one batch of locations and record what is seen. Can be run again safely."""
        known = [each.known for each in targets if each.known]
        names = self._names_of(known)
        queue = deque(targets)
        pending: list[Seen] = []
        workers = self._run.parts.settings.workers
        with _readers(workers) as pool:
            reads = _Reads(queue, workers, lambda target: self._submit(pool, target, names))
            if wait:
                reads.begin_all()
                wait()
            reread_stale(self._run.parts, self._run.source, known)
            last = time.monotonic()
            for read in reads:
                seen = compared(self._run.parts, self._run.source, read)
                self.looked_at += 1
                if seen.is_postponed:
                    self._run.progress.postponed.append(seen.target)
                    continue
                met = [*self._leads(seen), *self._publication(seen)]
                names.update(self._names_of([each.known for each in met if each.known]))
                queue.extend(met)
                if seen.target.is_lead and seen.target.known is None and seen.is_clean_miss:
                    continue  # a link that leads nowhere is no location
                pending.append(seen)
                if len(pending) >= CHUNK or time.monotonic() - last > PAUSE:
                    self._record(pending, keep, reads.left())
                    pending, last = [], time.monotonic()
        self._record(pending, keep, ())

    def _names_of(self, known: Sequence[LocationView]) -> dict[int, str]:
        """Return the report that a location carries, by the location's number."""
        if not known:
            return {}
        ids, source = [each.id for each in known], self._run.source.name
        consult = self._run.parts.store.consult
        return dict(consult(lambda unit: unit.locations(source).named(ids)))

    def _submit(
        self, pool: ThreadPoolExecutor, target: Target, names: Mapping[int, str]
    ) -> Future[Seen]:
        run = self._run
        if (key := location_key(target.url)) not in run.discovered.keys:
            run.progress.led_to.add(key)
        is_conditional = "validators" in run.parts.settings.hints.split(",")
        report = names.get(target.known.id, "") if target.known else ""
        with about(report=report, edition=target.edition, url=target.url):
            return pool.submit(
                copy_context().run,  # what it logs says all this, and of which run it is
                read_location,
                run.gate,
                run.source,
                target,
                is_full=run.request.full,
                is_conditional=is_conditional,
                now=run.parts.now,
            )

    def _is_found(self, key: str) -> bool:
        return key in self._run.discovered.keys or key in self._run.progress.led_to

    def _leads(self, seen: Seen) -> list[Target]:
        """Return the child pages a report links that no listing named; keep what it links."""
        progress = self._run.progress
        for url in seen.children:
            progress.attached[location_key(url)] = seen.children
        fresh = [
            url
            for url in seen.children
            if is_storable(url) and not self._is_found(location_key(url))
        ]
        if not fresh:
            return []
        progress.led_to.update(map(location_key, fresh))
        known = self._located(fresh)
        return [Target(url, seen.target.edition, known.get(url), is_lead=True) for url in fresh]

    def _publication(self, seen: Seen) -> list[Target]:
        """Return the document that a missing one was attached to: it may name its next edition."""
        progress, known = self._run.progress, seen.target.known
        url = self._run.source.publication_of(seen.target.url)
        if not (url and known and seen.is_clean_miss and known.outcome in GOOD):
            return []
        key = location_key(url)
        is_asked = self._is_found(key) and key not in self._run.discovered.spared
        if key in progress.publications or is_asked:
            return []
        progress.publications.add(key)
        held = self._located([url]).get(url)
        return [Target(url, held.edition, held, is_listed=held.is_listed)] if held else []

    def _located(self, urls: Sequence[str]) -> Mapping[str, LocationView]:
        return self._run.parts.store.consult(
            lambda unit: unit.locations(self._run.source.name).by_url(urls)
        )

    def _record(self, pending: Sequence[Seen], keep: Keep, left: Sequence[Target]) -> None:
        if not pending:
            return
        sightings = [self._weighed(seen) for seen in pending]

        def record(unit: Unit) -> Progress:
            results = unit.recorder(self._run.recording).record(sightings)
            self._run.usage.save(unit)
            progress = _advanced(self._run.progress, pending, sightings, results)
            keep(unit, progress, left)
            return progress

        self._run.progress = self._run.parts.store.transact(record)

    def _weighed(self, seen: Seen) -> Sighting:
        """Return the sighting; a miss counts toward a removal only while the host is well."""
        is_miss = seen.is_clean_miss or seen.is_empty
        is_clean = is_miss and self._is_host_well(seen.target.url)
        attached = self._run.progress.attached.get(location_key(seen.target.url))
        return replace(seen.sighting, is_clean_miss=is_clean, attached=attached)

    def _is_host_well(self, url: str) -> bool:
        """Return whether a miss counts toward a removal: the edition's listing was read well."""
        edition = self._run.source.edition_of(url)
        listings = self._run.listings
        # A planned run reads pages whose listing it need not have read.
        if self._run.is_planned and edition:
            with suppress(BudgetSpent):
                listings.get(edition)
        return edition in listings.read and listings.read[edition].is_good


def _advanced(
    progress: Progress,
    seen: Sequence[Seen],
    sightings: Sequence[Sighting],
    results: Sequence[Sequence[ReportOutcome]],
) -> Progress:
    """Return the progress with what was recorded: misses, and edits that hints did not report."""
    tested = [found for each, found in zip(seen, results, strict=True) if each.target.is_unmodified]
    missed = [found for found in tested if any(one.outcome is Outcome.EDITED for one in found)]
    misses = [each.url for each in sightings if each.is_clean_miss]
    return replace(
        progress,
        clean_misses=[*progress.clean_misses, *misses],
        tested=progress.tested + len(tested),
        missed=progress.missed + len(missed),
    )


@contextmanager
def _readers(workers: int) -> Iterator[ThreadPoolExecutor]:
    """Give threads that read; of a batch that fails, what was not begun is not read any more."""
    pool = ThreadPoolExecutor(workers, thread_name_prefix="read")
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


class _Reads:
    """The attempts of a batch in the order of its locations, some of them under way at once."""

    def __init__(
        self,
        queue: deque[Target],
        workers: int,
        submit: Callable[[Target], Future[Seen]],
    ) -> None:
        self._queue = queue
        self._workers = workers
        self._submit = submit
        self._open: deque[tuple[Target, Future[Seen]]] = deque()

    def begin_all(self) -> None:
        """Have every attempt made, one after another, before any result is fetched."""
        self._begin(len(self._queue))

    def left(self) -> list[Target]:
        """Return the locations whose results were not fetched yet."""
        return [*(target for target, _ in self._open), *self._queue]

    def __iter__(self) -> Iterator[Seen]:
        while self._queue or self._open:
            self._begin(self._workers - len(self._open))
            yield self._open.popleft()[1].result()

    def _begin(self, most: int) -> None:
        for _ in range(min(most, len(self._queue))):
            target = self._queue.popleft()
            self._open.append((target, self._submit(target)))
