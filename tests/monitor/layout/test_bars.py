"""Pictures of bars: a round axis, parts upon each other, and words for whoever sees none of it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from monitor.layout.activity import WEEKS, activity
from monitor.layout.bars import COLOURS, Bars, bars_svg

NOW = datetime(2025, 8, 20, 12, tzinfo=UTC)


def bars(*counts: tuple[int, ...]) -> Bars:
    columns = tuple((f"c{number}", each) for number, each in enumerate(counts))
    return Bars("Title", "Words", ("low", "high"), columns, width=100, height=100)


@pytest.mark.parametrize(
    ("most", "top", "grid"),
    [
        (0, 1, [0, 1]),
        (1, 1, [0, 1]),
        (3, 3, [0, 1, 2, 3]),
        (47, 50, [0, 20, 40]),
        (128, 130, [0, 50, 100]),
        (812, 900, [0, 200, 400, 600, 800]),
        (1748, 1800, [0, 500, 1000, 1500]),
        (21_000, 22_000, [0, 10_000, 20_000]),
    ],
)
def test_the_axis_is_round_and_no_bar_is_higher(most: int, top: int, grid: list[int]) -> None:
    drawn = bars((most, 0))
    assert (drawn.top, list(drawn.grid)) == (top, grid)
    svg = bars_svg(drawn)
    assert [each in svg for each in (f">{grid[-1]:,}<", ">0<", ">c0<")] == [True] * 3


def test_parts_stand_upon_each_other_the_first_lowest() -> None:
    svg = bars_svg(bars((1, 3), (0, 4)))
    found = re.findall(r'<rect x="[\d.]+" y="([\d.]+)" [^>]*height="([\d.]+)" fill="(#\w+)"', svg)
    legend, drawn = found[:2], [(float(y), float(height), fill) for y, height, fill in found[2:]]
    assert [fill for *_, fill in legend] == list(COLOURS[:2])
    assert drawn == [(109, 25, COLOURS[0]), (34, 75, COLOURS[1]), (34, 100, COLOURS[1])]


def test_a_picture_has_a_title_and_words_and_nothing_that_acts() -> None:
    shown = Bars("<Title>", "a & b", ("<p>",), (("</text><script>", (1,)),), width=10, height=10)
    svg = bars_svg(shown)
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg" ')
    assert "<title>&lt;Title&gt;</title>\n<desc>a &amp; b</desc>" in svg
    assert 'role="img"' in svg
    assert not re.search(r"<script|<style|<image|<foreignObject|\sstyle=|\son\w+=", svg)


def test_changes_are_counted_by_week_and_group() -> None:
    days = [
        (date(2025, 8, 18), "edited", 2),
        (date(2025, 8, 24), "removed", 1),
        (date(2025, 8, 1), "published", 4),
        (date(2024, 1, 1), "edited", 9),  # before the first week shown
    ]
    shown, months = activity(days, NOW), ["Mar", "Apr", "May", "Jun", "Jul", "Aug"]
    assert (len(shown.columns), shown.total) == (WEEKS, 7)
    assert shown.columns[-1] == ("", (0, 2, 1))
    assert shown.columns[-4] == ("", (4, 0, 0))
    assert [label for label, _ in shown.columns if label] == months
    assert shown.description == "week of 28 Jul 2025: 4 new; week of 18 Aug 2025: 2 edited, 1 gone"
    assert activity([], NOW).description == "no change in this time"
