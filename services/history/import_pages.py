"""Import saved pages: the same gate, reader and recorder as a fetch, and nobody is notified."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from documents.runs import ImportedFile, ImportResult
from reports.model.captured import CaptureOrigin, CaptureRecord, Exchange, make_record
from reports.model.countries import Place
from reports.model.identity import ReportId, location_key
from reports.model.reading import Reading
from reports.model.values import Evidence, Identified
from reports.text.fingerprint import payload_sha256
from reports.watch.outcome import FAILURES, Outcome
from scrapers.fetch.response import Response
from scrapers.judge.pages import judge
from scrapers.registry import country_unknown_to, source_named
from scrapers.saved.files import read_saved
from scrapers.saved.page import SavedFault, SavedPage
from scrapers.source import Source
from services.assembly import Parts
from services.health.after_run import judge_reading
from services.history.provenance import believed, foreign_host, held_back, is_of_publisher
from services.history.review import IMPORTED
from services.runs.reread import reread_stale
from services.runs.run import BadRequest, RunReport, Trigger, fail_run, start_run, take_source_lock
from services.runs.search_index import index_after_run
from services.watch.close import record_run_changes
from services.watch.visit import CHUNK
from storage.record.attempts import Recording, ReportOutcome
from storage.unit import Unit
from storage.watch.locations import LocationView, Sighting, is_storable
from storage.watch.runs import LocationOutcome


@dataclass(frozen=True)
class ImportRequest:
    """What to import, and what the operator knows of it better than the pages do."""

    paths: tuple[Path, ...]
    source: str
    country: str = ""
    edition: str = ""
    retrieved_at: datetime | None = None


@dataclass(frozen=True)
class ImportReport:
    """What came of an import: the run's report and one entry per file and report."""

    run: RunReport
    files: tuple[dict[str, str], ...]

    @property
    def document(self) -> ImportResult:
        """What ``import`` prints."""
        files = [ImportedFile(**each) for each in self.files]
        return ImportResult(**vars(self.run.document), files=files)


def import_saved(
    parts: Parts, request: ImportRequest, progress: Callable[[int], None] | None = None
) -> ImportReport:
    """Import saved pages as one run.

    Raises RunRefused, BadRequest, or scrapers.registry.UnknownSource; a file that cannot be read
    is a failure of the run, not an error.
    """
    source = source_named(request.source)
    place = _operator_place(source, request.country)
    lock = take_source_lock(parts, source.name)
    started = time.monotonic()
    try:
        recording = start_run(
            parts,
            source,
            trigger=Trigger.IMPORT,
            orchestrator="direct",
            flow_run="",
            parameters={"paths": [_printable(path) for path in request.paths]},
            is_silent=True,
        )
        under_way = _Import(parts, request, source, place, recording)
        for chunk in _chunks(read_saved(request.paths, source.types_of_copies)):
            under_way.take(chunk)
            if progress:
                progress(len(chunk))
        return under_way.close(time.monotonic() - started)
    except BaseException as error:
        _fail(parts, source.name, error, time.monotonic() - started)
        raise
    finally:
        lock.release()


def _fail(parts: Parts, source: str, error: BaseException, seconds: float) -> None:
    """Close the ledger's row of an import that was broken off; what it recorded is kept."""
    with parts.store.read() as unit:
        under_way = unit.runs.open_run(source)
    if under_way:
        fail_run(parts, under_way.id, error, seconds)


