"""Fill a report's history from the Internet Archive's captures, and see which changes they prove.

The same gate, reader and recorder as an import: what is older than what is known is put between its
neighbours in time, and nobody is notified.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from documents.runs import BackfillResult
from reports.watch.outcome import Outcome
from scrapers.archive.host import PLAY_SECONDS, SEARCH_SECONDS
from scrapers.archive.wayback import Archive, ArchivedCapture, Played, Unlisted, Unplayable
from scrapers.fetch.errors import FetchError, HostPaused
from scrapers.registry import source_named
from scrapers.source import Source
from services.assembly import Parts
from services.gates import archive_gate
from services.health.after_run import judge_reading
from services.history.archive_captures import Captures, Taken, Tally
from services.logs import about
from services.runs.reread import RereadRequest, reread
from services.runs.run import (
    WATCHING,
    Failure,
    IngestRequest,
    RunReport,
    Trigger,
    fail_run,
    failures_of,
    start_run,
    take_source_lock,
)
from services.runs.scope import Scope
from services.runs.search_index import index_after_run
from services.watch.close import record_run_changes
from services.watch.visit import CHUNK
from storage.record.attempts import Recording, ReportOutcome, most_telling
from storage.unit import Unit
from storage.watch.archive import Memento
from storage.watch.locations import GOOD, LocationView
from storage.watch.runs import LocationOutcome

PATIENCE = 3
"""Requests in a row without an answer, each after all its tries, that end a run."""

GO_ON = "what was brought is kept; run it again to go on"


@dataclass(frozen=True)
class BackfillRequest:
    """Which locations to ask the Archive for, which captures, and how many to fetch at most."""

    source: str
    editions: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """What the ledger keeps of the request."""
        asked = {
            "editions": list(self.editions),
            "countries": list(self.countries),
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "limit": self.limit,
        }
        return {name: value for name, value in asked.items() if value}


@dataclass(frozen=True)
class BackfillReport:
    """What came of it; ``corroborated`` counts the source's changes that captures bear out."""

    run: RunReport
    captures: Tally
    corroborated: int

    @property
    def document(self) -> BackfillResult:
        """What ``backfill`` prints."""
        return BackfillResult(
            **vars(self.run.document), captures=self.captures, corroborated=self.corroborated
        )


class _Spent(Exception):
    """As many captures were fetched as the request allows."""


def backfill(
    parts: Parts, request: BackfillRequest, progress: Callable[[int, int], None] | None = None
) -> BackfillReport:
    """Bring what the Archive holds of a source's known locations, as one run.

    Raises RunRefused, BadRequest, or scrapers.registry.UnknownSource. What cannot be had is a
    failure of the run, not an error; so is an Archive that does not answer.
    """
    source = source_named(request.source)
    scope = Scope.of(source, IngestRequest(source.name, request.editions, request.countries))
    _read_by_the_present_reader(parts, source, request.editions)
    lock = take_source_lock(parts, source.name)
    started = time.monotonic()
    try:
        recording = start_run(
            parts,
            source,
            trigger=Trigger.BACKFILL,
            orchestrator="direct",
            flow_run="",
            parameters=request.parameters,
            is_silent=True,
        )
        archive = Archive(archive_gate(parts, SEARCH_SECONDS), archive_gate(parts, PLAY_SECONDS))
        under_way = _Backfill(parts, request, source, recording, archive)
        try:
            under_way.bring(_chosen(parts, source, scope), progress)
            return under_way.close(started)
        except BaseException as error:
            fail_run(parts, recording.run_id, error, time.monotonic() - started)
            raise
        finally:
            archive.close()
    finally:
        lock.release()


def _read_by_the_present_reader(parts: Parts, source: Source, editions: tuple[str, ...]) -> None:
    """Compare like with like: read again what an older reader read."""
    with parts.store.read() as unit:
        waiting = unit.stale_readings(source.name, source.reader_revision).count(editions)
    if waiting:
        reread(parts, RereadRequest(source.name, editions))


