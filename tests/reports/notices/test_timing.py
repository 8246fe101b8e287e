"""When a reader is told: rhythms, time zones, quiet hours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.notices.subscription import Every
from reports.notices.timing import BadTiming, due_at, read_quiet_hours, read_time_zone

ZONES = [
    "UTC",
    "Europe/Vienna",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Asia/Tehran",
]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("every", "now", "facts", "expected"),
    [
        ("now", "2026-05-01 09:00", {}, "2026-05-01 09:00"),
        ("day", "2026-05-01 05:59", {}, "2026-05-01 06:00"),
        ("day", "2026-05-01 06:00", {}, "2026-05-02 06:00"),
        ("week", "2026-05-01 09:00", {}, "2026-05-04 06:00"),  # a Friday
        ("week", "2026-05-04 05:00", {}, "2026-05-04 06:00"),
        ("week", "2026-05-04 06:00", {}, "2026-05-11 06:00"),
        ("day", "2026-05-01 09:00", {"time_zone": "Europe/Vienna", "hour": 7}, "2026-05-02 05:00"),
        ("day", "2026-12-01 09:00", {"time_zone": "Europe/Vienna", "hour": 7}, "2026-12-02 06:00"),
        # Monday morning in Auckland is Sunday evening in UTC.
        ("week", "2026-05-02 09:00", {"time_zone": "Pacific/Auckland"}, "2026-05-03 18:00"),
        # On 29 March 2026 clocks in Vienna skip 02:30.
        ("day", "2026-03-28 12:00", {"time_zone": "Europe/Vienna", "hour": 2}, "2026-03-29 01:00"),
        ("now", "2026-05-01 23:00", {"quiet_hours": "22:00-07:00"}, "2026-05-02 07:00"),
        ("now", "2026-05-01 06:59", {"quiet_hours": "22:00-07:00"}, "2026-05-01 07:00"),
        ("now", "2026-05-01 07:00", {"quiet_hours": "22:00-07:00"}, "2026-05-01 07:00"),
        ("now", "2026-05-01 12:30", {"quiet_hours": "12:00-13:00"}, "2026-05-01 13:00"),
        ("day", "2026-05-01 12:30", {"quiet_hours": "05:00-08:15"}, "2026-05-02 08:15"),
    ],
)
def test_a_reader_is_told_when_it_suits(
    every: str, now: str, facts: dict[str, object], expected: str
) -> None:
    assert due_at(Every(every), at(now), **facts) == at(expected)


@given(
    every=st.sampled_from(Every),
    now=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(
        lambda d: d.replace(tzinfo=UTC)
    ),
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    quiet=st.tuples(st.integers(0, 1439), st.integers(0, 1439)).filter(lambda p: p[0] != p[1]),
)
def test_nobody_is_told_in_quiet_hours_nor_before_it_happened_nor_much_later(
    every: Every, now: datetime, zone: str, hour: int, quiet: tuple[int, int]
) -> None:
    span = "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in quiet)
    moment = due_at(every, now, time_zone=zone, hour=hour, quiet_hours=span)
    assert now <= moment <= now + timedelta(days={"now": 1, "day": 3, "week": 9}[every], hours=2)
    local = moment.astimezone(read_time_zone(zone))
    held = read_quiet_hours(span)
    assert held is not None
    is_skipped = local.utcoffset() != (local - timedelta(hours=2)).utcoffset()
    assert not held.holds(local.time()) or is_skipped


@pytest.mark.parametrize("text", ["22-07", "25:00-07:00", "22:00", "07:00-07:00", "22:00-07:00 "])
def test_what_is_no_span_of_hours_is_refused(text: str) -> None:
    with pytest.raises(BadTiming):
        read_quiet_hours(text)


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Europe", "\0"])
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(BadTiming, match="not a known time zone"):
        read_time_zone(name)
