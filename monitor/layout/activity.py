"""Changes over time: how many were news in each week, as a small picture with a table in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from monitor.layout.bars import Bars
from reports.model.values import ChangeKind

WEEKS = 26
GROUPS = ("new", "edited", "gone")
_GONE = (ChangeKind.REMOVED, ChangeKind.COUNTRY_DROPPED, ChangeKind.TOPIC_VANISHED)
_NEW = (ChangeKind.PUBLISHED, ChangeKind.RESTORED)


def first_monday(now: datetime) -> datetime:
    """Return when the first week shown begins."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday(), weeks=WEEKS - 1)


def activity(by_day: Iterable[tuple[date, str, int]], now: datetime) -> Bars:
    """Return the changes by week and group of those by day and kind: the last ``WEEKS``."""
    counts: Counter[tuple[date, str]] = Counter()
    for day, kind, count in by_day:
        counts[day - timedelta(days=day.weekday()), _group(kind)] += count
    first = first_monday(now).date()
    mondays = [first + timedelta(weeks=n) for n in range(WEEKS)]
    weeks = [(each, tuple(counts[each, group] for group in GROUPS)) for each in mondays]
    return Bars(
        title="Changes by week",
        description="; ".join(_in_words(*week) for week in weeks if sum(week[1]))
        or "no change in this time",
        parts=GROUPS,
        columns=tuple((_month_begun(monday), counts) for monday, counts in weeks),
        width=340,
        height=110,
    )


def _group(kind: str) -> str:
    if kind in _GONE:
        return "gone"
    return "new" if kind in _NEW else "edited"


def _in_words(monday: date, counts: tuple[int, ...]) -> str:
    said = ", ".join(f"{n:,} {name}" for name, n in zip(GROUPS, counts, strict=True) if n)
    return f"week of {monday:%d %b %Y}: {said}"


def _month_begun(monday: date) -> str:
    """Return the label of a week: its month, if the week is the first that begins in it."""
    return f"{monday:%b}" if monday.day <= 7 else ""
