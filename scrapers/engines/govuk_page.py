"""Read a page of GOV.UK, as people are served it, as the content item that it shows.

Web archives and browsers keep pages, not data. A page of a note holds the whole of its text, in the
element ``govspeak``, and names its identity among its meta tags. The page of a publication does not
show all that its item says, and is not read.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from lxml import etree

from reports.text.addresses import split_address
from scrapers.read.page import parse

_NOTE_PATH = re.compile(r"(?P<publication>/government/publications/(?P<slug>[^/]+))/[^/]+")
_GOVSPEAK = frozenset({"govspeak", "gem-c-govspeak", "govuk-govspeak"})
_END = re.compile(rb"</(?:html|main)\s*>|<footer\b", re.I)
_MARKUP = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<")
_TAIL = 256 * 1024


def item_of_page(body: bytes) -> Mapping[str, Any] | None:
    """Return the content item of a note's page; None for any other page, or one cut off."""
    if not _MARKUP.match(body) or not _END.search(body, max(len(body) - _TAIL, 0)):
        return None
    root = parse(body)
    path = _path_of(root) if root is not None else ""
    found = _NOTE_PATH.fullmatch(path)
    text = _govspeak(root) if root is not None and found else None
    if root is None or found is None or text is None:
        return None
    heading = next(root.iter("h1"), None)
    meta = {each.get("name", ""): each.get("content", "") for each in root.iter("meta")}
    return {
        "base_path": path,
        "content_id": meta.get("govuk:content-id") or str(uuid.uuid5(uuid.NAMESPACE_URL, path)),
        "document_type": "html_publication",
        "title": " ".join(_words(heading).split()) if heading is not None else "",
        "locale": text.get("lang") or _language(root),
        "first_published_at": meta.get("govuk:first-published-at", ""),
        "details": {"body": etree.tostring(text, encoding="unicode", method="html")},
        "links": {"parent": [{"base_path": found["publication"], "title": _titled(found["slug"])}]},
    }


def _titled(slug: str) -> str:
    """Return a title in a publication's stead, whose own its notes' pages do not show."""
    country, _, kind = slug.partition("-country-")
    return f"{country.replace('-', ' ')}: country {kind.replace('-', ' ')}" if kind else ""


def _path_of(root: etree._Element) -> str:
    """Return the path that a page gives itself."""
    for link in root.iter("link"):
        if (link.get("rel") or "").casefold() == "canonical":
            return _path(link.get("href") or "")
    for meta in root.iter("meta"):
        if meta.get("property") == "og:url":
            return _path(meta.get("content") or "")
    return ""


def _path(url: str) -> str:
    try:
        parts = split_address(url)
    except ValueError:
        return ""
    return parts.path.rstrip("/") if parts.hostname == "www.gov.uk" else ""


def _language(root: etree._Element) -> str:
    """Return the language of the main part, or of the page."""
    main = next(root.iter("main"), None)
    own = main.get("lang") if main is not None else None
    return own or root.get("lang") or ""


def _govspeak(root: etree._Element) -> etree._Element | None:
    """Return the element with the text: the longest one, since notices are marked so as well."""
    found = [
        each for each in root.iter("div") if _GOVSPEAK & set((each.get("class") or "").split())
    ]
    return max(found, key=lambda each: len(_words(each)), default=None)


def _words(element: etree._Element) -> str:
    return "".join(map(str, element.itertext()))
