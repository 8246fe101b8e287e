"""Record what happened to a report as a change, with the alerts it causes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from reports.compare.diff import ReadingComparison, compare_readings
from reports.model.form import Appearance
from reports.model.identity import ReportId, location_key
from reports.model.notes import edition_name
from reports.model.reading import Reading
from reports.model.values import Change, ChangeKind, NextEdition
from reports.wording.changes import summary_line
from storage.changes.changes import Changes
from storage.record.attempts import Attempt, Observation, Recording
from storage.texts.versions import StoredReport, StoredVersion, StoredVersions
from storage.watch.locations import LocationView, Sighting

FLAP_WINDOW = timedelta(hours=24)
FLAP_LIMIT = 2
"""A text that comes back is notified twice in 24 hours; further alternations are held."""


@dataclass(frozen=True)
class ChangeDraft:
    """One thing that happened to a report, between the versions it happened between.

    ``topics`` are those it touches; ``is_held`` keeps a flapping cache from causing alerts.
    """

    kind: ChangeKind
    before: StoredVersion | None = None
    after: StoredVersion | None = None
    comparison: ReadingComparison | None = None
    topics: frozenset[str] = frozenset()
    notes_added: tuple[str, ...] = ()
    notes_removed: tuple[str, ...] = ()
    returned_to: int = 0
    is_baseline: bool = False
    is_held: bool = False
    is_emptied: bool = False
    appearance: Appearance | None = None
    follows: NextEdition | None = None

    def change(self, name: ReportId, title: str, sighting: Sighting) -> Change:
        """Return the change to write down (its id is not known yet)."""
        compared = self.comparison
        value = Change(
            id=0,
            kind=self.kind,
            report=name,
            title=title,
            from_version=self.before.number if self.before else None,
            to_version=self.after.number if self.after else None,
            detected_at=sighting.seen_at,
            words_added=compared.words_added if compared else 0,
            words_removed=compared.words_removed if compared else 0,
            issues_added=compared.issues_added if compared else (),
            issues_removed=compared.issues_removed if compared else (),
            issues_reworded=tuple((each.before, each.after) for each in compared.issues_reworded)
            if compared
            else (),
            notes_added=self.notes_added,
            notes_removed=self.notes_removed,
            returned_to=self.returned_to,
            url=sighting.moved_to or sighting.url,
            is_baseline=self.is_baseline,
            is_held=self.is_held,
            is_emptied=self.is_emptied,
            appearance=self.appearance,
            follows=self.follows,
            sections=tuple(name for name, _ in compared.changed) if compared else (),
            lists_added=compared.lists_added if compared else (),
            lists_removed=compared.lists_removed if compared else (),
            unread_lists=compared.unread_lists if compared else (),
            issues_unmatched=compared.issues_unmatched if compared else (),
        )
        return replace(value, summary_line=summary_line(value, compared))


class Announcer:
    """The changes of one run, inside one write transaction."""

    def __init__(
        self, connection: Connection, recording: Recording, versions: StoredVersions
    ) -> None:
        self._run = recording
        self._versions = versions
        self._changes = Changes(connection)

    def announce(self, stored: StoredReport, draft: ChangeDraft, sighting: Sighting) -> None:
        """Record a change and the alerts it causes."""
        self._changes.add(
            stored.id,
            self._run.run_id,
            draft.change(stored.name, stored.title, sighting),
            topics=draft.topics,
            is_silent=self._run.is_silent,
            capture_sha256=sighting.capture_sha256,
        )

    def edited(
        self, seen: Observation, made: StoredVersion, *, returned_to: int, is_baseline: bool
    ) -> None:
        """Announce new words, held back if a text goes to and fro.

        ``returned_to`` is the earlier version that had them, 0 for none.
        """
        before, after = self._reading(seen.latest), seen.found.reading
        comparison = compare_readings(before, after)
        added, removed = _notes_apart(seen.latest.notes, after.notes)
        draft = ChangeDraft(
            ChangeKind.EDITED,
            seen.latest,
            made,
            comparison,
            topics=_touched(before, after, comparison),
            notes_added=added,
            notes_removed=removed,
            returned_to=returned_to,
            is_baseline=is_baseline,
            is_held=bool(returned_to)
            and self.is_flapping(seen.stored, ChangeKind.EDITED, seen.sighting.seen_at),
            follows=_follows(seen, before, comparison) if seen.is_next else None,
        )
        stored = replace(seen.stored, title=seen.found.title) if seen.is_next else seen.stored
        self.announce(stored, draft, seen.sighting)

    def is_flapping(self, stored: StoredReport, kind: ChangeKind, now: datetime) -> bool:
        """Tell whether a report has changed in this way so often that a further time is held."""
        return self._changes.count_since(stored.id, kind, now - FLAP_WINDOW) >= FLAP_LIMIT

    def restored(
        self, attempt: Attempt, stored: StoredReport, before: StoredVersion, after: StoredVersion
    ) -> None:
        """Announce that a removed report is readable again, and whether its words are the same."""
        reading = self._reading(after)
        is_same = before.id == after.id
        comparison = None if is_same else compare_readings(self._reading(before), reading)
        draft = ChangeDraft(ChangeKind.RESTORED, before, after, comparison, topics_in(reading))
        self.announce(stored, draft, attempt.sighting)

    def moved_away(self, seen: Observation, to: LocationView | None) -> bool:
        """Announce, once, that a location redirects to the page that took its report over.

        That page was read before, so it is primary already. Tells whether there was such a move.
        """
        moved_to = seen.sighting.moved_to
        if to is None or not moved_to or to.key != location_key(moved_to):
            return False
        if location_key(self._changes.last_moved_to(seen.stored.id)) == to.key:
            return False
        draft = ChangeDraft(ChangeKind.MOVED, seen.latest, seen.latest)
        self.announce(seen.stored, draft, seen.sighting)
        return True

    def noted(self, seen: Observation) -> None:
        """Announce notes that came or went beside unchanged words."""
        latest, notes = seen.latest, seen.found.reading.notes
        if notes == latest.notes:
            return
        self._versions.set_notes(latest.id, notes)
        added, removed = _notes_apart(latest.notes, notes)
        if added or removed:
            draft = ChangeDraft(
                ChangeKind.NOTED, latest, latest, notes_added=added, notes_removed=removed
            )
            self.announce(seen.stored, draft, seen.sighting)

    def _reading(self, stored: StoredVersion) -> Reading:
        return self._versions.reading_of(stored, self._run.revision)


def _follows(seen: Observation, before: Reading, compared: ReadingComparison) -> NextEdition:
    """Return how a next edition follows the text that is stored of the one before."""
    count = before.word_count
    kept = max(count - compared.words_removed, 0)
    return NextEdition(
        before=edition_name(seen.latest.notes, seen.stored.title),
        after=edition_name(seen.found.reading.notes, seen.found.title),
        words_kept=100 * kept // count if count else 0,
    )


_Notes = tuple[str, ...]


def _notes_apart(before: _Notes, after: _Notes) -> tuple[_Notes, _Notes]:
    """Return the notes that came and those that went."""
    added = tuple(note for note in after if note not in before)
    return added, tuple(note for note in before if note not in after)


def _touched(before: Reading, after: Reading, comparison: ReadingComparison) -> frozenset[str]:
    """Return the topics of the issues that came, went or were reworded, or may have."""
    issues = [
        *comparison.issues_added,
        *comparison.issues_removed,
        *comparison.issues_unmatched,
    ]
    issues += [text for each in comparison.issues_reworded for text in (each.before, each.after)]
    return topics_in(before, after, issues=issues)


def topics_in(*readings: Reading | None, issues: Sequence[str] | None = None) -> frozenset[str]:
    """Return the topics of the given issues (default: of all) in some readings."""
    return frozenset(
        topic
        for value in readings
        if value
        for issue in value.issues.items
        if issues is None or issue.text in issues
        for topic in issue.topics
    )
