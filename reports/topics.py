"""File human rights issues under topics: the taxonomy as data, and the search for its patterns."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from itertools import chain
from typing import Any

_STRAIGHT = str.maketrans("\u2018\u2019\u201c\u201d\u2010\u2011", "''\"\"--")
_EXAMPLES = re.compile(r",? (?:including|such as)\b")
_ID = re.compile(r"[a-z][a-z0-9_]*")
_WORD_START = re.compile(r"\b[a-z]{3}")
_FIXED_START = re.compile(r"[a-z]{3}(?![?*{])")
_LITERAL_BRACKET = re.compile(r"\\[()|]|\[[^\]]*[()|]")


class TaxonomyError(ValueError):
    """A taxonomy file that cannot be used; the message names the entry and what to correct."""


@dataclass(frozen=True)
class Facet:
    """A side of an issue that is not its topic: who did it, or a word that qualifies it."""

    id: str
    patterns: tuple[str, ...]


@dataclass(frozen=True)
class Topic:
    """One topic of the taxonomy.

    ``patterns`` and ``vetoes`` are lower-case regular expressions, searched in normalised text; a
    veto takes the topic away again. ``head_only`` searches only what stands before "including" or
    "such as". ``rights`` are article numbers by instrument, none meaning the whole instrument.
    ``sections`` are the sections of the U.S. reports by outline (``2011_2023``, ``2024``).
    """

    id: str
    name: str
    group: str
    patterns: tuple[str, ...]
    vetoes: tuple[str, ...] = ()
    head_only: bool = False
    rights: tuple[tuple[str, tuple[int, ...]], ...] = ()
    instruments: tuple[str, ...] = ()
    ciri: tuple[str, ...] = ()
    is_pts: bool = False
    sections: tuple[tuple[str, str], ...] = ()

    def first_place(self, text: str, head: str) -> int | None:
        """Return where a normalised text first speaks of this topic; None where it does not."""
        searched = head if self.head_only else text
        found = self._any_pattern.search(searched)
        if found is None or (self._any_veto and self._any_veto.search(searched)):
            return None
        return found.start()

    @cached_property
    def _any_pattern(self) -> re.Pattern[str]:
        return re.compile(_alternation(self.patterns))

    @cached_property
    def _any_veto(self) -> re.Pattern[str] | None:
        return re.compile(_alternation(self.vetoes)) if self.vetoes else None


@dataclass(frozen=True)
class Taxonomy:
    """Every topic in its order, and the facets that describe an issue beside its topic."""

    version: int
    groups: tuple[str, ...]
    topics: tuple[Topic, ...]
    actors: tuple[Facet, ...] = ()
    qualifiers: tuple[Facet, ...] = ()

    def topics_of(self, text: str) -> tuple[str, ...]:
        """Return the ids of a text's topics, those of its head before those of its examples."""
        searched = normalised(text)
        examples = _EXAMPLES.search(searched)
        head = searched[: examples.start()] if examples else searched
        in_head: list[str] = []
        in_examples: list[str] = []
        for topic in self._candidates(searched):
            place = topic.first_place(searched, head)
            if place is not None:
                (in_head if place < len(head) else in_examples).append(topic.id)
        return (*in_head, *in_examples)

    def _candidates(self, searched: str) -> list[Topic]:
        # Searching every topic in every issue would take four times as long.
        places: set[int] = set()
        for start in _WORD_START.findall(searched):
            places |= self._places_by_opening.get(start, frozenset())
        return [self.topics[place] for place in sorted(places)]

    @cached_property
    def _places_by_opening(self) -> dict[str, frozenset[int]]:
        places: dict[str, set[int]] = {}
        for place, topic in enumerate(self.topics):
            for opening in chain.from_iterable(map(_openings, topic.patterns)):
                places.setdefault(opening, set()).add(place)
        return {opening: frozenset(found) for opening, found in places.items()}


def normalised(text: str) -> str:
    """Return the form in which patterns are searched: NFKC, straight quotes, lower case."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_STRAIGHT))
    return " ".join(text.lower().split())


def topics_of(text: str) -> tuple[str, ...]:
    """Return the ids of the topics that a text speaks of, under the project's taxonomy."""
    return taxonomy().topics_of(text)


@cache
def taxonomy() -> Taxonomy:
    """Return the project's taxonomy, read once; raises TaxonomyError."""
    return read_taxonomy(files("reports").joinpath("taxonomy.toml").read_text("utf-8"))


