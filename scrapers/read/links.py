"""Read the links of a listing: those of a web page, or of a set of links in JSON (RFC 9264)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from bs4 import BeautifulSoup, Tag
from bs4.filter import SoupStrainer

from reports.text.canonical import canonical_block
from scrapers.read.header import absolute
from scrapers.read.page import decode, has_too_many_tags, is_too_deep

MOST_TAGS = 50_000
"""Tags of a listing that is read: real ones have some thousands."""
LONGEST_LABEL = 2000
_LINKING = ["a", "option"]


def links_on(body: bytes, base: str) -> Iterator[tuple[str, str]]:
    """Yield the absolute address and the label of each link of a page at ``base``, in order.

    Links that cannot be read are left out. A page of too many tags, or too deep, gives none.
    """
    found = _of_set(body) if body.lstrip().startswith(b"{") else _of_page(body)
    for address, label in found:
        if target := absolute(base, address):
            yield target, canonical_block(label)


def _of_page(body: bytes) -> Iterator[tuple[str, str]]:
    if has_too_many_tags(body, MOST_TAGS) or is_too_deep(body):
        return
    only = SoupStrainer(_LINKING)
    for element in BeautifulSoup(decode(body), "lxml", parse_only=only).find_all(_LINKING):
        assert isinstance(element, Tag)
        yield str(element.get("href") or element.get("value") or ""), _label(element)


def _label(element: Tag) -> str:
    """Return the beginning of what a link says: links that stand in each other share their text."""
    pieces, length = [], 0
    for piece in element.strings:
        pieces.append(piece)
        length += len(piece)
        if length > LONGEST_LABEL:
            break
    return " ".join(pieces)[:LONGEST_LABEL]


def _of_set(body: bytes) -> Iterator[tuple[str, str]]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return
    for context in _objects(document, "linkset"):
        for target in _objects(context, "item"):
            yield str(target.get("href") or ""), str(target.get("title") or "")


def _objects(parent: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    """Return the objects that a list in an object holds."""
    listed = parent.get(name)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
