"""Tell the other families of reports that share a publisher's engine from the one that is read.

What distinguishes them is data: ``families.toml``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from reports.model.countries import fold
from reports.text.addresses import split_address

_NUMBER = re.compile(r"^\s*(?:section\s+)?(?:\d{1,2}|[ivx]{1,5})\s*[.:)]\s*", re.I)
_COLLECTION = re.compile(r"/reports/(?P<name>[^/]+)(?:/|$)", re.I)
LONGEST_TITLE = 160
"""Characters of a line that may be a title or a heading; a longer one is prose."""


@dataclass(frozen=True)
class OtherFamily:
    """A family that is not the one being read, and what it is known by."""

    title: str
    words: re.Pattern[str]
    line: re.Pattern[str]
    paths: tuple[str, ...]
    sections: frozenset[str]


@cache
def other_families(own: str) -> tuple[OtherFamily, ...]:
    """Return the known families but the one titled ``own``."""
    text = resources.files("scrapers.judge").joinpath("families.toml").read_text("utf-8")
    rows = tomllib.loads(text)["family"]
    return tuple(_family(row) for row in rows if fold(row["title"]) != fold(own))


def _family(row: Mapping[str, Any]) -> OtherFamily:
    titles = "|".join(row["titles"])
    names = "|".join(row.get("names", ()))
    after_name = rf"|.+\s(?:{names})" if names else ""
    year = r"(?:19|20)\d\d"
    line = (
        rf"{year}\s+(?:{titles})(?:\s*[:\u2013\u2014-]\s*.+)?"
        rf"|(?:{titles})\s+(?:for\s+)?{year}(?:\s*[:\u2013\u2014-]\s*.+)?"
        rf"|.+\s{year}\s+(?:{titles}){after_name}"
    )
    return OtherFamily(
        row["title"],
        re.compile(rf"\b(?:{titles})\b{after_name}", re.I),
        re.compile(line, re.I),
        tuple(row["paths"]),
        frozenset(map(fold, row["sections"])),
    )


def family_of_title(title: str, own: str) -> str:
    """Return the other family that a page's heading or breadcrumb names, ``""`` for none."""
    return next((each.title for each in other_families(own) if each.words.search(title)), "")


def family_of_line(line: str, own: str) -> str:
    """Return the other family that a line is the whole title of a report of, ``""`` for none."""
    title = line.strip() if len(line) <= LONGEST_TITLE else ""
    return next((each.title for each in other_families(own) if each.line.fullmatch(title)), "")


def family_of_sections(headings: Iterable[str], own: str) -> str:
    """Return the other family whose sections a page's are, ``""`` for none."""
    titles = {fold(_NUMBER.sub("", each)) for each in headings if len(each) <= LONGEST_TITLE}
    return next((each.title for each in other_families(own) if titles & each.sections), "")


def family_of_address(url: str, own: str) -> str:
    """Return the other family, or the unknown collection, an address below /reports/ is in."""
    found = _COLLECTION.match(split_address(url).path)
    if not found:
        return ""
    name = found["name"].casefold()
    for each in other_families(own):
        if any(path in name for path in each.paths):
            return each.title
    return f"the collection {found['name'][:LONGEST_TITLE]!r}"