def read_taxonomy(toml: str) -> Taxonomy:
    """Read and validate a taxonomy; raises TaxonomyError naming the entry that is wrong."""
    try:
        table = tomllib.loads(toml)
        read = Taxonomy(
            version=table["version"],
            groups=tuple(table["groups"]),
            topics=tuple(_topic(row) for row in table["topics"]),
            actors=_facets(table, "actors"),
            qualifiers=_facets(table, "qualifiers"),
        )
    except tomllib.TOMLDecodeError as error:
        raise TaxonomyError(f"the taxonomy is not valid TOML: {error}") from error
    except KeyError as error:
        raise TaxonomyError(f"the taxonomy lacks {error}: add it") from error
    _validate(read)
    return read


def _topic(row: Mapping[str, Any]) -> Topic:
    return Topic(
        id=row["id"],
        name=row["name"],
        group=row["group"],
        patterns=tuple(row["patterns"]),
        vetoes=tuple(row.get("vetoes", ())),
        head_only=row.get("head_only", False),
        rights=tuple((name, tuple(numbers)) for name, numbers in row.get("rights", {}).items()),
        instruments=tuple(row.get("instruments", ())),
        ciri=tuple(row.get("ciri", ())),
        is_pts=row.get("is_pts", False),
        sections=tuple(
            (outline, row[f"section_{outline}"])
            for outline in ("2011_2023", "2024")
            if f"section_{outline}" in row
        ),
    )


def _facets(table: Mapping[str, Any], kind: str) -> tuple[Facet, ...]:
    return tuple(Facet(row["id"], tuple(row["patterns"])) for row in table.get(kind, ()))


def _validate(read: Taxonomy) -> None:
    for entries in (read.topics, read.actors, read.qualifiers):
        _validate_ids([entry.id for entry in entries])
    for topic in read.topics:
        if topic.group not in read.groups:
            raise TaxonomyError(f"topic {topic.id}: group {topic.group!r} is not among the groups")
        _validate_patterns(topic.id, (*topic.patterns, *topic.vetoes))
        for pattern in topic.patterns:
            _validate_opening(topic.id, pattern)
    for facet in (*read.actors, *read.qualifiers):
        _validate_patterns(facet.id, facet.patterns)


def _validate_ids(ids: Sequence[str]) -> None:
    for position, name in enumerate(ids):
        if not _ID.fullmatch(name):
            raise TaxonomyError(f"id {name!r}: use lower-case letters, digits and underscores")
        if name in ids[:position]:
            raise TaxonomyError(f"id {name!r} is used twice: every id must be unique")


def _validate_patterns(owner: str, patterns: Sequence[str]) -> None:
    if not patterns:
        raise TaxonomyError(f"{owner}: give at least one pattern")
    for pattern in patterns:
        if pattern != pattern.lower():
            raise TaxonomyError(f"{owner}: write pattern {pattern!r} in lower case")
        try:
            matches_nothing = re.compile(pattern).search("")
        except re.error as error:
            raise TaxonomyError(f"{owner}: pattern {pattern!r} is wrong: {error}") from error
        if matches_nothing:
            raise TaxonomyError(f"{owner}: pattern {pattern!r} matches every text")


def _validate_opening(owner: str, pattern: str) -> None:
    if not pattern.startswith(r"\b") or _LITERAL_BRACKET.search(pattern) or not _openings(pattern):
        raise TaxonomyError(
            f"{owner}: pattern {pattern!r} must begin with \\b and three letters, or with \\b and "
            "a group of alternatives that each begin with three letters; write alternatives "
            "outside a group as patterns of their own, and no literal brackets or bars"
        )


def _openings(pattern: str) -> tuple[str, ...]:
    """Return the first three letters of every way to match a pattern; none where unknown."""
    body = pattern.removeprefix(r"\b")
    if len(_ways(f"({body})")) != 1:
        return ()
    ways = _ways(body) if body.startswith("(") else [body]
    starts = [_FIXED_START.match(way) for way in ways]
    return tuple(start.group() for start in starts if start) if all(starts) else ()


def _ways(group: str) -> list[str]:
    """Split the bracketed group that a text begins with at its own bars; none if optional."""
    depth, start, ways = 0, 1, []
    for place, char in enumerate(group):
        depth += (char == "(") - (char == ")")
        if depth == 0 or (depth == 1 and char == "|"):
            ways.append(group[start:place])
            start = place + 1
        if depth == 0:
            return [] if group[start : start + 1] in ("?", "*", "{") else ways
    return []


def _alternation(patterns: Sequence[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)
