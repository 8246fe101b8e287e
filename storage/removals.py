"""Removals: concluded from several clean misses over time, never from one look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, update

from reports.identity import ReportId
from reports.model import ChangeKind
from reports.outcome import Outcome
from storage.carriers import Carriers
from storage.changes import Changes, topics_of
from storage.locations import Locations, LocationView, Sighting
from storage.looks import Recording
from storage.news import News
from storage.runs import LocationOutcome, Runs
from storage.tables import location
from storage.versions import StoredReport, Versions


@dataclass(frozen=True)
class Patience:
    """How many clean misses, over how long, make a removal."""

    checks: int
    hours: float

    def is_over(self, known: LocationView, now: datetime) -> bool:
        """Tell whether a location has stayed away long enough."""
        since = known.first_missed_at or now
        return known.miss_count >= self.checks and now - since >= timedelta(hours=self.hours)


class Removals:
    """Confirms removals at the end of a run, inside one write transaction."""

    def __init__(self, connection: Connection, recording: Recording) -> None:
        self._connection = connection
        self._run = recording
        self._carriers = Carriers(connection)
        self._versions = Versions(connection)

    def impending(
        self, missed: Sequence[str], patience: Patience, now: datetime
    ) -> list[tuple[LocationView, ReportId]]:
        """Return the locations whose reports ``confirm`` is about to announce as removed."""
        known = Locations(self._connection, self._run.source).by_url(missed)
        carried = self._carriers.carried(each.id for each in known.values())
        return [
            (each, name)
            for each in known.values()
            for name, is_primary in carried.get(each.id, ())
            if is_primary and patience.is_over(each, now) and self._is_about_to_go(each, name)
        ]

    def _is_about_to_go(self, known: LocationView, name: ReportId) -> bool:
        stored = self._versions.report(name)
        if stored is None or stored.state == "removed":
            return False
        started_at = Runs(self._connection).get(self._run.run_id).started_at
        return self._carriers.living_elsewhere(stored.id, known.id, started_at) is None

    def confirm(self, missed: Sequence[str], patience: Patience, now: datetime) -> None:
        """Announce reports whose only living location stayed away long enough; suspect the others.

        ``missed`` are the URLs that answered a clean 404 or 410 in this run, or whose page stood
        there without its text, the host being well.
        """
        known = Locations(self._connection, self._run.source).by_url(missed)
        carried = self._carriers.carried(each.id for each in known.values())
        for each in known.values():
            for name, is_primary in carried.get(each.id, ()):
                stored = self._versions.report(name)
                if stored is None or stored.state == "removed" or not is_primary:
                    continue
                self._conclude(each, stored, now, is_over=patience.is_over(each, now))

    def _conclude(
        self, known: LocationView, stored: StoredReport, now: datetime, *, is_over: bool
    ) -> None:
        started_at = Runs(self._connection).get(self._run.run_id).started_at
        living = self._carriers.living_elsewhere(stored.id, known.id, started_at)
        if living is None and is_over:
            self._remove(known, stored, now)
        elif living is None:
            self._versions.set_state(stored.id, "suspected")
        elif is_over:
            self._carriers.make_primary(living, stored.id)
            Locations(self._connection, self._run.source).forget_hints(living)

    def _remove(self, known: LocationView, stored: StoredReport, now: datetime) -> None:
        latest = self._versions.latest(stored.id, self._run.revision)
        reading = self._versions.reading_of(latest, self._run.revision) if latest else None
        if latest:
            self._versions.end(latest)
        self._versions.set_state(stored.id, "removed")
        news = News(
            ChangeKind.REMOVED,
            before=latest,
            topics=topics_of(reading),
            is_emptied=known.outcome == Outcome.EMPTY,
        )
        change = news.change(stored.name, stored.title, Sighting(known.url, known.edition, now))
        Changes(self._connection).add(
            stored.id, self._run.run_id, change, topics=news.topics, is_silent=self._run.is_silent
        )
        self._connection.execute(
            update(location).where(location.c.id == known.id).values(outcome=Outcome.REMOVED.value)
        )
        told = [LocationOutcome(known.url, Outcome.REMOVED)]
        Runs(self._connection).note(self._run.run_id, told)
