"""What happens on the replica in which round: seeded, and told by round and page alone.

A round is a day of the replica. Round 0 is the baseline: nothing has been edited and nothing fails.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

PAGES = 60
ROUNDS = 30
EDITS = 20
SEED = 2025

FIRST_DAY = datetime(2024, 12, 22, 10, tzinfo=UTC)
TOUCHED = 12
"""The round of 3 January 2025: every page is modified and no word changes."""

_APART = 3
"""Rounds between two edits of one page, so that no report of one can pass for the other's."""
_TROUBLED_SHARE = 3
"""In one round of so many some pages are in trouble."""
_PAGES_A_TROUBLE = 12
"""Of so many pages one is in trouble in such a round."""


class Kind(StrEnum):
    """Which words an edit changes."""

    SUMMARY_WORD = "a word of the summary"
    SECTION_WORD = "a word of a section"
    SECTION_SENTENCE = "a sentence added to a section"


class Trouble(StrEnum):
    """What a page's address answers in place of the page, in one round."""

    DIFFICULTIES = "a page 'Technical Difficulties' with status 200"
    FORBIDDEN = "status 403"
    TOO_MANY = "status 429, Retry-After: 1"
    UNAVAILABLE = "status 503"
    HOME = "a redirect to the home page"
    EMPTY = "status 200 without a body"


class Frame(StrEnum):
    """What changes around the reports, on every page from one round on."""

    MENU = "an entry in the menu"
    FOOTER = "a line in the footer"
    PDF = "the address of the PDF copy"


FRAMES: Mapping[int, Frame] = {5: Frame.MENU, 13: Frame.FOOTER, 21: Frame.PDF, 27: Frame.MENU}
"""By the round in which they begin; every one of them stays."""


@dataclass(frozen=True)
class Edit:
    """Changed words of one page, from one round on."""

    round: int
    page: int
    kind: Kind


@dataclass(frozen=True)
class Plan:
    """Everything that happens; ``troubles`` by round and page."""

    rounds: int
    edits: tuple[Edit, ...]
    troubles: Mapping[tuple[int, int], Trouble]

    def edits_of(self, page: int, until: int) -> tuple[Edit, ...]:
        """Return the edits that a page shows in a round, in their order."""
        return tuple(each for each in self.edits if each.page == page and each.round <= until)

    def frames(self, until: int) -> tuple[Frame, ...]:
        """Return what has changed around the reports by a round."""
        return tuple(frame for start, frame in FRAMES.items() if start <= until)

    def modified(self, page: int, until: int) -> datetime:
        """Return when a page was modified last, as the publisher tells it in a round."""
        rounds = [each.round for each in self.edits_of(page, until)]
        rounds += [TOUCHED] if until >= TOUCHED else []
        first = FIRST_DAY - timedelta(days=30 + page)
        return (day_of(max(rounds)) if rounds else first) + timedelta(seconds=page)

    def is_found(self, edit: Edit, page: int, round_: int) -> bool:
        """Tell whether a change reported of a page in a round can be this edit.

        It can in the first round in which the page shows it, and in the next one.
        """
        first = edit.round + ((edit.round, edit.page) in self.troubles)
        is_shown = (round_, page) not in self.troubles
        return page == edit.page and is_shown and first <= round_ <= first + 1


def day_of(round_: int) -> datetime:
    """Return the day that a round is."""
    return FIRST_DAY + timedelta(days=round_)


def make_plan(pages: int = PAGES, rounds: int = ROUNDS, edits: int = EDITS) -> Plan:
    """Return the plan for so many pages and rounds: the same at every call."""
    chance = random.Random(SEED)
    chosen = tuple(sorted(_edits(chance, pages, rounds, edits), key=lambda each: each.round))
    return Plan(rounds, chosen, dict(_troubles(chance, chosen, pages, rounds)))


def _edits(chance: random.Random, pages: int, rounds: int, count: int) -> Iterator[Edit]:
    """Choose pages and rounds; an edit of the last round could not be shown by a later one."""
    cells = [(round_, page) for round_ in range(1, rounds) for page in range(pages)]
    chance.shuffle(cells)
    kinds, taken = list(Kind), list[tuple[int, int]]()
    for round_, page in cells:
        if len(taken) == count:
            return
        is_apart = all(page != other or abs(round_ - then) >= _APART for then, other in taken)
        if is_apart and round_ != TOUCHED:
            yield Edit(round_, page, kinds[len(taken) % len(kinds)])
            taken.append((round_, page))


def _troubles(
    chance: random.Random, edits: tuple[Edit, ...], pages: int, rounds: int
) -> Iterator[tuple[tuple[int, int], Trouble]]:
    """Choose troubled rounds; in each of them one of the edited pages is in trouble too."""
    kinds, number = list(Trouble), 0
    before = (0, frozenset[int]())
    for round_ in sorted(chance.sample(range(1, rounds + 1), max(1, rounds // _TROUBLED_SHARE))):
        resting = before[1] if before[0] == round_ - 1 else frozenset[int]()
        edited = [each.page for each in edits if each.round == round_][:1]
        others = chance.sample(range(pages), pages)
        wanted = [page for page in dict.fromkeys([*edited, *others]) if page not in resting]
        troubled = wanted[: max(1, pages // _PAGES_A_TROUBLE)]
        for page in troubled:
            yield (round_, page), kinds[number % len(kinds)]
            number += 1
        before = (round_, frozenset(troubled))
