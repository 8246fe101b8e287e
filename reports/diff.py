"""Compare two texts, or two readings of a report, word by word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from reports.alignment import Gap, Text, Work, align, gaps, opcodes
from reports.canonical import words
from reports.model import Issue, IssueStatus, Reading, Section

DEADLINE = 0.01
"""Seconds of alignment one comparison may cost; see `compare_blocks`."""

SUMMARY_NAME = "Executive Summary"


class Op(StrEnum):
    """What became of the words of a piece."""

    EQUAL = "equal"
    DELETE = "delete"
    INSERT = "insert"


class Piece(NamedTuple):
    """Whole words that share one fate, joined by single spaces."""

    op: Op
    text: str


@dataclass(frozen=True)
class Comparison:
    """Two texts laid over each other, in the paragraphs a reader should see.

    Without the INSERT pieces the words are those of the old text, without the DELETE pieces those
    of the new one. ``words_added`` and ``words_removed`` count the words so marked.
    """

    paragraphs: tuple[tuple[Piece, ...], ...]
    words_added: int
    words_removed: int

    @property
    def is_same(self) -> bool:
        """Tell whether both texts have the same words; paragraph borders do not count."""
        return not (self.words_added or self.words_removed)


@dataclass(frozen=True)
class SectionComparison:
    """One section before and after; a heading is None where the section does not exist.

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
        heading = heading or ""
        if not self.number or heading.casefold().startswith("section"):
            return heading or "an untitled section"
        return f"Section {self.number}. {heading}".rstrip(". ")


@dataclass(frozen=True)
class ReadingComparison:
    """Two readings of one report laid over each other."""

    summary: Comparison
    sections: tuple[SectionComparison, ...]
    issues_added: tuple[str, ...] = ()
    issues_removed: tuple[str, ...] = ()

    @cached_property
    def words_added(self) -> int:
        """Count the words marked as added, in the summary and all sections."""
        return sum(c.words_added for _, c in self._places())

    @cached_property
    def words_removed(self) -> int:
        """Count the words marked as removed, in the summary and all sections."""
        return sum(c.words_removed for _, c in self._places())

    @property
    def is_same(self) -> bool:
        """Tell whether summary and sections have the same words in the same order."""
        return not (self.words_added or self.words_removed)

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
    return _compare(before, after, Work.within(deadline))


def compare_readings(
    before: Reading, after: Reading, deadline: float | None = DEADLINE
) -> ReadingComparison:
    """Compare two readings: summary with summary, each section with its counterpart."""
    work = Work.within(deadline)
    gone, new = _issues_apart(before, after)
    return ReadingComparison(
        summary=_compare(before.blocks, after.blocks, work),
        sections=tuple(
            _compare_sections(old, young, work)
            for old, young in _pairs(before.sections, after.sections)
        ),
        issues_added=new,
        issues_removed=gone,
    )


def unified_text(comparison: Comparison) -> str:
    """Return the comparison for a terminal: ``[-removed-]`` and ``{+added+}``, as wdiff does.

    Marks that stand in the compared text itself are shown with a backslash before them.
    """
    return "\n\n".join(marked_text(paragraph) for paragraph in comparison.paragraphs)


def marked_text(pieces: Iterable[Piece], show: Callable[[Piece], str] = lambda p: p.text) -> str:
    """Return one paragraph with wdiff marks; ``show`` may alter how a piece's words appear."""
    marks = {Op.EQUAL: "{}", Op.DELETE: "[-{}-]", Op.INSERT: "{{+{}+}}"}
    return " ".join(marks[piece.op].format(_unmarked(show(piece))) for piece in pieces)


def _unmarked(text: str) -> str:
    for mark in ("[-", "-]", "{+", "+}"):
        text = text.replace(mark, "\\" + mark)
    return text


def _compare(before: Sequence[str], after: Sequence[str], work: Work) -> Comparison:
    old, new = Text.of(before), Text.of(after)
    layout = _Layout(old, new)
    if old.words == new.words:
        layout.add_equal(0, len(new.words))
        return Comparison(layout.paragraphs(), 0, 0)
    added = removed = 0
    for gap, run in gaps(align(old, new, work), old, new):
        layout.add_gap(gap)
        layout.add_equal(run.after, run.after + run.length, run.before)
        added += gap.added
        removed += gap.removed
    return Comparison(layout.paragraphs(), added, removed)


