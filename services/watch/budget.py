"""Count what a run asks of each host, against the budget of the day."""

from __future__ import annotations

from scrapers.fetch.budget import Budget, Limits, Spent
from services.assembly import Parts
from storage.unit import Unit
from storage.watch.hosts import HostDay

MEGABYTE = 1_000_000


class Usage:
    """What one run uses of the day's budget; only one that ``is_bound`` ends with it."""

    def __init__(self, parts: Parts, *, is_bound: bool) -> None:
        settings = parts.settings
        limits = Limits(settings.daily_requests, settings.daily_megabytes * MEGABYTE)
        self._parts = parts
        self._saved: dict[str, Spent] = {}
        before = parts.store.consult(lambda unit: _spent(unit, parts))
        self.budget = Budget(limits if is_bound else Limits(), before)

    def save(self, unit: Unit) -> None:
        """Store what was used since the last time, in the caller's transaction.

        What others have asked of the same hosts since then counts from now on; a new day begins
        with nothing.
        """
        now = self.budget.spent()
        fresh = {host: each - self._saved.get(host, Spent()) for host, each in now.items()}
        asked = {
            host: HostDay(each.requests, each.bytes)
            for host, each in fresh.items()
            if each != Spent()
        }
        unit.hosts.ask(self._parts.now(), asked)
        self._saved = now
        today = _spent(unit, self._parts)
        hosts = {*today, *now}
        none = Spent()
        self.budget.start_from(
            {each: today.get(each, none) - now.get(each, none) for each in hosts}
        )


def _spent(unit: Unit, parts: Parts) -> dict[str, Spent]:
    """Return what every host was asked today."""
    asked = unit.hosts.asked_on(parts.now())
    return {host: Spent(each.requests, each.bytes) for host, each in asked.items()}
