"""Match the sections of two editions across renamed headings, or see that the outline changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reports.compare.alignment import Text, Work, matches
from reports.model.reading import Reading, Section

UNBROKEN = 5
"""Words in a row that must be the same to count as kept: shorter runs are mere grammar."""

_ALIKE = 0.6  # least likeness of two headings of one section
_MATCHED = 0.5  # share of the words below matched headings, less means another outline
_MOST_SECTIONS = 60  # on either side; beyond that only equal headings are matched
_WORD = re.compile(r"[^\W_]+")
_STEM = 6
_LETTERED = re.compile(r"^(?:section \d+\.?|[a-z0-9]{1,2}[.)]) +", re.I)
_SMALL = frozenset(
    re.findall(r"\w+", "a an and as by for from in including of on or the to toward towards with")
)


class SectionState(StrEnum):
    """What became of a section."""

    KEPT = "kept"
    RENAMED = "renamed"
    NEW = "new"
    GONE = "gone"
    UNREAD = "unread"  # no section of the other edition was read: nothing is new or gone


@dataclass(frozen=True)
class SectionChange:
    """One section in both editions, None if an edition has none of it.

    ``words_kept`` are the older section's words that stand in the newer one in unbroken runs of
    `UNBROKEN` or more. The subheadings are those that only one edition has. ``is_unread`` says that
    no section at all was read of the edition that has none of it.
    """

    before: Section | None
    after: Section | None
    words_kept: int = 0
    subheadings_gone: tuple[str, ...] = ()
    subheadings_new: tuple[str, ...] = ()
    is_unread: bool = False

    @property
    def state(self) -> SectionState:
        """Say what became of it."""
        if self.is_unread:
            return SectionState.UNREAD
        if self.before is None:
            return SectionState.NEW
        if self.after is None:
            return SectionState.GONE
        is_same = _plain(self.before.heading) == _plain(self.after.heading)
        return SectionState.KEPT if is_same else SectionState.RENAMED

    @property
    def share_kept(self) -> float | None:
        """The share of the older section's words kept; None if it is in one edition only."""
        if not (self.before and self.after and self.before.word_count):
            return None
        return self.words_kept / self.before.word_count


@dataclass(frozen=True)
class OutlineChange:
    """What became of all sections.

    If ``is_other_outline``, the two outlines are too different to be matched: no section is
    compared, and the kept words and the subheadings are those of the reports as wholes.
    """

    is_other_outline: bool
    sections: tuple[SectionChange, ...]
    words_kept: int
    subheadings_gone: tuple[str, ...] = ()
    subheadings_new: tuple[str, ...] = ()

    @property
    def is_unread(self) -> bool:
        """Whether no section of one edition was read, so that none is compared."""
        return any(each.is_unread for each in self.sections)


def match_sections(before: Reading, after: Reading, work: Work) -> OutlineChange:
    """Match sections by heading, then by number; guard against an outline that is another one."""
    if not (before.sections and after.sections):
        return OutlineChange(False, _unread(before.sections, after.sections), words_kept=0)
    pairs = _by_heading(before.sections, after.sections)
    if not _is_same_outline(before.sections, after.sections, pairs):
        apart = _apart(before.sections, after.sections, work)
        if not _is_same_text(before.sections, after.sections, apart.words_kept):
            return apart
    _by_number(before.sections, after.sections, pairs)
    sections = tuple(_changes(before.sections, after.sections, pairs, work))
    return OutlineChange(
        False,
        sections,
        words_kept=sum(each.words_kept for each in sections),
        subheadings_gone=tuple(name for each in sections for name in each.subheadings_gone),
        subheadings_new=tuple(name for each in sections for name in each.subheadings_new),
    )


def _unread(before: Sequence[Section], after: Sequence[Section]) -> tuple[SectionChange, ...]:
    """Return the sections of the one edition of which any were read."""
    return (
        *(SectionChange(each, None, is_unread=True) for each in before),
        *(SectionChange(None, each, is_unread=True) for each in after),
    )


_Pairs = dict[int, int]
"""Places of older sections and of their counterparts."""


def _by_heading(before: Sequence[Section], after: Sequence[Section]) -> _Pairs:
    old, new = ([_stems(section.heading) for section in side] for side in (before, after))
    if len(old) > _MOST_SECTIONS or len(new) > _MOST_SECTIONS:
        return _by_equal_heading(before, after)
    found = [
        (-_dice(one, other), before[i].number != after[j].number, abs(i - j), i, j)
        for i, one in enumerate(old)
        for j, other in enumerate(new)
        if _dice(one, other) >= _ALIKE
    ]
    pairs: _Pairs = {}
    for *_, i, j in sorted(found):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return pairs


