"""Tell drafts and samples that a publisher leaves in its listings from the reports beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from reports.model.countries import Place
from scrapers.source import Link

_SAMPLE = re.compile(r"sample", re.I)
_DRAFT = re.compile(rf"{_SAMPLE.pattern}|__trashed|(?<![^-_/])(?:draft|copy)(?![^-_/\d])", re.I)


def is_sample(slug: str) -> bool:
    """Return whether an address below its index is a sample's: ``2022samplehrrwha/...``."""
    return bool(_SAMPLE.search(slug))


def is_draft(slug: str) -> bool:
    """Return whether an address looks like a draft's, a sample's or a deleted page's.

    Real reports have had such addresses: it decides between two pages, never against one.
    """
    return bool(_DRAFT.search(slug))


def without_drafts(
    links: Iterable[Link], slug_of: Callable[[Link], str], place_of: Callable[[Link], Place | None]
) -> tuple[Link, ...]:
    """Return links without the draft-looking ones of places that another link is of too."""
    named = [(link, place_of(link), is_draft(slug_of(link))) for link in links]
    finished = {place for _, place, draft in named if place and not draft}
    return tuple(link for link, place, draft in named if not draft or place not in finished)
