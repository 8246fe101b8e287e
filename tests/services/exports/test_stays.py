"""When words stood and when it was known, drawn from what a report's rows said at each moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reports.model.identity import ReportId
from reports.model.reading import Reading
from services.exports.rows import through_time
from services.exports.stays import stays
from storage.read.known_history import (
    KnownAbsence,
    KnownReading,
    KnownReport,
    KnownVersion,
    SeenPeriod,
)


def day(number: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def version(number: int, known: int, *seen: tuple[int, int, int]) -> KnownVersion:
    """Make a version known from a day on; each of ``seen``: known from, first and last seen."""
    periods = tuple(SeenPeriod(*map(day, each)) for each in seen)
    readings = (KnownReading(day(known), 1, Reading("", ())),)
    captured = periods[0].first_seen_at
    return KnownVersion(number, "", "", captured, "", day(known), periods, readings)


def said(known: KnownReport, at: int) -> list[tuple[Any, ...]]:
    """Return version, stay, and the days of beginning, end and last look, as known on a day."""

    def number(moment: datetime | None) -> int | None:
        return (moment - day(0)).days if moment else None

    return [
        (each.version.number, each.position, number(each.valid_from), number(each.valid_to),
         number(each.last_seen_at))
        for each in stays(known, day(at))
    ]  # fmt: skip


def report(versions: list[KnownVersion], *absences: tuple[int, bool, int, int]) -> KnownReport:
    gone = tuple(KnownAbsence(day(k), back, day(at), v) for k, back, at, v in absences)
    return KnownReport(ReportId("s", "2021", "KAZ"), "", tuple(versions), gone)


FIRST = version(1, 0, (0, 0, 0), (10, 0, 8), (30, -50, 8))
SECOND = version(2, 10, (10, 10, 10))
OLDER = version(3, 30, (30, -90, -80))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (0, [(1, 1, 0, None, None)]),
        (9, [(1, 1, 0, None, None)]),
        (10, [(1, 1, 0, 10, 8), (2, 1, 10, None, None)]),
        (30, [(3, 1, -90, -50, -80), (1, 1, -50, 10, 8), (2, 1, 10, None, None)]),
    ],
)
def test_the_past_is_as_it_was_known(at: int, expected: list[tuple[Any, ...]]) -> None:
    assert said(report([FIRST, SECOND, OLDER]), at) == expected


LATEST = version(1, 0, (0, 0, 0), (20, 0, 18))


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (19, [(1, 1, 0, None, None)]),
        (20, [(1, 1, 0, 20, 18)]),
        (25, [(1, 1, 0, 20, 18), (1, 2, 25, None, None)]),
    ],
)
def test_a_report_that_was_gone_has_two_stays_of_one_version(
    at: int, expected: list[tuple[Any, ...]]
) -> None:
    assert said(report([LATEST], (20, False, 20, 1), (25, True, 25, 1)), at) == expected


def test_a_report_that_came_back_with_other_words_ended_before() -> None:
    other = version(2, 25, (25, 25, 25))
    known = report([LATEST, other], (20, False, 20, 1), (25, True, 25, 2))
    assert said(known, 25) == [(1, 1, 0, 20, 18), (2, 1, 25, None, None)]


def test_a_row_that_says_the_same_is_one_row() -> None:
    states = {day(1): {("a",): {"x": 1}}, day(2): {("a",): {"x": 1}, ("b",): {"x": 5}},
              day(3): {("a",): {"x": 2}}, day(4): {("a",): {"x": 1}}}  # fmt: skip
    rows = list(through_time(states, states.__getitem__))
    assert [(row["x"], row["system_from"], row.get("system_to")) for row in rows] == [
        (1, day(1), day(3)),
        (2, day(3), day(4)),
        (1, day(4), None),
        (5, day(2), day(3)),
    ]
