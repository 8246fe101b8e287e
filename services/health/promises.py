"""Which sources are promised to be read, and within how many hours."""

from __future__ import annotations

from reports.watch.promise import Promise
from scrapers.registry import all_sources
from services.settings import Settings
from storage.unit import Unit

CHECK_PULSE = "check"
"""The pulse of the scheduled check."""

ATTEND_PULSE = "attend"
"""The pulse of whoever attends where workers of Prefect's own run the flows."""

SCHEDULED = "scheduled:"
"""With a source's name behind it: the pulse that keeps when its schedule was first seen."""


def promises(unit: Unit, settings: Settings) -> list[Promise]:
    """Return the promise of every source that was ever read well or is scheduled, by name."""
    last_ok = unit.sources.last_ok()
    scheduled = {
        name.removeprefix(SCHEDULED): when
        for name, when in unit.heartbeats.all().items()
        if name.startswith(SCHEDULED)
    }
    return [
        Promise(name, promised_hours(name, settings), since, last_ok.get(name))
        for name, since in sorted({**scheduled, **last_ok}.items())
    ]


def promised_hours(source: str, settings: Settings) -> float:
    """Return the hours within which a source must be read well: its own, or those set."""
    known = all_sources().get(source)
    return (known.promise_hours if known else 0) or settings.fresh_hours
