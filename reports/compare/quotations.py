"""Find quoted words in a reading, and follow them into another reading of the same report.

A quotation is words of the summary or of one section, across paragraphs if need be. It stands while
its words do, one after the other: neither paragraphs, nor white space and typography, nor what is
added beside it make it another.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from reports.compare.alignment import Text, Work
from reports.compare.carried import Carried
from reports.compare.excerpts import Excerpt, Rows
from reports.compare.following import DEADLINE, next_place
from reports.model.reading import Reading
from reports.text.quoted import folded, folded_words, units

FEWEST_TO_MOVE = 4
"""Words that a quotation has at least if it is known again wherever it stands."""

_LEAST_LIKE = 0.4  # likeness below which a passage is not near a quotation
_LEAST_SHARE = 0.35  # of a sentence's words that must be a quotation's if it is to be of it
_SENTENCE_END = re.compile(r"[.!?][\"')\]]*$")
_TAIL = " ,;:"


@dataclass(frozen=True)
class Quotation:
    """Literal words of a reading, one line a paragraph, and where they stand.

    ``text`` is 0 for the summary, n for section n; ``start`` counts its words. ``part`` names it
    for people. ``count`` says how often the same words stand in the report.
    """

    words: str
    text: int
    start: int
    part: str
    count: int = 1


@dataclass(frozen=True)
class Followed:
    """What became of a quotation in another reading.

    ``before`` are its words in the one it was followed from; ``words`` stand in the other, in
    ``text`` from word ``start`` on. If they are gone, ``nearest`` is the nearest passage that is
    left, ``""`` for none. ``part`` names the part of the report that either stands in.
    """

    before: str
    words: str = ""
    text: int = 0
    start: int = 0
    part: str = ""
    nearest: str = ""

    @property
    def is_gone(self) -> bool:
        """Whether the other reading does not have it."""
        return not self.words


def find_quotation(reading: Reading, quote: str) -> Quotation | None:
    """Return where quoted words stand first in a reading, capitals aside if need be."""
    rows = Rows(reading)
    found = list(_Lines(rows).find(folded_words(quote)))
    found = found or list(_Lines(rows, str.casefold).find(folded_words(quote.casefold())))
    if not found:
        return None
    return replace(_quotation(rows, found[0]), count=len(found))


def nearest_passage(reading: Reading, quote: str) -> Quotation | None:
    """Return the passage, in whole sentences, that has most in common with a quotation."""
    rows = Rows(reading)
    wanted = Counter(_words(quote))
    length = max(1, len(re.findall(r"[.!?](?:\s|$)", quote)))
    scored = ((_likeness(wanted, rows, at), -at.text, -at.start, at) for at in _runs(rows, length))
    best = max(scored, default=None)
    return _quotation(rows, best[-1]) if best and best[0] >= _LEAST_LIKE else None


class Follower:
    """Follows any number of quotations from one reading of a report into another."""

    def __init__(self, before: Reading, after: Reading) -> None:
        self._before, self._after = Rows(before), Rows(after)
        self._held, self._left = _Lines(self._before), _Lines(self._after)

    @cached_property
    def _carried(self) -> Carried:
        """Both readings laid over each other, typography aside; every word keeps its place."""
        old, new = (Rows(_plain(rows.reading)) for rows in (self._before, self._after))
        return Carried(old, new, Work.within(DEADLINE))

    def follow(self, words: str, text: int, start: int, cited: str = "") -> Followed | None:
        """Say what became of words that stand in ``text`` from word ``start`` on, or near there.

        Words that the first of the two readings does not have, as one by another reader revision
        may, are those nearest to them; None if there are none. Where the words ``cited`` first
        stand again in that place, they are what stands there.
        """
        was = self._excerpt(words, text, start)
        if was is None:
            near = nearest_passage(self._before.reading, words)
            return self.follow(near.words, near.text, near.start, cited) if near else None
        before = _shown(self._before, was)
        at = self._at(was)
        if at is not None:
            again = self._left.find(folded_words(cited))
            at = next((each for each in again if _overlap(each, at)), at)
            found = _quotation(self._after, at)
            return Followed(before, found.words, found.text, found.start, found.part)
        left = nearest_passage(self._after.reading, before)
        return Followed(before, part=left.part, nearest=left.words) if left else Followed(before)

    def is_new(self, words: str) -> bool:
        """Tell whether words stand more often in the second of the two readings."""
        sought = folded_words(words)
        held, left = (sum(1 for _ in each.find(sought)) for each in (self._held, self._left))
        return left > held

    def _excerpt(self, words: str, text: int, start: int) -> Excerpt | None:
        return _nearest_to(Excerpt(text, start, start), self._held.find(folded_words(words)))

    def _at(self, was: Excerpt) -> Excerpt | None:
        """Return where an excerpt stands: as it was, wherever that is, else in other words."""
        words = self._carried.before.words(was)
        there = next_place(was, self._carried)
        sought = folded_words(" ".join(words))
        same = list(self._left.find(sought))
        if there:
            # What came beside the words, or into their paragraph, makes them no other words.
            within = [each for each in same if _is_within(each, there)]
            if within:
                return within[0]
        is_long = len(words) >= FEWEST_TO_MOVE
        if is_long and 0 < len(list(self._held.find(sought))) <= len(same):
            return _nearest_to(there or was, same)
        return _trimmed(self._after, there, words) if there else None


def _trimmed(rows: Rows, at: Excerpt, words: Sequence[str]) -> Excerpt:
    """Leave out whole sentences at either end that have next to nothing of some words."""
    wanted = Counter(_words(" ".join(words)))
    cuts = [each for each in _sentence_cuts(rows.texts[at.text]) if at.start < each < at.end]
    cuts = [at.start, *cuts, at.end]
    kept = [_is_of(wanted, rows, Excerpt(at.text, *each)) for each in pairwise(cuts)]
    if not any(kept):
        return at
    last = len(kept) - kept[::-1].index(True)
    return Excerpt(at.text, cuts[kept.index(True)], cuts[last])


def _is_of(wanted: Counter[str], rows: Rows, at: Excerpt) -> bool:
    held = Counter(_words(" ".join(rows.words(at))))
    return (wanted & held).total() >= _LEAST_SHARE * held.total()


def _overlap(one: Excerpt, other: Excerpt) -> bool:
    return one.text == other.text and one.start < other.end and other.start < one.end


def _is_within(one: Excerpt, other: Excerpt) -> bool:
    return one.text == other.text and other.start <= one.start and one.end <= other.end


def _nearest_to(place: Excerpt, found: Iterable[Excerpt]) -> Excerpt | None:
    """Return the one of some excerpts that is nearest to a place."""
    return min(
        found, key=lambda at: (at.text != place.text, abs(at.start - place.start), at), default=None
    )


class _Lines:
    """The words and marks of a reading in a row for each text, so that any number can be found."""

    def __init__(self, rows: Rows, fold: Callable[[str], str] = str) -> None:
        self._texts = [self._cut(fold(" ".join(text.words))) for text in rows.texts]

    @staticmethod
    def _cut(row: str) -> tuple[str, list[int]]:
        """Return the row as it is searched, and the word that each of its units is of."""
        words, last, word = [], 0, 0
        cut = units(row)
        for each in cut:
            word += row.count(" ", last, each.start)
            last = each.start
            words.append(word)
        return f" {' '.join(each.text for each in cut)} ", words

    def find(self, sought: Sequence[str]) -> Iterator[Excerpt]:
        """Yield where words stand, as ``folded_words`` gives them; nowhere if there are none."""
        needle = f" {' '.join(sought)} "
        for number, (line, words) in enumerate(self._texts if sought else ()):
            at = line.find(needle)
            while at >= 0:
                first = line.count(" ", 0, at)
                yield Excerpt(number, words[first], words[first + len(sought) - 1] + 1)
                at = line.find(needle, at + 1)


def _plain(reading: Reading) -> Reading:
    """Return a reading with one kind of quotation marks and dashes: every word in its place."""
    sections = (
        replace(each, heading=folded(each.heading), blocks=tuple(map(folded, each.blocks)))
        for each in reading.sections
    )
    blocks = tuple(map(folded, reading.blocks))
    return Reading(heading=reading.heading, blocks=blocks, sections=tuple(sections))


def _quotation(rows: Rows, at: Excerpt) -> Quotation:
    return Quotation(_shown(rows, at), at.text, at.start, rows.pinpoint(at).name)


def _shown(rows: Rows, at: Excerpt) -> str:
    """Return the words of an excerpt, without the comma that follows in a longer sentence."""
    return "\n".join(rows.blocks(at)).rstrip(_TAIL)


def _words(text: str) -> list[str]:
    return [each.casefold() for each in folded_words(text) if each.isalnum()]


def _likeness(wanted: Counter[str], rows: Rows, at: Excerpt) -> float:
    """Say how much a passage is like some words, 1 for alike.

    That it has them weighs twice what it counts that it has no others: a quotation may be a part
    of a long sentence.
    """
    held = Counter(_words(" ".join(rows.words(at))))
    common = (wanted & held).total()
    has_them = common / max(1, wanted.total())
    return (2 * has_them + 2 * common / max(1, wanted.total() + held.total())) / 3


def _runs(rows: Rows, length: int) -> Iterator[Excerpt]:
    """Yield every run of so many sentences; a paragraph's end is one's end too."""
    for number, text in enumerate(rows.texts):
        cuts = _sentence_cuts(text)
        for first in range(len(cuts) - 1):
            yield Excerpt(number, cuts[first], cuts[min(first + length, len(cuts) - 1)])


def _sentence_cuts(text: Text) -> list[int]:
    """Return the words that begin a sentence or a paragraph, and the end."""
    return [
        *(
            index
            for index, before in enumerate(("", *text.words[:-1]))
            if text.begins_paragraph(index) or _SENTENCE_END.search(before)
        ),
        len(text.words),
    ]
