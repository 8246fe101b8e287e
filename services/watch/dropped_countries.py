"""Announce countries of the last edition that a complete new one does not have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from reports.model.identity import ReportId
from reports.model.values import Change, ChangeKind
from scrapers.discover.index_pages import Listing
from scrapers.source import Source
from storage.record.attempts import Recording
from storage.record.removals import Patience
from storage.unit import Unit
from storage.watch.listings import Absence

COMPLETE = 0.9
"""Share of the last edition's countries from which on a new edition counts as complete."""


def record_dropped_countries(
    unit: Unit,
    recording: Recording,
    source: Source,
    listings: Mapping[str, Listing],
    patience: Patience,
    now: datetime,
) -> list[Change]:
    """Record each country that the newest edition's listing has lacked for as long as it takes.

    To be called in the transaction that ends a run. A country must be missing from as many good
    listings, over as many hours, as make a removal. Nothing is concluded from a listing that was
    not read well, or that names a page whose country is not known: it may be the missing one under
    another name. What was missing before watching began is recorded as baseline.
    """
    pair = _newest_pair(unit, source, listings)
    if pair is None or recording.is_silent:
        return []
    last, newest = pair
    before = unit.reports.countries(source.name, last)
    present = _present(unit, source, listings[newest])
    if present is None or len(before.keys() & present) < COMPLETE * len(before):
        return []
    announced = unit.changes.dropped_countries(source.name, newest)
    return [
        _record(unit, recording, source, each, last=last, newest=newest, now=now)
        for each in unit.listings.note_missing(source.name, newest, before.keys() - present, now)
        if each.country not in announced and _is_over(each, patience, now)
    ]


def _newest_pair(
    unit: Unit, source: Source, listings: Mapping[str, Listing]
) -> tuple[str, str] | None:
    """Return the newest edition and the one before it, where this run read the newest's listing."""
    editions = unit.listings.editions(source.name)
    if len(editions) < 2:
        return None
    last, newest = editions[-2:]
    listing = listings.get(newest)
    return (last, newest) if listing and listing.is_good else None


def _present(unit: Unit, source: Source, listing: Listing) -> set[str] | None:
    """Return the countries of an edition; None if a page on its list is of none that is known.

    What a page says of itself counts for one whose label and address say nothing.
    """
    held = set(unit.reports.countries(source.name, listing.edition))
    unplaced = []
    for link in listing.links:
        place = source.place_of(link.url, link.label)
        if place is None:
            unplaced.append(link.url)
        else:
            held.add(place.country)
    known = unit.locations(source.name)
    carried, places = known.by_url(unplaced), known.places()
    is_placed = all(url in carried and places.get(carried[url].id) for url in unplaced)
    return held if is_placed else None


def _is_over(absence: Absence, patience: Patience, now: datetime) -> bool:
    since = now - absence.first_missed_at
    return absence.miss_count >= patience.checks and since >= timedelta(hours=patience.hours)


def _record(
    unit: Unit,
    recording: Recording,
    source: Source,
    absence: Absence,
    *,
    last: str,
    newest: str,
    now: datetime,
) -> Change:
    name = ReportId(source.name, newest, absence.country)
    began_at = unit.sources.baseline_at(source.name)
    change = Change(
        id=0,
        kind=ChangeKind.COUNTRY_DROPPED,
        report=name,
        title=source.title_of(name),
        from_version=None,
        to_version=None,
        detected_at=now,
        summary_line=_line(source, absence.country, last, newest),
        url=source.index_url(newest),
        is_baseline=began_at is None or absence.first_missed_at <= began_at,
    )
    unit.changes.add(
        None, recording.run_id, change, topics=frozenset(), is_silent=recording.is_silent
    )
    return change


def _line(source: Source, country: str, last: str, newest: str) -> str:
    place = source.countries.name(country, "")
    return f"{place} has no report in the edition {newest}; the edition {last} had one"
