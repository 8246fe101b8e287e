"""The values that cross packages, all frozen: what was captured, read, changed and told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from reports.fingerprint import text_sha256, words_sha256
from reports.identity import ReportId


class IssueStatus(StrEnum):
    """Whether a summary's list of human rights issues could be read."""

    LISTED = "listed"
    NONE_REPORTED = "none_reported"
    UNPARSED = "unparsed"


@dataclass(frozen=True)
class Issue:
    """One item of a summary's issue list: a literal substring of the text, and its topic ids."""

    text: str
    topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class IssueList:
    """What a summary says of human rights issues."""

    status: IssueStatus = IssueStatus.UNPARSED
    items: tuple[Issue, ...] = ()


@dataclass(frozen=True)
class Section:
    """One titled section: its number as printed (``"1"``, or ``""``), heading and blocks.

    ``blocks`` hold the section's prose and its sub-headings in document order; the section's own
    heading stands in ``heading`` and counts as its first words.
    """

    number: str
    heading: str
    blocks: tuple[str, ...]

    @cached_property
    def section_sha256(self) -> str:
        """SHA-256 of the heading and blocks, joined by line feeds."""
        return text_sha256((self.heading, *self.blocks))

    @cached_property
    def word_count(self) -> int:
        """Words in the blocks, heading not counted."""
        return sum(len(block.split()) for block in self.blocks)


@dataclass(frozen=True)
class Reading:
    """What one reader revision understood of one report on one page.

    ``blocks`` are the executive summary's paragraphs; ``notes`` stand apart from the prose;
    ``sections`` exclude the summary.
    """

    heading: str
    blocks: tuple[str, ...]
    notes: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    issues: IssueList = IssueList()

    @cached_property
    def text_sha256(self) -> str:
        """SHA-256 of the executive summary's canonical text."""
        return text_sha256(self.blocks)

    @cached_property
    def words_sha256(self) -> str:
        """SHA-256 of every word of the report: the one that decides whether it was edited."""
        return words_sha256(self.all_blocks)

    @cached_property
    def report_sha256(self) -> str:
        """SHA-256 over the summary's and every section's blocks, for citing the whole report."""
        return text_sha256(self.all_blocks)

    @property
    def all_blocks(self) -> tuple[str, ...]:
        """Every block of the report in document order: summary, then headings and sections."""
        blocks = list(self.blocks)
        for section in self.sections:
            blocks.append(section.heading)
            blocks.extend(section.blocks)
        return tuple(block for block in blocks if block)


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

    ``country`` and ``edition`` are guesses (``""`` where there is none) and ``why`` says, in words
    for the operator, what was looked at and found.
    """

    country: str
    edition: str
    why: str
    reading: Reading


@dataclass(frozen=True)
class Page:
    """Everything a reader found on one page. ``reports`` may be empty, or hold several.

    ``children`` are addresses of pages of child areas that the page links.
    """

    reports: tuple[Identified, ...] = ()
    undecided: tuple[Undecided, ...] = ()
    children: tuple[str, ...] = ()
    published_on: str = ""
    canonical_url: str = ""


class ChangeKind(StrEnum):
    """What can happen to a report. Readers of the contract must accept new kinds."""

    PUBLISHED = "published"
    EDITED = "edited"
    NOTED = "noted"
    REMOVED = "removed"
    RESTORED = "restored"
    MOVED = "moved"
    DIVERGED = "diverged"
    COUNTRY_DROPPED = "country_dropped"
    TOPIC_VANISHED = "topic_vanished"


@dataclass(frozen=True)
class VersionView:
    """One stored version of a report, as the rest of the project sees it.

    A version is one uninterrupted stay of a text at a report; ``number`` is its name in the order
    of recording.
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


@dataclass(frozen=True)
class Change:
    """One thing that happened to a report, from version to version.

    ``returned_to`` names the earlier version whose words came back, 0 where none did.
    ``is_baseline`` and ``is_held`` (a text that goes to and fro) alert nobody.
    ``notes_added`` and ``notes_removed`` are notes that came and went; ``url`` is where it was
    seen.
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
    notes_added: tuple[str, ...] = ()
    notes_removed: tuple[str, ...] = ()
    returned_to: int = 0
    summary_line: str = ""
    url: str = ""
    is_baseline: bool = False
    is_held: bool = False


class Every(StrEnum):
    """How often a subscriber wants to hear."""

    NOW = "now"
    DAY = "day"
    WEEK = "week"


class Channel(StrEnum):
    """The way an alert travels."""

    EMAIL = "email"


@dataclass(frozen=True)
class Subscription:
    """What one subscriber wants to hear of; an empty tuple means "any"."""

    id: int
    address: str
    channel: Channel
    countries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    every: Every = Every.NOW


class AlertState(StrEnum):
    """Where an alert stands on its way to its reader."""

    DUE = "due"
    CLAIMED = "claimed"
    RETRYING = "retrying"
    SENT = "sent"
    DEAD = "dead"
    DROPPED = "dropped"


@dataclass(frozen=True)
class OutgoingChange:
    """A change with the versions a message shows: ``before`` and ``after`` (None where absent)."""

    change: Change
    before: VersionView | None
    after: VersionView | None


@dataclass(frozen=True)
class OutgoingMessage:
    """One message claimed for sending; ``message_id`` stays the same over every attempt."""

    message_id: str
    address: str
    channel: Channel
    changes: tuple[OutgoingChange, ...]
    attempts: int
    is_mass: bool = False
    subscriber_id: int = 0
    created_at: datetime | None = field(default=None)
