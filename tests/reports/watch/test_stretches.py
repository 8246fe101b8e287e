"""Of looks that are alike in a row the first and the last stay, and whatever is needed."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from reports.watch.stretches import Look, surplus


def looks(said: str) -> list[Look]:
    """Return a look for each letter: a dot is like no other, capitals brought evidence."""
    return [
        Look(None if letter == "." else letter.lower(), has_evidence=letter.isupper())
        for letter in said
    ]


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ("", []),
        ("u", []),
        ("uu", []),
        ("uuu", [1]),
        ("uuuuu", [1, 2, 3]),
        ("uuu.uuu", [1, 5]),
        ("uu.uu", []),
        ("....", []),
        ("uuubbbuuu", [1, 4, 7]),
        ("ububub", []),
        ("UUUU", [1, 2]),
        ("uUuUuUu", [2, 3, 4]),  # the first and the last capture stay, and the outer looks
        ("UuuuU", [1, 2, 3]),
        ("uuUuu", [1, 3]),
    ],
)
def test_what_lies_inside_a_stretch_may_go(said: str, gone: list[int]) -> None:
    assert surplus(looks(said)) == gone


def test_a_look_that_something_needs_stays() -> None:
    made = [Look("u"), Look("u", is_pinned=True), Look("u"), Look("u")]
    assert surplus(made) == [2]


@given(some.text(alphabet="uUbB.", max_size=30))
@example("uuUUuu.bbbUu")
def test_whoever_is_left_says_the_same_states_in_the_same_order(said: str) -> None:
    made = looks(said)
    left = [each for place, each in enumerate(made) if place not in set(surplus(made))]
    assert surplus(left) == []
    assert _states(left) == _states(made)


def _states(made: list[Look]) -> list[str | None]:
    return [
        each.state
        for place, each in enumerate(made)
        if not place or each.state is None or made[place - 1].state != each.state
    ]
