"""Compare two editions of a country's report by what they say, not word by word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from reports.compare.alignment import Work
from reports.compare.comparison import compare_texts
from reports.compare.diff import DEADLINE
from reports.compare.issues import IssueChanges, Matched, match_issues
from reports.compare.layout import Paragraph
from reports.compare.sections import OutlineChange, SectionState, match_sections
from reports.compare.stock import StockChange, compare_stock
from reports.facts.phrases import WordShift, degree_shifts, hedge_shifts
from reports.model.reading import IssueList, LeadIn, Reading, UnreadList, unread_lists

ABSENCE = (
    "Absence of reporting is not evidence of absence: that a topic is no longer reported does not"
    " show that the practice has ended."
)
"""Said wherever an issue, a topic or a section is no longer in the newer edition."""


@dataclass(frozen=True)
class IssueWording:
    """Issues that correspond, their old and new words laid over each other, and what shifted.

    ``degrees`` and ``hedges`` are the words of degree ("serious") and hedges ("reportedly") that
    occur more or less often in the new words than in the old ones.
    """

    matched: Matched
    pieces: Paragraph
    degrees: tuple[WordShift, ...] = ()
    hedges: tuple[WordShift, ...] = ()


@dataclass(frozen=True)
class TopicChanges:
    """Which topics the lists of issues name.

    None is added or dropped if a list was not read whole, and none known if one was not at all.
    """

    kept: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True)
class LeadChange:
    """How the lists of issues are introduced; ``is_whole`` if every one of both was read."""

    before: tuple[LeadIn, ...]
    after: tuple[LeadIn, ...]
    is_whole: bool = True

    @property
    def hedge(self) -> str:
        """Say whether a hedge ("credible reports of") came or went: ``new``, ``gone`` or ``""``."""
        if not (self.before and self.after and self.is_whole):
            return ""
        old, new = (any(lead.is_hedged for lead in side) for side in (self.before, self.after))
        return "" if old == new else "new" if new else "gone"


@dataclass(frozen=True)
class WordCounts:
    """Words before and after."""

    before: int
    after: int

    @property
    def change(self) -> float | None:
        """The change as a share of the older length; None if that was nothing."""
        return (self.after - self.before) / self.before if self.before else None


@dataclass(frozen=True)
class EditionComparison:
    """Everything that differs between two editions, ready to be put into words."""

    issues_before: IssueList
    issues_after: IssueList
    issues: IssueChanges
    reworded: tuple[IssueWording, ...]
    split: tuple[IssueWording, ...]
    merged: tuple[IssueWording, ...]
    topics: TopicChanges
    outline: OutlineChange
    stock: tuple[StockChange, ...]
    leads: LeadChange
    hedges: tuple[WordShift, ...]
    degrees: tuple[WordShift, ...]
    summary: WordCounts
    report: WordCounts

    @property
    def unread_lists(self) -> tuple[UnreadList, ...]:
        """The lists that were not read whole."""
        return unread_lists(self.issues_before, self.issues_after)

    @cached_property
    def has_silence(self) -> bool:
        """Return whether the newer edition says nothing of something the older one spoke of."""
        gone = any(each.state is SectionState.GONE for each in self.outline.sections)
        stock = [each for each in self.stock if each.state == "gone"]
        outline = gone or self.outline.subheadings_gone
        return bool(self.issues.only_before or self.topics.dropped or outline or stock)


def compare_editions(
    before: Reading, after: Reading, deadline: float | None = DEADLINE
) -> EditionComparison:
    """Compare the readings of two editions.

    ``deadline`` (seconds, None for none) buys a fixed amount of alignment, so that the same texts
    give the same result on a busy machine.
    """
    work = Work.within(deadline)
    issues = match_issues(before.issues, after.issues)
    reworded, split, merged = (
        tuple(_wording(each, work) for each in found)
        for found in (issues.reworded, issues.split, issues.merged)
    )
    return EditionComparison(
        issues_before=before.issues,
        issues_after=after.issues,
        issues=issues,
        reworded=reworded,
        split=split,
        merged=merged,
        topics=_topics(before.issues, after.issues, is_known=issues.is_known),
        outline=match_sections(before, after, work),
        stock=compare_stock(before, after, work) if before.blocks and after.blocks else (),
        leads=LeadChange(
            before.issues.leads,
            after.issues.leads,
            is_whole=before.issues.is_whole and after.issues.is_whole,
        ),
        hedges=hedge_shifts(before.blocks, after.blocks),
        degrees=degree_shifts(before.blocks, after.blocks),
        summary=WordCounts(before.summary_word_count, after.summary_word_count),
        report=WordCounts(_word_count(before), _word_count(after)),
    )


def _word_count(reading: Reading) -> int:
    return reading.summary_word_count + sum(section.word_count for section in reading.sections)


def _wording(matched: Matched, work: Work) -> IssueWording:
    old, new = ([issue.text for issue in side] for side in (matched.before, matched.after))
    return IssueWording(
        matched,
        _pieces(["; ".join(old)], ["; ".join(new)], work),
        degree_shifts(old, new),
        hedge_shifts(old, new),
    )


def _pieces(before: Sequence[str], after: Sequence[str], work: Work) -> Paragraph:
    compared, _ = compare_texts([before], [after], work)
    return tuple(chain.from_iterable(compared[0].paragraphs))


def _topics(before: IssueList, after: IssueList, *, is_known: bool) -> TopicChanges:
    if not is_known:
        return TopicChanges()
    old, new = (
        dict.fromkeys(topic for issue in side.items for topic in issue.topics)
        for side in (before, after)
    )
    is_whole = before.is_whole and after.is_whole
    return TopicChanges(
        kept=tuple(topic for topic in old if topic in new),
        added=tuple(topic for topic in new if topic not in old and is_whole),
        dropped=tuple(topic for topic in old if topic not in new and is_whole),
    )
