"""Record what attempts at locations brought: versions, changes and alerts in one transaction.

The rules are those of ``docs/architecture/rulings.md``: words decide, the latest version is what
a text is compared with, an older capture is compared with its neighbours and alerts nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from reports.compare.diff import compare_readings
from reports.model.identity import ReportId
from reports.model.values import ChangeKind, Evidence, Identified, Undecided
from reports.watch.outcome import Outcome
from storage.record.announce import Announcer, ChangeDraft, topics_in
from storage.record.appearance import Appearances
from storage.record.attempts import Attempt, Observation, Recording, ReportOutcome
from storage.record.batch import Batch
from storage.record.guard import Guard
from storage.record.notices import Notices
from storage.record.reviews import Reviews
from storage.record.succession import Succession
from storage.record.unnamed import UnnamedTexts
from storage.texts.timeline import Timeline
from storage.texts.versions import StoredReport, StoredVersion, StoredVersions
from storage.watch.locations import GOOD, Sighting
from storage.watch.report_locations import Primary, ReportLocations


class Recorder:
    """Records sightings of one run inside one write transaction."""

    def __init__(self, connection: Connection, recording: Recording) -> None:
        self._run = recording
        self._versions = StoredVersions(connection)
        self._batch = Batch(connection, recording, self._versions)
        self._announcer = Announcer(connection, recording, self._versions)
        self._appearances = Appearances(connection, recording, self._versions, self._announcer)
        self._guard = Guard(connection, recording, self._versions)
        self._reviews = Reviews(connection, recording.source)
        self._report_locations = ReportLocations(connection)
        self._notices = Notices(connection, recording)
        self._succession = Succession(connection, recording, self._versions, self._batch)
        self._timeline = Timeline(connection, self._versions, recording.revision)
        self._unnamed = UnnamedTexts(
            recording.source, self._versions, self._reviews, self._report_locations
        )

    def record(self, sightings: Sequence[Sighting]) -> list[list[ReportOutcome]]:
        """Record sightings in order and return what was found on each."""
        self._batch.look_up(sightings)
        attempts, results = [], []
        for sighting in sightings:
            attempt = Attempt(self._batch.location(sighting.url, sighting), sighting)
            results.append(self._record(attempt))
            attempts.append(attempt)
        self._notices.look(attempts, results)
        self._batch.write(attempts, results)
        return results

    def _record(self, attempt: Attempt) -> list[ReportOutcome]:
        found = self._found(attempt)
        if all(each.outcome in GOOD for each in found):
            self._settle(attempt, found[0])
        return found

    def _settle(self, attempt: Attempt, found: ReportOutcome) -> None:
        """Take a page that reads well again off the list of those held back.

        What was once read well says nothing of how the page reads now.
        """
        seen_at, checked_at = attempt.sighting.seen_at, attempt.known.checked_at
        if checked_at and seen_at < checked_at and not self._run.is_live:
            return
        stored = self._batch.report(found.report) if found.report else None
        self._reviews.settled(attempt.known.key, stored.id if stored else None, seen_at)

    def _found(self, attempt: Attempt) -> list[ReportOutcome]:
        sighting = attempt.sighting
        if sighting.outcome is Outcome.UNCHANGED:
            return self._confirm(attempt)
        if sighting.outcome is not None:
            if sighting.is_refused:
                self._reviews.refuse(sighting)
            return [ReportOutcome(sighting.outcome, sighting.reason)]
        assert sighting.page is not None
        found = [self._report(attempt, each) for each in sighting.page.reports]
        found += [self._undecided(attempt, each) for each in sighting.page.undecided]
        return found or [
            ReportOutcome(Outcome.UNREADABLE, "no report of this source could be read on the page")
        ]

    def _confirm(self, attempt: Attempt) -> list[ReportOutcome]:
        """Take the same bytes or region again: restored if it was gone, else unchanged."""
        carried = self._batch.carried(attempt.known.id)
        found = [self._still(attempt, name, is_primary) for name, is_primary in carried]
        return found or [ReportOutcome(Outcome.UNCHANGED)]

    def _still(self, attempt: Attempt, name: ReportId, is_primary: bool) -> ReportOutcome:
        stored = self._batch.report(name)
        assert stored is not None
        if stored.state == "removed":
            latest = self._latest(stored)
            return replace(self._restored(attempt, stored, latest, latest), report=name)
        if stored.state == "suspected" and is_primary:
            self._batch.set_state(stored, "present")
        return ReportOutcome(Outcome.UNCHANGED if is_primary else Outcome.DUPLICATE, report=name)

    def _latest(self, stored: StoredReport) -> StoredVersion:
        latest = self._versions.latest(stored.id, self._run.revision)
        assert latest is not None  # a report is inserted together with its first version
        return latest

    def _report(self, attempt: Attempt, found: Identified) -> ReportOutcome:
        found, is_next = self._succession.settle(attempt, found)
        result = self._identified(attempt, found, is_next=is_next)
        if is_next:
            self._succession.complete(attempt, found)
        return replace(result, report=found.report, how=found.how)

    def _identified(self, attempt: Attempt, found: Identified, *, is_next: bool) -> ReportOutcome:
        if not found.reading.blocks:
            return ReportOutcome(
                Outcome.EMPTY, "the page carries its heading but no executive summary"
            )
        stored = self._batch.report(found.report)
        if stored is None:
            return self._published(attempt, found)
        latest = self._latest(stored)
        seen = Observation(self._behind(attempt, latest), stored, latest, found, is_next)
        if self._is_older(seen):
            why = self._guard.why_badly_sent(seen)
            return ReportOutcome(Outcome.UNREADABLE, why) if why else self._older(seen)
        why = self._guard.why_held(seen)
        if why:
            self._reviews.hold(seen.sighting, found, why)
            return ReportOutcome(Outcome.UNREADABLE, why)
        return self._newer(seen)

    def _newer(self, seen: Observation) -> ReportOutcome:
        primary = self._report_locations.primary(seen.stored.id)
        before = self._report_locations.words(seen.location_id, seen.stored.id)
        if not self._carry(seen, primary):
            return self._elsewhere(seen)
        # A difference between an imported page and the listed page is not an edit, unless the
        # listed page itself was seen to say the same before.
        is_first_listed = primary is not None and _yields(primary, seen.attempt)
        is_baseline = is_first_listed and before != seen.latest.words_sha256
        is_baseline = is_baseline or self._guard.is_mended(seen)
        return self._compare(seen, is_baseline=is_baseline)

    def _carry(self, seen: Observation, primary: Primary | None) -> bool:
        """Join location and report; tell whether the location is the report's primary one.

        The first location is primary. A later one takes over if the primary one is gone, or is on
        no listing while the later one is. What an operator accepts of a location is marked as such.
        """
        table, how, words = self._report_locations, seen.found.how, seen.words_sha256
        pair = seen.location_id, seen.stored.id
        is_primary = table.is_primary(*pair)
        if is_primary is not None and how is Evidence.OPERATOR:
            table.mark_accepted(*pair)
        if is_primary:
            table.set_words(*pair, words)
            return True
        if is_primary is None:
            table.add(*pair, words, how)
        is_free = primary is None or primary.is_gone or _yields(primary, seen.attempt)
        is_free = is_free or seen.is_next
        if how is Evidence.TEXT_MATCH or not is_free:
            return False
        table.make_primary(*pair)
        return True

    def _behind(self, attempt: Attempt, latest: StoredVersion) -> Attempt:
        """Put what is seen now behind the latest version, if a clock that was ahead recorded it."""
        sighting = attempt.sighting
        if not self._run.is_live or sighting.seen_at >= latest.captured_at:
            return attempt
        seen_at = latest.captured_at + timedelta(microseconds=1)
        # its capture is stored as it was made, and so is no longer found by the version's time
        return replace(attempt, sighting=replace(sighting, seen_at=seen_at, record=None))

    def _is_older(self, seen: Observation) -> bool:
        """Tell whether a capture is older than what is known: only imports bring such."""
        moment = seen.sighting.seen_at
        if moment < seen.latest.captured_at or not self._run.is_silent:
            return moment < seen.latest.captured_at
        return moment < self._timeline.known_until(seen.latest)

    def _published(self, attempt: Attempt, found: Identified) -> ReportOutcome:
        page, moved_to = attempt.sighting.page, attempt.sighting.moved_to
        stored = self._batch.add_report(found, page.published_on if page else "")
        words = found.reading.words_sha256
        self._report_locations.add(
            attempt.known.id, stored.id, words, found.how, is_primary=not moved_to
        )
        if moved_to:
            self._hand_over(attempt, stored, words)
        made = self._add_version(attempt, stored, found, is_first=True)
        self._appearances.begin(attempt, stored, made, self._drives(attempt))
        is_old = found.report.edition < self._run.newest_edition
        draft = ChangeDraft(
            ChangeKind.PUBLISHED,
            after=made,
            topics=topics_in(found.reading),
            is_baseline=self._run.is_baseline or is_old,
        )
        self._announcer.announce(stored, draft, attempt.sighting)
        return ReportOutcome(Outcome.PUBLISHED)

    def _compare(self, seen: Observation, *, is_baseline: bool) -> ReportOutcome:
        """Compare a primary location's words with the latest version's."""
        if seen.latest.words_sha256 != seen.words_sha256:
            return self._edited(seen, is_baseline=is_baseline)
        if seen.stored.state == "removed":
            self._begin_form(seen, seen.latest)
            return self._restored(seen.attempt, seen.stored, seen.latest, seen.latest)
        if self._run.is_silent:
            self._versions.seen_later(seen.latest, seen.sighting.seen_at)
        self._batch.set_state(seen.stored, "present")
        self._announcer.noted(seen)
        self._appearances.compare(seen, self._drives(seen.attempt))
        return self._moved(seen, seen.latest) or ReportOutcome(Outcome.UNCHANGED)

    def _edited(self, seen: Observation, *, is_baseline: bool) -> ReportOutcome:
        returned_to = self._versions.with_words(seen.stored.id, seen.words_sha256)
        self._versions.end(seen.latest)
        made = self._add_version(seen.attempt, seen.stored, seen.found)
        self._begin_form(seen, made)
        if seen.stored.state == "removed":
            return self._restored(seen.attempt, seen.stored, seen.latest, made)
        self._batch.set_state(seen.stored, "present")
        self._announcer.edited(seen, made, returned_to=returned_to, is_baseline=is_baseline)
        if not seen.is_next:
            self._moved(seen, made)
        return ReportOutcome(Outcome.EDITED)

    def _begin_form(self, seen: Observation, latest: StoredVersion) -> None:
        self._appearances.begin(seen.attempt, seen.stored, latest, self._drives(seen.attempt))

    def _drives(self, attempt: Attempt) -> int:
        """Return the location that drives a report's versions once an attempt is recorded."""
        sighting = attempt.sighting
        if not sighting.moved_to:
            return attempt.known.id
        return self._batch.location(sighting.moved_to, sighting).id

    def _restored(
        self, attempt: Attempt, stored: StoredReport, before: StoredVersion, after: StoredVersion
    ) -> ReportOutcome:
        self._batch.set_state(stored, "present")
        self._announcer.restored(attempt, stored, before, after)
        return ReportOutcome(Outcome.RESTORED)

    def _moved(self, seen: Observation, latest: StoredVersion) -> ReportOutcome | None:
        """Announce that another page has the report in the primary location's place.

        That page becomes the primary location, so the move is reported once.
        """
        moved_to = seen.sighting.moved_to
        if not moved_to:
            return None
        self._hand_over(seen.attempt, seen.stored, latest.words_sha256)
        draft = ChangeDraft(ChangeKind.MOVED, latest, latest)
        self._announcer.announce(seen.stored, draft, seen.sighting)
        return ReportOutcome(Outcome.MOVED, f"stands at {moved_to} now")

    def _hand_over(self, attempt: Attempt, stored: StoredReport, words_sha256: str) -> None:
        """Let the page that a location redirects to drive the report's versions."""
        target_id = self._drives(attempt)
        self._report_locations.join(target_id, stored.id, words_sha256, Evidence.URL)
        self._report_locations.make_primary(target_id, stored.id)

    def _elsewhere(self, seen: Observation) -> ReportOutcome:
        """Take a location that is not primary: the same text is a duplicate, else it diverges."""
        words, latest, pair = seen.words_sha256, seen.latest, (seen.location_id, seen.stored.id)
        before = self._report_locations.words(*pair)
        self._report_locations.set_words(*pair, words)
        is_same = words == latest.words_sha256
        if self._announcer.moved_away(seen, self._report_locations.has_left(*pair)):
            return ReportOutcome(Outcome.MOVED, f"stands at {seen.sighting.moved_to} now")
        if is_same or seen.sighting.moved_to or seen.found.how is Evidence.TEXT_MATCH:
            return ReportOutcome(Outcome.DUPLICATE)
        if before != words or seen.attempt.known.checked_at is None:
            is_baseline = self._run.is_baseline
            draft = ChangeDraft(ChangeKind.DIVERGED, latest, latest, is_baseline=is_baseline)
            self._announcer.announce(seen.stored, draft, seen.sighting)
        return ReportOutcome(
            Outcome.DUPLICATE, "this copy differs from the report's primary location"
        )

    def _older(self, seen: Observation) -> ReportOutcome:
        """Put an older capture between its stored neighbours in time; nobody is notified."""
        stored, reading = seen.stored, seen.found.reading
        self._carry(seen, self._report_locations.primary(stored.id))
        is_known, before = self._timeline.settle(
            stored.id, seen.sighting.seen_at, seen.words_sha256
        )
        if is_known:
            return ReportOutcome(Outcome.UNCHANGED)
        made = self._add_version(seen.attempt, stored, seen.found)
        past = self._versions.reading_of(before, self._run.revision) if before else None
        kind = ChangeKind.EDITED if before else ChangeKind.PUBLISHED
        comparison = compare_readings(past, reading) if past else None
        draft = ChangeDraft(kind, before, made, comparison, is_baseline=True)
        self._announcer.announce(stored, draft, seen.sighting)
        return ReportOutcome(Outcome.EDITED if before else Outcome.PUBLISHED)

    def _undecided(self, attempt: Attempt, found: Undecided) -> ReportOutcome:
        known = self._unnamed.decide(attempt, found)
        if isinstance(known, Identified):
            return self._report(attempt, known)
        return ReportOutcome(Outcome.UNIDENTIFIED, known)

    def _add_version(
        self, attempt: Attempt, stored: StoredReport, found: Identified, *, is_first: bool = False
    ) -> StoredVersion:
        text, seen_at = found.reading.text_sha256, attempt.sighting.seen_at
        made = self._versions.add(
            stored.id,
            attempt.known.id,
            found,
            body=attempt.sighting.body,
            revision=self._run.revision,
            captured_at=seen_at,
            capture_sha256=attempt.sighting.capture_sha256,
            is_first=is_first,
        )
        for location_id in self._reviews.resolve(text, stored.id, seen_at):
            self._report_locations.join(location_id, stored.id, "", Evidence.TEXT_MATCH)
        return made


def _yields(primary: Primary, attempt: Attempt) -> bool:
    """Tell whether an unlisted primary location yields to the listed one that was read.

    It does not to a listed address that merely redirects to it.
    """
    is_other = primary.location_id != attempt.known.id and not attempt.sighting.moved_to
    return is_other and not primary.is_listed and bool(attempt.sighting.is_listed)
