"""Find which words of one text stayed in another: paragraphs first, then sentences, then words."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, count, pairwise
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

CELLS_PER_SECOND = 20_000_000_000
"""Pairs of words rapidfuzz compares in a second, measured on two slow cores."""

_MOST_WORDS = 0x80000  # each distinct one becomes a character, of which there are 0x110000
_ENDERS_FROM = 0x80000  # words that end a sentence or clause get characters from here on
_ENDER = re.compile(f"[{chr(_ENDERS_FROM)}-{chr(0x10FFFF)}]")
_FARTHEST_SLIDE = 60  # words; longer repetitions than this are not prose
_LINKING_WORDS = frozenset(
    re.findall(
        r"\w+",
        """a an and are as at be by for from had has have in into is it its of on or that the their
        there these this those to was were which who with""",
    )
)


class Match(NamedTuple):
    """``length`` words that stayed: at ``before`` in the old text, at ``after`` in the new."""

    before: int
    after: int
    length: int


class Gap(NamedTuple):
    """What stands between two runs: old words ``before:before_end``, new ``after:after_end``."""

    before: int
    before_end: int
    after: int
    after_end: int

    @property
    def removed(self) -> int:
        """Count the old words that went."""
        return self.before_end - self.before

    @property
    def added(self) -> int:
        """Count the new words that came."""
        return self.after_end - self.after


@dataclass(frozen=True)
class Text:
    """The words of a text, and the indexes of those that begin a paragraph."""

    words: list[str]
    starts: list[int]

    @cached_property
    def _borders(self) -> frozenset[int]:
        return frozenset((*self.starts, len(self.words)))

    @classmethod
    def of(cls, blocks: Iterable[str]) -> Text:
        """Split canonical blocks into words; blocks without words leave no trace."""
        words: list[str] = []
        starts: list[int] = []
        for block in blocks:
            found = block.split(" ")
            if "  " in block or not (found[0] and found[-1]):
                found = [word for word in found if word]
            if found:
                starts.append(len(words))
                words.extend(found)
        return cls(words, starts)

    def begins_paragraph(self, index: int) -> bool:
        """Return whether a paragraph begins at the word ``index``, or the text ends there."""
        return index in self._borders

    def paragraph_cuts(self, start: int, end: int) -> list[int]:
        """Return ``start``, the paragraph borders between, and ``end``."""
        inner = self.starts[bisect_left(self.starts, start + 1) : bisect_left(self.starts, end)]
        return [start, *inner, end]


@dataclass
class Work:
    """How many pairs of units may still be compared; counted, so that results never vary."""

    cells: int = field()

    @classmethod
    def within(cls, seconds: float | None) -> Work:
        """Turn a deadline into a fixed amount of work; None means without limit of time."""
        return cls(1 << 62 if seconds is None else max(0, int(seconds * CELLS_PER_SECOND)))

    def allows(self, before: int, after: int) -> bool:
        """Take ``before`` x ``after`` comparisons from the budget, or refuse them."""
        if before * after > self.cells:
            return False
        self.cells -= before * after
        return True


Opcode = tuple[bool, int, int, int, int]
"""Whether a stretch is equal, its start and end before, its start and end after."""


def align(before: Text, after: Text, work: Work) -> list[Match]:
    """Return the runs of words that stayed, in order, ready for reading.

    Where ``work`` does not suffice for a stretch, it counts as replaced as a whole.
    """
    return _without_islands(_slid(matches(before, after, work), before, after), before, after)


def matches(before: Text, after: Text, work: Work) -> list[Match]:
    """Return the runs of words that stayed, in order, as they were found: for counting."""
    if len(before.words) + len(after.words) > _MOST_WORDS:
        return []
    return _joined(_Search(before, after, work).runs())


def gaps(runs: Sequence[Match], before: Text, after: Text) -> Iterator[tuple[Gap, Match]]:
    """Yield what precedes each run, and the run; last what follows them all, with an empty run."""
    i = j = 0
    for run in (*runs, Match(len(before.words), len(after.words), 0)):
        yield Gap(i, run.before, j, run.after), run
        i, j = run.before + run.length, run.after + run.length


def opcodes(before: Sequence[str], after: Sequence[str]) -> list[Opcode]:
    """Align two sequences of texts by their longest common subsequence."""
    table = _alphabet(before, after)
    return _opcodes("".join(map(table.__getitem__, before)), "".join(map(table.__getitem__, after)))


def _alphabet(before: Sequence[str], after: Sequence[str]) -> dict[str, str]:
    """Give each distinct text a character of its own: exact, and three times as fast as hashes."""
    return dict(zip(dict.fromkeys(chain(before, after)), map(chr, count()), strict=False))


def _opcodes(before: str, after: str) -> list[Opcode]:
    found: list[Opcode] = []
    i = j = 0
    for same in LCSseq.editops(before, after).as_matching_blocks():
        if same.a > i or same.b > j:
            found.append((False, i, same.a, j, same.b))
        i, j = same.a + same.size, same.b + same.size
        if same.size:
            found.append((True, same.a, i, same.b, j))
    return found


class _Search:
    """Look for what stayed, with every word written as one character."""

    def __init__(self, before: Text, after: Text, work: Work) -> None:
        distinct = dict.fromkeys(chain(before.words, after.words))
        table = {
            word: chr(n + _ENDERS_FROM if word[-1] in ".;:?!" else n)
            for n, word in enumerate(distinct)
        }
        self._texts = before, after
        self._old = "".join(map(table.__getitem__, before.words))
        self._new = "".join(map(table.__getitem__, after.words))
        self._work = work
        self._found: list[Match] = []

    def runs(self) -> list[Match]:
        """Return the runs in order; what both texts begin and end with is never searched."""
        head = _common(self._old, self._new)
        tail = _common(self._old[head:][::-1], self._new[head:][::-1])
        old_end, new_end = len(self._old) - tail, len(self._new) - tail
        self._found = [Match(0, 0, head)]
        if head < old_end and head < new_end:
            self._match_paragraphs(Gap(head, old_end, head, new_end))
        return [*self._found, Match(old_end, new_end, tail)]

    def _match_paragraphs(self, gap: Gap) -> None:
        before, after = self._texts
        self._match_units(
            before.paragraph_cuts(gap.before, gap.before_end),
            after.paragraph_cuts(gap.after, gap.after_end),
            self._match_sentences,
        )

    def _match_sentences(self, gap: Gap) -> None:
        self._match_units(
            _sentence_cuts(self._old, gap.before, gap.before_end),
            _sentence_cuts(self._new, gap.after, gap.after_end),
            self._match_words,
        )

    def _match_units(
        self, old: list[int], new: list[int], look_closer: Callable[[Gap], None]
    ) -> None:
        aligned = [(False, 0, len(old) - 1, 0, len(new) - 1)]
        if min(len(old), len(new)) > 2 and self._work.allows(len(old), len(new)):
            aligned = opcodes(_units(self._old, old), _units(self._new, new))
        for is_equal, i1, i2, j1, j2 in aligned:
            if is_equal:
                self._found.append(Match(old[i1], new[j1], old[i2] - old[i1]))
            elif i1 < i2 and j1 < j2:
                look_closer(Gap(old[i1], old[i2], new[j1], new[j2]))

    def _match_words(self, gap: Gap) -> None:
        if not self._work.allows(gap.removed, gap.added):
            return
        i, j = gap.before, gap.after
        old, new = self._old[i : gap.before_end], self._new[j : gap.after_end]
        for same in LCSseq.editops(old, new).as_matching_blocks():
            self._found.append(Match(i + same.a, j + same.b, same.size))


def _sentence_cuts(letters: str, start: int, end: int) -> list[int]:
    inner = [found.end() for found in _ENDER.finditer(letters, start, end - 1)]
    return [start, *inner, end]


def _units(letters: str, cuts: list[int]) -> list[str]:
    return [letters[start:end] for start, end in pairwise(cuts)]


def _common(before: str, after: str) -> int:
    """Count the characters both begin with, by halving."""
    low, high = 0, min(len(before), len(after))
    while low < high:
        middle = (low + high + 1) // 2
        if before[low:middle] == after[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _joined(runs: Iterable[Match]) -> list[Match]:
    """Join runs that touch on both sides; drop empty ones."""
    joined: list[Match] = []
    for run in filter(lambda r: r.length, runs):
        last = joined[-1] if joined else Match(0, 0, 0)
        ends = (last.before + last.length, last.after + last.length)
        if joined and ends == (run.before, run.after):
            joined[-1] = Match(last.before, last.after, last.length + run.length)
        else:
            joined.append(run)
    return joined


def _slid(runs: list[Match], before: Text, after: Text) -> list[Match]:
    """Move pure deletions and insertions to the nearest border of a sentence or clause.

    "A; [B; A;] C" and "A; B; [A; C]" may be the same edit: people read whole clauses.
    """
    slid = [Match(0, 0, 0), *runs, Match(len(before.words), len(after.words), 0)]
    for n in range(1, len(slid)):
        left, right = slid[n - 1], slid[n]
        gap = Gap(left.before + left.length, right.before, left.after + left.length, right.after)
        if gap.removed and gap.added:
            continue
        if gap.removed:
            shift = _best_shift(before, gap.before, gap.before_end, left.length, right.length)
        else:
            shift = _best_shift(after, gap.after, gap.after_end, left.length, right.length)
        if not shift:
            continue
        slid[n - 1] = Match(left.before, left.after, left.length + shift)
        slid[n] = Match(right.before + shift, right.after + shift, right.length - shift)
    return [run for run in slid if run.length]


def _best_shift(text: Text, start: int, end: int, left_room: int, right_room: int) -> int:
    words = text.words
    shifts = [0]
    for shift in range(1, min(left_room, _FARTHEST_SLIDE) + 1):
        if words[start - shift] != words[end - shift]:
            break
        shifts.append(-shift)
    for shift in range(min(right_room, _FARTHEST_SLIDE)):
        if words[start + shift] != words[end + shift]:
            break
        shifts.append(shift + 1)
    if len(shifts) == 1:
        return 0
    return max(shifts, key=lambda s: (_rest(text, start + s) + _rest(text, end + s), -abs(s)))


def _rest(text: Text, index: int) -> int:
    """Say how much of a rest a reader takes before the word ``index``."""
    if index == 0 or text.begins_paragraph(index):
        return 4
    return {".": 3, "?": 3, "!": 3, ";": 2, ":": 2, ",": 1}.get(text.words[index - 1][-1], 0)


def _without_islands(runs: list[Match], before: Text, after: Text) -> list[Match]:
    """Drop runs of one or two words that only break up what a reader sees as one rewording."""
    kept: list[Match] = []
    around = list(gaps(runs, before, after))
    left = around[0][0]
    for (_, run), (right, _) in pairwise(around):
        if _is_island(before.words[run.before : run.before + run.length], left, right):
            left = Gap(left.before, right.before_end, left.after, right.after_end)
        else:
            kept.append(run)
            left = right
    return kept


def _is_island(words: list[str], left: Gap, right: Gap) -> bool:
    """Judge a run: a pure deletion or insertion must never come to look like a replacement."""
    if len(words) > 2 or not (left.removed or left.added) or not (right.removed or right.added):
        return False
    if left.removed and left.added and right.removed and right.added:
        return all(word in _LINKING_WORDS for word in words)
    is_mixed = left.removed + right.removed and left.added + right.added
    return bool(is_mixed) and min(max(g.removed, g.added) for g in (left, right)) >= 4
