"""The country table: every name a publisher uses for a country or a child area."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

_PUNCTUATION = re.compile(r"[^a-z0-9]+")
_ARTICLE = re.compile(r"^the | the$")


@dataclass(frozen=True, slots=True)
class Place:
    """A country, or a child area of one: what ``country`` and ``part`` of a report name."""

    country: str
    part: str
    name: str
    names: tuple[str, ...] = ()
    slugs: tuple[str, ...] = ()


class BadCountryTable(ValueError):
    """A country table that contradicts itself."""


def fold(name: str) -> str:
    """Return ``name`` without accents, case, punctuation and a leading or trailing "the"."""
    text = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in text if not unicodedata.combining(c)).casefold()
    # An apostrophe joins ("Cote d'Ivoire"); any other mark separates.
    joined = re.sub("['\u2018\u2019\u02bc`]", "", plain).replace("&", " and ")
    return _ARTICLE.sub("", _PUNCTUATION.sub(" ", joined).strip())


class CountryTable:
    """Looks places up by name, code, key or slug. Raises BadCountryTable on contradictions."""

    def __init__(self, rows: Mapping[str, Any]) -> None:
        self._by_name: dict[str, Place] = {}
        self._by_slug: dict[str, Place] = {}
        self._places: dict[tuple[str, str], Place] = {}
        for row in rows.get("country", ()):
            self._add(_place(row, row["code"], ""), (row["code"], row["key"]))
        parents = {row["code"]: row["key"] for row in rows.get("country", ())}
        for row in rows.get("area", ()):
            codes = [row[key] for key in ("code", "user_code") if row.get(key)]
            owners = (row["parent"], parents[row["parent"]])
            paths = [f"{owner}/{row['part']}" for owner in owners]
            self._add(_place(row, row["parent"], row["part"]), (*codes, *paths))

    def _add(self, place: Place, keys: Iterable[str]) -> None:
        self._places[place.country, place.part] = place
        for name in (*place.names, *keys):
            other = self._by_name.setdefault(fold(name), place)
            if other != place:
                raise BadCountryTable(f"{name!r} names both {other.name} and {place.name}")
        for slug in place.slugs:
            self._by_slug[slug.casefold()] = place

    def find(self, name: str) -> Place | None:
        """Return the place a name, code or key stands for."""
        return self._by_name.get(fold(name)) if name else None

    def find_slug(self, slug: str) -> Place | None:
        """Return the place whose pages have used this slug (``parent/child`` for an area)."""
        return self._by_slug.get(slug.casefold())

    def get(self, country: str, part: str = "") -> Place | None:
        """Return the place with this code and part."""
        return self._places.get((country, part))

    def name(self, country: str, part: str = "") -> str:
        """Return the name to print for a place; the code itself where it is unknown."""
        place = self._places.get((country, part))
        return place.name if place else "/".join(filter(None, (country, part)))

    def __iter__(self) -> Iterator[Place]:
        return iter(self._places.values())


def _place(row: Mapping[str, Any], country: str, part: str) -> Place:
    names = tuple(row["names"])
    return Place(country, part, names[0], names, tuple(row.get("slugs", ())))


def load_table(text: str) -> CountryTable:
    """Read a table from TOML text (the shape of ``countries.toml``)."""
    return CountryTable(tomllib.loads(text))


@cache
def world() -> CountryTable:
    """Return the table of real countries and child areas."""
    return load_table(resources.files("reports").joinpath("countries.toml").read_text("utf-8"))
