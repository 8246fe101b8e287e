"""Lay the texts of a report over each other part by part, as a document tracks changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from reports.compare.alignment import Work
from reports.compare.comparison import Comparison, Move, compare_texts
from reports.compare.diff import (
    DEADLINE,
    Moved,
    Op,
    ReadingComparison,
    Span,
    named_moves,
)
from reports.compare.sections import OutlineChange
from reports.compare.tracked import TrackedParagraph, track
from reports.model.reading import SUMMARY_NAME, Reading, Section
from reports.model.values import WRITTEN_ANEW
from reports.text.canonical import words
from reports.wording.editions import section_name

WHOLE_REPORT = "The whole report"


@dataclass(frozen=True)
class Side:
    """What one text says in a part, and the hash by which that is cited."""

    blocks: tuple[str, ...]
    sha256: str

    @classmethod
    def of_summary(cls, reading: Reading) -> Side:
        """Return an executive summary."""
        return cls(reading.blocks, reading.text_sha256)

    @classmethod
    def of_section(cls, section: Section | None) -> Side | None:
        """Return a section with its heading; None for none."""
        if section is None:
            return None
        return cls((section.heading, *section.blocks), section.section_sha256)


@dataclass(frozen=True)
class Part:
    """One part of a report in both texts, None for a text that does not have it."""

    name: str
    before: Side | None
    after: Side | None

    @property
    def blocks_before(self) -> tuple[str, ...]:
        """The blocks of the earlier text."""
        return self.before.blocks if self.before else ()

    @property
    def blocks_after(self) -> tuple[str, ...]:
        """The blocks of the later text."""
        return self.after.blocks if self.after else ()


@dataclass(frozen=True)
class TrackedPart:
    """A part whose words differ, with its tracked changes.

    ``is_anew`` says that the one text is deleted and the other inserted as a whole, since so
    little was kept.
    """

    part: Part
    paragraphs: tuple[TrackedParagraph, ...]
    words_added: int
    words_removed: int
    words_moved: int = 0
    is_anew: bool = False

    @property
    def fate(self) -> str:
        """What became of the part as a whole: added, removed, or "" if both texts have it."""
        if self.part.before is None:
            return "added"
        return "removed" if self.part.after is None else ""


@dataclass(frozen=True)
class LaidOver:
    """The parts whose words differ, those that are the same, and what moved between them."""

    changed: tuple[TrackedPart, ...]
    unchanged: tuple[Part, ...]
    moves: tuple[Moved, ...] = ()


def lay_over_versions(
    before: Reading, after: Reading, compared: ReadingComparison, *, is_anew: bool
) -> LaidOver:
    """Return two versions of a report laid over each other as they were compared.

    With ``is_anew`` the whole earlier text is deleted and the later one inserted.
    """
    if is_anew:
        sides = [Side(each.all_blocks, each.report_sha256) for each in (before, after)]
        return LaidOver((_replaced(Part(WHOLE_REPORT, *sides)),), ())
    parts = [Part(SUMMARY_NAME, Side.of_summary(before), Side.of_summary(after))]
    old, new = iter(before.sections), iter(after.sections)  # never crossed by the comparison
    for section in compared.sections:
        parts.append(
            Part(
                section.name,
                Side.of_section(None if section.heading_before is None else next(old)),
                Side.of_section(None if section.heading_after is None else next(new)),
            )
        )
    comparisons = [compared.summary, *(section.comparison for section in compared.sections)]
    return _laid_over(parts, comparisons, compared.moves)


def lay_over_editions(before: Reading, after: Reading, outline: OutlineChange) -> LaidOver:
    """Return two editions laid over each other, section by section as these were matched.

    Of an outline that is another one, or was not read, no section is laid over any: then there is
    the summary alone. Parts of which too few words were kept are deleted and inserted as a whole.
    """
    parts = [
        Part(SUMMARY_NAME, Side.of_summary(before), Side.of_summary(after)),
        *_matched_sections(outline),
    ]
    compared, moves = _compare(parts)
    anew = {part for part, each in zip(parts, compared, strict=True) if _is_anew(part, each)}
    if anew:
        compared, moves = _compare(parts, leave_out=anew)
    return _laid_over(parts, compared, named_moves(moves, [each.name for each in parts[1:]]), anew)


def _matched_sections(outline: OutlineChange) -> Iterator[Part]:
    if outline.is_other_outline or outline.is_unread:
        return
    for change in outline.sections:
        sides = (Side.of_section(each) for each in (change.before, change.after))
        yield Part(section_name(change), *sides)


def _compare(
    parts: Sequence[Part], leave_out: Set[Part] = frozenset()
) -> tuple[tuple[Comparison, ...], tuple[Move, ...]]:
    old = [() if part in leave_out else part.blocks_before for part in parts]
    new = [() if part in leave_out else part.blocks_after for part in parts]
    return compare_texts(old, new, Work.within(DEADLINE))


def _is_anew(part: Part, compared: Comparison) -> bool:
    """Return whether so few of the older words were kept that marks between them say little."""
    held = len(words(part.blocks_before))
    kept = held - compared.words_removed
    return bool(held and part.blocks_after) and 100 * kept < WRITTEN_ANEW * held


def _laid_over(
    parts: Sequence[Part],
    compared: Sequence[Comparison],
    moves: tuple[Moved, ...],
    anew: Set[Part] = frozenset(),
) -> LaidOver:
    changed: list[TrackedPart] = []
    unchanged: list[Part] = []
    for part, each in zip(parts, compared, strict=True):
        if part in anew:
            changed.append(_replaced(part))
        elif each.is_same and part.before and part.after:
            unchanged.append(part)
        else:
            changed.append(_tracked(part, each))
    return LaidOver(tuple(changed), tuple(unchanged), moves)


def _tracked(part: Part, compared: Comparison) -> TrackedPart:
    return TrackedPart(
        part,
        track(compared.paragraphs, part.blocks_before, part.blocks_after),
        compared.words_added,
        compared.words_removed,
        compared.words_moved,
    )


def _replaced(part: Part) -> TrackedPart:
    old, new = part.blocks_before, part.blocks_after
    paragraphs = [
        *((Span(Op.DELETE, block),) for block in old if block),
        *((Span(Op.INSERT, block),) for block in new if block),
    ]
    counts = len(words(new)), len(words(old))
    return TrackedPart(part, track(paragraphs, old, new), *counts, is_anew=True)
