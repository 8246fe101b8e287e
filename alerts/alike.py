"""Gather the changes of one message that are alike: the same edit in many reports is one news."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from reports.compare.diff import Op, ReadingComparison
from reports.model.values import Change, ChangeKind
from reports.notices.importance import Loss, loss
from reports.notices.messages import OutgoingChange
from reports.text.addresses import split_address
from reports.text.plain import counted
from reports.wording.changes import KIND_NAMES
from reports.wording.clusters import FEWEST

Compared = tuple[OutgoingChange, ReadingComparison | None]

_TOLD_ALIKE = {
    ChangeKind.EDITED: "edited alike",
    ChangeKind.NOTED: "given the same note or notice",
    ChangeKind.APPEARANCE: "changed alike in appearance",
    ChangeKind.RESTORED: "restored alike",
    ChangeKind.DIVERGED: "differing alike between two pages",
}


@dataclass(frozen=True)
class Alike:
    """Changes that are one news, told once; there are never fewer than three."""

    members: tuple[Compared, ...]

    @property
    def first(self) -> Compared:
        """The one that is shown for all."""
        return self.members[0]

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The changes themselves."""
        return tuple(outgoing.change for outgoing, _ in self.members)

    @property
    def title(self) -> str:
        """How many there are, what was done to them, and whether they lost an issue."""
        change = self.changes[0]
        done = _TOLD_ALIKE.get(change.kind, KIND_NAMES[change.kind])
        said = f"{counted(len(self.changes), 'report')} {done}"
        return f"{said}, each lost an issue" if change.issues_gone else said


def alike(changes: Sequence[Compared]) -> tuple[Alike, ...]:
    """Return the groups of changes that are alike: those that lost issues, then the largest."""
    groups: dict[Hashable, list[Compared]] = defaultdict(list)
    for outgoing, compared in changes:
        groups[_likeness(outgoing.change, compared)].append((outgoing, compared))
    found = (Alike(tuple(group)) for group in groups.values() if len(group) >= FEWEST)
    return tuple(sorted(found, key=lambda each: (loss(each.changes[0]), -len(each.members))))


def in_groups(groups: Iterable[Alike]) -> frozenset[int]:
    """Return the identities (``id``) of the changes of some groups."""
    return frozenset(id(change) for group in groups for change in group.changes)


def _likeness(change: Change, compared: ReadingComparison | None) -> Hashable:
    """Return what alike changes share; a change that is like no other returns itself.

    A report that is gone, a country and a topic are always named. Where the same words were an
    issue in one report and none in another, the two are unlike.
    """
    said: Hashable = id(change)
    if loss(change) <= Loss.TOPIC or change.follows or change.returned_to:
        return said
    if compared is not None and not compared.is_same:
        said = (_edit(compared), change.notes_added, change.notes_removed)
    elif change.kind is ChangeKind.NOTED:
        said = (change.notes_added, change.notes_removed)
    elif change.appearance:
        said = change.appearance.differences
    elif change.kind is ChangeKind.PUBLISHED:
        said = change.report.edition
    elif change.kind is ChangeKind.MOVED:
        said = split_address(change.url).hostname
    return (change.kind, change.report.source, bool(change.issues_gone), said)


def _edit(compared: ReadingComparison) -> Hashable:
    """Return what was done, without the words that stayed: equal for equal edits."""
    return tuple(
        (piece.op, piece.text)
        for _, comparison in compared.changed
        for paragraph in comparison.paragraphs
        for piece in paragraph
        if piece.op is not Op.EQUAL
    )
