"""The WordPress engine of www.state.gov/reports/: how its pages list, name and hold reports.

The template and its variants over the years are described in ``docs/sources.md``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.filter import SoupStrainer

from reports.canonical import canonical_block
from reports.countries import Place
from reports.identity import ReportId
from reports.model import Evidence, Identified, Page, Reading, Undecided
from scrapers.builder import Family, is_builder_url, read_builder, read_builder_text
from scrapers.header import (
    Header,
    absolute,
    head_of,
    original,
    own_address,
    published_on,
    read_header,
)
from scrapers.outline import outline
from scrapers.page import Block, blocks, decode, find_element
from scrapers.source import Link, Source

_DRAFT = re.compile(r"(__trashed|-draft|-\d+)+$")
_FILE = re.compile(r"\.(?!html?$)[a-z0-9]{2,4}$", re.I)
_DASH = re.compile(r"\s+[-\u2013\u2014]\s+|:\s+")
HERO_BYTES = 16384
"""The most that breadcrumb and main heading may take; real ones take 2 KB."""
_REGION_ENDS = (b"report__side", b"report-appendices")


class WordPressState(Source):
    """Pages under ``/reports/EDITION-FAMILY/COUNTRY/[AREA/]``.

    A family sets ``path`` (the index page's path with ``{edition}`` in it), ``collection_path``
    and ``heading`` (a pattern with groups ``edition`` and ``name`` for the page's main heading).
    """

    path: ClassVar[str]
    collection_path: ClassVar[str]
    heading: ClassVar[re.Pattern[str]]

    @property
    def origin(self) -> str:
        """The canonical host's origin."""
        return f"https://{self.hosts[0]}"

    @property
    def collection_url(self) -> str:
        """The page that lists the family's editions."""
        return self.origin + self.collection_path

    def index_url(self, edition: str) -> str:
        """Return the index page of one edition."""
        return self.origin + self.path.format(edition=edition)

    def next_edition(self, newest: str) -> str:
        """Return the year after ``newest``."""
        return str(int(newest) + 1)

    @cached_property
    def _page_path(self) -> re.Pattern[str]:
        before, after = map(re.escape, self.path.split("{edition}"))
        pattern = rf"{before}(?P<edition>\d{{4}}){after.rstrip('/')}(?:/(?P<slug>.+?))?/?"
        return re.compile(pattern, re.I)

    def edition_of(self, url: str) -> str:
        """Return the edition named by the URL's path, or ``""``."""
        found = self._page_path.fullmatch(urlsplit(original(url)).path)
        return found["edition"] if found else ""

    def read_collection(self, body: bytes) -> tuple[str, ...]:
        """Return the editions whose index pages are linked, oldest first."""
        found = {
            match["edition"]
            for link in _links(body, self.collection_url)
            if (match := self._page_path.fullmatch(urlsplit(link.url).path)) and not match["slug"]
        }
        return tuple(sorted(found))

    def read_index(self, body: bytes, edition: str) -> tuple[Link, ...]:
        """Return the edition's report pages, from the country list and from plain links."""
        found: dict[str, Link] = {}
        for link in _links(body, self.index_url(edition)):
            match = self._page_path.fullmatch(urlsplit(link.url).path)
            is_page = match and match["slug"] and not _FILE.search(match["slug"])
            if match and is_page and match["edition"] == edition and self.owns(link.url):
                found.setdefault(_location_key(link.url), link)
        return tuple(found.values())

    def region(self, body: bytes) -> bytes:
        """Return the page's hero and main region, where the report's name and words stand."""
        main = self._main(body)
        return self._hero(body) + main if main else b""

    def _main(self, body: bytes) -> bytes:
        start = find_element(body, b"report__content")
        if start < 0:
            return b""
        end = len(body)
        for name in _REGION_ENDS:
            end = _first(find_element(body, name, start, end), end)
        for tag in (b"</main>", b"<footer"):
            end = _first(body.find(tag, start, end), end)
        return body[start:end]

    def _hero(self, body: bytes) -> bytes:
        """Return breadcrumb and main heading: from the breadcrumb on where there is one."""
        end = body.find(b"</h1>")
        if end < 0:
            return b""
        crumbs = body.rfind(b'id="breadcrumbs"', 0, end)
        start = body.rfind(b"<", 0, crumbs) if crumbs >= 0 else body.rfind(b"<h1", 0, end)
        return body[max(start, end - HERO_BYTES, 0) : end + len(b"</h1>")]

    def read(self, body: bytes, url: str) -> Page:
        """Return the reports on a page; an empty Page where it holds none of this family."""
        head = head_of(body)
        canonical = own_address(head)
        if is_builder_url(url or canonical):
            page = read_builder(blocks(self._main(body) or body), self._naming)
        else:
            flow = blocks(self._main(body))
            page = self._decide(read_header(self._hero(body)), url or canonical, outline(flow))
            page = replace(page, children=self._children(flow, url or canonical))
        return replace(page, published_on=published_on(head), canonical_url=canonical)

    def _children(self, flow: Sequence[Block], url: str) -> tuple[str, ...]:
        """Return the addresses below the page's own that its text links: its child areas."""
        base = urlsplit(url).path.rstrip("/") + "/"
        found: dict[str, str] = {}
        for target in (absolute(url, each) for block in flow for each in block.links):
            path = urlsplit(target).path
            if self.owns(target) and path.startswith(base) and path != base:
                found.setdefault(_location_key(target), target)
        return tuple(found.values())

    def read_text(self, text: str, url: str) -> Page:  # noqa: ARG002 - copies have no address
        """Return the reports of a page saved as plain text (a report-builder page or a copy)."""
        return read_builder_text(text, self._naming)

    def place_of(self, url: str, label: str) -> Place | None:
        """Return the place a listed link stands for, by its label or its address."""
        known = (self.countries.find(name) for name in _names(label))
        slugs = (self.countries.find_slug(slug) for slug in self._slugs(url))
        return next((place for place in (*known, *slugs) if place), None)

    def page_url(self, body: bytes) -> str:
        """Return the address a page gives itself in its head, or ``""``."""
        return own_address(head_of(body))

    @cached_property
    def _naming(self) -> Family:
        return Family(self.name, self.family, self.heading, self.countries)

    def _decide(self, header: Header, url: str, reading: Reading) -> Page:
        """Return the report under its identity, or undecided; none where no edition is named."""
        edition, said = self._edition(header, url)
        if not edition or not (reading.blocks or reading.sections or reading.heading):
            return Page()
        place, how, doubt = self._place(header, url)
        if place is None or said or doubt:
            guess = "/".join(filter(None, (place.country, place.part))) if place else ""
            why = "; ".join(filter(None, (said, doubt)))
            return Page(undecided=(Undecided(guess, edition, why, reading),))
        report = ReportId(self.name, edition, place.country, place.part)
        name = _place_title(header, self.heading) if how is Evidence.HEADING else place.name
        title = f"{edition} {self.family}: {name}"
        return Page((Identified(report, how, title, reading),))

    def _edition(self, header: Header, url: str) -> tuple[str, str]:
        """Return the edition, and why it is in doubt where its witnesses disagree."""
        found = self.heading.match(header.title)
        crumbs = [match for crumb in header.crumbs if (match := self.heading.match(crumb))]
        witnesses = {
            "heading": found["edition"] if found else "",
            "breadcrumb": crumbs[-1]["edition"] if crumbs else "",
            "address": self.edition_of(url),
        }
        named = [edition for edition in witnesses.values() if edition]
        if not named:
            return "", ""
        if named.count(named[0]) == 1 and len(named) > 1:
            told = ", ".join(f"{where} says {year}" for where, year in witnesses.items() if year)
            return named[0], f"the edition is contradicted: {told}"
        return named[0], ""

    def _place(self, header: Header, url: str) -> tuple[Place | None, Evidence, str]:
        """Return the place, what decided it, and why it is in doubt where it is outvoted."""
        witnesses = {
            Evidence.HEADING: self._named(_place_title(header, self.heading)),
            Evidence.BREADCRUMB: self._named(header.current),
            Evidence.URL: self._at(url),
        }
        heard = [(how, place) for how, place in witnesses.items() if place]
        if not heard:
            return None, Evidence.NONE, f"no country is known by the name {header.title!r}"
        how, place = heard[0]
        others = [other for _, other in heard[1:]]
        doubt = ""
        if len(others) > 1 and place not in others:
            said = zip(("heading", "breadcrumb", "address"), witnesses.values(), strict=True)
            told = ", ".join(f"{who} says {named.name}" for who, named in said if named)
            doubt = f"the country is contradicted: {told}"
        return place, how, doubt

    def _named(self, title: str) -> Place | None:
        return next((place for name in _names(title) if (place := self.countries.find(name))), None)

    def _at(self, url: str) -> Place | None:
        for slug in self._slugs(url):
            if place := self.countries.find_slug(slug) or self.countries.find(slug):
                return place
        return None

    def _slugs(self, url: str) -> Iterator[str]:
        found = self._page_path.fullmatch(unquote(urlsplit(original(url)).path))
        if found and found["slug"]:
            last = found["slug"].rpartition("/")[2]
            yield from (found["slug"], last, _DRAFT.sub("", last))

    def render_collection(self, editions: tuple[str, ...]) -> str:
        """Return a collection page that lists the editions' index pages."""
        rows = (
            f'<li><a class="collection-result__link" href="{self.index_url(edition)}">'
            f"{edition} {html.escape(self.family)}</a></li>"
            for edition in editions
        )
        return _document(self.family, f"<ul>{''.join(rows)}</ul>")

    def render_index(self, edition: str, links: tuple[Link, ...]) -> str:
        """Return an index page whose country list names the reports."""
        rows = (
            f'<option value="{html.escape(link.url)}">{html.escape(link.label)}</option>'
            for link in links
        )
        chooser = (
            '<nav id="report-nav"><select class="chosen-container--country">'
            f'<option value=""></option>{"".join(rows)}</select></nav>'
        )
        return _document(f"{edition} {self.family}", chooser)


def _first(found: int, end: int) -> int:
    return found if found >= 0 else end


def _place_title(header: Header, heading: re.Pattern[str]) -> str:
    """Return the country's name as the page prints it."""
    found = heading.match(header.title)
    return (found["name"] if found else header.title) or header.current


def _names(title: str) -> Iterator[str]:
    """Yield the whole name, then the last part of "Parent - Area"."""
    if title:
        yield title
        yield from reversed(_DASH.split(title)[1:])


def _links(body: bytes, base: str) -> Iterator[Link]:
    only = SoupStrainer(["a", "option"])
    for element in BeautifulSoup(decode(body), "lxml", parse_only=only).find_all(["a", "option"]):
        assert isinstance(element, Tag)
        target = absolute(base, str(element.get("href") or element.get("value") or ""))
        if target:
            yield Link(target, canonical_block(element.get_text(" ")))


def _location_key(url: str) -> str:
    """Two links that differ in a trailing slash alone are one page."""
    parts = urlsplit(url)
    return f"{parts.hostname}{parts.path.rstrip('/')}?{parts.query}"


def _document(title: str, content: str) -> str:
    name = html.escape(title)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name}</title></head>'
        f"<body><main><h1>{name}</h1>{content}</main></body></html>"
    )
