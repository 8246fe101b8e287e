"""Find paragraphs that changed places, so that they are neither removed nor added words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from reports.compare.alignment import Work
from reports.text.canonical import words

FEWEST_WORDS = 8
"""A shorter paragraph moves from text to text only together with a longer neighbour: sub-headings
and stock phrases are said anew elsewhere."""

_ALIKE = 0.75  # share of its words that a paragraph keeps when it is edited while it moves
_MOST_LIKENESSES = 2000  # pairs; more paragraphs than that without a twin are a rewriting


class Spot(NamedTuple):
    """A paragraph's place: the index of its text, and its own within that text."""

    text: int
    paragraph: int


class Pair(NamedTuple):
    """The same paragraph before and after; ``weight`` counts its words."""

    before: Spot
    after: Spot
    weight: int


class MovedBlocks(NamedTuple):
    """Neighbouring paragraphs that moved together, in the order in which they now stand."""

    pairs: tuple[Pair, ...]


Texts = Sequence[Sequence[str]]


def find_moves(before: Texts, after: Texts, work: Work) -> list[MovedBlocks]:
    """Return what moved within and between texts that are laid over each other one by one.

    Exact twins are found wherever they are; a paragraph that was edited as well is found where
    few are without a twin. Where paragraphs changed places, the fewest words count as moved.
    """
    differing = [n for n, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    old, new = _spots(before, differing), _spots(after, differing)
    if not (old and new):
        return []
    pairs = _twins(old, new) + _alike(old, new, work)
    moved = _out_of_order(pairs)
    if not moved:
        return []
    stayed = {pair.before for pair in pairs}, {pair.after for pair in pairs}
    return _runs([*moved, *_neighbours(moved, before, after, *stayed)])


_Spots = dict[str, list[Spot]]


def _spots(texts: Texts, differing: Iterable[int]) -> _Spots:
    found: _Spots = {}
    for number in differing:
        for index, block in enumerate(texts[number]):
            if not block.strip(" "):
                continue
            found.setdefault(block, []).append(Spot(number, index))
    return found


def _twins(old: _Spots, new: _Spots) -> list[Pair]:
    """Pair the paragraphs that stand exactly once on either side."""
    return [
        Pair(spots[0], new[block][0], _word_count(block))
        for block, spots in old.items()
        if len(spots) == 1
        and len(new.get(block, ())) == 1
        and (spots[0].text == new[block][0].text or _is_long(block))
    ]


def _alike(old: _Spots, new: _Spots, work: Work) -> list[Pair]:
    """Pair the paragraphs without a twin that are each other's nearest."""
    gone = [block for block in old if block not in new and _is_long(block)]
    came = [block for block in new if block not in old and _is_long(block)]
    if not 0 < len(gone) * len(came) <= _MOST_LIKENESSES:
        return []
    letters = _letters([*gone, *came])
    nearest: dict[str, tuple[float, str]] = {}
    for one in gone:
        for other in came:
            if not work.allows(len(letters[one]), len(letters[other])):
                return []
            score = LCSseq.normalized_similarity(letters[one], letters[other], score_cutoff=_ALIKE)
            for block, partner in ((one, other), (other, one)):
                if score > nearest.get(block, (0.0, ""))[0]:
                    nearest[block] = (score, partner)
    return [
        Pair(old[one][0], new[other][0], _word_count(other))
        for one in gone
        if one in nearest and nearest[other := nearest[one][1]][1] == one
    ]


def _letters(blocks: Iterable[str]) -> dict[str, str]:
    """Write each paragraph with one character a word."""
    numbers = count()
    alphabet: dict[str, str] = {}
    written = {}
    for block in blocks:
        for word in block.split(" "):
            if word not in alphabet:
                alphabet[word] = chr(min(next(numbers), 0x10FFFF))
        written[block] = "".join(map(alphabet.__getitem__, block.split(" ")))
    return written


def _is_long(block: str) -> bool:
    return block.count(" ") >= FEWEST_WORDS - 1 and _word_count(block) >= FEWEST_WORDS


def _word_count(block: str) -> int:
    return len(words([block]))


def _out_of_order(pairs: Sequence[Pair]) -> list[Pair]:
    """Return the pairs that changed text, or overtook heavier ones within theirs."""
    moved = [pair for pair in pairs if pair.before.text != pair.after.text]
    by_text: dict[int, list[Pair]] = {}
    for pair in pairs:
        if pair.before.text == pair.after.text:
            by_text.setdefault(pair.before.text, []).append(pair)
    for within in by_text.values():
        within.sort()
        kept = _heaviest_in_order(within)
        moved += [pair for pair in within if pair not in kept]
    return moved


def _heaviest_in_order(pairs: Sequence[Pair]) -> set[Pair]:
    """Return the pairs of most words whose order is the same on both sides.

    ``fronts`` holds, for ever later ends, the heaviest chain that ends there: one that ends later
    and weighs no more is dropped.
    """
    ends: list[int] = []
    fronts: list[tuple[int, _Chain]] = []
    for pair in pairs:
        end = pair.after.paragraph
        place = bisect_right(ends, end)
        weight, chain = fronts[place - 1] if place else (0, None)
        weight += pair.weight
        last = place
        while last < len(ends) and fronts[last][0] <= weight:
            last += 1
        ends[place:last] = [end]
        fronts[place:last] = [(weight, (pair, chain))]
    return set(_unlinked(fronts[-1][1])) if fronts else set()


_Chain = tuple[Pair, "_Chain"] | None


def _unlinked(chain: _Chain) -> Iterator[Pair]:
    while chain:
        pair, chain = chain
        yield pair


def _neighbours(
    moved: Iterable[Pair], before: Texts, after: Texts, old_taken: set[Spot], new_taken: set[Spot]
) -> Iterator[Pair]:
    """Yield equal paragraphs beside the moved ones: the short ones and those not unique."""
    for pair in moved:
        for step in (-1, 1):
            old, new = pair.before, pair.after
            while True:
                old = Spot(old.text, old.paragraph + step)
                new = Spot(new.text, new.paragraph + step)
                block = _block(before, old)
                is_same = block and block == _block(after, new)
                if not is_same or old in old_taken or new in new_taken:
                    break
                old_taken.add(old)
                new_taken.add(new)
                yield Pair(old, new, _word_count(block))


def _block(texts: Texts, spot: Spot) -> str:
    blocks = texts[spot.text]
    return blocks[spot.paragraph].strip(" ") if 0 <= spot.paragraph < len(blocks) else ""


def _runs(pairs: Sequence[Pair]) -> list[MovedBlocks]:
    runs: list[list[Pair]] = []
    for pair in sorted(pairs, key=lambda each: each.after):
        if runs and _follows(pair, runs[-1][-1]):
            runs[-1].append(pair)
        else:
            runs.append([pair])
    return [MovedBlocks(tuple(run)) for run in runs]


def _follows(pair: Pair, last: Pair) -> bool:
    return _next(last.before) == pair.before and _next(last.after) == pair.after


def _next(spot: Spot) -> Spot:
    return Spot(spot.text, spot.paragraph + 1)
