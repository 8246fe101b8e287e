"""Read the taxonomy from its TOML file, and say what is wrong with one that cannot be used."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from reports.topics.taxonomy import OUTLINES, Facet, Taxonomy, Topic, openings

_ID = re.compile(r"[a-z][a-z0-9_]*")
_LITERAL_BRACKET = re.compile(r"\\[()|]|\[[^\]]*[()|]")


class TaxonomyError(ValueError):
    """A taxonomy file that cannot be used; the message names the entry and what to correct."""


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
            for outline in OUTLINES
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
        if not pattern.isprintable():  # "\\b" in double quotes is a backspace
            raise TaxonomyError(
                f"{owner}: pattern {pattern!r} holds a control character: write it in single quotes"
            )
        if pattern != pattern.lower():
            raise TaxonomyError(f"{owner}: write pattern {pattern!r} in lower case")
        try:
            matches_nothing = re.compile(pattern).search("")
        except re.error as error:
            raise TaxonomyError(f"{owner}: pattern {pattern!r} is wrong: {error}") from error
        if matches_nothing:
            raise TaxonomyError(f"{owner}: pattern {pattern!r} matches every text")


def _validate_opening(owner: str, pattern: str) -> None:
    if not pattern.startswith(r"\b") or _LITERAL_BRACKET.search(pattern) or not openings(pattern):
        raise TaxonomyError(
            f"{owner}: pattern {pattern!r} must begin with \\b and three letters, or with \\b and "
            "a group of alternatives that each begin with three letters; write alternatives "
            "outside a group as patterns of their own, and no literal brackets or bars"
        )
