"""Look for reports that are about to count as removed on the publisher's own archive hosts.

A publisher that moves its old pages elsewhere has removed nothing. An archive that holds a page
proves no move while the page is where it was, so it is asked only once the page has been away
for as long as a removal takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from reports.model.identity import ReportId
from reports.watch.outcome import Outcome
from scrapers.fetch.gate import FetchGate
from scrapers.source import Source
from services.watch.read_location import Seen, Target, read_location
from storage.record.removals import Patience
from storage.watch.locations import LocationView, Sighting

_NO_ANSWER = (Outcome.ERROR, Outcome.BLOCKED)


@dataclass(frozen=True)
class FoundInArchives:
    """What the archive hosts had: pages that moved there, and addresses nothing is known of yet."""

    moved: tuple[Sighting, ...]
    undecided: frozenset[str]


def find_in_archives(
    gate: FetchGate,
    source: Source,
    impending: Iterable[tuple[LocationView, ReportId]],
    patience: Patience,
    now: Callable[[], datetime],
) -> FoundInArchives:
    """Return what was found, as if each location redirected to the archive's page of it.

    An archive that does not answer leaves a removal undecided, but not for ever: for as many
    further misses as it takes.
    """
    moved, undecided = [], set()
    for known, name in impending:
        attempts = []
        for url in source.archived_urls(known.url):
            attempts.append(_read(gate, source, url, known.edition, now))
            if sighting := _as_moved(attempts[-1], known, name):
                moved.append(sighting)
                break
        else:
            has_failed = any(each.sighting.outcome in _NO_ANSWER for each in attempts)
            if has_failed and known.miss_count < 2 * patience.checks:
                undecided.add(known.url)
    return FoundInArchives(tuple(moved), frozenset(undecided))


def _read(
    gate: FetchGate, source: Source, url: str, edition: str, now: Callable[[], datetime]
) -> Seen:
    target = Target(url, edition)
    return read_location(gate, source, target, is_full=True, is_conditional=False, now=now)


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
