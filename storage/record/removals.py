"""Removals: concluded from several clean misses over time, never from one attempt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection, update

from reports.model.identity import ReportId
from reports.model.values import ChangeKind
from reports.watch.outcome import SAYS, Outcome
from storage.changes.changes import Changes
from storage.database.tables import location
from storage.record.announce import ChangeDraft, topics_in
from storage.record.attempts import Recording
from storage.record.mass_removals import MassRemovals
from storage.texts.versions import StoredReport, StoredVersions
from storage.watch.capture_records import CaptureRecords
from storage.watch.locations import Locations, LocationView, Sighting
from storage.watch.report_locations import ALIVE, ReportLocations
from storage.watch.runs import LocationOutcome, Runs


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
        self._report_locations = ReportLocations(connection)
        self._versions = StoredVersions(connection)
        self._mass = MassRemovals(connection, recording.source)

    def unattempted(self, missed: Sequence[str]) -> list[str]:
        """Return other locations of the missing reports that this run has not read."""
        return [
            url
            for known, stored in self._missing(missed)
            for url in self._report_locations.unattempted(stored.id, known.id, self._started_at)
        ]

    def in_doubt(
        self, missed: Sequence[str], patience: Patience, owns: Callable[[str], bool]
    ) -> set[str]:
        """Return the missing locations with another one of which this run could learn nothing.

        One that was not read may still be there. So may one whose attempt failed, but not for ever:
        for as many further misses as a removal takes. ``owns`` tells which addresses can be read.
        """
        return {
            known.key
            for known, stored in self._missing(missed)
            if any(
                map(owns, self._report_locations.unattempted(stored.id, known.id, self._started_at))
            )
            or (
                known.miss_count < 2 * patience.checks
                and self._report_locations.has_failed(stored.id, known.id, self._started_at)
            )
        }

    def impending(
        self, missed: Sequence[str], patience: Patience, now: datetime
    ) -> list[tuple[LocationView, ReportId]]:
        """Return the locations whose reports ``confirm`` is about to announce as removed."""
        waiting = self._mass.asked_before()
        return [
            (known, stored.name)
            for known, stored in self._missing(missed)
            if stored.id not in waiting
            and patience.is_over(known, now)
            and self._living(known, stored) is None
        ]

    def _missing(self, missed: Sequence[str]) -> list[tuple[LocationView, StoredReport]]:
        """Return the missing locations with each report that they drove, if it is not gone."""
        known = Locations(self._connection, self._run.source).by_url(missed)
        carried = self._report_locations.carried(each.id for each in known.values())
        found = [
            (each, self._versions.report(name))
            for each in known.values()
            for name, is_primary in carried.get(each.id, ())
            if is_primary
        ]
        return [(each, stored) for each, stored in found if stored and stored.state != "removed"]

    @cached_property
    def _started_at(self) -> datetime:
        return Runs(self._connection).get(self._run.run_id).started_at

    def _living(self, known: LocationView, stored: StoredReport) -> int | None:
        return self._report_locations.living_elsewhere(stored.id, known.id, self._started_at)

    def confirm(self, missed: Sequence[str], patience: Patience, now: datetime) -> None:
        """Announce reports whose only living location stayed away long enough; suspect the others.

        If too much of an edition is missing at once, none of it is announced before a review.

        ``missed`` are the URLs that answered a clean 404 or 410 in this run, or whose page
        was there without its text, the host being well.
        """
        about_to = []
        for known, stored in self._missing(missed):
            is_over, living = patience.is_over(known, now), self._living(known, stored)
            if living is None:
                self._versions.set_state(stored.id, "suspected")
                if is_over:
                    about_to.append((known, stored))
            elif is_over:
                self._hand_over(living, stored)
        self._announce_moves(missed, now)
        held = self._mass.held(about_to, patience.hours, now)
        for known, stored in about_to:
            if stored.id not in held:
                self._remove(known, stored, now)
        self._retire_copies(missed, patience, now)

    def _retire_copies(self, missed: Sequence[str], patience: Patience, now: datetime) -> None:
        """Ask other locations of reports that are away for good as seldom as removed ones."""
        locations = Locations(self._connection, self._run.source)
        away = [
            each.id
            for each in locations.by_url(missed).values()
            if each.outcome == Outcome.SUSPECTED and patience.is_over(each, now)
        ]
        carried = self._report_locations.carried(away)
        copies = [each for each, reports in carried.items() if not any(is_p for _, is_p in reports)]
        locations.retire(copies)

    def release(self, review: int, now: datetime) -> list[ReportId]:
        """Announce the reports that a review held and that are still missing; return them."""
        stored = self._versions.reports(self._mass.reports(review))
        still = [each for each in stored.values() if each.state == "suspected"]
        for each in still:
            self._remove(self._report_locations.primary_view(each.id), each, now)
        return [each.name for each in still]

    def _hand_over(self, living: int, stored: StoredReport) -> None:
        """Let another location drive a report whose own was away long enough."""
        self._report_locations.make_primary(living, stored.id)
        Locations(self._connection, self._run.source).forget_hints(living)

    def _announce_moves(self, missed: Sequence[str], now: datetime) -> None:
        """Announce, once, what a listed page took over from an address that is gone now."""
        changes = Changes(self._connection)
        known = Locations(self._connection, self._run.source).by_url(missed)
        carried = self._report_locations.carried(each.id for each in known.values())
        for each in known.values():
            for name, is_primary in carried.get(each.id, ()):
                stored = self._versions.report(name)
                if is_primary or stored is None or stored.state != "present":
                    continue
                to = self._report_locations.has_left(each.id, stored.id)
                if to is None or to.outcome not in ALIVE or to.checked_at is None:
                    continue
                if to.checked_at >= self._started_at and changes.last_moved_to(stored.id) != to.url:
                    self._announce_move(each, to, stored, now)

    def _announce_move(
        self, known: LocationView, to: LocationView, stored: StoredReport, now: datetime
    ) -> None:
        latest = self._versions.latest(stored.id, self._run.revision)
        draft = ChangeDraft(ChangeKind.MOVED, latest, latest)
        sighting = Sighting(known.url, known.edition, now, moved_to=to.url)
        change = draft.change(stored.name, stored.title, sighting)
        Changes(self._connection).add(
            stored.id, self._run.run_id, change, topics=draft.topics, is_silent=self._run.is_silent
        )
        self._note(known, Outcome.MOVED)

    def _remove(self, known: LocationView, stored: StoredReport, now: datetime) -> None:
        latest = self._versions.latest(stored.id, self._run.revision)
        reading = self._versions.reading_of(latest, self._run.revision) if latest else None
        if latest:
            self._versions.end(latest)
        self._versions.set_state(stored.id, "removed")
        draft = ChangeDraft(
            ChangeKind.REMOVED,
            before=latest,
            topics=topics_in(reading),
            is_emptied=known.outcome == Outcome.EMPTY,
            notes_added=(*_said(known.reason), *self._continued(stored)),
        )
        change = draft.change(stored.name, stored.title, Sighting(known.url, known.edition, now))
        made = Changes(self._connection).add(
            stored.id, self._run.run_id, change, topics=draft.topics, is_silent=self._run.is_silent
        )
        records = CaptureRecords(self._connection)
        records.rest_on(made, known.id, known.first_missed_at)
        self._note(known, Outcome.REMOVED)

    def _note(self, known: LocationView, outcome: Outcome) -> None:
        changed = update(location).where(location.c.id == known.id)
        self._connection.execute(changed.values(outcome=outcome.value))
        Runs(self._connection).note(self._run.run_id, [LocationOutcome(known.url, outcome)])

    def _continued(self, stored: StoredReport) -> tuple[str, ...]:
        """Name the documents in which the series of a missing one goes on."""
        series = self._run.series_of(stored.name, stored.title)
        beside = self._versions.documents_of(stored.name) if series else []
        return tuple(
            f"its series goes on in “{each.title}”"
            for each in beside
            if each.id != stored.id
            and each.state == "present"
            and self._run.series_of(each.name, each.title) == series
        )


def _said(reason: str) -> tuple[str, ...]:
    """Return what the publisher says of a missing document, given why its page was missed."""
    return (reason.removeprefix(SAYS),) if reason.startswith(SAYS) else ()
