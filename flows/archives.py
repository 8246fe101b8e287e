"""Look for reports that are about to count as removed at the publisher's own archive hosts.

A publisher that moves its old pages elsewhere has removed nothing. An archive that holds a page
proves no move while the page stands where it was, so it is asked only once the page has been away
for as long as a removal takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from flows.look import Seen, Target, look
from reports.identity import ReportId
from scrapers.fetch import FetchGate
from scrapers.source import Source
from storage.locations import LocationView, Sighting


def find_in_archives(
    gate: FetchGate,
    source: Source,
    impending: Iterable[tuple[LocationView, ReportId]],
    now: Callable[[], datetime],
) -> list[Sighting]:
    """Return what was found, as if each location redirected to the archive's page of it."""
    found = []
    for known, name in impending:
        for url in source.archived_urls(known.url):
            seen = _look(gate, source, url, known.edition, now)
            if sighting := _as_moved(seen, known, name):
                found.append(sighting)
                break
    return found


def _look(
    gate: FetchGate, source: Source, url: str, edition: str, now: Callable[[], datetime]
) -> Seen:
    target = Target(url, edition)
    return look(gate, source, target, is_full=True, is_conditional=False, now=now)


def _as_moved(seen: Seen, known: LocationView, name: ReportId) -> Sighting | None:
    """Return an archive's page as the place that a location's report has moved to."""
    page = seen.sighting.page
    same = [each for each in page.reports if each.report == name] if page else []
    if page is None or not any(each.reading.blocks for each in same):
        return None
    return replace(
        seen.sighting,
        url=known.url,
        edition=known.edition,
        moved_to=seen.sighting.moved_to or seen.target.url,
        page=replace(page, reports=tuple(same), undecided=(), children=()),
        is_listed=known.is_listed,
    )