def _by_equal_heading(before: Sequence[Section], after: Sequence[Section]) -> _Pairs:
    places: dict[str, list[int]] = {}
    for place in reversed(range(len(after))):
        places.setdefault(_plain(after[place].heading), []).append(place)
    found = ((i, places.get(_plain(section.heading))) for i, section in enumerate(before))
    return {i: same.pop() for i, same in found if same}


def _is_same_outline(before: Sequence[Section], after: Sequence[Section], pairs: _Pairs) -> bool:
    return min(_share(before, pairs.keys()), _share(after, pairs.values())) >= _MATCHED


def _is_same_text(before: Sequence[Section], after: Sequence[Section], words_kept: int) -> bool:
    """Return whether the headings are new, but most of the words below them are not."""
    words = max(sum(section.word_count for section in side) for side in (before, after))
    return words_kept >= words * _MATCHED and words_kept > 0


def _share(sections: Sequence[Section], matched: Iterable[int]) -> float:
    """Return which share of the words stands below matched headings."""
    total = sum(section.word_count for section in sections)
    return sum(sections[place].word_count for place in matched) / total if total else 1.0


def _by_number(before: Sequence[Section], after: Sequence[Section], pairs: _Pairs) -> None:
    """Match what is left if it has the same number, in an outline that is otherwise kept."""
    taken = set(pairs.values())
    numbers = {s.number: j for j, s in enumerate(after) if s.number and j not in taken}
    for i, section in enumerate(before):
        if i not in pairs and section.number in numbers:
            pairs[i] = numbers.pop(section.number)


def _changes(
    before: Sequence[Section], after: Sequence[Section], pairs: _Pairs, work: Work
) -> Iterable[SectionChange]:
    """Yield the changes in the newer outline's order, what is gone after its predecessor."""
    partner = {j: i for i, j in pairs.items()}
    gone = [i for i in range(len(before)) if i not in pairs]
    for j, section in enumerate(after):
        if j not in partner:
            yield SectionChange(None, section)
            continue
        while gone and gone[0] < partner[j]:
            yield SectionChange(before[gone.pop(0)], None)
        yield _matched(before[partner[j]], section, work)
    for i in gone:
        yield SectionChange(before[i], None)


def _matched(before: Section, after: Section, work: Work) -> SectionChange:
    gone, new = _subheadings_apart(_subheadings([before]), _subheadings([after]))
    return SectionChange(before, after, _words_kept(before.blocks, after.blocks, work), gone, new)


def _apart(before: Sequence[Section], after: Sequence[Section], work: Work) -> OutlineChange:
    old, new = ([block for s in side for block in s.blocks] for side in (before, after))
    headings = [[s.heading for s in side] for side in (before, after)]
    gone, came = _subheadings_apart(_subheadings(before), _subheadings(after), *headings)
    sections = (
        *(SectionChange(section, None) for section in before),
        *(SectionChange(None, section) for section in after),
    )
    return OutlineChange(True, sections, _words_kept(old, new, work), gone, came)


def _words_kept(before: Sequence[str], after: Sequence[str], work: Work) -> int:
    runs = matches(Text.of(before), Text.of(after), work)
    return sum(run.length for run in runs if run.length >= UNBROKEN)


def _subheadings(sections: Iterable[Section]) -> list[str]:
    return [
        section.blocks[place]
        for section in sections
        for place in section.subheadings
        if place < len(section.blocks)
    ]


def _subheadings_apart(
    before: Sequence[str],
    after: Sequence[str],
    also_before: Sequence[str] = (),
    also_after: Sequence[str] = (),
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the subheadings of each side alone; the others' headings may be counterparts too."""
    return _unlike(before, [*after, *also_after]), _unlike(after, [*before, *also_before])


def _unlike(names: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """Return the names that no other one resembles."""
    known = {_plain(other) for other in others}
    left = [name for name in dict.fromkeys(names) if _plain(name) not in known]
    if len(left) * len(known) > _MOST_SECTIONS * _MOST_SECTIONS:
        return tuple(left)
    stems = [_stems(other) for other in known]
    return tuple(name for name in left if not any(_is_alike(_stems(name), each) for each in stems))


def _is_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Return whether two subheadings resemble each other, or one says the other and more."""
    within = min(one, other, key=len)
    is_telling = len(within) > 1 or any(len(stem) == _STEM for stem in within)
    return _dice(one, other) >= _ALIKE or (is_telling and within <= one & other)


def _plain(heading: str) -> str:
    """Return a heading without its number or letter, capitals and end marks."""
    return _LETTERED.sub("", heading).casefold().strip(" .:;")


def _stems(heading: str) -> frozenset[str]:
    found = [word for word in _WORD.findall(_plain(heading)) if word not in _SMALL]
    return frozenset(word[:_STEM] for word in found or _WORD.findall(_plain(heading)))


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    total = len(one) + len(other)
    return 2 * len(one & other) / total if total else 0.0
