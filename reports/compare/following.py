"""Follow an excerpt of a report's words from version to version, to say what became of it.

Words decide. An excerpt stands as long as its words stand one after the other, wherever that is and
however they are cut into paragraphs. It is reworded while at least ``KEPT`` of its words stand in
its place, or three quarters of them elsewhere among words that came; else it is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from reports.compare.alignment import Work
from reports.compare.carried import Carried
from reports.compare.excerpts import Excerpt, Pinpoint, Rows
from reports.compare.moves import FEWEST_WORDS
from reports.model.reading import Reading

KEPT = 0.4
"""Share of its words below which what stands in an excerpt's place is another text."""

DEADLINE = 0.25
"""Seconds of alignment that one step may cost: two whole reports of 60,000 words each."""


class Happening(StrEnum):
    """What can happen to an excerpt from one version to the next."""

    MOVED = "moved"  # to another section, or past its neighbours
    REWORDED = "reworded"
    SPLIT = "split"  # it stands in more paragraphs than before
    MERGED = "merged"  # it was whole paragraphs, and shares one with others' words now
    GONE = "gone"
    RETURNED = "returned"


@dataclass(frozen=True)
class Step:
    """What happened to an excerpt in one version.

    ``blocks`` are its words since, in their paragraphs, and ``pinpoint`` is where they stand;
    nothing and None if they are gone.
    """

    number: int
    happened: tuple[Happening, ...]
    blocks: tuple[str, ...]
    pinpoint: Pinpoint | None


@dataclass(frozen=True)
class Fate:
    """What became of an excerpt: what happened to it, and where and how it stands at last.

    ``cited`` are its words in version ``first``, where they stood at ``origin``; ``steps`` are the
    versions in which something happened, ``last`` is the last that was looked at. ``excerpt``
    and ``pinpoint`` are None and ``blocks`` empty if it is gone. ``elsewhere`` are other places
    where the cited words stand in that version, word for word.
    """

    first: int
    last: int
    cited: tuple[str, ...]
    origin: Pinpoint
    steps: tuple[Step, ...]
    excerpt: Excerpt | None
    pinpoint: Pinpoint | None
    blocks: tuple[str, ...]
    elsewhere: tuple[Pinpoint, ...]

    @property
    def is_gone(self) -> bool:
        """Whether the last version does not have it."""
        return self.excerpt is None

    @property
    def is_verbatim(self) -> bool:
        """Whether the cited words stand in the last version one after the other."""
        return " ".join(self.blocks) == " ".join(self.cited)

    @property
    def happened(self) -> frozenset[Happening]:
        """Everything that happened to it on the way."""
        return frozenset(each for step in self.steps for each in step.happened)


def follow(
    excerpt: Excerpt, versions: Sequence[tuple[int, Reading]], deadline: float | None = DEADLINE
) -> Fate:
    """Follow an excerpt of the first of some versions through the others.

    ``versions`` are numbers and readings in the order in which they were captured. ``deadline``
    (seconds, None for none) buys each step a fixed amount of alignment, as in comparisons.
    """
    (first, reading), *later = versions
    rows = Rows(reading)
    path = _Path(rows.words(excerpt), excerpt)
    cited, origin = rows.blocks(excerpt), rows.pinpoint(excerpt)
    steps = []
    last = first
    for last, reading in later:
        if _is_same(reading, rows.reading):
            continue
        after = Rows(reading)
        happened = path.step(Carried(rows, after, Work.within(deadline)))
        rows = after
        if happened:
            steps.append(Step(last, happened, *_standing(rows, path.here)))
    blocks, pinpoint = _standing(rows, path.here)
    elsewhere = (rows.pinpoint(at) for at in rows.find(path.cited) if at != path.here)
    return Fate(
        first, last, cited, origin, tuple(steps), path.here, pinpoint, blocks, tuple(elsewhere)
    )


def next_place(was: Excerpt, carried: Carried) -> Excerpt | None:
    """Return where an excerpt stands in the later of two readings, None if it is gone.

    For many excerpts of one reading: what stands where is worked out once.
    """
    path = _Path(carried.before.words(was), was)
    path.step(carried)
    return path.here


def _is_same(one: Reading, other: Reading) -> bool:
    """Whether two readings have the same words, cut alike: then there is nothing to lay over."""
    return one.blocks == other.blocks and one.sections == other.sections


def _standing(rows: Rows, here: Excerpt | None) -> tuple[tuple[str, ...], Pinpoint | None]:
    return (rows.blocks(here), rows.pinpoint(here)) if here else ((), None)


class _Path:
    """Where an excerpt stands as versions go by; ``here`` is None while it is gone."""

    def __init__(self, cited: Sequence[str], here: Excerpt) -> None:
        self.cited = list(cited)
        self.here: Excerpt | None = here
        self._words = self.cited  # as they last stood
        self._text = here.text  # the summary or section they last stood in; -1 if that is gone

    def step(self, carried: Carried) -> tuple[Happening, ...]:
        """Go on to the next version, and say what happened."""
        self._text = carried.counterpart.get(self._text, -1)
        if self.here is None:
            return self._return(carried)
        was, self.here = self.here, None
        same = carried.unchanged(was)
        if same:
            return self._stand(was, same, carried, is_moved=False)
        kept = carried.whole(was)
        if kept:
            return self._stand(was, kept, carried, is_moved=carried.is_moved(was))
        at = self._came(self._words, carried)
        if at:
            return self._stand(was, at, carried, is_moved=not carried.is_between(was, at))
        at = carried.reworded(was, KEPT)
        if at:
            return self._stand(was, at, carried, is_moved=carried.is_moved(was))
        at = carried.came_alike(self._words)
        if at:
            return self._stand(was, at, carried, is_moved=not carried.is_between(was, at))
        return (Happening.GONE,)

    def _return(self, carried: Carried) -> tuple[Happening, ...]:
        """Look for the cited words, then for those that went, then for words like these."""
        at = self._came(self.cited, carried) or self._came(self._words, carried)
        at = at or carried.came_alike(self._words)
        if at is None:
            return ()
        is_same = carried.after.words(at) in (self.cited, self._words)
        self._arrive(at, carried.after)
        return (Happening.RETURNED,) if is_same else (Happening.RETURNED, Happening.REWORDED)

    def _came(self, words: Sequence[str], carried: Carried) -> Excerpt | None:
        """Find words as they are in another place: few words within their section alone."""
        return carried.came(words, None if len(words) >= FEWEST_WORDS else self._text)

    def _stand(
        self, was: Excerpt, at: Excerpt, carried: Carried, *, is_moved: bool
    ) -> tuple[Happening, ...]:
        is_same = self._words == carried.after.words(at)
        self._arrive(at, carried.after)
        found = {
            Happening.MOVED: is_moved,
            Happening.REWORDED: not is_same,
            Happening.SPLIT: carried.after.count(at) > carried.before.count(was),
            Happening.MERGED: carried.before.is_whole(was) and not carried.after.is_whole(at),
        }
        return tuple(happening for happening, is_so in found.items() if is_so)

    def _arrive(self, at: Excerpt, rows: Rows) -> None:
        self.here, self._text, self._words = at, at.text, rows.words(at)
