"""What recording starts from and comes to: a run's terms, a look at a location, what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.model.identity import ReportId
from reports.model.values import Evidence
from reports.watch.outcome import Outcome
from storage.watch.locations import LocationView, Sighting

_RANK = tuple(Outcome)


@dataclass(frozen=True)
class Recording:
    """What a run tells the recorder once.

    ``newest_edition`` is the newest one known before the run; ``is_baseline`` holds until a whole
    listing was read; ``is_silent`` is for imports, which never alert.
    """

    source: str
    run_id: int
    revision: int
    newest_edition: str
    is_baseline: bool
    is_silent: bool


@dataclass(frozen=True)
class Attempt:
    """A location before and a sighting of it: what recording starts from."""

    known: LocationView
    sighting: Sighting


def has_turned(look: Attempt, run: Recording) -> bool:
    """Tell whether a page that read well has mark-up that its location did not have before.

    A page of the newest edition has, where it is new. What another reader revision saw is no
    measure, neither are old captures nor what was read before anything was known. Of a page that
    could not be read before, its mark-up is no news.
    """
    known, shape = look.known, look.sighting.shape
    if run.is_silent or not shape or shape == known.shape:
        return False
    if known.checked_at is None:
        return not run.is_baseline and look.sighting.edition >= run.newest_edition
    was_read = known.shape and known.outcome != Outcome.UNREADABLE
    return bool(was_read) and known.reader_revision == run.revision


@dataclass(frozen=True)
class ReportOutcome:
    """What became of one report on a page; ``report`` is None where it was not identified."""

    outcome: Outcome
    reason: str = ""
    report: ReportId | None = None
    how: Evidence = Evidence.NONE


def most_telling(found: Sequence[ReportOutcome]) -> ReportOutcome:
    """Return what counts for a page with several reports: the first in the list of outcomes.

    ``unchanged`` and ``duplicate`` yield to anything that says more.
    """
    quiet = (Outcome.UNCHANGED, Outcome.DUPLICATE)
    return min(found, key=lambda each: (each.outcome in quiet, _RANK.index(each.outcome)))
