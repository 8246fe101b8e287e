"""Get the page that a new source begins with: from its publisher, through the gate, or a file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from scrapers.fetch.errors import FetchError
from scrapers.fetch.gate import FetchGate
from scrapers.fetch.policy import FetchPolicy
from scrapers.fetch.urls import host_of, split_http_url
from scrapers.read.header import head_of, own_address
from scrapers.saved.files import read_saved
from scrapers.saved.page import WEB_TYPES, SavedFault
from services.settings import Settings

JSON = "application/json"


class NoFirstPage(Exception):
    """No page to begin with; the message says why."""


@dataclass(frozen=True)
class FirstPage:
    """A page as it was sent. ``url`` is ``""`` if a saved one does not give it."""

    body: bytes
    url: str

    @property
    def is_json(self) -> bool:
        """Whether the page is a JSON document, whatever it was said to be."""
        try:
            return isinstance(json.loads(self.body), dict | list)
        except (ValueError, RecursionError):
            return False


def first_page(settings: Settings, target: str) -> FirstPage:
    """Return the page at an address or in a file; raises NoFirstPage."""
    if urlsplit(target).scheme in ("http", "https"):
        return _fetched(settings, target)
    found = next(iter(read_saved([Path(target)], (*WEB_TYPES, JSON))))
    if isinstance(found, SavedFault):
        raise NoFirstPage(f"{found.file}: {found.reason}")
    return FirstPage(found.body, found.url or own_address(head_of(found.body)))


def _fetched(settings: Settings, url: str) -> FirstPage:
    try:
        host = host_of(split_http_url(url))
        policy = FetchPolicy(
            contact=settings.contact,
            delay=settings.delay,
            via=settings.via,
            own_hosts=frozenset({host}),
            allow_private=settings.allow_private,
        )
        with FetchGate(policy) as gate:
            response = gate.get(url)
    except (FetchError, ValueError) as error:
        raise NoFirstPage(str(error)) from None
    if response.status != 200 or not response.body.strip():
        raise NoFirstPage(f"{url}: the server answers with status {response.status} and no page")
    return FirstPage(response.body, response.final_url)
