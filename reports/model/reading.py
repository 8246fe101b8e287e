"""What a reader understood of one report on one page: prose, notes, sections, issues and facts.

Positions are given as the index of a block of the executive summary and an offset in characters
within it, so that every issue and every stock sentence can be shown where it stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from reports.text.fingerprint import text_sha256, words_sha256

SUMMARY_NAME = "Executive Summary"
"""What the part of a report that comes before its sections is called for people."""


class IssueStatus(StrEnum):
    """Whether a summary's list of human rights issues could be read."""

    LISTED = "listed"
    PARTIAL = "partial"  # some of it was read, and a sentence that looks like a list was not
    NONE_REPORTED = "none_reported"
    UNPARSED = "unparsed"


class IssueRank(StrEnum):
    """Where in a summary an issue stands."""

    PRINCIPAL = "principal"  # the list of the most significant issues
    OTHER = "other"  # a second list: "Other human rights problems included ..." (2011-2016)
    FURTHER = "further"  # a sentence that goes on after a list: "Additional problems included ..."


@dataclass(frozen=True)
class LeadIn:
    """The words that introduce a list of issues.

    ``text`` is the literal lead-in, standing in block ``block`` from character ``start`` on.
    ``scope`` are its words that bound the whole list ("by all parties to the conflict"), ``""``
    without any. ``is_hedged`` says that it speaks of reports or allegations of the issues
    ("credible reports of").
    """

    text: str
    block: int
    start: int
    scope: str = ""
    is_hedged: bool = False


@dataclass(frozen=True)
class Issue:
    """One issue that a summary lists: a literal substring of the text, and its topic ids.

    It stands in block ``block`` from character ``start`` on (-1 if that is not known).
    ``lead`` is the index of its lead-in among the list's, -1 without one. ``group`` are the words
    that name whom a numbered group of issues concerns ("With respect to ..."). ``qualifier`` is the
    literal end of ``text`` that only qualifies it ("although the law was not enforced").
    """

    text: str
    topics: tuple[str, ...] = ()
    block: int = -1
    start: int = -1
    rank: IssueRank = IssueRank.PRINCIPAL
    lead: int = -1
    group: str = ""
    qualifier: str = ""


@dataclass(frozen=True)
class Unread:
    """A sentence that looks like a list of issues and of which no word is in any issue.

    ``text`` is literal, standing in block ``block`` from character ``start`` on.
    """

    text: str
    block: int
    start: int


