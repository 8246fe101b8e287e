"""Read what a page says of itself: its own address, its date, its breadcrumb and main heading."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup

from reports.canonical import canonical_block
from scrapers.page import LONGEST_TAG, decode

_WAYBACK = re.compile(r"https?://web\.archive\.org/web/\d+[a-z_]*/(?=https?://)")
_OWN_ADDRESS = (
    (b"og:url", re.compile(rb"""<meta\b[^>]*\bcontent=["']([^"'>]+)""")),
    (b"canonical", re.compile(rb"""<link\b[^>]*\bhref=["']([^"'>]+)""")),
)
_PUBLISHED = re.compile(rb'"datePublished":"(\d{4}-\d\d-\d\d)')
HEAD_BYTES = 262144
"""Where the head is looked for; real ones end at 108 KB at most."""


@dataclass(frozen=True)
class Header:
    """A page's main heading, and its breadcrumb: the links, and the page's own name."""

    title: str
    crumbs: tuple[str, ...]
    current: str


def read_header(hero: bytes) -> Header:
    """Return what breadcrumb and main heading say."""
    soup = BeautifulSoup(decode(hero), "lxml")
    heading = soup.find("h1")
    current = soup.find(class_="bc_current")
    return Header(
        canonical_block(heading.get_text(" ")) if heading else "",
        tuple(canonical_block(link.get_text(" ")) for link in soup.find_all("a")),
        canonical_block(current.get_text(" ")) if current else "",
    )


def original(url: str) -> str:
    """Return the address an archived copy was made of."""
    return _WAYBACK.sub("", url, count=1)


def absolute(base: str, address: str) -> str:
    """Return an address as a page at ``base`` means it, ``""`` where it cannot be read."""
    try:
        target = urljoin(base, address.strip()).partition("#")[0]
        return target if urlsplit(target).hostname else ""
    except ValueError:
        return ""


def head_of(body: bytes) -> bytes:
    """Return the bytes of a page's head."""
    end = body.find(b"</head>", 0, HEAD_BYTES)
    return body[: end if end >= 0 else HEAD_BYTES]


def published_on(head: bytes) -> str:
    """Return the date of publication that the page's metadata give, ``""`` without any."""
    found = _PUBLISHED.search(head)
    return found[1].decode() if found else ""


def own_address(head: bytes) -> str:
    """Return the address a page gives itself, looking only at the tags that can tell."""
    for marker, pattern in _OWN_ADDRESS:
        at = head.find(marker)
        opening = head.rfind(b"<", max(at - LONGEST_TAG, 0), at)
        found = pattern.match(head, opening, opening + LONGEST_TAG) if opening >= 0 else None
        if found and (url := absolute("", original(html.unescape(decode(found[1]))))):
            return url
    return ""
