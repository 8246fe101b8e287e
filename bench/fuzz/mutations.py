"""The ways a page is broken, each chosen and placed by a number alone.

A *harmless* mutation alters no word of the report: what is read must stay the same, or the page
must not be accepted. A *cutting* one takes the page's end away. A *stirring* one may carry what
surrounds the report into it, where nothing but its meaning could tell it from the report's words.
A *blurring* one alters letters anywhere, so that neither words nor what marks chrome are as known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from bench.fuzz.seeds import Seed, Seeds


@dataclass(frozen=True)
class Broken:
    """A page while it is being broken.

    ``content_type`` is what the server says; ``seeds`` are all the pages whose words may stand in
    it; ``inserted`` are words that a mutation wrote into the report's own text.
    """

    body: bytes
    content_type: str
    seeds: tuple[Seed, ...]
    inserted: str = ""


@dataclass(frozen=True)
class Mutation:
    """One way to break a page."""

    name: str
    apply: Callable[[Broken, Random, Seeds, int], Broken]
    is_harmless: bool = False
    is_cutting: bool = False
    is_stirring: bool = False
    is_blurring: bool = False


MUTATIONS: dict[str, Mutation] = {}
HTML = "text/html; charset=UTF-8"
CUTTING = "cut"
MOST = 4
"""Mutations of one page at most."""

_Change = Callable[[bytes, Random], bytes]


def harmless(change: _Change) -> _Change:
    """Enter a change of bytes that alters no word."""
    return _entered(change, is_harmless=True)


def breaking(change: _Change) -> _Change:
    """Enter a change of bytes that may alter or lose words."""
    return _entered(change)


def cutting(change: _Change) -> _Change:
    """Enter a change of bytes that takes the end of the page away."""
    return _entered(change, is_cutting=True)


def stirring(change: _Change) -> _Change:
    """Enter a change of bytes that may carry chrome into the report."""
    return _entered(change, is_stirring=True)


def blurring(change: _Change) -> _Change:
    """Enter a change of bytes that may alter any letter."""
    return _entered(change, is_blurring=True)


def whole(**kind: bool) -> Callable[..., Callable[..., Broken]]:
    """Enter a change that needs more than the page's bytes."""

    def enter(change: Callable[[Broken, Random, Seeds, int], Broken]) -> Callable[..., Broken]:
        name = change.__name__
        MUTATIONS[name] = Mutation(name, change, **kind)
        return change

    return enter


def _entered(change: _Change, **kind: bool) -> _Change:
    def apply(page: Broken, rng: Random, _seeds: Seeds, _number: int) -> Broken:
        return replace(page, body=change(page.body, rng))

    name = change.__name__
    MUTATIONS[name] = Mutation(name, apply, **kind)
    return change


@dataclass(frozen=True)
class Mutant:
    """A broken page: what it was made of and by which mutations, in order.

    ``uncut`` are the bytes before the end was taken away, None where it was not.
    """

    number: int
    page: Broken
    mutations: tuple[Mutation, ...]
    uncut: bytes | None = None

    @property
    def seed(self) -> Seed:
        """The page it was made of."""
        return self.page.seeds[0]

    @property
    def is_harmless(self) -> bool:
        """Tell whether every word must be as it was."""
        return all(each.is_harmless for each in self.mutations)

    @property
    def is_stirred(self) -> bool:
        """Tell whether chrome may have been carried into the report.

        Where no element carries the report, its words and chrome are told apart by words alone.
        """
        is_bare = not all(seed.has_element for seed in self.page.seeds)
        return (is_bare and not self.is_harmless) or any(
            each.is_stirring for each in self.mutations
        )

    @property
    def is_blurred(self) -> bool:
        """Tell whether letters were altered."""
        return any(each.is_blurring for each in self.mutations)

    @property
    def story(self) -> str:
        """Tell which page was broken how."""
        return f"{self.seed.name}: {', '.join(each.name for each in self.mutations)}"


def chosen_for(number: int) -> tuple[Mutation, ...]:
    """Return the mutations that a number stands for, at most one of them cutting, and last."""
    rng = Random(f"choice {number}")
    names = sorted(MUTATIONS)
    chosen = [MUTATIONS[rng.choice(names)] for _ in range(rng.choice((1, 1, 2, 2, 3, MOST)))]
    if rng.random() < 1 / 8:
        chosen.append(MUTATIONS[CUTTING])
    cutting = [each for each in chosen if each.is_cutting][:1]
    return (*(each for each in chosen if not each.is_cutting), *cutting)


def mutant(number: int, seeds: Seeds) -> Mutant:
    """Return the broken page of a number: always the same for the same pages."""
    rng, seed, chosen = Random(f"page {number}"), seeds.pick(number), chosen_for(number)
    page, uncut = Broken(seed.body, HTML, (seed,)), None
    for each in chosen:
        uncut = page.body if each.is_cutting else None
        page = each.apply(page, rng, seeds, number)
    return Mutant(number, page, chosen, uncut)
