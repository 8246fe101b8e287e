"""What an imported page may claim of itself: where it is from, and when it was captured.

A file says what its maker wrote into it. An address of somebody else's host does not make a page
the publisher's, and a capture from the future would be taken for the latest for years.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from reports.model.values import Identified, Page, Undecided
from reports.text.addresses import split_address
from reports.text.plain import one_line
from scrapers.read.header import original
from scrapers.saved.page import SavedFault, SavedPage
from scrapers.source import Source

AHEAD = timedelta(days=1)
"""How far a recorder's clock may be ahead of ours."""

_LONGEST_HOST = 100
_WEB = ("http", "https")


def believed(saved: SavedPage, now: datetime) -> SavedPage | SavedFault:
    """Return a page as captured now at the latest, or why its time cannot be believed.

    A clock that is a little ahead must not make what is fetched next the older capture.
    """
    if saved.retrieved_at is None or saved.retrieved_at <= now:
        return saved
    if saved.retrieved_at > now + AHEAD:
        said = f"{saved.retrieved_at:%Y-%m-%d %H:%M} UTC"
        return SavedFault(saved.file, f"it says that it was captured at {said}: in the future")
    return replace(saved, retrieved_at=now)


def is_of_publisher(source: Source, url: str) -> bool:
    """Return whether a page's address is on one of the publisher's hosts, or a copy of such."""
    try:
        parts = split_address(original(url))
        return parts.scheme in _WEB and source.owns(original(url))
    except ValueError:
        return False


def foreign_host(source: Source, url: str) -> str:
    """Return the host of an address that is not the publisher's; ``""`` if it is, or has none.

    A copy of a web archive is of the page that it was made of.
    """
    if not url.lower().startswith(tuple(f"{each}:" for each in _WEB)):
        return ""
    if is_of_publisher(source, url):
        return ""
    try:
        host = split_address(original(url)).hostname
    except ValueError:
        host = ""
    return one_line(host or url, _LONGEST_HOST)


def held_back(page: Page, host: str) -> Page:
    """Return a page of a foreign host with every text of it for somebody to decide."""
    why = f"the page was captured at {host}, which is not a host of the publisher"
    named = [_undecided(each, why) for each in page.reports]
    others = [
        replace(each, why=f"{why}; {each.why}", is_contradicted=True) for each in page.undecided
    ]
    return replace(page, reports=(), undecided=(*named, *others))


def _undecided(found: Identified, why: str) -> Undecided:
    name = found.report
    country = f"{name.country}/{name.part}" if name.part else name.country
    return Undecided(country, name.edition, why, found.reading, name.part, is_contradicted=True)
