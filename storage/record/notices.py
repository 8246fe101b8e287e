"""Notices around reports: taken down page by page, concluded on at the end of a run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from reports.model.identity import ReportId
from reports.model.values import ChangeKind
from reports.watch.frame import Conclusion, Notice, conclude
from reports.watch.surroundings import SurroundedPage
from storage.changes.changes import Changes
from storage.record.announce import FLAP_LIMIT, FLAP_WINDOW, Announcer, ChangeDraft
from storage.record.attempts import Attempt, Recording, ReportOutcome
from storage.texts.payloads import Payloads
from storage.texts.versions import StoredReport, StoredVersion, StoredVersions
from storage.watch.locations import GOOD, Locations, Sighting
from storage.watch.report_locations import ReportLocations
from storage.watch.runs import Runs
from storage.watch.surroundings import Around, PageSurroundings


class Notices:
    """The notices of one run, inside one write transaction."""

    def __init__(self, connection: Connection, recording: Recording) -> None:
        self._connection = connection
        self._run = recording
        self._table = PageSurroundings(connection)
        self._report_locations = ReportLocations(connection)
        self._versions = StoredVersions(connection)

    def look(self, attempts: Sequence[Attempt], results: Sequence[Sequence[ReportOutcome]]) -> None:
        """Take down what stands around reports; keep the page of what came or went.

        The first look at a location says what stands there. What an import brings says nothing,
        nor what stands at the address that another one redirects to.
        """
        looked = {
            attempt.known.id: attempt
            for attempt, found in zip(attempts, results, strict=True)
            if self._counts(attempt, found)
        }
        if not looked:
            return
        known = self._table.of(looked)
        self._table.add(self._first(looked[each]) for each in looked.keys() - known.keys())
        changed = [
            self._after(each, looked[each.location_id])
            for each in known.values()
            if each.now.keys() != (looked[each.location_id].sighting.surroundings or {}).keys()
        ]
        self._table.change(changed)
        for each in changed:
            self._keep(looked[each.location_id])

    def _counts(self, attempt: Attempt, found: Sequence[ReportOutcome]) -> bool:
        sighting = attempt.sighting
        is_read = sighting.surroundings is not None and not sighting.moved_to
        return is_read and not self._run.is_silent and all(each.outcome in GOOD for each in found)

    def _first(self, attempt: Attempt) -> Around:
        texts = attempt.sighting.surroundings or {}
        since = self._started_at
        now = {key: each._replace(since=since) for key, each in texts.items()}
        return Around(attempt.known.id, now)

    def _after(self, known: Around, attempt: Attempt) -> Around:
        """Return what stands there now beside what stood there when that was concluded on last."""
        now = {key: known.now.get(key) or each for key, each in self._first(attempt).now.items()}
        before = known.now if known.before is None else known.before
        if before.keys() == now.keys():
            return Around(known.location_id, now)
        return Around(
            known.location_id,
            now,
            before,
            known.before_at or attempt.known.seen_at or self._started_at,
            known.changed_since or self._started_at,
        )

    def _keep(self, attempt: Attempt) -> None:
        """Keep the page: a capture that differs in noise alone would not be kept."""
        carried = self._report_locations.carried([attempt.known.id]).get(attempt.known.id, ())
        reports = [self._versions.report(name) for name, _ in carried]
        latest = [self._latest(each) for each in reports if each]
        like = next((each.payload_sha256 for each in latest if each), "")
        shelf = f"{self._run.source}/{attempt.sighting.edition}"
        Payloads(self._connection).put(attempt.sighting.body, shelf=shelf, like=like)

    @cached_property
    def _started_at(self) -> datetime:
        return Runs(self._connection).get(self._run.run_id).started_at

    def conclude(self) -> Conclusion:
        """Record each notice as a change of its report; return what is notice and what is frame.

        To be called in the transaction that ends a run. What a run that broke off took down is
        concluded on with the next.
        """
        source = self._run.source
        pages = self._table.pages(source)
        if not pages:
            return Conclusion()
        found = conclude(pages, self._table.frame(source))
        self._table.add_frame(source, found.framed)
        self._table.settle(source)
        if not found.notices:
            return found
        of_location = {each.location_id: each for each in pages}
        carried = self._report_locations.carried(each.location_id for each in found.notices)
        urls = {each.id: each.url for each in Locations(self._connection, source).all()}
        for notice in found.notices:
            page, url = of_location[notice.location_id], urls[notice.location_id]
            for name, is_primary in carried.get(notice.location_id, ()):
                if is_primary:
                    self._announce(name, notice, page, url)
        return found

    def _announce(self, name: ReportId, notice: Notice, page: SurroundedPage, url: str) -> None:
        stored = self._versions.report(name)
        latest = self._latest(stored) if stored else None
        if stored is None or latest is None or stored.state == "removed":
            return
        texts = {*notice.added, *notice.removed}
        draft = ChangeDraft(
            ChangeKind.NOTED,
            latest,
            latest,
            notes_added=notice.added,
            notes_removed=notice.removed,
            is_held=notice.is_held or self._is_flapping(stored, texts, page.looked_at),
        )
        announcer = Announcer(self._connection, self._run, self._versions)
        announcer.announce(stored, draft, Sighting(url, page.edition, page.looked_at))

    def _is_flapping(self, stored: StoredReport, texts: set[str], now: datetime) -> bool:
        """Tell whether the same words have come and gone before within a day."""
        noted = Changes(self._connection).noted_since(stored.id, now - FLAP_WINDOW)
        return sum(not texts.isdisjoint(each) for each in noted) >= FLAP_LIMIT

    def _latest(self, stored: StoredReport) -> StoredVersion | None:
        return self._versions.latest(stored.id, self._run.revision)
