"""Ask the Internet Archive which captures of a page it holds, and for their bytes.

The package ``wayback`` knows the Archive's index and its playback; every request it makes leaves
through our fetch gates: its session is asked, and nothing of it reaches the network by itself.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict
from wayback import Mode, WaybackClient, WaybackSession
from wayback.exceptions import WaybackException

from reports.model.captured import Exchange
from reports.text.addresses import split_address
from reports.text.plain import one_line, visible
from scrapers.archive.host import is_same_page
from scrapers.fetch.errors import (
    BadEncoding,
    FetchError,
    RequestRefused,
    TooLarge,
    TooManyRedirects,
)
from scrapers.fetch.gate import FetchGate
from scrapers.fetch.response import Response

_PAGE = 1000
"""Rows of one answer of the index; their number does not bound what is found."""

_MOST_PAGES = 50
"""Answers of the index to one question: a page captured every hour for five years has 44."""

_LONGEST_URL = 2000
_LONGEST_REASON = 300

_DIGEST = re.compile(r"[A-Z2-7]{32}")  # base 32
_REVISIT = "warc/revisit"
_PLAYED = "memento-datetime"
_WHY = "x-archive-wayback-runtime-error"


class ArchiveUnwell(FetchError):
    """The Archive answers that it cannot answer now, after all tries."""


class Unlisted(Exception):
    """The index of captures of one page cannot be read; the message says why."""


class Unplayable(Exception):
    """One capture is listed and cannot be had; the message says why."""


@dataclass(frozen=True)
class ArchivedCapture:
    """One row of the Archive's index. ``digest`` is the SHA-1 of the bytes, ``""`` if none.

    ``status`` is None if the row names none: revisits do not. ``memento_url`` is for people:
    the Archive shows the page there, with its toolbar.
    """

    captured_at: datetime
    url: str
    memento_url: str
    digest: str
    status: int | None
    media_type: str

    @property
    def is_revisit(self) -> bool:
        """Whether the page said what an earlier capture holds: the digest is that one's."""
        return self.media_type == _REVISIT


@dataclass(frozen=True)
class Played:
    """The bytes of a capture as its server sent them, and that server's headers.

    ``exchanges`` are what the Archive was asked for them, and what it answered.
    """

    body: bytes
    headers: Mapping[str, str]
    exchanges: tuple[Exchange, ...] = ()


class Archive:
    """The Archive, through two gates: its searches and its playback have limits of their own."""

    def __init__(self, searches: FetchGate, playback: FetchGate) -> None:
        self._gates = (searches, playback)
        self._session = _GateSession(searches, playback)
        self._client = WaybackClient(self._session)

    def close(self) -> None:
        """Close the pooled connections."""
        for gate in self._gates:
            gate.close()

    def captures(
        self, url: str, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[ArchivedCapture]:
        """Yield the captures of a page in order of time, whatever came of them.

        Rows of other pages are left out. Raises Unlisted if the answer cannot be read, after
        what could be, and FetchError if none came.
        """
        self._session.searches_left = _MOST_PAGES
        rows = self._client.search(
            url,
            match_type="exact",
            limit=_PAGE,
            from_date=since,
            to_date=until,
            resolve_revisits=False,
        )
        try:
            for row in rows:
                if is_same_page(row.original, url) and _is_address(row.original):
                    yield _capture(row)
        except (WaybackException, ValueError, RuntimeError) as error:
            why = one_line(str(error), _LONGEST_REASON)
            raise Unlisted(f"the Archive's list of captures cannot be read: {why}") from None

    def play(self, capture: ArchivedCapture) -> Played:
        """Return the bytes of a capture; raises Unplayable, and FetchError if none came."""
        try:
            memento = self._client.get_memento(
                capture.url, capture.captured_at, Mode.original, follow_redirects=False
            )
        except (BadEncoding, RequestRefused, TooLarge, TooManyRedirects) as error:
            raise Unplayable(error.reason) from None
        except (WaybackException, ValueError, LookupError) as error:
            why = one_line(str(error), _LONGEST_REASON)
            raise Unplayable(f"the Archive cannot play this capture: {why}") from None
        if memento.timestamp != capture.captured_at or not is_same_page(memento.url, capture.url):
            raise Unplayable(f"the Archive plays another capture: {memento.memento_url}")
        if memento.status_code != 200:
            raise Unplayable(f"the Archive plays it with status {memento.status_code}")
        headers = {name.lower(): value for name, value in memento.headers.items()}
        return Played(memento.content, headers, self._session.exchanges)


def digest_of(body: bytes) -> str:
    """Return the digest that the Archive's index has of some bytes."""
    digest = hashlib.sha1(body, usedforsecurity=False).digest()  # its choice
    return base64.b32encode(digest).decode()


def _is_address(url: str) -> bool:
    """Return whether an address can be stored and shown: the index repeats what crawlers got."""
    return len(url) <= _LONGEST_URL and url == visible(url)


def _capture(row: Any) -> ArchivedCapture:
    digest = row.digest if _DIGEST.fullmatch(row.digest) else ""
    media_type = row.mimetype.lower()
    return ArchivedCapture(
        row.timestamp, row.original, row.view_url, digest, row.statuscode, media_type
    )


class _GateSession(WaybackSession):  # type: ignore[misc] # the package has no types
    """The package's session, whose every request is asked through a gate."""

    def __init__(self, searches: FetchGate, playback: FetchGate) -> None:
        super().__init__()
        self.trust_env = False  # else requests looks for passwords in the home folder
        self.searches_left = _MOST_PAGES
        self.exchanges: tuple[Exchange, ...] = ()  # of the capture that was played last
        self._searches = searches
        self._playback = playback

    def send(self, request: requests.PreparedRequest, **_kwargs: Any) -> requests.Response:
        """Return the final answer: limits, waits, retries and redirects are the gate's.

        Raises ArchiveUnwell if the Archive itself failed, and not the site it captured.
        """
        url = request.url or ""
        if split_address(url).path.startswith("/cdx"):
            return _as_requests(self._search(url), request)
        answer = self._playback.get(url)
        self.exchanges = answer.exchanges
        is_told = _PLAYED in answer.headers or _WHY in answer.headers or answer.status == 404
        if not is_told:
            raise ArchiveUnwell(url, f"the Archive answers with status {answer.status}, no capture")
        return _as_requests(answer, request)

    def _search(self, url: str) -> Response:
        if not self.searches_left:
            raise Unlisted(f"the Archive lists more than {_MOST_PAGES * _PAGE:,} captures")
        self.searches_left -= 1
        answer = self._searches.get(url)
        if answer.status == 429 or answer.status >= 500:
            raise ArchiveUnwell(url, f"the Archive answers with status {answer.status}")
        return answer


def _as_requests(answer: Response, request: requests.PreparedRequest) -> requests.Response:
    """Return an answer in the form the package reads; its body is decompressed already."""
    made = requests.Response()
    made.status_code = answer.status
    made.url = answer.final_url
    made.reason = ""
    made.headers = CaseInsensitiveDict(answer.headers)
    made.raw = io.BytesIO(answer.body)
    made.request = request
    return made
