"""Changes over time: how many were news in each week, as a small picture with a table in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from html import escape

from reports.model.values import ChangeKind

WEEKS = 26
GROUPS = ("new", "edited", "gone")
_GONE = (ChangeKind.REMOVED, ChangeKind.COUNTRY_DROPPED, ChangeKind.TOPIC_VANISHED)
_NEW = (ChangeKind.PUBLISHED, ChangeKind.RESTORED)


@dataclass(frozen=True)
class Activity:
    """Changes by week: the Monday each begins, and counts in the order of ``GROUPS``."""

    weeks: tuple[tuple[date, tuple[int, ...]], ...]

    @property
    def total(self) -> int:
        """How many there were."""
        return sum(sum(counts) for _, counts in self.weeks)

    @property
    def description(self) -> str:
        """What the picture shows, for those who do not see it."""
        told = [
            f"week of {monday:%d %b %Y}: "
            + ", ".join(f"{n:,} {name}" for name, n in zip(GROUPS, counts, strict=True) if n)
            for monday, counts in self.weeks
            if sum(counts)
        ]
        return "; ".join(told) or "no change in this time"


def first_monday(now: datetime) -> datetime:
    """Return when the first week shown begins."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday(), weeks=WEEKS - 1)


def activity(by_day: Iterable[tuple[date, str, int]], now: datetime) -> Activity:
    """Return the changes by week of those by day and kind."""
    counts: Counter[tuple[date, str]] = Counter()
    for day, kind, count in by_day:
        counts[day - timedelta(days=day.weekday()), _group(kind)] += count
    first = first_monday(now).date()
    mondays = [first + timedelta(weeks=n) for n in range(WEEKS)]
    return Activity(
        tuple((each, tuple(counts[each, group] for group in GROUPS)) for each in mondays)
    )


def _group(kind: str) -> str:
    if kind in _GONE:
        return "gone"
    return "new" if kind in _NEW else "edited"


@lru_cache(maxsize=16)
def activity_svg(shown: Activity) -> str:
    """Return the picture as SVG, with a title and a description for those who do not see it."""
    from monitor.charts.drawing import draw_activity  # noqa: PLC0415 - the monitor is to start fast

    head, _, body = draw_activity(shown).partition(">")
    told = f"<title>Changes by week</title><desc>{escape(shown.description)}</desc>"
    return f'{head} role="img">{told}{body}'
