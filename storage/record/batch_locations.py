"""The locations that a batch of looks is at or led to, looked up once; new ones are inserted."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from storage.watch.locations import Locations, LocationView, Sighting, location_key


class Places:
    """The locations of one batch."""

    def __init__(self, locations: Locations) -> None:
        self._locations = locations
        self._held: dict[str, LocationView] = {}

    def look_up(self, sightings: Sequence[Sighting]) -> Collection[LocationView]:
        """Fetch the locations of some sightings in one query, and return those known."""
        urls = {each.url for each in sightings} | {each.moved_to for each in sightings}
        known = self._locations.by_url(urls - {""})
        self._held = {view.key: view for view in known.values()}
        return known.values()

    def at(self, url: str, sighting: Sighting) -> LocationView:
        """Return the location of an address, a new one where it is not known."""
        key = location_key(url)
        if key not in self._held:
            is_listed = bool(sighting.is_listed) and url == sighting.url
            self._held[key] = self._locations.add(url, sighting.edition, is_listed=is_listed)
        return self._held[key]