@dataclass(frozen=True)
class IssueList:
    """The issues that a summary lists; ``reason`` says why a list is unparsed.

    ``unread`` are the sentences for which a list is partial, in their order.
    """

    status: IssueStatus = IssueStatus.UNPARSED
    items: tuple[Issue, ...] = ()
    leads: tuple[LeadIn, ...] = ()
    reason: str = ""
    unread: tuple[Unread, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether what is not among the issues is not listed: so of no partial or unparsed list."""
        return self.status in (IssueStatus.LISTED, IssueStatus.NONE_REPORTED)

    @property
    def is_expected(self) -> bool:
        """Whether the report is of a family whose summaries list issues."""
        return self.reason != NO_LISTS.reason


@dataclass(frozen=True)
class UnreadList:
    """A list that was not read whole, of two that are compared: nothing is gone or new against it.

    ``is_newer`` says which of the two it is, ``sentences`` are those of a partial list that were
    not read, in the report's own words.
    """

    is_newer: bool
    status: IssueStatus
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True)
class ActorList:
    """The texts of a list that only one of two versions has: about one actor or area.

    ``about`` are the report's own words for it, ``""`` for a general list.
    """

    about: str
    issues: tuple[str, ...]


def outside_lists(issues: Sequence[str], lists: Sequence[ActorList]) -> tuple[str, ...]:
    """Return the texts that are of none of some lists; texts may repeat."""
    within = Counter(text for each in lists for text in each.issues)
    alone = []
    for text in issues:
        if within[text]:
            within[text] -= 1
        else:
            alone.append(text)
    return tuple(alone)


def unread_lists(before: IssueList, after: IssueList) -> tuple[UnreadList, ...]:
    """Return which of two lists were not read whole; none for a family without lists."""
    return tuple(
        UnreadList(is_newer, each.status, tuple(unread.text for unread in each.unread))
        for is_newer, each in ((False, before), (True, after))
        if not each.is_whole and each.is_expected
    )


NO_LISTS = IssueList(reason="Reports of this family hold no list of human rights issues.")
"""What is known of issues if nobody lists any: nothing, least of all that there are none."""


@dataclass(frozen=True)
class Fact:
    """One stock sentence of a summary, literal and whole, under its kind.

    ``kind`` is one of ``reports.facts.kinds.KIND_NAMES``. It stands in block ``block`` from
    character ``start`` on. Nothing is derived from it: what it says, its words say.
    """

    kind: str
    text: str
    block: int
    start: int


class MarkKind(StrEnum):
    """What the publisher did to words that stay in a page's markup."""

    STRUCK = "struck"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class Marked:
    """Words that a page holds and no longer says.

    ``beside`` is what its paragraph says, ``""`` if the whole paragraph is marked; about ``place``
    words of that stand before it.
    """

    kind: MarkKind
    text: str
    beside: str = ""
    place: int = 0


def section_name(number: str, heading: str) -> str:
    """Name a section as a reader would: "Section 2. Respect for Civil Liberties"."""
    if not number or heading.casefold().startswith("section"):
        return heading or "an untitled section"
    return f"Section {number}. {heading}".rstrip(". ")


@dataclass(frozen=True)
class Section:
    """One titled section: its number as printed (``"1"``, or ``""``), heading and blocks.

    ``blocks`` hold the section's prose and its sub-headings in document order; ``subheadings`` are
    the indexes of the latter. The section's own heading stands in ``heading`` and counts as its
    first words.
    """

    number: str
    heading: str
    blocks: tuple[str, ...]
    subheadings: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """Name the section as a reader would."""
        return section_name(self.number, self.heading)

    @cached_property
    def section_sha256(self) -> str:
        """SHA-256 of the heading and blocks, joined by line feeds."""
        return text_sha256((self.heading, *self.blocks))

    @cached_property
    def word_count(self) -> int:
        """Words in the blocks, heading not counted."""
        return _count(self.blocks)


@dataclass(frozen=True)
class Reading:
    """What one reader revision understood of one report on one page.

    ``blocks`` are the executive summary's paragraphs; ``notes`` stand apart from the prose;
    ``sections`` exclude the summary, ``facts`` are its stock sentences in document order;
    ``marked`` are words that are struck or hidden, and no part of any other value.
    """

    heading: str
    blocks: tuple[str, ...]
    notes: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    issues: IssueList = IssueList()
    facts: tuple[Fact, ...] = ()
    marked: tuple[Marked, ...] = ()

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

    @cached_property
    def summary_word_count(self) -> int:
        """Words in the executive summary."""
        return _count(self.blocks)

    @cached_property
    def word_count(self) -> int:
        """Words in the whole report, headings included."""
        return _count(self.all_blocks)

    def without_lists(self) -> Reading:
        """Return the reading of a family whose summaries list no issues, in no stock sentences."""
        return replace(self, issues=NO_LISTS, facts=())

    @property
    def all_blocks(self) -> tuple[str, ...]:
        """Every block of the report in document order: summary, then headings and sections."""
        blocks = list(self.blocks)
        for section in self.sections:
            blocks.append(section.heading)
            blocks.extend(section.blocks)
        return tuple(block for block in blocks if block)


def _count(blocks: Sequence[str]) -> int:
    """Count words by the single spaces between them: a sixth of the time that splitting takes."""
    return sum(block.count(" ") + 1 for block in blocks if block)
