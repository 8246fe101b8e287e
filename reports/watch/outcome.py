"""The closed list of what can come of looking at one location."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum


class Outcome(StrEnum):
    """What one look at one location came to. Each location counts once per run."""

    PUBLISHED = "published"  # a report not held before
    EDITED = "edited"  # its words differ from its latest version
    UNCHANGED = "unchanged"  # the words are those of the latest version
    DUPLICATE = "duplicate"  # a second location of a report already held, with the same text
    REMOVED = "removed"  # confirmed gone: several clean 404 or 410 answers over time
    RESTORED = "restored"  # readable again after a confirmed removal
    MOVED = "moved"  # redirected to another page that carries the report
    BLOCKED = "blocked"  # a block page, a refusal or a redirect to a home page
    EMPTY = "empty"  # the page carries its heading but no text
    UNREADABLE = "unreadable"  # truncated, of a wrong type, or without any report
    UNIDENTIFIED = "unidentified"  # a report whose identity could not be decided
    ERROR = "error"  # the network or the server failed
    SUSPECTED = "suspected"  # a 404, 410 or soft 404 that is not yet confirmed


SAYS = "the publisher says: "
"""What the reason of a miss begins with if the publisher says in words what became of it."""

FAILURES = frozenset(
    {Outcome.BLOCKED, Outcome.EMPTY, Outcome.UNREADABLE, Outcome.UNIDENTIFIED, Outcome.ERROR}
)
"""Outcomes that make a run end with "done, but something failed"."""


def tally(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Count outcomes under the fixed keys of the contract; ``checked`` is the sum of the others."""
    return in_full(Counter(outcomes))


def in_full(counted: Mapping[str, int]) -> dict[str, int]:
    """Return counts of outcomes under all the keys of ``tally``."""
    counts = {outcome.value: counted.get(outcome, 0) for outcome in Outcome}
    return {"checked": sum(counts.values()), **counts}


NOTHING_SHARE = 0.9
"""From this share of looks refused or unanswered on, a run has come to nothing."""

LEAST_LOOKS = 5
"""Of fewer looks, one or two odd pages would decide it."""


def unread_count(counts: Mapping[str, int]) -> int:
    """Return how many looks of a run were refused or not answered."""
    return counts.get(Outcome.BLOCKED, 0) + counts.get(Outcome.ERROR, 0)


def came_to_nothing(counts: Mapping[str, int], least: int = LEAST_LOOKS) -> bool:
    """Return whether (nearly) every look of a run was refused or not answered.

    ``least`` is how many looks it takes to say so.
    """
    checked = counts.get("checked", 0)
    return checked >= least and unread_count(counts) >= NOTHING_SHARE * checked
