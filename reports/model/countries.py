"""The country table: every name a publisher uses for a country or a child area."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from rapidfuzz.distance import OSA

from reports.text.normal_form import normalized

_PUNCTUATION = re.compile(r"[^a-z0-9]+")
_ARTICLE = re.compile(r"^the | the$")
_SPAN = re.compile(r"(\d{4})(?:-(\d{4}))?")
LETTERS_PER_SLIP = 5
"""Letters in which one slip of the pen is believed; shorter names may have one all the same."""
SHORTEST_ALIKE = 4
LONGEST_NAME = 1_000
"""What is longer is a text and names no place, whatever it is made of."""


@dataclass(frozen=True, slots=True)
class Place:
    """A country, or a child area of one: what ``country`` and ``part`` of a report name."""

    country: str
    part: str
    name: str
    names: tuple[str, ...] = ()
    slugs: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The code, with the part if there is one: ``CHN/tibet``."""
        return f"{self.country}/{self.part}" if self.part else self.country


class BadCountryTable(ValueError):
    """A country table that contradicts itself."""


def fold(name: str) -> str:
    """Return ``name`` without accents, case, punctuation and a leading or trailing "the"."""
    text = normalized("NFKD", name)
    plain = "".join(c for c in text if not unicodedata.combining(c)).casefold()
    # An apostrophe joins ("Cote d'Ivoire"); any other mark separates.
    joined = re.sub("['\u2018\u2019\u02bc`]", "", plain).replace("&", " and ")
    return _ARTICLE.sub("", _PUNCTUATION.sub(" ", joined).strip())


class CountryTable:
    """Looks places up by name, code, key or slug. Raises BadCountryTable on contradictions."""

    def __init__(self, rows: Mapping[str, Any]) -> None:
        self._by_name: dict[str, Place] = {}
        self._by_slug: dict[str, tuple[Place, frozenset[str]]] = {}
        self._places: dict[tuple[str, str], Place] = {}
        for row in rows.get("country", ()):
            self._add(_place(row, row["code"], ""), (row["code"], row["key"]), row)
        parents = {row["code"]: row["key"] for row in rows.get("country", ())}
        for row in rows.get("area", ()):
            codes = [row[key] for key in ("code", "user_code") if row.get(key)]
            owners = (row["parent"], parents[row["parent"]])
            paths = [f"{owner}/{row['part']}" for owner in owners]
            self._add(_place(row, row["parent"], row["part"]), (*codes, *paths), row)

    def _add(self, place: Place, keys: Iterable[str], row: Mapping[str, Any]) -> None:
        self._places[place.country, place.part] = place
        for name in (*place.names, *keys):
            other = self._by_name.setdefault(fold(name), place)
            if other != place:
                raise BadCountryTable(f"{name!r} names both {other.name} and {place.name}")
        for slug, editions in row.get("slugs", {}).items():
            self._by_slug[slug.casefold()] = place, frozenset(_years(editions))

    def find(self, name: str) -> Place | None:
        """Return the place a name, code or key stands for."""
        return self._by_name.get(fold(name)) if 0 < len(name) <= LONGEST_NAME else None

    def find_slug(self, slug: str, edition: str = "") -> Place | None:
        """Return the place whose pages have used this slug (``parent/child`` for an area).

        With ``edition``, only if they used it in that edition: a slug such as ``__trashed``
        says nothing of any other.
        """
        place, editions = self._by_slug.get(slug.casefold(), (None, frozenset()))
        return place if not edition or edition in editions else None

    def alike(self, name: str) -> tuple[Place, ...]:
        """Return the places that an unknown name is most like, for suggesting; all equally so.

        A name is like another within one slip in five letters (a letter left out, added, changed
        or two swapped), or where it holds, as whole words, the names of one country alone.
        """
        asked = fold(name) if len(name) <= LONGEST_NAME else ""
        if len(asked) < SHORTEST_ALIKE:
            return ()
        most = max(1, len(asked) // LETTERS_PER_SLIP)
        slips: dict[Place, int] = {}
        for known, place in self._by_name.items():
            # So many letters more or fewer are as many slips, without looking at any.
            if len(known) >= SHORTEST_ALIKE and abs(len(asked) - len(known)) <= most:
                count = OSA.distance(asked, known, score_cutoff=most)
                slips[place] = min(count, slips.get(place, count))
        least = min(slips.values(), default=most + 1)
        if least <= most:
            return tuple(place for place, count in slips.items() if count == least)
        held = self._held_in(asked)
        return held if len(held) == 1 else ()

    def _held_in(self, folded: str) -> tuple[Place, ...]:
        """Return the places whose names stand in a folded text as whole words."""
        padded = f" {folded} "
        names = [known for known in self._by_name if f" {known} " in padded and len(known) > 3]
        longest = [
            known
            for known in names
            if not any(f" {known} " in f" {n} " for n in names if n != known)
        ]
        return tuple({self._by_name[known]: None for known in longest})

    def mentions(self, text: str) -> Counter[Place]:
        """Count how often a text names each country; "Papua New Guinea" does not name Guinea."""
        places = {
            name: place for place in self if not place.part for name in place.names if name in text
        }
        longest_first = sorted(places, key=len, reverse=True)
        found = re.findall(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b", text)
        return Counter(places[name] for name in found if name)

    def get(self, country: str, part: str = "") -> Place | None:
        """Return the place with this code and part."""
        return self._places.get((country, part))

    def name(self, country: str, part: str = "") -> str:
        """Return the name to print for a place; the code or part itself if it is unknown."""
        if place := self._places.get((country, part)):
            return place.name
        owner = self._places.get((country, ""))
        return "/".join(filter(None, (owner.name if owner else country, part)))

    def names_of(self, country: str) -> tuple[str, ...]:
        """Return every name of a country and of its child areas."""
        places = [place for place in self if place.country == country]
        return tuple(name for place in places for name in place.names)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._places.values())


def _place(row: Mapping[str, Any], country: str, part: str) -> Place:
    names = tuple(row["names"])
    return Place(country, part, names[0], names, tuple(row.get("slugs", ())))


def _years(editions: str) -> Iterator[str]:
    """Yield the years of "2016-2018,2020"."""
    for first, last in _SPAN.findall(editions):
        yield from (str(year) for year in range(int(first), int(last or first) + 1))


def load_table(text: str) -> CountryTable:
    """Read a table from TOML text (the shape of ``countries.toml``)."""
    return CountryTable(tomllib.loads(text))


@cache
def world(further: str = "") -> CountryTable:
    """Return the table of real countries and child areas, with ``further`` rows as TOML text.

    A further row of a country or an area that the table knows adds names and slugs to its own.
    """
    text = resources.files("reports.model").joinpath("countries.toml").read_text("utf-8")
    return CountryTable(_joined(tomllib.loads(text), tomllib.loads(further)))


def _joined(rows: dict[str, Any], further: Mapping[str, Any]) -> dict[str, Any]:
    known = {_key(row): row for kind in ("country", "area") for row in rows[kind]}
    for kind, added in further.items():
        for row in added:
            if (own := known.get(_key(row))) is None:
                rows[kind].append(row)
            else:
                own["names"] += row.get("names", [])
                own["slugs"] = {**own.get("slugs", {}), **row.get("slugs", {})}
    return rows


def _key(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return the country and part that a row is of."""
    return row.get("parent") or row["code"], row.get("part", "")
