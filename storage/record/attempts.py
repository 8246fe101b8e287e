"""What recording starts from and results in: a run's terms, an attempt, a report, an outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reports.model.identity import ReportId
from reports.model.values import Evidence, Identified
from reports.watch.outcome import Outcome
from storage.texts.versions import StoredReport, StoredVersion
from storage.watch.locations import LocationView, Sighting

_RANK = tuple(Outcome)


def _of_no_series(_name: ReportId, _title: str) -> str:
    return ""


@dataclass(frozen=True)
class Recording:
    """What a run says to the recorder once.

    ``newest_edition`` is the newest one known before the run; ``is_baseline`` holds until a whole
    listing was read; ``is_silent`` is for imports, which never alert. ``is_live`` says that the
    publisher's pages are looked at now: what is seen is the latest, also if the clock went back.
    ``series_of`` returns the series of editions that a document belongs to, by its name and title,
    ``""`` for none.
    """

    source: str
    run_id: int
    revision: int
    newest_edition: str
    is_baseline: bool
    is_silent: bool
    is_live: bool = False
    series_of: Callable[[ReportId, str], str] = _of_no_series


@dataclass(frozen=True)
class Attempt:
    """One attempt to read one location: the location as it was before, and what was seen there."""

    known: LocationView
    sighting: Sighting


@dataclass(frozen=True)
class Observation:
    """One report as an attempt found it, with what is stored of it.

    ``latest`` is the version captured last; ``found`` is what the page says. ``is_next`` marks the
    next edition of a document, in the place of the one before.
    """

    attempt: Attempt
    stored: StoredReport
    latest: StoredVersion
    found: Identified
    is_next: bool = False

    @property
    def sighting(self) -> Sighting:
        """What the attempt brought."""
        return self.attempt.sighting

    @property
    def location_id(self) -> int:
        """The location of the attempt."""
        return self.attempt.known.id

    @property
    def words_sha256(self) -> str:
        """The hash of the words found."""
        return self.found.reading.words_sha256


def has_turned(attempt: Attempt, run: Recording) -> bool:
    """Tell whether a page that read well has mark-up that its location did not have before.

    A new page of the newest edition has. What another reader revision saw is no measure, neither
    are old captures nor what was read before anything was known. New mark-up is not reported for
    a page that could not be read before.
    """
    known, shape = attempt.known, attempt.sighting.shape
    if run.is_silent or not shape or shape == known.shape:
        return False
    if known.checked_at is None:
        return not run.is_baseline and attempt.sighting.edition >= run.newest_edition
    was_read = known.shape and known.outcome != Outcome.UNREADABLE
    return bool(was_read) and known.reader_revision == run.revision


@dataclass(frozen=True)
class ReportOutcome:
    """What became of one report on a page; ``report`` is None if it was not identified."""

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
