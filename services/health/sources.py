"""Which sources there are, and how each stands."""

from __future__ import annotations

from datetime import datetime

from documents.sources import SourceDocument
from scrapers.registry import all_sources
from services.health.promises import promises
from services.settings import Settings
from storage.unit import Unit


def source_documents(unit: Unit, settings: Settings, now: datetime) -> list[SourceDocument]:
    """Return every source this program has: what is stored of it, when it was read, its alarms."""
    views = {view.source: view for view in unit.reports.sources()}
    promised = {each.source: each for each in promises(unit, settings)}
    alarms = unit.alarms.open()
    rests = unit.hosts.rests(now, settings.via)
    return [
        SourceDocument.of(
            each,
            views.get(name),
            promised.get(name),
            [one for one in alarms if one.source == name],
            max((rests[host] for host in each.hosts if host in rests), default=None),
            now,
        )
        for name, each in all_sources().items()
    ]
