"""The Internet Archive: its host, its limits, and which addresses it takes for one page."""

from __future__ import annotations

import re
from urllib.parse import unquote

from reports.text.addresses import split_address
from scrapers.fetch.policy import FetchPolicy

HOST = "web.archive.org"
ORIGIN = f"https://{HOST}"

SEARCH_SECONDS = 2.5
"""Between two searches: 0.4 a second, 80 % of the 30 a minute that the Archive allows."""

PLAY_SECONDS = 0.125
"""Between two other requests: 8 a second, 80 % of the 600 a minute that it allows."""

_WWW = re.compile(r"^www\d*\.")


def archive_policy(origin: str, *, delay: float, contact: str, allow_private: bool) -> FetchPolicy:
    """Return how the Archive is asked, or ``origin`` in its place: a mirror, a replay, a test.

    What the operator names may be private, and everything keeps the Archive's own addresses.
    robots.txt is for crawlers; these are interfaces made for programs, with limits of their own.
    After a 429 that names no time the Archive is left alone for a minute, as its clients do.
    """
    return FetchPolicy(
        contact=contact,
        delay=delay,
        via="" if origin == ORIGIN else origin,
        own_hosts=frozenset({HOST}),
        allow_private=allow_private,
        obey_robots=False,
        read_timeout=60.0,
        retries=4,
        backoff=2.0,
        max_retry_after=300.0,
        unsaid_retry_after=60.0,
    )


def is_same_page(url: str, other: str) -> bool:
    """Return whether the Archive takes two addresses for one page.

    It ignores scheme, port, ``www.``, case and a trailing slash.
    """
    return _folded(url) == _folded(other)


def _folded(url: str) -> tuple[str, str, str]:
    try:
        parts = split_address(url)
        host = parts.hostname or ""
    except ValueError:
        return "", url, ""
    path, query = (unquote(part).casefold() for part in (parts.path, parts.query))
    return _WWW.sub("", host), path.rstrip("/"), query
