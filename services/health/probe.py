"""Ask the publishers' sites whether they answer: robots.txt and the newest index of each source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from scrapers.discover.index_pages import read_index
from scrapers.fetch.robots import RobotsState
from scrapers.fetch.urls import host_of
from scrapers.registry import all_sources
from scrapers.source import Source
from services.assembly import Parts
from services.gates import probing_gate


def probe_publishers(parts: Parts, names: Iterable[str]) -> Iterator[tuple[str, bool, str]]:
    """Yield a source's name, whether its site is well, and what was seen; records nothing."""
    for name in names:
        source = all_sources().get(name)
        if source:
            yield name, *_probe(parts, source)


def _probe(parts: Parts, source: Source) -> tuple[bool, str]:
    with parts.store.read() as unit:
        edition = max([*unit.listings.editions(source.name), *source.editions])
        last_good = unit.listings.last_good_count(source.name, edition)
    with probing_gate(parts, source) as gate:
        listing = read_index(gate, source, edition, last_good=last_good)
        robots = gate.robots_states().get(host_of(urlsplit(listing.url)))
    said = "robots.txt could not be read" if robots is RobotsState.UNREACHABLE else "robots.txt: ok"
    if not listing.is_good:
        return False, f"{listing.url}: {listing.fault}; {said}"
    return True, f"{listing.url} lists {len(listing.links):,} reports; {said}"
