"""What places and publishers are called, by their sources: for pages and for commands."""

from __future__ import annotations

from reports.model.identity import ReportId
from scrapers.registry import all_sources


def place_name(name: ReportId) -> str:
    """Return the country's or area's name; its code where the source does not know it.

    A document of a country goes by the country's: its title is shown beside it.
    """
    source = all_sources().get(name.source)
    if source is None:
        return "/".join(filter(None, (name.country, name.part)))
    return source.countries.name(name.country, "" if name.is_document else name.part)


def publisher_of(source: str) -> str:
    """Return a source's publisher; ``""`` for a source this program no longer has."""
    found = all_sources().get(source)
    return found.publisher if found else ""
