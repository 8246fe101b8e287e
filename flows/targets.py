"""Decide what a run looks at: what its listings name, and what is known already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.assembly import Parts
from flows.discovery import Listing, choose_editions, read_index
from flows.look import Target
from flows.run import BadRequest, DiscoveryFailed, IngestRequest
from reports.countries import Place
from scrapers.fetch import FetchGate
from scrapers.source import Source
from storage.locations import is_storable, location_key


@dataclass(frozen=True)
class Scope:
    """What a request asks for, its countries found in the source's table."""

    editions: tuple[str, ...]
    places: tuple[Place, ...]
    urls: tuple[str, ...]

    @classmethod
    def of(cls, source: Source, request: IngestRequest) -> Scope:
        """Read a request; raises BadRequest where it names what the source does not have."""
        for url in request.urls:
            if not source.owns(url):
                hosts = ", ".join(source.hosts)
                raise BadRequest(f"{url} is no page of {source.name}, whose hosts are {hosts}")
        places = tuple(_place(source, name) for name in request.countries)
        return cls(request.editions, places, request.urls)


class Targets:
    """What one run looks at; ``listings`` are those it has read, by edition."""

    def __init__(
        self, parts: Parts, source: Source, scope: Scope, gate: FetchGate, run_id: int
    ) -> None:
        self._parts = parts
        self._source = source
        self._scope = scope
        self._gate = gate
        self._run_id = run_id
        self.listings: dict[str, Listing] = {}

    def discover(self) -> list[Target]:
        """Read the listings and return listed and known locations; raises DiscoveryFailed."""
        if self._scope.urls:
            return self._targets({url: False for url in self._scope.urls})
        with self._parts.store.read() as unit:
            held = unit.runs.listed_editions(self._source.name)
        editions = choose_editions(self._gate, self._source, self._scope.editions, held)
        urls: dict[str, bool] = {}
        for edition in editions.chosen:
            listing = editions.read.get(edition) or self._read_index(edition)
            self._note(listing)
            urls.update(
                {
                    link.url: True
                    for link in listing.links
                    if is_storable(link.url) and self._asks_for(link.url, link.label)
                }
            )
        urls.update(self._known_urls(editions.chosen, urls))
        if not urls and not any(one.is_good for one in self.listings.values()):
            raise DiscoveryFailed(self._why_nothing())
        return self._targets(urls)

    def _read_index(self, edition: str) -> Listing:
        with self._parts.store.read() as unit:
            last_good = unit.runs.last_good_listing(self._source.name, edition)
        return read_index(self._gate, self._source, edition, last_good=last_good)

    def _note(self, listing: Listing) -> None:
        self.listings[listing.edition] = listing
        with self._parts.store.write() as unit:
            unit.runs.note_listing(
                self._run_id,
                self._source.name,
                listing.edition,
                len(listing.links),
                self._parts.now(),
                is_good=listing.is_good,
            )
            unit.commit()

    def _known_urls(self, editions: Sequence[str], listed: Mapping[str, bool]) -> dict[str, bool]:
        """Return known locations of the chosen editions that no listing names."""
        keys = {location_key(url) for url in listed}
        with self._parts.store.read() as unit:
            known = unit.locations(self._source.name).all(editions)
            carried = unit.locations(self._source.name).places()
        wanted = {(place.country, place.part) for place in self._scope.places}
        return {
            each.url: False
            for each in known
            if each.key not in keys
            and self._source.owns(each.url)
            and (not wanted or carried.get(each.id, set()) & wanted)
        }

    def _asks_for(self, url: str, label: str) -> bool:
        if not self._scope.places:
            return True
        place = self._source.place_of(url, label)
        return place is not None and any(_covers(place, asked) for asked in self._scope.places)

    def _targets(self, urls: Mapping[str, bool]) -> list[Target]:
        """Return what to look at, copies last: an edit is told before a copy could differ."""
        with self._parts.store.read() as unit:
            known = unit.locations(self._source.name).by_url(urls)
            copies = unit.locations(self._source.name).copies()
        targets = [
            Target(url, self._source.edition_of(url), known.get(url), is_listed=is_listed)
            for url, is_listed in urls.items()
        ]
        return sorted(targets, key=lambda each: each.known is not None and each.known.id in copies)

    def _why_nothing(self) -> str:
        faults = [f"{one.url}: {one.fault}" for one in self.listings.values()]
        return (
            f"no listing could be read: {'; '.join(faults)}. Check the network and the publisher's "
            "site, or name another origin with --via; nothing was changed"
        )


def _place(source: Source, name: str) -> Place:
    place = source.countries.find(name)
    if place is None:
        raise BadRequest(
            f"{name!r} is no country known to {source.name}; give its name, key or alpha-3 code"
        )
    return place


def _covers(place: Place, asked: Place) -> bool:
    """Tell whether to look at a place: areas are reached through their parent's page."""
    return place.country == asked.country and (place.part == asked.part or not place.part)
