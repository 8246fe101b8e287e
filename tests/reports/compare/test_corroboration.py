"""Captures bear a change out where all of them agree, in the order the change says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reports.compare.corroboration import GONE, Claim, Heard, bear_out

START = datetime(2026, 5, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return START + timedelta(days=number)


def claim(before: str = "A", after: str = "B", **times: float) -> Claim:
    """A change from A (seen on days 0 to 4) to B (seen on day 5)."""
    known = {"opened_at": 0, "last_before": 4, **times}
    moments = {name: day(number) for name, number in known.items()}
    return Claim(frozenset({before}), frozenset({after}), day(5), **moments)


def heard(*told: tuple[float, str]) -> list[Heard]:
    return [Heard(day(number), f"at {number}", says) for number, says in told]


@pytest.mark.parametrize(
    ("told", "witnesses"),
    [
        ([], ()),
        ([(1, "A")], ()),
        ([(6, "B")], ()),
        ([(1, "A"), (6, "B")], ("at 1", "at 6")),
        ([(1, "A"), (3, "A"), (6, "B"), (9, "B")], ("at 3", "at 6")),
        ([(6, "B"), (1, "A")], ("at 1", "at 6")),  # in whatever order they are named
        ([(1, "A"), (4.5, "B")], ("at 1", "at 4.5")),  # between our two looks
        ([(4.5, "A"), (4.7, "B")], ("at 4.5", "at 4.7")),
        ([(1, "A"), (4, "B")], ()),  # we still saw A then
        ([(6, "A"), (7, "B")], ()),  # we saw B by then
        ([(1, "A"), (2, "C"), (6, "B")], ()),
        ([(1, "A"), (6, "C"), (7, "B")], ()),
        ([(1, "A"), (6, "B"), (7, "A")], ()),
        ([(1, "A"), (6, "B"), (7, "C")], ()),
        ([(-1, "A"), (6, "B")], ()),  # another stay of A, before
    ],
)
def test_what_captures_come_to(told: list[tuple[float, str]], witnesses: tuple[str, ...]) -> None:
    assert tuple(each.url for each in bear_out(claim(), heard(*told))) == witnesses


def test_what_came_after_the_text_had_given_way_says_nothing_of_it() -> None:
    told = heard((1, "A"), (6, "B"), (8, "C"))
    assert bear_out(claim(closed_at=7), told)
    assert not bear_out(claim(closed_at=6), told)


def test_a_miss_and_then_the_page_bear_a_publication_out() -> None:
    published = Claim(frozenset({GONE}), frozenset({"A"}), day(5))
    assert bear_out(published, heard((-9, GONE), (6, "A")))
    assert not bear_out(published, heard((-9, "A"), (6, "A")))


def test_the_page_and_then_a_miss_bear_a_removal_out() -> None:
    assert bear_out(claim(after=GONE), heard((3, "A"), (6, GONE)))
    assert not bear_out(claim(after=GONE), heard((3, "A"), (6, GONE), (7, "A")))
