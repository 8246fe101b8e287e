"""Groups of countries that people follow together: data in ``regions.toml``, corrected there."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Region:
    """A group of countries: its id, its name for people and the codes of its countries."""

    id: str
    name: str
    countries: tuple[str, ...]


@cache
def regions() -> tuple[Region, ...]:
    """Return every region, in the file's order."""
    data = tomllib.loads(files("reports.model").joinpath("regions.toml").read_text("utf-8"))
    return tuple(
        Region(each["id"], each["name"], tuple(each["countries"])) for each in data["region"]
    )


@cache
def _by_country() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for region in regions():
        for country in region.countries:
            found.setdefault(country, []).append(region.id)
    return {country: tuple(ids) for country, ids in found.items()}


def regions_of(country: str) -> tuple[str, ...]:
    """Return the ids of the regions a country is of; none for one that no region names."""
    return _by_country().get(country, ())


def region_named(name: str) -> Region | None:
    """Return a region by its id or its name, in any case; None for an unknown one."""
    wanted = name.strip().casefold()
    return next((each for each in regions() if wanted in (each.id, each.name.casefold())), None)


def countries_of(names: Iterable[str]) -> frozenset[str]:
    """Return the countries of some regions, by id; a region that is gone has none."""
    chosen = set(names)
    return frozenset(code for each in regions() if each.id in chosen for code in each.countries)
