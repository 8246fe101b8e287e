"""Hints: what a publisher's site says it modified lately, which costs less than every page.

A hint is a word about a page: its address and the moment at which the site says it was modified. It
decides what to fetch, never what changed. Ways to ask are ``rest_collection`` and ``site_maps``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from scrapers.source import Link, Source

if TYPE_CHECKING:  # who plans what to ask opens no connection
    from scrapers.fetch.gate import FetchGate

MOST_PAGES = 200
"""Pages of a collection, or site maps, that are read before giving up: 20,000 entries."""

GONE = frozenset({404, 410})
_LONGEST_TOKEN = 40


class HintKind(StrEnum):
    """A way to learn what changed; also the names of the setting REPORTWATCH_HINTS."""

    REST = "rest"
    SITEMAP = "sitemap"
    LISTING = "listing"


class HintsAbsent(Exception):
    """The site has no such thing; asking again soon is useless."""


class HintsFailed(Exception):
    """The site could not be asked this time."""


@dataclass(frozen=True)
class Hints:
    """What a site said. ``modified`` maps addresses to moments of modification, as tokens.

    ``is_whole`` says that every page there is was named; else only those modified since the last
    time were. ``cursor`` is where to go on next time and ``total`` the number of entries there are
    (0 if not given).
    """

    kind: HintKind
    modified: Mapping[str, str] = field(default_factory=dict)
    is_whole: bool = False
    cursor: str = ""
    total: int = 0


def of_listings(links: Sequence[Link]) -> Hints:
    """Return what listings themselves say of the pages they name."""
    modified = {link.url: moment_token(link.modified) for link in links if link.modified}
    return Hints(HintKind.LISTING, modified, is_whole=True, total=len(modified))


def own_address(link: str, gate: FetchGate, source: Source) -> str:
    """Return the publisher's address that an entry names, ``""`` for one of another family."""
    url = gate.publishers_address(link, source.collection_url) if link else ""
    return url if url and source.owns(url) and source.edition_of(url) else ""


def moment_token(moment: str) -> str:
    """Return a moment in a form that is equal for equal moments, whatever its zone.

    Of a text that is not a moment, its digest is returned: that can be stored, whatever it says.
    """
    try:
        read = datetime.fromisoformat(moment)
        utc = read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the year 1, east of Greenwich, is none in UTC
        return hashlib.sha256(moment.encode("utf-8", "surrogatepass")).hexdigest()[:_LONGEST_TOKEN]
    return utc.isoformat(timespec="seconds").replace("+00:00", "Z")
