"""Decide for which locations the Internet Archive is asked, and up to which moment."""

from __future__ import annotations

from datetime import datetime

from scrapers.source import Source
from services.assembly import Parts
from services.runs.run import WATCHING
from services.runs.scope import Scope
from storage.watch.locations import LocationView


def horizons(parts: Parts, source: Source, scope: Scope) -> list[tuple[LocationView, datetime]]:
    """Return the known locations within a scope, each with the moment after which nothing counts.

    Of a watched page nothing newer than our last look is taken: what changed since then is news,
    which the watch tells and a silent run would swallow. Of a copy only the time counts in which it
    drove a report's versions.
    """
    wanted = {(place.country, place.part) for place in scope.places}
    with parts.store.read() as unit:
        locations = unit.locations(source.name)
        carried, copies = locations.places(), locations.copies()
        known = [
            each
            for each in locations.all(scope.editions)
            if source.owns(each.url) and (not wanted or carried.get(each.id, set()) & wanted)
        ]
        ids = [each.id for each in known]
        stood = unit.archive.last_seen(ids)
        watched = unit.archive.watched(ids, WATCHING)
    now = parts.now()
    chosen = []
    for each in known:
        horizon = each.checked_at if each.id in watched and each.checked_at else now
        if each.id not in copies:
            chosen.append((each, horizon))
        elif each.id in stood:
            chosen.append((each, min(horizon, stood[each.id])))
    return chosen
