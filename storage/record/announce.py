"""Write down what happened to a report, with the alerts it causes: edits, returns, notes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from reports.compare.diff import ReadingComparison, compare_readings
from reports.model.reading import Reading
from reports.model.values import ChangeKind
from storage.changes.changes import Changes
from storage.record.attempts import Attempt, Recording
from storage.record.change_builder import News, topics_in
from storage.texts.versions import StoredReport, StoredVersion, StoredVersions

FLAP_WINDOW = timedelta(hours=24)
FLAP_LIMIT = 2
"""A text that comes back is told twice in 24 hours; further alternations are held."""


class Telling:
    """The changes of one run, inside one write transaction."""

    def __init__(
        self, connection: Connection, recording: Recording, versions: StoredVersions
    ) -> None:
        self._run = recording
        self._versions = versions
        self._changes = Changes(connection)

    def tell(self, look: Attempt, stored: StoredReport, news: News) -> None:
        """Write a change and the alerts it causes."""
        self._changes.add(
            stored.id,
            self._run.run_id,
            news.change(stored.name, stored.title, look.sighting),
            topics=news.topics,
            is_silent=self._run.is_silent,
        )

    def edited(
        self,
        look: Attempt,
        stored: StoredReport,
        latest: StoredVersion,
        made: StoredVersion,
        after: Reading,
        *,
        returned_to: int,
        is_baseline: bool,
    ) -> None:
        """Tell of new words, held back where a text goes to and fro.

        ``returned_to`` is the earlier version that had them, 0 for none.
        """
        before = self._reading(latest)
        comparison = compare_readings(before, after)
        added, removed = _notes_apart(latest.notes, after.notes)
        news = News(
            ChangeKind.EDITED,
            latest,
            made,
            comparison,
            topics=_touched(before, after, comparison),
            notes_added=added,
            notes_removed=removed,
            returned_to=returned_to,
            is_baseline=is_baseline,
            is_held=bool(returned_to) and self._is_flapping(stored, look.sighting.seen_at),
        )
        self.tell(look, stored, news)

    def _is_flapping(self, stored: StoredReport, now: datetime) -> bool:
        return self._changes.edits_since(stored.id, now - FLAP_WINDOW) >= FLAP_LIMIT

    def restored(
        self,
        look: Attempt,
        stored: StoredReport,
        latest: StoredVersion | None,
        made: StoredVersion | None,
    ) -> None:
        """Tell that a removed report is readable again, and whether its words are the same."""
        reading = self._reading(made) if made else None
        comparison = None
        if reading and latest and made and latest.id != made.id:
            comparison = compare_readings(self._reading(latest), reading)
        news = News(ChangeKind.RESTORED, latest, made, comparison, topics_in(reading))
        self.tell(look, stored, news)

    def noted(
        self, look: Attempt, stored: StoredReport, latest: StoredVersion, notes: tuple[str, ...]
    ) -> None:
        """Tell of notes that came or went beside unchanged words."""
        if notes == latest.notes:
            return
        self._versions.set_notes(latest.id, notes)
        added, removed = _notes_apart(latest.notes, notes)
        if added or removed:
            news = News(ChangeKind.NOTED, latest, latest, notes_added=added, notes_removed=removed)
            self.tell(look, stored, news)

    def _reading(self, stored: StoredVersion) -> Reading:
        return self._versions.reading_of(stored, self._run.revision)


_Notes = tuple[str, ...]


def _notes_apart(before: _Notes, after: _Notes) -> tuple[_Notes, _Notes]:
    """Return the notes that came and those that went."""
    added = tuple(note for note in after if note not in before)
    return added, tuple(note for note in before if note not in after)


def _touched(before: Reading, after: Reading, comparison: ReadingComparison) -> frozenset[str]:
    """Return the topics of the issues that came, went or were reworded."""
    issues = [*comparison.issues_added, *comparison.issues_removed]
    issues += [text for each in comparison.issues_reworded for text in (each.before, each.after)]
    return topics_in(before, after, issues=issues)
