"""No input of 1 MB holds a worker for more than two seconds, and none costs the square of its size.

The whole table runs in the slow tier and prints its growth: ``pytest -m slow -s`` on this file.
Seconds are of the processor, so that other programs on the machine count little; the fast tier
judges their growth alone, since machines differ by more than a limit in seconds can allow for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hostile_inputs import BYTES, MARKUP, ON_MARKUP, ON_TEXT, TEXTS, on_bytes, table

from bench.bounded import bounded

SIZES = (250_000, 500_000, 1_000_000)
LONGEST = 3.0
"""Seconds for an input of 1 MB: two on an idle machine, and half as many again on a shared one."""
CLEAR = 2.5
"""Times what a linear cost would grow by: the square would grow by four, in two doublings."""
NOTICEABLE = 0.3
"""Seconds below which growth is not told from the noise of a shared machine."""
TRIES = 3
ENDLESS = 30
PLACES = (*ON_TEXT, *ON_MARKUP, *on_bytes(Path()), "a page read twice")
SMALL, MIDDLING = (16_000, 64_000), (75_000, 300_000)


def seconds(make: Callable[[int], object], work: Callable[[object], object], size: int) -> float:
    """Return what the quickest of some tries took; one is enough if it took next to nothing."""
    given = make(size)
    found = []
    for _ in range(TRIES):
        before = time.process_time()
        with bounded(ENDLESS):
            work(given)
        found.append(time.process_time() - before)
        if found[-1] < NOTICEABLE:
            break
    return min(found)


def test_the_table_has_every_kind_at_every_place(tmp_path: Path) -> None:
    texts, markup = len(TEXTS) * len(ON_TEXT), len(MARKUP) * len(ON_MARKUP)
    assert len(table(tmp_path)) == texts + markup + len(BYTES) * len(on_bytes(tmp_path)) + 3
    assert len(table(tmp_path)) >= 1_400
    assert {name.partition(":")[0] for name in table(tmp_path)} == set(PLACES)


def steep(took: Sequence[float], sizes: Sequence[int]) -> bool:
    """Say whether a cost worth the word grew by far more than the size did."""
    linear = sizes[-1] / sizes[0]
    return took[-1] > NOTICEABLE and took[-1] > CLEAR * linear * took[0]


def test_a_cost_that_grows_with_the_square_is_steep_and_a_linear_one_is_not() -> None:
    assert steep((0.1, 1.6), MIDDLING)
    assert not steep((0.6, 2.4), MIDDLING)
    assert not steep((0.001, 0.016), MIDDLING)


def test_some_hostile_inputs_of_every_kind_do_not_cost_their_square(tmp_path: Path) -> None:
    names = list(table(tmp_path))[::29]
    assert len(names) >= 40
    found = {
        name: [seconds(make, work, size) for size in SMALL]
        for name, (make, work) in table(tmp_path).items()
        if name in names
    }
    assert len(found) == len(names)
    assert {name: took for name, took in found.items() if steep(took, SMALL)} == {}


@pytest.mark.parametrize(
    "name",
    [
        "canonical form: marks of two classes",
        "a query: a letter and marks",
        "marks of a phrase: commas",
        "a country's name: marks that become two",
        "an address: half-width marks",
        "a page: marks in a paragraph",
        "links: links with marks",
        "the form: links deep inside",
        "a page: hidden words in hidden ones",
        "a web archive: a warc line",
    ],
)
def test_what_once_held_a_worker_does_not_cost_its_square(name: str, tmp_path: Path) -> None:
    make, work = table(tmp_path)[name]
    took = [seconds(make, work, size) for size in MIDDLING]
    assert not steep(took, MIDDLING), took


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_no_hostile_input_holds_a_worker_or_costs_its_square(place: str, tmp_path: Path) -> None:
    rows = {
        name: [seconds(make, work, size) for size in SIZES]
        for name, (make, work) in table(tmp_path).items()
        if name.startswith(f"{place}:")
    }
    assert rows
    for name, took in rows.items():
        growth = took[-1] / max(took[0], 0.001)
        print(f"{name:60}", *(f"{each:7.3f}" for each in took), f"x{growth:.1f} for four")  # noqa: T201
    assert {name: took for name, took in rows.items() if took[-1] > LONGEST} == {}
    assert {name: took for name, took in rows.items() if steep(took, SIZES)} == {}
