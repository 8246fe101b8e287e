"""Find the stored document whose next edition a new one is: editions have identifiers of their own.

A document of the same country and series takes the place of one that is no longer there. If both
stand side by side, they are two.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from reports.model.identity import location_key
from reports.model.values import Identified
from reports.watch.outcome import Outcome
from storage.record.attempts import Attempt, Recording
from storage.record.batch import Batch
from storage.texts.versions import StoredReport, StoredVersions
from storage.watch.report_locations import ReportLocations

_AWAY = (Outcome.SUSPECTED, Outcome.REMOVED)


class Succession:
    """Settles, inside one write transaction, under which name a document is stored."""

    def __init__(
        self, connection: Connection, run: Recording, versions: StoredVersions, batch: Batch
    ) -> None:
        self._run = run
        self._versions = versions
        self._batch = batch
        self._report_locations = ReportLocations(connection)

    def settle(self, attempt: Attempt, found: Identified) -> tuple[Identified, bool]:
        """Return what was found under its stored name, and whether it is a next edition.

        From then on the report is known by the new edition's part as well.
        """
        if not found.report.is_document:
            return found, False
        if stored := self._batch.report(found.report):
            return replace(found, report=stored.name), False
        before = self._predecessor(attempt, found)
        if before is None:
            return found, False
        self._versions.aliases.add(before.id, found.report.part)
        self._batch.know(found.report, before)
        return replace(found, report=before.name), not self._run.is_silent

    def complete(self, attempt: Attempt, found: Identified) -> None:
        """Give a report the title of its next edition, and the address that it stands at."""
        stored = self._batch.report(found.report)
        assert stored is not None
        self._versions.retitle(stored, found.title)
        self._batch.know(found.report, replace(stored, title=found.title))
        if attempt.sighting.moved_to:
            target = self._batch.location(attempt.sighting.moved_to, attempt.sighting)
            words = found.reading.words_sha256
            self._report_locations.join(target.id, stored.id, words, found.how)
            self._report_locations.make_primary(target.id, stored.id)

    def _predecessor(self, attempt: Attempt, found: Identified) -> StoredReport | None:
        """Return the newest document of the series that made room for what was found."""
        series = self._run.series_of(found.report, found.title)
        if not series:
            return None
        same = [
            each
            for each in self._versions.documents_of(found.report)
            if self._run.series_of(each.name, each.title) == series
        ]
        free = [each for each in same if self._makes_room(attempt, each, is_only=len(same) == 1)]
        return max(free, key=self._captured_at, default=None)

    def _captured_at(self, stored: StoredReport) -> tuple[bool, float, int]:
        latest = self._versions.latest(stored.id, self._run.revision)
        at = latest.captured_at.timestamp() if latest else 0.0
        return stored.state != "removed", at, stored.id

    def _makes_room(self, attempt: Attempt, stored: StoredReport, *, is_only: bool) -> bool:
        """Tell whether a document is no longer there, or was not yet.

        Its publication no longer names it, its own address has the new one, or it is missing. What
        an import brings from before its first capture is an earlier edition of the only one; so is
        what stood at its address.
        """
        if self._run.is_silent:
            first = self._versions.first_captured_at(stored.id)
            is_earlier = is_only and first is not None and attempt.sighting.seen_at < first
            is_there = self._report_locations.is_primary(attempt.known.id, stored.id) is not None
            return is_earlier or is_there
        primary = self._report_locations.primary(stored.id)
        if primary is None or primary.location_id == attempt.known.id:
            return True
        attached = attempt.sighting.attached
        if attached is not None:
            return primary.key not in set(map(location_key, attached))
        return primary.outcome in _AWAY
