"""Find the sources: every Source class in a module of ``scrapers.sources``."""

from __future__ import annotations

import inspect
import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from reports.model.institution import Institution
from scrapers import sources

MOST_ALIKE = 4
"""So many names are suggested for an unknown one."""

if TYPE_CHECKING:  # who only asks for a source's name needs no reader of pages
    from collections.abc import Iterable

    from reports.model.countries import Place
    from reports.model.identity import ReportId
    from scrapers.source import Source


class UnknownSource(LookupError):
    """No source goes by this name."""


@cache
def all_sources() -> dict[str, Source]:
    """Return every source by name, in alphabetical order."""
    found: dict[str, Source] = {}
    for module in pkgutil.iter_modules(sources.__path__):
        for _, value in inspect.getmembers(
            import_module(f"{sources.__name__}.{module.name}"), _is_source
        ):
            found[value.name] = value()
    return dict(sorted(found.items()))


def source_named(name: str) -> Source:
    """Return a source by its name; raises UnknownSource, which lists the names there are."""
    try:
        return all_sources()[name]
    except KeyError:
        known = ", ".join(all_sources())
        raise UnknownSource(f"there is no source {name!r}; there are: {known}") from None


def publishers() -> dict[str, str]:
    """Return how every source's publisher is cited, by the source's name."""
    return {name: source.publisher for name, source in all_sources().items()}


def short_names() -> dict[str, str]:
    """Return what readers call every source, by its own name."""
    return {name: source.short_name for name, source in all_sources().items()}


def publisher_of(source: str) -> str:
    """Return a source's publisher; ``""`` for a source this program no longer has."""
    found = all_sources().get(source)
    return found.publisher if found else ""


def institution_of(source: str) -> Institution:
    """Return who is cited as a source's author; nobody of a source this program no longer has."""
    found = all_sources().get(source)
    if not found:
        return Institution("", "")
    return Institution(
        found.publisher, found.author or found.publisher, found.parent, found.bluebook
    )


def released_on(source: str, edition: str) -> str:
    """Return the day on which an edition is known to have come out, in ISO 8601, or ``""``."""
    found = all_sources().get(source)
    day = found.rhythm.releases.get(edition) if found else None
    return day.isoformat() if day else ""


def short_name(source: str) -> str:
    """Return what readers call a source; its own name if this program no longer has it."""
    known = all_sources().get(source)
    return known.short_name if known else source


def country_hint(name: str, sources: Iterable[Source] = ()) -> str:
    """Return what to do about a country's name that nobody knows: the names it is most like.

    ``sources`` are those that were asked; by default all.
    """
    alike = countries_alike(name, sources)
    if not alike:
        return "give its name, key or alpha-3 code"
    *most, last = alike
    return f"did you mean {', '.join(most)} or {last}?" if most else f"did you mean {last}?"


def countries_alike(name: str, sources: Iterable[Source] = ()) -> list[str]:
    """Return the names that an unknown name of a country is most like: a few, or none."""
    asked = sources or all_sources().values()
    alike = dict.fromkeys(place.name for each in asked for place in each.countries.alike(name))
    return list(alike)[:MOST_ALIKE]


def find_place(text: str) -> Place | None:
    """Return the place that a name, key or code stands for in any source: `CHN/tibet` too."""
    country, _, part = text.partition("/")
    for source in all_sources().values():
        table = source.countries
        if place := table.find(text) or table.get(country.upper(), part):
            return place
    return None


def real_sources() -> list[Source]:
    """Return the sources but those of fiction, whose hosts are of the domain kept for examples."""
    return [each for each in all_sources().values() if not each.hosts[0].endswith(".example")]


def real_places() -> list[Place]:
    """Return every country and area that a source may report on, by name, but fictional ones."""
    places = {place.key: place for each in real_sources() for place in each.countries}
    return sorted(places.values(), key=lambda place: place.name)


def country_unknown_to(source: Source, name: str) -> str:
    """Return the sentence for a country's name that a source does not know."""
    return f"{name!r} is no country known to {source.name}; {country_hint(name, [source])}"


def lists_issues(source: str) -> bool:
    """Return whether a source is known and its reports list issues."""
    known = all_sources().get(source)
    return known is not None and known.has_issue_lists


def place_name(name: ReportId) -> str:
    """Return the country's or area's name; its code if the source does not know it.

    A document of a country goes by the country's: its title is shown beside it.
    """
    source = all_sources().get(name.source)
    if source is None:
        return "/".join(filter(None, (name.country, name.part)))
    return source.countries.name(name.country, "" if name.is_document else name.part)


def _is_source(value: object) -> bool:
    from scrapers.source import Source

    return inspect.isclass(value) and issubclass(value, Source) and not inspect.isabstract(value)
