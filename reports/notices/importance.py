"""How much a change matters, by rules that a reader can check."""

from __future__ import annotations

from enum import IntEnum, StrEnum

from reports.model.notes import is_grave
from reports.model.values import Change, ChangeKind

MANY_WORDS = 100
"""Words added or removed from which on an edit is major, whatever they are about."""

SOME_WORDS = 10
"""Words added or removed from which on an edit outside the summary is notable."""


class Importance(StrEnum):
    """How much a change matters: each level holds the ones above it."""

    MINOR = "minor"
    NOTABLE = "notable"
    MAJOR = "major"

    @property
    def weight(self) -> int:
        """The level as a number, for comparing."""
        return _WEIGHTS[self]


_WEIGHTS = {Importance.MINOR: 0, Importance.NOTABLE: 1, Importance.MAJOR: 2}

_ALWAYS_MAJOR = (ChangeKind.REMOVED, ChangeKind.COUNTRY_DROPPED, ChangeKind.TOPIC_VANISHED)
_ALWAYS_NOTABLE = (ChangeKind.PUBLISHED, ChangeKind.NOTED, ChangeKind.RESTORED, ChangeKind.DIVERGED)


class Loss(IntEnum):
    """What a change took away, the gravest first."""

    REPORT = 0
    TOPIC = 1
    ISSUE = 2
    NOTHING = 3


def loss(change: Change) -> Loss:
    """Say what a change took away: a report, a topic from a whole edition, issues, or nothing."""
    if change.kind in (ChangeKind.REMOVED, ChangeKind.COUNTRY_DROPPED):
        return Loss.REPORT
    if change.kind is ChangeKind.TOPIC_VANISHED:
        return Loss.TOPIC
    return Loss.ISSUE if change.issues_removed else Loss.NOTHING


def gravest_first(change: Change) -> tuple[int, ...]:
    """Return what changes are sorted by wherever several are told in one message.

    Reports that are gone, then topics and issues, then the others by their importance; among equals
    the one that lost or changed most.
    """
    return (
        loss(change),
        -importance(change).weight,
        -len(change.issues_removed),
        -change.words_removed,
        -change.words_added,
    )


def importance(change: Change) -> Importance:
    """Say how much a change matters.

    Major: something is gone, an issue came or went, or may have beside a list that was not read
    whole, or a hundred words did, or a note that says what became of the report ("superseded").
    Notable: a report came or came back, any other note, a second page that differs, an issue
    reworded, any word of the executive summary, or ten words elsewhere. Minor: the rest, such as a
    move to another address.
    """
    words = max(change.words_added, change.words_removed)
    issues = change.issues_added or change.issues_removed or change.issues_unmatched
    if change.kind in _ALWAYS_MAJOR or issues:
        return Importance.MAJOR
    if any(map(is_grave, (*change.notes_added, *change.notes_removed))):
        return Importance.MAJOR
    if change.kind is not ChangeKind.PUBLISHED and words >= MANY_WORDS:
        return Importance.MAJOR
    if change.kind in _ALWAYS_NOTABLE or change.issues_reworded or change.touches_summary:
        return Importance.NOTABLE
    return Importance.NOTABLE if words >= SOME_WORDS else Importance.MINOR