@dataclass
class _Layout:
    """Lay pieces out in the new text's paragraphs, deleted ones keeping their own."""

    old: Text
    new: Text
    _done: list[tuple[Piece, ...]] = field(default_factory=list)
    _open: list[Piece] = field(default_factory=list)

    def paragraphs(self) -> tuple[tuple[Piece, ...], ...]:
        """Close the last paragraph and return them all."""
        self._break()
        return tuple(self._done)

    def add_gap(self, gap: Gap) -> None:
        """Add what went and what came, the new words beside the old they replace."""
        deleted = self.old.paragraph_cuts(gap.before, gap.before_end)
        for start, end in _filled(deleted):
            self._add(Op.DELETE, self.old, start, end, self.old.begins_paragraph(start))
        is_inline = len(deleted) == 2 or not self.old.begins_paragraph(gap.before_end)
        for start, end in _filled(self.new.paragraph_cuts(gap.after, gap.after_end)):
            breaks = self.new.begins_paragraph(start) and not (is_inline and self._only_deleted)
            self._add(Op.INSERT, self.new, start, end, breaks)

    def add_equal(self, start: int, end: int, old_start: int = 0) -> None:
        """Add the new text's words from ``start`` to ``end``, which stood at ``old_start``."""
        for first, last in _filled(self.new.paragraph_cuts(start, end)):
            breaks = self.new.begins_paragraph(first) and (
                not self._only_deleted or self.old.begins_paragraph(old_start)
            )
            self._add(Op.EQUAL, self.new, first, last, breaks)

    @property
    def _only_deleted(self) -> bool:
        return bool(self._open) and all(piece.op is Op.DELETE for piece in self._open)

    def _add(self, op: Op, text: Text, start: int, end: int, breaks: bool) -> None:
        if breaks:
            self._break()
        self._open.append(Piece(op, " ".join(text.words[start:end])))

    def _break(self) -> None:
        if self._open:
            self._done.append(tuple(self._open))
            self._open.clear()


def _filled(cuts: list[int]) -> Iterator[tuple[int, int]]:
    return ((start, end) for start, end in pairwise(cuts) if start < end)


def _compare_sections(
    before: Section | None, after: Section | None, work: Work
) -> SectionComparison:
    named = after or before
    return SectionComparison(
        number=named.number if named else "",
        heading_before=before.heading if before else None,
        heading_after=after.heading if after else None,
        comparison=_compare(_all_blocks(before), _all_blocks(after), work),
    )


def _all_blocks(section: Section | None) -> tuple[str, ...]:
    return (section.heading, *section.blocks) if section else ()


_SectionPair = tuple[Section | None, Section | None]


def _pairs(before: Sequence[Section], after: Sequence[Section]) -> list[_SectionPair]:
    """Pair sections without ever crossing: a moved section is one removed and one added.

    Same headings first, then same numbers between those, then plain order where as many are left
    on both sides.
    """
    return _paired(before, after, [lambda s: s.heading.casefold(), lambda s: s.number])


def _paired(
    before: Sequence[Section], after: Sequence[Section], keys: list[Callable[[Section], str]]
) -> list[_SectionPair]:
    if not keys:
        if len(before) == len(after):
            return list(zip(before, after, strict=True))
        return [(old, None) for old in before] + [(None, new) for new in after]
    key = keys[0]
    pairs: list[_SectionPair] = []
    aligned = opcodes([key(s) for s in before], [key(s) for s in after])
    for is_equal, i1, i2, j1, j2 in aligned:
        if is_equal:
            pairs += zip(before[i1:i2], after[j1:j2], strict=True)
        else:
            pairs += _paired(before[i1:i2], after[j1:j2], keys[1:])
    return pairs


def _issues_apart(before: Reading, after: Reading) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the issues that went and that came; none where a list could not be read."""
    if IssueStatus.UNPARSED in (before.issues.status, after.issues.status):
        return (), ()
    old, new = before.issues.items, after.issues.items
    return _missing_from(new, old), _missing_from(old, new)


def _missing_from(others: Sequence[Issue], issues: Sequence[Issue]) -> tuple[str, ...]:
    known = {_folded(issue.text) for issue in others}
    return tuple(issue.text for issue in issues if _folded(issue.text) not in known)


def _folded(text: str) -> str:
    return " ".join(words([text])).casefold().strip(" .,;:")
