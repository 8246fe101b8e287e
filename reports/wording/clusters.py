"""Gather changes that are one piece of news: an edition that came out, one edit in many reports."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime

from reports.model.values import Change, ChangeKind
from reports.wording.changes import KIND_NAMES, word_counts

FEWEST = 3
"""So many alike changes of one run are reported as one."""


@dataclass(frozen=True)
class Cluster:
    """Changes of one run that are alike, newest first; most often there is one alone."""

    changes: tuple[Change, ...]

    @property
    def first(self) -> Change:
        """The newest of them."""
        return self.changes[0]

    @property
    def is_single(self) -> bool:
        """Whether there is one change, to be reported in its own words."""
        return len(self.changes) == 1

    @property
    def detected_at(self) -> datetime:
        """When the newest was seen."""
        return self.first.detected_at

    @property
    def line(self) -> str:
        """What they have in common, in one line: "13 reports of 2024 published"."""
        if self.is_single:
            return self.first.summary_line
        change = self.first
        said = f"{len(self.changes)} reports of {change.report.edition} {KIND_NAMES[change.kind]}"
        if change.kind is ChangeKind.EDITED:
            words = word_counts(change.words_added, change.words_removed)
            return f"{said} by the same amounts: {words} each"
        return said


def cluster(changes: Iterable[tuple[int, Change]]) -> list[Cluster]:
    """Gather changes, each given with its run, in the order of the first of each cluster.

    Those of one run, kind, source and edition belong together; edits, only if as many words came
    and went in the same parts, with the same issues, and changes of appearance, only if the same
    differs. Fewer than three stay apart.
    """
    groups: dict[Hashable, list[Change]] = {}
    order: dict[int, Hashable] = {}
    for run, change in changes:
        key = _likeness(run, change)
        groups.setdefault(key, []).append(change)
        order[change.id] = key
    found: list[Cluster] = []
    seen: set[Hashable] = set()
    for key in order.values():
        if key in seen:
            continue
        seen.add(key)
        alike = groups[key]
        if len(alike) < FEWEST:
            found += [Cluster((each,)) for each in alike]
        else:
            found.append(Cluster(tuple(alike)))
    return sorted(found, key=lambda each: (each.detected_at, each.first.id), reverse=True)


def _likeness(run: int, change: Change) -> Hashable:
    """Return what alike changes share; a change that is like no other returns its number."""
    if change.kind in (ChangeKind.TOPIC_VANISHED, ChangeKind.COUNTRY_DROPPED):
        return change.id
    same = (run, change.kind, change.report.source, change.report.edition, change.is_baseline)
    if change.appearance:
        return (*same, change.appearance.differences)
    if change.kind is not ChangeKind.EDITED:
        return same
    said = (change.words_added, change.words_removed, change.sections)
    unread = tuple((each.is_newer, each.status) for each in change.unread_lists)
    lists = (change.lists_added, change.lists_removed, unread)
    return (*same, *said, change.issues_added, change.issues_removed, *lists)
