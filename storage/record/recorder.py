"""Record what looks at locations brought: versions, changes and alerts in one transaction.

The rules are those of ``docs/architecture.md``, "Rulings": words decide, the latest version is what
a text is compared with, an older capture is compared with its neighbours and alerts nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from reports.compare.diff import compare_readings
from reports.model.identity import ReportId
from reports.model.values import ChangeKind, Evidence, Identified, Undecided
from reports.watch.outcome import Outcome
from storage.record.announce import Telling
from storage.record.attempt_log import Logbook
from storage.record.attempts import Attempt, Recording, ReportOutcome
from storage.record.batch_locations import Places
from storage.record.change_builder import News, topics_in
from storage.record.guard import Guard
from storage.record.known_reports import KnownReports
from storage.record.primary_location import carry, yields
from storage.record.reviews import Reviews
from storage.texts.timeline import Timeline
from storage.texts.versions import StoredReport, StoredVersion, StoredVersions
from storage.watch.locations import GOOD, Locations, Sighting
from storage.watch.report_locations import ReportLocations


class Recorder:
    """Records sightings of one run inside one write transaction."""

    def __init__(self, connection: Connection, recording: Recording) -> None:
        self._run = recording
        self._versions = StoredVersions(connection)
        self._telling = Telling(connection, recording, self._versions)
        self._guard = Guard(connection, recording, self._versions)
        self._reports = KnownReports(self._versions)
        locations = Locations(connection, recording.source)
        self._places = Places(locations)
        self._logbook = Logbook(connection, recording, locations)
        self._reviews = Reviews(connection, recording.source)
        self._carriers = ReportLocations(connection)
        self._timeline = Timeline(connection, self._versions, recording.revision)
        self._carried: dict[int, list[tuple[ReportId, bool]]] = {}

    def record(self, sightings: Sequence[Sighting]) -> list[list[ReportOutcome]]:
        """Record sightings in order and return what was found on each."""
        self._look_up(sightings)
        looks, results = [], []
        for sighting in sightings:
            look = Attempt(self._places.at(sighting.url, sighting), sighting)
            results.append(self._record(look))
            looks.append(look)
        self._logbook.write(looks, results)
        return results

    def _look_up(self, sightings: Sequence[Sighting]) -> None:
        """Fetch what the batch will ask for: the reports its pages name and its locations carry."""
        known = self._places.look_up(sightings)
        self._carried = self._carriers.carried(view.id for view in known)
        names = [found.report for each in sightings if each.page for found in each.page.reports]
        names += [name for held in self._carried.values() for name, _ in held]
        self._reports.look_up(names)

    def _record(self, look: Attempt) -> list[ReportOutcome]:
        found = self._found(look)
        if all(each.outcome in GOOD for each in found):
            self._settle(look, found[0])
        return found

    def _settle(self, look: Attempt, found: ReportOutcome) -> None:
        """Take a page that reads well again off the list of those held back.

        What was once read well says nothing of how the page reads now.
        """
        if look.known.checked_at and look.sighting.seen_at < look.known.checked_at:
            return
        stored = self._reports.named(found.report) if found.report else None
        seen_at = look.sighting.seen_at
        self._reviews.settled(look.known.key, stored.id if stored else None, seen_at)

    def _found(self, look: Attempt) -> list[ReportOutcome]:
        sighting = look.sighting
        if sighting.outcome is Outcome.UNCHANGED:
            return self._confirm(look)
        if sighting.outcome is not None:
            return [ReportOutcome(sighting.outcome, sighting.reason)]
        assert sighting.page is not None
        found = [self._report(look, each) for each in sighting.page.reports]
        found += [self._undecided(look, each) for each in sighting.page.undecided]
        return found or [
            ReportOutcome(Outcome.UNREADABLE, "there is no report of this source on the page")
        ]

    def _confirm(self, look: Attempt) -> list[ReportOutcome]:
        """Take the same bytes or region again: restored where it was gone, else unchanged."""
        held = self._carried.get(look.known.id)
        if not held:
            return [ReportOutcome(Outcome.UNCHANGED)]
        return [self._still(look, name, is_primary) for name, is_primary in held]

    def _still(self, look: Attempt, name: ReportId, is_primary: bool) -> ReportOutcome:
        stored = self._reports.named(name)
        assert stored is not None
        if stored.state == "removed":
            latest = self._versions.latest(stored.id, self._run.revision)
            self._restored(look, stored, latest, latest)
            return ReportOutcome(Outcome.RESTORED, report=name)
        if stored.state == "suspected" and is_primary:
            self._reports.set_state(stored, "present")
        return ReportOutcome(Outcome.UNCHANGED if is_primary else Outcome.DUPLICATE, report=name)

    def _report(self, look: Attempt, found: Identified) -> ReportOutcome:
        result = self._identified(look, found)
        return replace(result, report=found.report, how=found.how)

    def _identified(self, look: Attempt, found: Identified) -> ReportOutcome:
        if not found.reading.blocks:
            return ReportOutcome(
                Outcome.EMPTY, "the page carries its heading but no executive summary"
            )
        stored = self._reports.named(found.report)
        if stored is None:
            return self._published(look, found)
        latest = self._versions.latest(stored.id, self._run.revision)
        assert latest is not None  # a report is inserted together with its first version
        if self._is_older(look, latest):
            return self._older(look, stored, found)
        why = self._guard.why_held(look, found, latest)
        if why:
            self._reviews.hold(look.sighting, found, why)
            return ReportOutcome(Outcome.UNREADABLE, why)
        return self._newer(look, stored, found, latest)

    def _newer(
        self, look: Attempt, stored: StoredReport, found: Identified, latest: StoredVersion
    ) -> ReportOutcome:
        primary = self._carriers.primary(stored.id)
        before = self._carriers.words(look.known.id, stored.id)
        if not carry(self._carriers, look, stored, found, primary):
            return self._elsewhere(look, stored, found, latest)
        # What a file or a user-made page said, against the listed page, is no edit by anybody,
        # unless the listed page itself was seen to say the same before.
        is_first_listed = primary is not None and yields(primary, look)
        is_baseline = is_first_listed and before != latest.words_sha256
        return self._compare(look, stored, found, latest, is_baseline=is_baseline)

    def _is_older(self, look: Attempt, latest: StoredVersion) -> bool:
        """Tell whether a capture is older than what is known: only imports bring such."""
        moment = look.sighting.seen_at
        if moment < latest.captured_at or not self._run.is_silent:
            return moment < latest.captured_at
        return moment < self._timeline.known_until(latest)

    def _published(self, look: Attempt, found: Identified) -> ReportOutcome:
        page = look.sighting.page
        stored = self._reports.add(found, page.published_on if page else "")
        words = found.reading.words_sha256
        moved_to = look.sighting.moved_to
        self._carriers.add(look.known.id, stored.id, words, found.how, is_primary=not moved_to)
        if moved_to:
            self._hand_over(look, stored, words)
        made = self._add_version(look, stored, found, is_first=True)
        is_old = found.report.edition < self._run.newest_edition
        news = News(
            ChangeKind.PUBLISHED,
            after=made,
            topics=topics_in(found.reading),
            is_baseline=self._run.is_baseline or is_old,
        )
        self._telling.tell(look, stored, news)
        return ReportOutcome(Outcome.PUBLISHED)

    def _compare(
        self,
        look: Attempt,
        stored: StoredReport,
        found: Identified,
        latest: StoredVersion,
        *,
        is_baseline: bool,
    ) -> ReportOutcome:
        """Compare a primary location's words with the latest version's."""
        if latest.words_sha256 == found.reading.words_sha256:
            if stored.state == "removed":
                self._restored(look, stored, latest, latest)
                return ReportOutcome(Outcome.RESTORED)
            if self._run.is_silent:
                self._versions.seen_later(latest, look.sighting.seen_at)
            self._reports.set_state(stored, "present")
            self._telling.noted(look, stored, latest, found.reading.notes)
            return self._moved(look, stored, latest) or ReportOutcome(Outcome.UNCHANGED)
        return self._edited(look, stored, found, latest, is_baseline=is_baseline)

    def _edited(
        self,
        look: Attempt,
        stored: StoredReport,
        found: Identified,
        latest: StoredVersion,
        *,
        is_baseline: bool,
    ) -> ReportOutcome:
        returned_to = self._versions.with_words(stored.id, found.reading.words_sha256)
        self._versions.end(latest)
        made = self._add_version(look, stored, found)
        if stored.state == "removed":
            self._restored(look, stored, latest, made)
            return ReportOutcome(Outcome.RESTORED)
        self._reports.set_state(stored, "present")
        self._telling.edited(
            look,
            stored,
            latest,
            made,
            found.reading,
            returned_to=returned_to,
            is_baseline=is_baseline,
        )
        self._moved(look, stored, made)
        return ReportOutcome(Outcome.EDITED)

    def _restored(
        self,
        look: Attempt,
        stored: StoredReport,
        latest: StoredVersion | None,
        made: StoredVersion | None,
    ) -> None:
        self._reports.set_state(stored, "present")
        self._telling.restored(look, stored, latest, made)

    def _moved(
        self, look: Attempt, stored: StoredReport, latest: StoredVersion
    ) -> ReportOutcome | None:
        """Announce that another page has the report in the primary location's place.

        That page is the primary location from now on, so this is told once.
        """
        if not look.sighting.moved_to:
            return None
        self._hand_over(look, stored, latest.words_sha256)
        self._telling.tell(look, stored, News(ChangeKind.MOVED, latest, latest))
        return ReportOutcome(Outcome.MOVED, f"stands at {look.sighting.moved_to} now")

    def _hand_over(self, look: Attempt, stored: StoredReport, words_sha256: str) -> None:
        """Let the page that a location redirects to drive the report's versions."""
        target = self._places.at(look.sighting.moved_to, look.sighting)
        self._carriers.join(target.id, stored.id, words_sha256, Evidence.URL)
        self._carriers.make_primary(target.id, stored.id)

    def _elsewhere(
        self, look: Attempt, stored: StoredReport, found: Identified, latest: StoredVersion
    ) -> ReportOutcome:
        """Take a location that is not primary: the same text is a duplicate, else it diverges."""
        words = found.reading.words_sha256
        held = self._carriers.words(look.known.id, stored.id)
        self._carriers.set_words(look.known.id, stored.id, words)
        is_same = words == latest.words_sha256
        if is_same or look.sighting.moved_to or found.how is Evidence.TEXT_MATCH:
            return ReportOutcome(Outcome.DUPLICATE)
        if held != words or look.known.checked_at is None:
            is_baseline = self._run.is_baseline
            news = News(ChangeKind.DIVERGED, latest, latest, is_baseline=is_baseline)
            self._telling.tell(look, stored, news)
        return ReportOutcome(
            Outcome.DUPLICATE, "this copy differs from the report's primary location"
        )

    def _older(self, look: Attempt, stored: StoredReport, found: Identified) -> ReportOutcome:
        """Put a capture older than ones held between its neighbours in time; nobody is told."""
        moment, words = look.sighting.seen_at, found.reading.words_sha256
        carry(self._carriers, look, stored, found, self._carriers.primary(stored.id))
        is_known, before = self._timeline.settle(stored.id, moment, words)
        if is_known:
            return ReportOutcome(Outcome.UNCHANGED)
        made = self._add_version(look, stored, found)
        past = self._versions.reading_of(before, self._run.revision) if before else None
        kind = ChangeKind.EDITED if before else ChangeKind.PUBLISHED
        comparison = compare_readings(past, found.reading) if past else None
        self._telling.tell(look, stored, News(kind, before, made, comparison, is_baseline=True))
        return ReportOutcome(Outcome.EDITED if before else Outcome.PUBLISHED)

    def _undecided(self, look: Attempt, found: Undecided) -> ReportOutcome:
        """Decide by the text where exactly one report has it, else keep for review."""
        text = found.reading.text_sha256
        candidates = (
            self._versions.with_text(self._run.source, text) if found.reading.blocks else []
        )
        country, _, part = found.country.partition("/")
        if country and len(candidates) > 1:
            candidates = [
                each for each in candidates if (each.country, each.part) == (country, part)
            ]
        if len(candidates) == 1:
            stored = self._reports.named(candidates[0])
            assert stored is not None
            known = Identified(candidates[0], Evidence.TEXT_MATCH, stored.title, found.reading)
            return self._report(look, known)
        why = found.why
        if candidates:
            why = f"the same text is in {', '.join(map(str, candidates))}; {why}"
        self._reviews.add(look.sighting, replace(found, why=why))
        return ReportOutcome(Outcome.UNIDENTIFIED, why)

    def _add_version(
        self, look: Attempt, stored: StoredReport, found: Identified, *, is_first: bool = False
    ) -> StoredVersion:
        made = self._versions.add(
            stored.id,
            look.known.id,
            found,
            body=look.sighting.body,
            revision=self._run.revision,
            captured_at=look.sighting.seen_at,
            is_first=is_first,
        )
        for location_id in self._reviews.resolve(
            found.reading.text_sha256, stored.id, look.sighting.seen_at
        ):
            self._carriers.join(location_id, stored.id, "", Evidence.TEXT_MATCH)
        return made
