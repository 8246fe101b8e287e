"""When a reader is notified: in their own time zone, never in their quiet hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from reports.notices.subscription import Every

_QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")

_MONDAY = 0
"""The day of weekly digests."""


class BadTiming(ValueError):
    """A time zone, hour or span that cannot be used; the message says what to write."""


@dataclass(frozen=True)
class QuietHours:
    """A span of the day in which nothing is sent; it may go over midnight."""

    start: time
    end: time

    def holds(self, moment: time) -> bool:
        """Return whether a time of day is within the span; its end is not."""
        if self.start < self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


@cache
def read_quiet_hours(text: str) -> QuietHours | None:
    """Read ``22:00-07:00``; None for ``""``. Raises BadTiming."""
    if not text:
        return None
    found = _QUIET.fullmatch(text)
    if found is None:
        raise BadTiming(f"{text!r} is not a span of hours; write 22:00-07:00")
    first, first_minute, last, last_minute = map(int, found.groups())
    span = QuietHours(time(first, first_minute), time(last, last_minute))
    if span.start == span.end:
        raise BadTiming("quiet hours must end at another time than they begin")
    return span


@cache
def read_time_zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name such as ``Europe/Vienna``; raises BadTiming."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise BadTiming(
            f"{name!r} is not a known time zone; write one such as Europe/Vienna"
        ) from None


def check_hour(hour: int) -> int:
    """Return an hour of the day; raises BadTiming."""
    if not 0 <= hour <= 23:
        raise BadTiming(f"{hour} is not an hour of the day; give one from 0 to 23")
    return hour


def due_at(
    every: Every, now: datetime, *, time_zone: str = "UTC", hour: int = 6, quiet_hours: str = ""
) -> datetime:
    """Return when what is seen ``now`` may be sent, as a UTC time not before now.

    Daily digests go out at ``hour`` in the reader's zone, weekly ones on Mondays; whatever falls
    into quiet hours waits for their end.
    """
    zone = read_time_zone(time_zone)
    moment = now if every is Every.NOW else _next_digest(every, now, zone, hour)
    return _after_quiet(moment, zone, read_quiet_hours(quiet_hours))


def _next_digest(every: Every, now: datetime, zone: ZoneInfo, hour: int) -> datetime:
    day = now.astimezone(zone).date()
    for _ in range(9):
        moment = _at(day, time(hour), zone)
        if moment > now and (every is Every.DAY or day.weekday() == _MONDAY):
            return moment
        day += timedelta(days=1)
    raise AssertionError("every span of nine days has a Monday to come")


def _after_quiet(moment: datetime, zone: ZoneInfo, quiet: QuietHours | None) -> datetime:
    if quiet is None:
        return moment
    local = moment.astimezone(zone)
    if not quiet.holds(local.time()):
        return moment
    is_next_day = quiet.start > quiet.end and local.time() >= quiet.start
    end = _at(local.date() + timedelta(days=is_next_day), quiet.end, zone)
    # Where the clocks are put back, the end may come once more: the later one is meant.
    return end if end > moment else end + timedelta(hours=1)


def _at(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the moment a zone's clocks show a time on a day; one they skip comes an hour later."""
    return datetime.combine(day, at, zone).astimezone(UTC)
