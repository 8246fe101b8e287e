"""What is told of a report: gathered while recording, made into a Change with its one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reports.compare.diff import ReadingComparison
from reports.model.identity import ReportId
from reports.model.reading import Reading
from reports.model.values import Change, ChangeKind
from reports.wording.changes import summary_line
from storage.texts.versions import StoredVersion
from storage.watch.locations import Sighting


@dataclass(frozen=True)
class News:
    """One thing that happened, between the versions it happened between.

    ``topics`` are those it touches; ``is_held`` keeps a flapping cache from being told.
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
            sections=tuple(name for name, _ in compared.changed) if compared else (),
        )
        return replace(value, summary_line=summary_line(value, compared))


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
