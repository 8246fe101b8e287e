"""Read what a page says of itself: its own address, its date, its breadcrumb and main heading."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from lxml import etree

from reports.text.addresses import join_address, split_address
from reports.text.canonical import canonical_block
from scrapers.read.page import LONGEST_TAG, decode, parse

_WAYBACK = re.compile(r"https?://web\.archive\.org/web/\d+[a-z_]*/(?=https?://)")
_OWN_ADDRESS = (
    (b"og:url", re.compile(rb"""<meta\b[^>]*\bcontent=["']([^"'>]+)""")),
    (b"canonical", re.compile(rb"""<link\b[^>]*\bhref=["']([^"'>]+)""")),
)
_HEADING = re.compile(rb"<h1\b[^>]*>(.*?)</h1", re.I | re.S)
_TAG = re.compile(rb"<[^<>]*>")
_WORDS = re.compile(rb"[A-Za-z]{2}")
_HEAD_END = re.compile(rb"</head\s*>", re.I)
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
    root = parse(hero)
    if root is None:
        return Header("", (), "")
    etree.strip_elements(root, "script", "style", "template", with_tail=False)
    for line_break in root.iter("br"):
        line_break.text = " "  # it parts words; a tag within one does not
    titles = [_said(each) for each in root.iter("h1")]
    current = next((each for each in root.iter() if _is_current(each)), None)
    return Header(
        titles[-1] if titles else "",
        tuple(_said(link) for link in root.iter("a")),
        "" if current is None else _said(current),
    )


def is_heading_lost(hero: bytes, header: Header) -> bool:
    """Return whether broken markup before a page's heading hides its words from a parser."""
    found = _HEADING.search(hero)
    return found is not None and not header.title and bool(_WORDS.search(_TAG.sub(b"", found[1])))


def _is_current(element: etree._Element) -> bool:
    return "bc_current" in element.get("class", "").split()


def _said(element: etree._Element) -> str:
    return canonical_block("".join(map(str, element.itertext())))


def original(url: str) -> str:
    """Return the address an archived copy was made of."""
    return _WAYBACK.sub("", url, count=1)


def absolute(base: str, address: str) -> str:
    """Return an address as a page at ``base`` means it, ``""`` if it cannot be read."""
    try:
        target = join_address(base, address.strip()).partition("#")[0]
        return target if split_address(target).hostname else ""
    except ValueError:
        return ""


def head_of(body: bytes) -> bytes:
    """Return the bytes of a page's head."""
    end = _HEAD_END.search(body, 0, HEAD_BYTES)
    return body[: end.start() if end else HEAD_BYTES]


def published_on(head: bytes) -> str:
    """Return the date of publication that the page's metadata give, ``""`` without any."""
    found = _PUBLISHED.search(head)
    return found[1].decode() if found else ""


def own_address(head: bytes) -> str:
    """Return the address a page gives itself, looking only at the tags that can name it."""
    for marker, pattern in _OWN_ADDRESS:
        at = head.find(marker)
        opening = head.rfind(b"<", max(at - LONGEST_TAG, 0), at)
        found = pattern.match(head, opening, opening + LONGEST_TAG) if opening >= 0 else None
        if found and (url := absolute("", original(html.unescape(decode(found[1]))))):
            return url
    return ""
