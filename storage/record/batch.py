"""A batch of attempts: what it needs is looked up once, its results are written at its end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from reports.model.identity import ReportId, location_key
from reports.model.values import Identified
from reports.watch.outcome import Outcome
from storage.record.attempts import Attempt, Recording, ReportOutcome, has_turned, most_telling
from storage.texts.versions import StoredReport, StoredVersions
from storage.watch.capture_records import CaptureRecords
from storage.watch.locations import GOOD, Locations, LocationView, Sighting
from storage.watch.report_locations import ReportLocations
from storage.watch.runs import LocationOutcome, Runs


class Batch:
    """The locations and reports of one batch after another, inside one write transaction."""

    def __init__(
        self, connection: Connection, recording: Recording, versions: StoredVersions
    ) -> None:
        self._run = recording
        self._versions = versions
        self._runs = Runs(connection)
        self._table = Locations(connection, recording.source)
        self._report_locations = ReportLocations(connection)
        self._records = CaptureRecords(connection)
        self._locations: dict[str, LocationView] = {}
        self._reports: dict[ReportId, StoredReport | None] = {}
        self._carried: dict[int, list[tuple[ReportId, bool]]] = {}

    def look_up(self, sightings: Sequence[Sighting]) -> None:
        """Fetch what a batch will ask for, in three queries, and forget the batch before.

        That is the locations it is at or led to, and the reports that its pages name and its
        locations carry.
        """
        urls = {each.url for each in sightings} | {each.moved_to for each in sightings}
        known = self._table.by_url(urls - {""})
        self._locations = {view.key: view for view in known.values()}
        self._carried = self._report_locations.carried(view.id for view in known.values())
        names = [found.report for each in sightings if each.page for found in each.page.reports]
        names += [name for carried in self._carried.values() for name, _ in carried]
        self._reports = {**dict.fromkeys(names), **self._versions.reports(names)}

    def location(self, url: str, sighting: Sighting) -> LocationView:
        """Return the location of an address; one that is not known is inserted."""
        key = location_key(url)
        if key not in self._locations:
            is_listed = bool(sighting.is_listed) and url == sighting.url
            self._locations[key] = self._table.add(url, sighting.edition, is_listed=is_listed)
        return self._locations[key]

    def carried(self, location_id: int) -> list[tuple[ReportId, bool]]:
        """Return the reports a location carried before, and whether it is their primary one."""
        return self._carried.get(location_id, [])

    def report(self, name: ReportId) -> StoredReport | None:
        """Return a report by its name."""
        if name not in self._reports:
            self._reports[name] = self._versions.report(name)
        return self._reports[name]

    def know(self, name: ReportId, stored: StoredReport) -> None:
        """Find a report under another name as well."""
        self._reports[name] = stored

    def add_report(self, found: Identified, published_on: str) -> StoredReport:
        """Insert a report."""
        made = self._reports[found.report] = self._versions.add_report(found, published_on)
        return made

    def set_state(self, stored: StoredReport, state: str) -> None:
        """Set a report's state if it is another: present, suspected or removed."""
        if stored.state != state:
            self._versions.set_state(stored.id, state)
            self._reports[stored.name] = replace(stored, state=state)

    def write(self, attempts: Sequence[Attempt], results: Sequence[list[ReportOutcome]]) -> None:
        """Record each attempt at its location, as a capture and in the run's ledger.

        Of several reports on a page the finding that says most counts for its location.
        """
        rows, outcomes, captures = [], [], []
        for attempt, found in zip(attempts, results, strict=True):
            best = most_telling(found)
            is_away = best.outcome in (Outcome.SUSPECTED, Outcome.EMPTY)
            still_gone = is_away and attempt.known.outcome == Outcome.REMOVED
            still_left = _is_still_left(attempt, best.outcome)
            state = Outcome.REMOVED if still_gone else best.outcome
            state = Outcome.MOVED if still_left else state
            counted = ReportOutcome(Outcome.UNCHANGED, "still gone") if still_gone else best
            if still_left and best.outcome is Outcome.SUSPECTED:
                counted = ReportOutcome(Outcome.UNCHANGED, "its report moved")
            rows.append((attempt.known, attempt.sighting, state, best.reason))
            outcomes.append(LocationOutcome(attempt.sighting.url, counted.outcome, counted.reason))
            captures.append((attempt.known, self._with_new_shape(attempt, state)))
        self._table.record_attempts(rows, self._run.revision, is_live=self._run.is_live)
        self._records.add(self._run.run_id, captures)
        self._runs.note(self._run.run_id, outcomes)

    def _with_new_shape(self, attempt: Attempt, outcome: Outcome) -> Sighting:
        """Note mark-up that a page did not have before as evidence of its capture."""
        sighting = attempt.sighting
        if outcome not in GOOD or not has_turned(attempt, self._run):
            return sighting
        return replace(sighting, evidence={**sighting.evidence, "shape": sighting.shape})


def _is_still_left(attempt: Attempt, outcome: Outcome) -> bool:
    """Tell whether an address that a report moved from redirects on, or is gone."""
    redirects = outcome is Outcome.DUPLICATE and bool(attempt.sighting.moved_to)
    is_left = redirects or outcome is Outcome.SUSPECTED
    return is_left and attempt.known.outcome == Outcome.MOVED
