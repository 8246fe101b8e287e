"""Read the links of a listing: those of a web page, or of a set of links in JSON (RFC 9264)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

from lxml import etree

from reports.text.canonical import canonical_block
from scrapers.read.header import absolute
from scrapers.read.page import decode, has_too_many_tags, is_too_deep

MOST_TAGS = 50_000
"""Tags of a listing that is read: real ones have some thousands."""
LONGEST_LABEL = 2000
_LINKING = frozenset({"a", "option"})
_UNSEEN = frozenset({"script", "style", "template"})


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
    # No tree is built: it would take 1.2 KB for each link, of which a listing may have thousands.
    parser = etree.HTMLParser(target=cast("Any", _Links()))  # the stubs want bytes taken as well
    parser.feed(decode(body))
    yield from parser.close()


class _Links:
    """What a parser tells its events to: keeps the links of a page, and nothing else of it."""

    def __init__(self) -> None:
        self._found: list[tuple[str, list[str]]] = []
        self._open: list[tuple[str, list[str]]] = []  # those around what is read, outermost first
        self._text: list[str] = []  # comes in pieces, where there is a reference in it
        self._unseen = 0  # elements around what is read whose text nobody sees

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        self._end_text()
        self._unseen += tag in _UNSEEN
        if tag in _LINKING:
            pieces: list[str] = []
            self._found.append((attrib.get("href") or attrib.get("value") or "", pieces))
            self._open.append((tag, pieces))

    def data(self, data: str) -> None:
        if self._open and not self._unseen:
            self._text.append(data)

    def comment(self, _text: str) -> None:
        self._end_text()

    def end(self, tag: str) -> None:
        self._end_text()
        self._unseen -= tag in _UNSEEN
        if self._open and self._open[-1][0] == tag:
            self._open.pop()

    def close(self) -> list[tuple[str, str]]:
        self._end_text()
        return [(address, " ".join(pieces)[:LONGEST_LABEL]) for address, pieces in self._found]

    def _end_text(self) -> None:
        """Give the text so far to the links around it, each the beginning of what it says."""
        text = "".join(self._text).strip()[: LONGEST_LABEL + 1]
        self._text.clear()
        for _, pieces in self._open if text else ():
            if sum(map(len, pieces)) <= LONGEST_LABEL:
                pieces.append(text)


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