@dataclass
class _Import:
    """One import under way: what it works with and what it has gathered."""

    parts: Parts
    request: ImportRequest
    source: Source
    place: Place | None
    recording: Recording
    files: list[dict[str, str]] = field(default_factory=list)
    failures: list[dict[str, str]] = field(default_factory=list)
    faults: list[SavedFault] = field(default_factory=list)

    def take(self, chunk: list[SavedPage | SavedFault]) -> None:
        """Record one chunk of files in one transaction."""
        pages = []
        for came in chunk:
            each = believed(came, self.parts.now()) if isinstance(came, SavedPage) else came
            if isinstance(each, SavedPage):
                pages.append(each)
            else:
                self.faults.append(each)
                self.files.append({"file": each.file, "report": "", "how": Evidence.NONE.value})
        sightings = self._sightings(pages)
        results = self.parts.store.transact(
            lambda unit: unit.recorder(self.recording).record(sightings)
        )
        for page, found in zip(pages, results, strict=True):
            for each_found in found:
                self._note(page.file, each_found)

    def _sightings(self, pages: list[SavedPage]) -> list[Sighting]:
        urls = [_url(self.source, each) for each in pages]
        known = self._known(urls)
        reread_stale(self.parts, self.source, list(known.values()))
        # What is known of a page is what stood before the first of its captures here.
        known = {view.key: view for view in self._known(urls).values()}
        return [
            self._as_the_operator_says(
                _sight(
                    self.source, each, url, self._seen_at(each), known.pop(location_key(url), None)
                ),
                foreign_host(self.source, _claimed(self.source, each)),
            )
            for each, url in zip(pages, urls, strict=True)
        ]

    def _known(self, urls: list[str]) -> dict[str, LocationView]:
        with self.parts.store.read() as unit:
            return unit.locations(self.source.name).by_url(urls)

    def _seen_at(self, page: SavedPage) -> datetime:
        return self.request.retrieved_at or page.retrieved_at or self.parts.now()

    def _note(self, file: str, found: ReportOutcome) -> None:
        report = str(found.report) if found.report else ""
        self.files.append({"file": file, "report": report, "how": found.how.value})
        if found.outcome in FAILURES:
            outcome = found.outcome.value
            self.failures.append({"url": file, "outcome": outcome, "reason": found.reason})

    def _as_the_operator_says(self, sighting: Sighting, foreign: str) -> Sighting:
        """Let ``--country`` and ``--edition`` decide what they name.

        Who names both vouches for a page of a host that is not the publisher's; else it waits.
        """
        if sighting.page is None:
            return sighting
        if foreign and not (self.place and self.request.edition):
            return replace(sighting, page=held_back(sighting.page, foreign))
        if not (self.place or self.request.edition):
            return sighting
        reports = [self._renamed(each) for each in sighting.page.reports]
        undecided = []
        for each in sighting.page.undecided:
            place = self.place or self.source.countries.find(each.country)
            place = place and self.source.placed(place, each.part)
            edition = self.request.edition or each.edition
            if place and edition and each.reading.blocks:
                name = ReportId(self.source.name, edition, place.country, place.part)
                reports.append(self._decided(name, each.reading))
            else:
                undecided.append(each)
        page = replace(sighting.page, reports=tuple(reports), undecided=tuple(undecided))
        return replace(sighting, page=page)

    def _renamed(self, found: Identified) -> Identified:
        place = self.place and self.source.placed(self.place, found.report.part)
        country, part = (
            (place.country, place.part) if place else (found.report.country, found.report.part)
        )
        name = ReportId(
            self.source.name, self.request.edition or found.report.edition, country, part
        )
        return found if name == found.report else self._decided(name, found.reading)

    def _decided(self, name: ReportId, reading: Reading) -> Identified:
        return Identified(name, Evidence.OPERATOR, self.source.title_of(name), reading)

    def close(self, seconds: float) -> ImportReport:
        """Close the ledger's row and return what came of the import."""
        unread = [
            LocationOutcome(f"import:{_printable(each.file)}", Outcome.UNREADABLE, each.reason)
            for each in self.faults
        ]
        run_id = self.recording.run_id
        record_run_changes(self.parts, self.recording)

        def end(unit: Unit) -> dict[str, int]:
            unit.runs.note(run_id, unread)
            return unit.runs.end(run_id, "done", now=self.parts.now(), seconds=seconds)

        counts = self.parts.store.transact(end)
        index_after_run(self.parts)
        judge_reading(self.parts, self.source, run_id)
        unreadable = Outcome.UNREADABLE.value
        faults = [
            {"url": each.file, "outcome": unreadable, "reason": each.reason} for each in self.faults
        ]
        report = RunReport(run_id, self.source.name, counts, (*faults, *self.failures), seconds)
        return ImportReport(report, tuple(self.files))


def _sight(
    source: Source, saved: SavedPage, url: str, seen_at: datetime, known: LocationView | None
) -> Sighting:
    body = saved.body
    facts: dict[str, Any] = {
        "url": url,
        "edition": source.edition_of(url),
        "seen_at": seen_at,
        "payload_sha256": payload_sha256(body),
        "body": body,
        "evidence": {"file": _printable(saved.file)},
        "record": saved.record or _record(saved, url, seen_at),
    }
    is_current = known is not None and known.reader_revision == source.reader_revision
    is_older = known is not None and known.checked_at is not None and seen_at < known.checked_at
    if known and is_current and not is_older and known.payload_sha256 == facts["payload_sha256"]:
        facts["region_sha256"] = known.region_sha256
        return Sighting(**facts, outcome=Outcome.UNCHANGED)
    if saved.is_text:
        page = source.read_text(body.decode("utf-8", "replace"), url)
        return Sighting(**facts, page=page)
    verdict = judge(_as_response(saved, url, seen_at), source)
    if verdict.outcome is not None:
        return Sighting(**facts, outcome=verdict.outcome, reason=verdict.reason)
    facts["region_sha256"] = payload_sha256(verdict.region)
    # The address of somebody else's host says nothing of a report.
    return Sighting(**facts, page=source.read(body, url if _is_file(url) else saved.url or url))


def _record(saved: SavedPage, url: str, seen_at: datetime) -> CaptureRecord:
    """Return what is known of how a file's page was captured: where it is said to be from."""
    return make_record(
        [Exchange(url, answered_at=seen_at)],
        origin=CaptureOrigin.FILE,
        client=None,
        payload_sha256=payload_sha256(saved.body),
        payload_size=len(saved.body),
        about={"file": _printable(saved.file)},
    )


def _as_response(saved: SavedPage, url: str, seen_at: datetime) -> Response:
    """Show a saved page to the gate as the answer it once was."""
    return Response(url, url, 200, {}, saved.body, seen_at)


def _url(source: Source, saved: SavedPage) -> str:
    """Return the page's address; a file without one is a location of its own by its name."""
    known = _claimed(source, saved)
    if known and is_storable(known) and is_of_publisher(source, known):
        return source.watched_as(known) if saved.url else known
    return f"{IMPORTED}{payload_sha256(saved.body)[:12]}/{_printable(Path(saved.file).name)}"


def _claimed(source: Source, saved: SavedPage) -> str:
    """Return the address that a file, or the page in it, says it is from."""
    return saved.url or source.page_url(saved.body)


def _is_file(url: str) -> bool:
    return url.startswith(IMPORTED)


def _printable(path: Path | str) -> str:
    """Return a file's name as text that can be stored, whatever bytes it is made of."""
    return str(path).encode("utf-8", "backslashreplace").decode()


def _operator_place(source: Source, name: str) -> Place | None:
    if not name:
        return None
    place = source.countries.find(name)
    if place is None:
        raise BadRequest(country_unknown_to(source, name))
    return place


def _chunks(pages: Iterable[SavedPage | SavedFault]) -> Iterator[list[SavedPage | SavedFault]]:
    chunk: list[SavedPage | SavedFault] = []
    for page in pages:
        chunk.append(page)
        if len(chunk) >= CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
