"""Record what looks at locations brought: versions, changes and alerts in one transaction.

The rules are those of ``docs/architecture.md``, "Rulings": words decide, the latest version is what
a text is compared with, an older capture is compared with its neighbours and alerts nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from reports.diff import ReadingComparison, compare_readings
from reports.identity import ReportId
from reports.model import ChangeKind, Evidence, Identified, Reading, Undecided
from reports.outcome import Outcome
from storage.carriers import Carriers, Primary
from storage.changes import Changes, topics_of
from storage.locations import Locations, LocationView, Sighting, location_key
from storage.looks import Found, Look, Recording, most_telling
from storage.news import News
from storage.reviews import Reviews
from storage.runs import LocationOutcome, Runs
from storage.timeline import Timeline
from storage.versions import StoredReport, StoredVersion, Versions

FLAP_WINDOW = timedelta(hours=24)
FLAP_LIMIT = 2
"""A text that comes back is told twice in 24 hours; further alternations are held."""


class Recorder:
    """Records sightings of one run inside one write transaction."""

    def __init__(self, connection: Connection, recording: Recording) -> None:
        self._connection = connection
        self._run = recording
        self._versions = Versions(connection)
        self._changes = Changes(connection)
        self._locations = Locations(connection, recording.source)
        self._reviews = Reviews(connection, recording.source)
        self._carriers = Carriers(connection)
        self._timeline = Timeline(connection, self._versions, recording.revision)
        self._places: dict[str, LocationView] = {}
        self._reports: dict[ReportId, StoredReport | None] = {}
        self._carried: dict[int, list[tuple[ReportId, bool]]] = {}

    def record(self, sightings: Sequence[Sighting]) -> list[list[Found]]:
        """Record sightings in order and return what was found on each."""
        urls = {each.url for each in sightings} | {each.moved_to for each in sightings}
        known = self._locations.by_url(urls - {""})
        self._places = {view.key: view for view in known.values()}
        self._look_up(sightings, known.values())
        looks, results = [], []
        for sighting in sightings:
            look = Look(self._place(sighting.url, sighting), sighting)
            results.append(self._record(look))
            looks.append(look)
        self._write(looks, results)
        return results

    def _place(self, url: str, sighting: Sighting) -> LocationView:
        """Return the location of an address, a new one where it is not known."""
        key = location_key(url)
        if key not in self._places:
            is_listed = bool(sighting.is_listed) and url == sighting.url
            self._places[key] = self._locations.add(url, sighting.edition, is_listed=is_listed)
        return self._places[key]

    def _look_up(self, sightings: Sequence[Sighting], known: Iterable[LocationView]) -> None:
        """Fetch what the batch will ask for: the reports its pages name and its locations carry."""
        self._carried = self._carriers.carried(view.id for view in known)
        names = [found.report for each in sightings if each.page for found in each.page.reports]
        names += [name for held in self._carried.values() for name, _ in held]
        self._reports = {**dict.fromkeys(names), **self._versions.reports(names)}

    def _write(self, looks: Sequence[Look], results: Sequence[list[Found]]) -> None:
        rows, outcomes = [], []
        for look, found in zip(looks, results, strict=True):
            best = most_telling(found)
            still_gone = best.outcome is Outcome.SUSPECTED and look.known.outcome == Outcome.REMOVED
            state = Outcome.REMOVED if still_gone else best.outcome
            told = Found(Outcome.UNCHANGED, "still gone") if still_gone else best
            rows.append((look.known, look.sighting, state, best.reason))
            outcomes.append(LocationOutcome(look.sighting.url, told.outcome, told.reason))
        self._locations.looked(rows, self._run.revision)
        self._locations.captured(self._run.run_id, [(look.known, look.sighting) for look in looks])
        Runs(self._connection).note(self._run.run_id, outcomes)

    def _record(self, look: Look) -> list[Found]:
        sighting = look.sighting
        if sighting.outcome is Outcome.UNCHANGED:
            return self._confirm(look)
        if sighting.outcome is not None:
            return [Found(sighting.outcome, sighting.reason)]
        assert sighting.page is not None
        found = [self._report(look, each) for each in sighting.page.reports]
        found += [self._undecided(look, each) for each in sighting.page.undecided]
        return found or [Found(Outcome.UNREADABLE, "there is no report of this source on the page")]

    def _confirm(self, look: Look) -> list[Found]:
        """Take the same bytes or region again: restored where it was gone, else unchanged."""
        held = self._carried.get(look.known.id)
        if not held:
            return [Found(Outcome.UNCHANGED)]
        return [self._still(look, name, is_primary) for name, is_primary in held]

    def _still(self, look: Look, name: ReportId, is_primary: bool) -> Found:
        stored = self._report_named(name)
        assert stored is not None
        if stored.state == "removed":
            latest = self._versions.latest(stored.id, self._run.revision)
            self._restored(look, stored, latest, latest, None)
            return Found(Outcome.RESTORED, report=name)
        if stored.state == "suspected" and is_primary:
            self._set_state(stored, "present")
        return Found(Outcome.UNCHANGED if is_primary else Outcome.DUPLICATE, report=name)

    def _report(self, look: Look, found: Identified) -> Found:
        result = self._identified(look, found)
        return replace(result, report=found.report, how=found.how)

    def _report_named(self, name: ReportId) -> StoredReport | None:
        """Return a report: those of this batch's pages were looked up beforehand, in one query."""
        if name not in self._reports:
            self._reports[name] = self._versions.report(name)
        return self._reports[name]

    def _set_state(self, stored: StoredReport, state: str) -> None:
        if stored.state != state:
            self._versions.set_state(stored.id, state)
            self._reports[stored.name] = replace(stored, state=state)

    def _identified(self, look: Look, found: Identified) -> Found:
        if not found.reading.blocks:
            return Found(Outcome.EMPTY, "the page carries its heading but no executive summary")
        stored = self._report_named(found.report)
        if stored is None:
            return self._published(look, found)
        latest = self._versions.latest(stored.id, self._run.revision)
        if latest and self._is_older(look, latest):
            return self._older(look, stored, found)
        primary = self._carriers.primary(stored.id)
        before = self._carriers.words(look.known.id, stored.id)
        if not self._carry(look, stored, found, primary):
            return self._elsewhere(look, stored, found, latest)
        # What a file or a user-made page said, against the listed page, is no edit by anybody,
        # unless the listed page itself was seen to say the same before.
        is_first_listed = primary is not None and _yields(primary, look)
        is_baseline = is_first_listed and not (latest and before == latest.words_sha256)
        return self._compare(look, stored, found, latest, is_baseline=is_baseline)

    def _is_older(self, look: Look, latest: StoredVersion) -> bool:
        """Tell whether a capture is older than what is known: only imports bring such."""
        moment = look.sighting.seen_at
        if moment < latest.captured_at or not self._run.is_silent:
            return moment < latest.captured_at
        return moment < self._timeline.known_until(latest)

    def _published(self, look: Look, found: Identified) -> Found:
        page = look.sighting.page
        stored = self._versions.add_report(found, page.published_on if page else "")
        self._reports[found.report] = stored
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
            topics=topics_of(found.reading),
            is_baseline=self._run.is_baseline or is_old,
        )
        self._change(look, stored, news)
        return Found(Outcome.PUBLISHED)

    def _compare(
        self,
        look: Look,
        stored: StoredReport,
        found: Identified,
        latest: StoredVersion | None,
        *,
        is_baseline: bool,
    ) -> Found:
        """Compare a primary location's words with the latest version's."""
        assert latest is not None  # a report is inserted together with its first version
        if latest.words_sha256 == found.reading.words_sha256:
            if stored.state == "removed":
                self._restored(look, stored, latest, latest, None)
                return Found(Outcome.RESTORED)
            if self._run.is_silent:
                self._versions.seen_later(latest, look.sighting.seen_at)
            self._set_state(stored, "present")
            self._note(look, stored, found, latest)
            return self._moved(look, stored, latest) or Found(Outcome.UNCHANGED)
        return self._edited(look, stored, found, latest, is_baseline=is_baseline)

    def _edited(
        self,
        look: Look,
        stored: StoredReport,
        found: Identified,
        latest: StoredVersion,
        *,
        is_baseline: bool,
    ) -> Found:
        before = self._versions.reading_of(latest, self._run.revision)
        comparison = compare_readings(before, found.reading)
        returned_to = self._versions.with_words(stored.id, found.reading.words_sha256)
        self._versions.end(latest)
        made = self._add_version(look, stored, found)
        if stored.state == "removed":
            self._restored(look, stored, latest, made, comparison)
            return Found(Outcome.RESTORED)
        self._set_state(stored, "present")
        news = News(
            ChangeKind.EDITED,
            latest,
            made,
            comparison,
            topics=_touched(before, found.reading, comparison),
            returned_to=returned_to,
            is_baseline=is_baseline,
            is_held=bool(returned_to) and self._is_flapping(stored, look.sighting.seen_at),
        )
        self._change(look, stored, news)
        return Found(Outcome.EDITED)

    def _is_flapping(self, stored: StoredReport, now: datetime) -> bool:
        return self._changes.edits_since(stored.id, now - FLAP_WINDOW) >= FLAP_LIMIT

    def _restored(
        self,
        look: Look,
        stored: StoredReport,
        latest: StoredVersion | None,
        made: StoredVersion | None,
        comparison: ReadingComparison | None,
    ) -> None:
        self._set_state(stored, "present")
        reading = self._versions.reading_of(made, self._run.revision) if made else None
        news = News(ChangeKind.RESTORED, latest, made, comparison, topics_of(reading))
        self._change(look, stored, news)

    def _note(
        self, look: Look, stored: StoredReport, found: Identified, latest: StoredVersion
    ) -> None:
        """Announce notes that came or went beside unchanged words."""
        notes = found.reading.notes
        if notes == latest.notes:
            return
        self._versions.set_notes(latest.id, notes)
        added = tuple(note for note in notes if note not in latest.notes)
        removed = tuple(note for note in latest.notes if note not in notes)
        if added or removed:
            news = News(ChangeKind.NOTED, latest, latest, notes_added=added, notes_removed=removed)
            self._change(look, stored, news)

    def _moved(self, look: Look, stored: StoredReport, latest: StoredVersion) -> Found | None:
        """Announce that the primary location now leads to another page with the same report.

        That page is the primary location from now on, so this is told once.
        """
        if not look.sighting.moved_to:
            return None
        self._hand_over(look, stored, latest.words_sha256)
        self._change(look, stored, News(ChangeKind.MOVED, latest, latest))
        return Found(Outcome.MOVED, f"redirects to {look.sighting.moved_to}")

    def _hand_over(self, look: Look, stored: StoredReport, words_sha256: str) -> None:
        """Let the page that a location redirects to drive the report's versions."""
        target = self._place(look.sighting.moved_to, look.sighting)
        self._carriers.join(target.id, stored.id, words_sha256, Evidence.URL)
        self._carriers.make_primary(target.id, stored.id)

    def _elsewhere(
        self, look: Look, stored: StoredReport, found: Identified, latest: StoredVersion | None
    ) -> Found:
        """Take a location that is not primary: the same text is a duplicate, else it diverges."""
        words = found.reading.words_sha256
        held = self._carriers.words(look.known.id, stored.id)
        self._carriers.set_words(look.known.id, stored.id, words)
        is_same = latest is None or words == latest.words_sha256
        if is_same or look.sighting.moved_to or found.how is Evidence.TEXT_MATCH:
            return Found(Outcome.DUPLICATE)
        if held != words or look.known.checked_at is None:
            is_baseline = self._run.is_baseline
            news = News(ChangeKind.DIVERGED, latest, latest, is_baseline=is_baseline)
            self._change(look, stored, news)
        return Found(Outcome.DUPLICATE, "this copy differs from the report's primary location")

    def _older(self, look: Look, stored: StoredReport, found: Identified) -> Found:
        """Put a capture older than ones held between its neighbours in time; nobody is told."""
        moment, words = look.sighting.seen_at, found.reading.words_sha256
        self._carry(look, stored, found, self._carriers.primary(stored.id))
        is_known, before = self._timeline.settle(stored.id, moment, words)
        if is_known:
            return Found(Outcome.UNCHANGED)
        made = self._add_version(look, stored, found)
        past = self._versions.reading_of(before, self._run.revision) if before else None
        kind = ChangeKind.EDITED if before else ChangeKind.PUBLISHED
        comparison = compare_readings(past, found.reading) if past else None
        self._change(look, stored, News(kind, before, made, comparison, is_baseline=True))
        return Found(Outcome.EDITED if before else Outcome.PUBLISHED)

    def _undecided(self, look: Look, found: Undecided) -> Found:
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
            stored = self._report_named(candidates[0])
            assert stored is not None
            known = Identified(candidates[0], Evidence.TEXT_MATCH, stored.title, found.reading)
            return self._report(look, known)
        why = found.why
        if candidates:
            why = f"the same text is in {', '.join(map(str, candidates))}; {why}"
        self._reviews.add(look.sighting, replace(found, why=why))
        return Found(Outcome.UNIDENTIFIED, why)

    def _add_version(
        self, look: Look, stored: StoredReport, found: Identified, *, is_first: bool = False
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

    def _carry(
        self, look: Look, stored: StoredReport, found: Identified, primary: Primary | None
    ) -> bool:
        """Join location and report; tell whether the location is the report's primary one.

        The first location is primary. A later one takes over where the primary one is gone, or is
        on no listing while the later one is.
        """
        location_id, words = look.known.id, found.reading.words_sha256
        held = self._carriers.is_primary(location_id, stored.id)
        if held:
            self._carriers.set_words(location_id, stored.id, words)
            return True
        if held is None:
            self._carriers.add(location_id, stored.id, words, found.how)
        is_free = primary is None or primary.is_gone or _yields(primary, look)
        if found.how is Evidence.TEXT_MATCH or not is_free:
            return False
        self._carriers.make_primary(location_id, stored.id)
        return True

    def _change(self, look: Look, stored: StoredReport, news: News) -> None:
        """Write a change and the alerts it causes."""
        self._changes.add(
            stored.id,
            self._run.run_id,
            news.change(stored.name, stored.title, look.sighting),
            topics=news.topics,
            is_silent=self._run.is_silent,
        )


def _yields(primary: Primary, look: Look) -> bool:
    """Tell whether an unlisted primary location stands back for the listed one looked at.

    It does not for a listed address that merely redirects to it.
    """
    is_other = primary.location_id != look.known.id and not look.sighting.moved_to
    return is_other and not primary.is_listed and bool(look.sighting.is_listed)


def _touched(before: Reading, after: Reading, comparison: ReadingComparison) -> frozenset[str]:
    """Return the topics of the issues that came or went."""
    issues = (*comparison.issues_added, *comparison.issues_removed)
    return topics_of(before, after, issues=issues)