@dataclass
class _Backfill:
    """One run under way: what it works with and what it has gathered."""

    parts: Parts
    request: BackfillRequest
    source: Source
    recording: Recording
    archive: Archive
    tally: Tally = field(default_factory=Tally)
    failures: list[dict[str, str]] = field(default_factory=list)
    faults_in_a_row: int = 0
    unlisted: dict[str, str] = field(default_factory=dict)  # locations no list came for, and why
    fault: str = ""  # why the run was ended early
    is_spent: bool = False

    def bring(
        self,
        chosen: Sequence[tuple[LocationView, datetime]],
        progress: Callable[[int, int], None] | None,
    ) -> None:
        """Ask for each location up to its cutoff, until the Archive fails or the budget ends."""
        for done, (known, cutoff) in enumerate(chosen):
            if progress:
                progress(done, len(chosen))
            with about(edition=known.edition, url=known.url):
                self._location(known, cutoff)
            if self.fault or self.is_spent:
                return

    def _location(self, known: LocationView, cutoff: datetime) -> None:
        known_before = self.tally.known_digest
        found: list[ReportOutcome] = []
        chunk: list[Taken] = []
        captures = Captures(
            self.parts, self.source, known, play=self._play, tally=self.tally, cutoff=cutoff
        )
        for taken in self._taken(known, captures):
            chunk.append(taken)
            if len(chunk) >= CHUNK:
                found += self._record(captures, chunk)
                chunk = []
        found += self._record(captures, chunk)
        if not found and known.url in self.unlisted:
            found = [ReportOutcome(Outcome.ERROR, self.unlisted[known.url])]
        if not found and self.tally.known_digest > known_before:
            found = [ReportOutcome(Outcome.UNCHANGED)]
        self._note_outcome(known, found)

    def _taken(self, known: LocationView, captures: Captures) -> Iterator[Taken]:
        """Yield what is to be written down of a location's captures; failures are listed."""
        try:
            url = self.source.archived_as(known.url)
            for capture in self.archive.captures(url, self.request.since, self.request.until):
                if taken := self._take(captures, capture):
                    yield taken
                if self.fault:
                    return
            self.faults_in_a_row = 0
        except _Spent:
            self.is_spent = True
        except Unlisted as error:
            self._fail(known.url, Outcome.ERROR, str(error))
            self.unlisted[known.url] = str(error)
        except FetchError as error:
            self._unanswered(known.url, error)
            self.unlisted[known.url] = error.reason

    def _take(self, captures: Captures, capture: ArchivedCapture) -> Taken | None:
        try:
            return captures.take(capture)
        except Unplayable as error:
            if not captures.has_failed_before(capture):
                self._fail(capture.memento_url, Outcome.UNREADABLE, str(error))
            return captures.unplayable(capture)
        except FetchError as error:
            self._unanswered(capture.memento_url, error)
            return None

    def _play(self, capture: ArchivedCapture) -> Played:
        if self.request.limit is not None and self.tally.fetched >= self.request.limit:
            raise _Spent
        played = self.archive.play(capture)
        self.faults_in_a_row = 0
        return played

    def _record(self, captures: Captures, chunk: Sequence[Taken]) -> list[ReportOutcome]:
        """Write down captures in one transaction; return what was found on those looked at."""
        if not chunk:
            return []

        def record(unit: Unit) -> tuple[list[Memento], list[ReportOutcome]]:
            mementos, outcomes = [], []
            for each in chunk:
                found = [each.found]
                if each.sighting:  # one by one: if a period is split, earlier ones give its ends
                    (found,) = unit.recorder(self.recording).record([each.sighting])
                best = most_telling(found)
                mementos.append(each.recorded(found, best.outcome))
                outcomes += [best] if each.is_attempt else []
            unit.archive.add_mementos(mementos)
            return mementos, outcomes

        mementos, outcomes = self.parts.store.transact(record)
        captures.learn(mementos)
        return outcomes

    def _note_outcome(self, known: LocationView, found: Sequence[ReportOutcome]) -> None:
        """Let a location count once: good captures before bad ones, which are a page's past."""
        good = [each for each in found if each.outcome in GOOD]
        if not found:
            return
        best = most_telling(good or found)
        outcome = LocationOutcome(known.url, best.outcome, best.reason)
        self.parts.store.transact(lambda unit: unit.runs.note(self.recording.run_id, [outcome]))

    def _fail(self, url: str, outcome: Outcome, reason: str) -> None:
        self.failures.append({"url": url, "outcome": outcome.value, "reason": reason})

    def _unanswered(self, url: str, error: FetchError) -> None:
        """Note a request without an answer; after some in a row the run is ended."""
        self.faults_in_a_row += 1
        reason = error.reason
        if isinstance(error, HostPaused) or self.faults_in_a_row >= PATIENCE:
            self.fault = reason = f"the Archive is left for this run: {reason}; {GO_ON}"
        self._fail(url, Outcome.ERROR, reason)

    def close(self, started: float) -> BackfillReport:
        """Close the ledger's row and return what came of it."""
        run_id = self.recording.run_id
        record_run_changes(self.parts, self.recording)
        seconds = time.monotonic() - started
        state = "failed" if self.fault else "done"

        def end(unit: Unit) -> tuple[int, dict[str, int], tuple[Failure, ...]]:
            corroborated = unit.corroborate(self.source.name, WATCHING)
            counts = unit.runs.end(
                run_id, state, now=self.parts.now(), seconds=seconds, error=self.fault
            )
            return corroborated, counts, failures_of(unit.runs.outcomes(run_id))

        corroborated, counts, bad = self.parts.store.transact(end)
        index_after_run(self.parts)
        judge_reading(self.parts, self.source, run_id)
        unsaid = [each for each in bad if each["url"] not in self.unlisted]
        failures = (*self.failures, *unsaid)
        report = RunReport(run_id, self.source.name, counts, failures, seconds)
        return BackfillReport(report, self.tally, corroborated)


def _chosen(parts: Parts, source: Source, scope: Scope) -> list[tuple[LocationView, datetime]]:
    """Return the known locations within a scope, each with the moment after which nothing counts.

    Of a watched page nothing newer than our last look is taken: what changed since then is news,
    which the watch reports and a silent run would hide. Of a copy only the time counts in which it
    drove a report's versions.
    """
    wanted = {(place.country, place.part) for place in scope.places}
    with parts.store.read() as unit:
        locations = unit.locations(source.name)
        carried, copies = locations.places(), locations.copies()
        known = [
            each
            for each in locations.all(scope.editions)
            if source.owns(each.url)
            and source.archived_as(each.url)
            and (not wanted or carried.get(each.id, set()) & wanted)
        ]
        ids = [each.id for each in known]
        stood = unit.archive.last_seen(ids)
        watched = unit.archive.watched(ids, WATCHING)
    now = parts.now()
    chosen = []
    for each in known:
        cutoff = each.checked_at if each.id in watched and each.checked_at else now
        if each.id not in copies:
            chosen.append((each, cutoff))
        elif each.id in stood:
            chosen.append((each, min(cutoff, stood[each.id])))
    return chosen
