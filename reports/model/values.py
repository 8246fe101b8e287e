"""The values that cross packages, all frozen: what was captured, read, changed and notified."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from reports.model.form import Appearance, Form
from reports.model.identity import ReportId
from reports.model.reading import (
    SUMMARY_NAME,
    ActorList,
    Reading,
    UnreadList,
    outside_lists,
)
from reports.topics.trends import VanishedTopic


class Evidence(StrEnum):
    """How a page's identity was decided (the ``how`` of the contracts)."""

    HEADING = "heading"
    BREADCRUMB = "breadcrumb"
    URL = "url"
    TEXT_MATCH = "text_match"
    OPERATOR = "operator"
    NONE = "none"


@dataclass(frozen=True)
class Identified:
    """One report found on a page, with what decided its identity."""

    report: ReportId
    how: Evidence
    title: str
    reading: Reading


@dataclass(frozen=True)
class Undecided:
    """A report on a page whose identity nothing decides: kept for review, never guessed.

    ``country`` and ``edition`` are guesses (``""`` if there is none) and ``why`` says, in words
    for the operator, what was looked at and found. ``part`` is what the page says of itself if
    a report's part names a document, whichever country it is of. ``is_contradicted`` marks a page
    of another edition than its address's: no text that is known elsewhere decides that.
    """

    country: str
    edition: str
    why: str
    reading: Reading
    part: str = ""
    is_contradicted: bool = False

    @property
    def text_sha256(self) -> str:
        """SHA-256 of the summary, or of every word if a page gives sections alone."""
        return self.reading.text_sha256 if self.reading.blocks else self.reading.words_sha256


@dataclass(frozen=True)
class Page:
    """Everything a reader found on one page. ``reports`` may be empty, or hold several.

    ``children`` are addresses of pages of child areas that the page links. ``shape`` is the
    fingerprint of the markup around the text: equal for pages of one template. ``form`` is what
    people see of the text's region that is no word; None if the page's bytes show none of it.
    """

    reports: tuple[Identified, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    children: tuple[str, ...] = ()
    published_on: str = ""
    canonical_url: str = ""
    shape: str = ""
    form: Form | None = None

    def without_lists(self) -> Page:
        """Return the page with every text read as of a family whose summaries list no issues."""
        reports = (replace(each, reading=each.reading.without_lists()) for each in self.reports)
        waiting = (replace(each, reading=each.reading.without_lists()) for each in self.undecided)
        return replace(self, reports=tuple(reports), undecided=tuple(waiting))


class ChangeKind(StrEnum):
    """What can happen to a report. Readers of the contract must accept new kinds."""

    PUBLISHED = "published"
    EDITED = "edited"
    NOTED = "noted"
    APPEARANCE = "appearance"
    REMOVED = "removed"
    RESTORED = "restored"
    MOVED = "moved"
    DIVERGED = "diverged"
    COUNTRY_DROPPED = "country_dropped"
    TOPIC_VANISHED = "topic_vanished"


ON_DEMAND = frozenset({ChangeKind.APPEARANCE})
"""Kinds that are notified only to those who ask for them by name."""


@dataclass(frozen=True)
class VersionView:
    """One stored version of a report, as the rest of the project sees it.

    A version is one uninterrupted stay of a text at a report; ``number`` is its name in the order
    of recording. ``memento_url`` is where a web archive shows it, ``""`` if none is known to.
    """

    report: ReportId
    number: int
    title: str
    reading: Reading
    url: str
    captured_at: datetime
    last_seen_at: datetime
    payload_sha256: str
    reader_revision: int
    memento_url: str = ""


@dataclass(frozen=True)
class ArchiveEvidence:
    """A capture of a web archive that bears out a change; ``url`` is where it is shown."""

    captured_at: datetime
    url: str


WRITTEN_ANEW = 40
"""Percent of the words kept below which a redline would show little but two texts."""


@dataclass(frozen=True)
class NextEdition:
    """How one edition of a document follows the one before.

    ``before`` and ``after`` name the two ("Version 6.0, February 2026"), ``""`` if nothing does;
    ``words_kept`` are the percent of the earlier one's words that stand in the later one.
    """

    before: str
    after: str
    words_kept: int

    @property
    def is_written_anew(self) -> bool:
        """Whether so little was kept that it is no edit of the text before."""
        return self.words_kept < WRITTEN_ANEW


@dataclass(frozen=True)
class Change:
    """One thing that happened to a report, from version to version.

    ``returned_to`` names the earlier version whose words came back, 0 if none did.
    ``is_baseline`` and ``is_held`` (it goes to and fro, or is one of too many) alert nobody.
    ``issues_reworded`` are pairs of an issue's text before and after; ``notes_added`` and
    ``notes_removed`` are notes that came and went; ``url`` is where it was seen. ``is_emptied``
    says of a removed report that its page stands without its text. ``sections`` are the names of
    the parts whose words changed, the executive summary among them. ``vanished`` is the topic that
    left a whole edition's lists, and ``appearance`` how the form of a page changed, each for its
    kind alone. ``unread_lists`` are lists that were not read whole, so that no issue is called
    added or removed; ``issues_unmatched`` may have come, gone or been reworded. ``lists_added`` and
    ``lists_removed`` are about an actor or area that only one version has a list about; their
    issues are among those added and removed. ``witnesses`` are a capture from before and one from
    after, if a web archive's captures bear the change out. ``follows`` says that it is the next
    edition of a document, and how much of its words that keeps.
    """

    id: int
    kind: ChangeKind
    report: ReportId
    title: str
    from_version: int | None
    to_version: int | None
    detected_at: datetime
    words_added: int = 0
    words_removed: int = 0
    issues_added: tuple[str, ...] = ()
    issues_removed: tuple[str, ...] = ()
    issues_reworded: tuple[tuple[str, str], ...] = ()
    notes_added: tuple[str, ...] = ()
    notes_removed: tuple[str, ...] = ()
    returned_to: int = 0
    summary_line: str = ""
    url: str = ""
    is_baseline: bool = False
    is_held: bool = False
    is_emptied: bool = False
    sections: tuple[str, ...] = ()
    vanished: VanishedTopic | None = None
    unread_lists: tuple[UnreadList, ...] = ()
    issues_unmatched: tuple[str, ...] = ()
    lists_added: tuple[ActorList, ...] = ()
    lists_removed: tuple[ActorList, ...] = ()
    appearance: Appearance | None = None
    witnesses: tuple[ArchiveEvidence, ...] = ()
    follows: NextEdition | None = None

    @property
    def issues_new(self) -> tuple[str, ...]:
        """The issues added to lists that the version before has too."""
        return outside_lists(self.issues_added, self.lists_added)

    @property
    def issues_gone(self) -> tuple[str, ...]:
        """The issues removed from lists that are still there."""
        return outside_lists(self.issues_removed, self.lists_removed)

    @property
    def touches_summary(self) -> bool:
        """Whether words of the executive summary changed."""
        return SUMMARY_NAME in self.sections

    @property
    def is_corroborated(self) -> bool:
        """Whether captures of a web archive bear the change out."""
        return bool(self.witnesses)
