"""Compare two texts, or two readings of a report, word by word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from reports.compare.alignment import Work
from reports.compare.comparison import Comparison, Move, compare_texts
from reports.compare.counterparts import pair_sections, text_of
from reports.compare.issues import IssueChanges, folded, pair_issues
from reports.compare.layout import Op, Paragraph, Span, marked_text
from reports.compare.marks import with_marks
from reports.compare.moves import Spot
from reports.compare.scope import ScopedIssues
from reports.compare.stock import StockChange, compare_stock
from reports.model.reading import (
    SUMMARY_NAME,
    ActorList,
    Issue,
    MarkKind,
    Reading,
    Section,
    UnreadList,
    outside_lists,
    section_name,
    unread_lists,
)

__all__ = [
    "DEADLINE",
    "SUMMARY_NAME",
    "Comparison",
    "Moved",
    "Op",
    "ReadingComparison",
    "Reworded",
    "SectionComparison",
    "Span",
    "compare_blocks",
    "compare_readings",
    "marked_text",
    "named_moves",
    "unified_text",
]

DEADLINE = 0.01
"""Seconds of alignment one comparison may cost; see `compare_blocks`."""


@dataclass(frozen=True)
class SectionComparison:
    """One section before and after; a heading is None if the section does not exist.

    The heading is the first block of ``comparison``.
    """

    number: str
    heading_before: str | None
    heading_after: str | None
    comparison: Comparison

    @property
    def name(self) -> str:
        """Name the section as a reader would: "Section 2. Respect for Civil Liberties"."""
        heading = self.heading_after if self.heading_after is not None else self.heading_before
        return section_name(self.number, heading or "")

    @property
    def state(self) -> str:
        """Say what became of the section: ``same``, ``changed``, ``added`` or ``removed``."""
        if self.heading_before is None:
            return "added"
        if self.heading_after is None:
            return "removed"
        return "same" if self.comparison.is_same else "changed"


@dataclass(frozen=True)
class Moved:
    """Neighbouring paragraphs that changed places; its number marks their pieces."""

    number: int
    words: int
    paragraphs: int
    origin: str
    destination: str


@dataclass(frozen=True)
class Reworded:
    """One issue in its old and new words, and these laid over each other."""

    before: str
    after: str
    pieces: Paragraph


@dataclass(frozen=True)
class ReadingComparison:
    """Two readings of one report laid over each other.

    Of issues that came or went nothing is said if a list was not read whole: ``unread_lists`` are
    those, if words of the summary changed. ``issues_unmatched`` are then the issues read on one
    side whose words do not stand in the other summary: they may have come, gone or been reworded.
    ``stock`` are the stock sentences of the summary whose words differ.
    ``lists_added`` and ``lists_removed`` are about an actor or area that the other version has no
    list about; their issues are among those added and removed.
    """

    summary: Comparison
    sections: tuple[SectionComparison, ...]
    issues_added: tuple[str, ...] = ()
    issues_removed: tuple[str, ...] = ()
    issues_reworded: tuple[Reworded, ...] = ()
    moves: tuple[Moved, ...] = ()
    unread_lists: tuple[UnreadList, ...] = ()
    issues_unmatched: tuple[str, ...] = ()
    stock: tuple[StockChange, ...] = ()
    lists_added: tuple[ActorList, ...] = ()
    lists_removed: tuple[ActorList, ...] = ()

    @property
    def issues_new(self) -> tuple[str, ...]:
        """The issues added to lists that the older version has too."""
        return outside_lists(self.issues_added, self.lists_added)

    @property
    def issues_gone(self) -> tuple[str, ...]:
        """The issues removed from lists that are still there."""
        return outside_lists(self.issues_removed, self.lists_removed)

    @cached_property
    def words_added(self) -> int:
        """Count the words marked as added, in the summary and all sections."""
        return sum(c.words_added for _, c in self._places())

    @cached_property
    def words_removed(self) -> int:
        """Count the words marked as removed, in the summary and all sections."""
        return sum(c.words_removed for _, c in self._places())

    @property
    def words_moved(self) -> int:
        """Count the words that changed places, neither added nor removed."""
        return sum(move.words for move in self.moves)

    @cached_property
    def words_marked(self) -> dict[tuple[Op, MarkKind], int]:
        """Count the words that are struck or hidden, or were before, by what became of them."""
        counts: dict[tuple[Op, MarkKind], int] = {}
        for _, part in self.changed:
            for piece in chain.from_iterable(part.paragraphs):
                if piece.mark:
                    key = piece.op, piece.mark
                    counts[key] = counts.get(key, 0) + piece.text.count(" ") + 1
        return counts

    @property
    def is_same(self) -> bool:
        """Return whether summary and sections have the same words in the same order."""
        return not (self.words_added or self.words_removed or self.moves)

    @property
    def changed(self) -> tuple[tuple[str, Comparison], ...]:
        """The parts whose words differ, each with its name, in document order."""
        return tuple((name, part) for name, part in self._places() if not part.is_same)

    def _places(self) -> Iterator[tuple[str, Comparison]]:
        yield SUMMARY_NAME, self.summary
        for section in self.sections:
            yield section.name, section.comparison


def compare_blocks(
    before: Sequence[str], after: Sequence[str], deadline: float | None = DEADLINE
) -> Comparison:
    """Compare canonical blocks word by word; words decide, paragraph borders never.

    ``deadline`` (seconds, None for none) buys a fixed amount of alignment, so that the same texts
    give the same result on a busy machine; stretches it does not reach are shown replaced whole.
    """
    compared, _ = compare_texts([before], [after], Work.within(deadline))
    return compared[0]


def compare_readings(
    before: Reading, after: Reading, deadline: float | None = DEADLINE
) -> ReadingComparison:
    """Compare two readings: summary with summary, each section with its counterpart."""
    work = Work.within(deadline)
    pairs = pair_sections(before.sections, after.sections)
    old = [before.blocks, *(text_of(section) for section, _ in pairs)]
    new = [after.blocks, *(text_of(section) for _, section in pairs)]
    compared, moves = compare_texts(old, new, work)
    summary, *rest = (with_marks(each, before.marked, after.marked) for each in compared)
    sections = tuple(_section(*pair, each) for pair, each in zip(pairs, rest, strict=True))
    issues = pair_issues(before.issues, after.issues)
    return ReadingComparison(
        summary=summary,
        sections=sections,
        issues_added=tuple(issue.text for issue in issues.only_after),
        issues_removed=tuple(issue.text for issue in issues.only_before),
        issues_reworded=tuple(
            _reworded(each.before[0].text, each.after[0].text, work) for each in issues.reworded
        ),
        moves=named_moves(moves, [section.name for section in sections]),
        unread_lists=() if summary.is_same else unread_lists(before.issues, after.issues),
        lists_added=_actor_lists(issues.lists_added),
        lists_removed=_actor_lists(issues.lists_dropped),
        issues_unmatched=() if summary.is_same else _unmatched(before, after, issues),
        stock=_changed_stock(before, after, work),
    )


def _actor_lists(lists: Sequence[ScopedIssues]) -> tuple[ActorList, ...]:
    return tuple(
        ActorList(each.about, tuple(issue.text for issue in each.issues)) for each in lists
    )


def _unmatched(before: Reading, after: Reading, issues: IssueChanges) -> tuple[str, ...]:
    if issues.is_known:
        gone, came = issues.unmatched_before, issues.unmatched_after
    else:
        gone, came = before.issues.items, after.issues.items
    return (*_missing(gone, after), *_missing(came, before))


def _missing(issues: Sequence[Issue], other: Reading) -> Iterator[str]:
    said = folded(" ".join(other.blocks))
    return (issue.text for issue in issues if folded(issue.text) not in said)


def _changed_stock(before: Reading, after: Reading, work: Work) -> tuple[StockChange, ...]:
    if before.blocks == after.blocks:
        return ()
    stock = compare_stock(before, after, work)
    return tuple(change for change in stock if not change.is_literal)


def named_moves(moves: Iterable[Move], sections: Sequence[str]) -> tuple[Moved, ...]:
    """Say of moves between a summary and sections of these names from where to where they went."""
    return tuple(
        Moved(
            move.number,
            move.words,
            move.paragraphs,
            _place(move.before, sections),
            _place(move.after, sections),
        )
        for move in moves
    )


def _place(spot: Spot, sections: Sequence[str]) -> str:
    """Say where a paragraph is; the first block of a section is its heading."""
    if not spot.text:
        return f"{SUMMARY_NAME}, paragraph {spot.paragraph + 1}"
    name = sections[spot.text - 1]
    return f"{name}, paragraph {spot.paragraph}" if spot.paragraph else f"{name}, its heading"


def _reworded(before: str, after: str, work: Work) -> Reworded:
    compared, _ = compare_texts([[before]], [[after]], work)
    pieces = (piece for paragraph in compared[0].paragraphs for piece in paragraph)
    return Reworded(before, after, tuple(pieces))


def unified_text(comparison: Comparison) -> str:
    """Return the comparison for a terminal: ``[-removed-]`` and ``{+added+}``, as wdiff does.

    Marks that stand in the compared text itself are shown with a backslash before them.
    """
    return "\n\n".join(marked_text(paragraph) for paragraph in comparison.paragraphs)


def _section(
    before: Section | None, after: Section | None, comparison: Comparison
) -> SectionComparison:
    named = after or before
    return SectionComparison(
        number=named.number if named else "",
        heading_before=before.heading if before else None,
        heading_after=after.heading if after else None,
        comparison=comparison,
    )
