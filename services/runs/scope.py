"""What a request asks for, in the words of its source."""

from __future__ import annotations

from dataclasses import dataclass

from reports.model.countries import Place
from scrapers.registry import country_unknown_to
from scrapers.source import Source
from services.runs.run import BadRequest, IngestRequest


@dataclass(frozen=True)
class Scope:
    """What a request asks for, its countries found in the source's table.

    ``is_planned`` marks a run that reads what is due; any other reads everything in scope.
    ``is_full`` also reads pages that hints call unmodified.
    """

    editions: tuple[str, ...]
    places: tuple[Place, ...]
    urls: tuple[str, ...]
    is_planned: bool = False
    is_full: bool = False

    @classmethod
    def of(cls, source: Source, request: IngestRequest) -> Scope:
        """Read a request; raises BadRequest if it names what the source does not have."""
        for url in request.urls:
            if not source.owns(url):
                hosts = ", ".join(source.hosts)
                raise BadRequest(f"{url} is not a page of {source.name}, whose hosts are {hosts}")
        places = tuple(_place(source, name) for name in request.countries)
        is_bounded = bool(request.editions or places or request.urls or request.full)
        is_planned = request.trigger.is_planned and not is_bounded
        return cls(request.editions, places, request.urls, is_planned, request.full)

    def covers(self, place: Place | None) -> bool:
        """Return whether a listed page is asked for; areas are reached through their parent's."""
        if not self.places:
            return True
        return place is not None and any(_covers(place, asked) for asked in self.places)

    def holds(self, carried: set[tuple[str, str]]) -> bool:
        """Return whether a location that carries some (country, part) pairs is asked for."""
        return not self.places or any((each.country, each.part) in carried for each in self.places)


def _place(source: Source, name: str) -> Place:
    place = source.countries.find(name)
    if place is None:
        raise BadRequest(country_unknown_to(source, name))
    return place


def _covers(place: Place, asked: Place) -> bool:
    return place.country == asked.country and (place.part == asked.part or not place.part)
