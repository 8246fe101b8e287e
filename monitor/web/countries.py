"""Countries as people type them: the names proposed, and what is said of one that nobody knows."""

from __future__ import annotations

from fastapi import HTTPException

from reports.model.countries import Place
from scrapers.registry import countries_alike, country_hint, find_place, real_places
from services.notify.subscription_filter import place_name
from storage.unit import Unit


class UnknownCountry(HTTPException):
    """A name that no country has; ``alike`` are the names that it may stand for."""

    def __init__(self, name: str) -> None:
        super().__init__(404, f"“{name}” is no country known; {country_hint(name)}")
        self.name = name
        self.alike = countries_alike(name)


def place_asked(text: str) -> Place | None:
    """Return the place a filter names, None for an empty one; raises UnknownCountry."""
    text = text.strip()
    place = find_place(text) if text else None
    if text and place is None:
        raise UnknownCountry(text)
    return place


def country_names(unit: Unit) -> list[str]:
    """Return the names to propose as one types: all real ones, and those of stored reports."""
    stored = map(place_name, unit.reports.places())
    return sorted({*stored, *(place.name for place in real_places())})
