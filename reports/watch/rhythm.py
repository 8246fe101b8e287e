"""How often a source is asked: the data of its rhythm, and the waits that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SATURDAY = 5


@dataclass(frozen=True)
class Rung:
    """One step of a ladder of patience: until so many days after news, ask every so many hours."""

    until_days: float
    every_hours: float


@dataclass(frozen=True)
class Rhythm:
    """When a publisher's pages are worth asking for. Data of a source, which may set its own.

    A new edition is looked for every ``window_hours`` on weekdays between ``opens`` and ``closes``
    (month and day, both included) in ``timezone``, and every ``listing_hours`` otherwise; the
    newest editions' own listings every ``listing_hours``, those of older ones every
    ``older_listing_hours``. A report is looked at by ``ladder``, counted
    from the release of its edition or the last change of its words, whichever came later; beyond
    the last rung it is asked as that rung says. ``trouble_hours`` is the wait after a page that
    could not be read. Waits are spread by ``jitter``, a share of them either way. ``releases`` are
    the days on which editions came out, as far as they are known.
    """

    timezone: str = "UTC"
    opens: tuple[int, int] = (1, 1)
    closes: tuple[int, int] = (12, 31)
    window_hours: float = 24
    listing_hours: float = 24
    older_listing_hours: float = 7 * 24
    trouble_hours: float = 6
    jitter: float = 0.1
    ladder: tuple[Rung, ...] = (Rung(3, 24), Rung(90, 7 * 24), Rung(float("inf"), 30 * 24))
    releases: Mapping[str, date] = field(default_factory=dict)

    def is_release_time(self, now: datetime) -> bool:
        """Return whether a new edition is expected: a weekday inside the window."""
        here = now.astimezone(ZoneInfo(self.timezone))
        today = (here.month, here.day)
        is_inside = self.opens <= today <= self.closes
        if self.opens > self.closes:  # a window over New Year
            is_inside = today >= self.opens or today <= self.closes
        return is_inside and here.weekday() < SATURDAY

    def edition_wait(self, now: datetime) -> timedelta:
        """Return how long to wait between two looks for a new edition."""
        hours = self.window_hours if self.is_release_time(now) else self.listing_hours
        return timedelta(hours=hours)

    def report_wait(self, since_news: timedelta) -> timedelta:
        """Return how long to wait between two looks at a report, by the age of its last news."""
        days = since_news / timedelta(days=1)
        rung = next((each for each in self.ladder if days < each.until_days), self.ladder[-1])
        return timedelta(hours=rung.every_hours)

    def released_at(self, edition: str) -> datetime | None:
        """Return the start of the day on which an edition came out, None if unknown."""
        day = self.releases.get(edition)
        return datetime.combine(day, time(), ZoneInfo(self.timezone)) if day else None
