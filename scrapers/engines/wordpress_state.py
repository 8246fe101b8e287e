"""The WordPress engine of www.state.gov/reports/: how its pages list, name and hold reports.

The template and its variants over the years are described in ``docs/sources/us-state-hrr.md``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import ClassVar
from urllib.parse import unquote

from reports.model.countries import Place
from reports.model.identity import location_key
from reports.model.reading import Reading
from reports.model.values import Evidence, Page
from reports.text.addresses import split_address
from scrapers.engines.report_builder import (
    is_builder_title,
    is_builder_url,
    read_builder,
    read_builder_text,
)
from scrapers.judge.drafts import is_sample, without_drafts
from scrapers.judge.evidence import IdentityEvidence, Naming, header_evidence
from scrapers.judge.families import family_of_address
from scrapers.judge.identify import decide, foreign
from scrapers.read.cut import cut_page
from scrapers.read.form import read_form
from scrapers.read.furniture import furniture
from scrapers.read.header import (
    Header,
    absolute,
    head_of,
    is_heading_lost,
    original,
    own_address,
    published_on,
    read_header,
)
from scrapers.read.outline import outline
from scrapers.read.page import Block, blocks, blocks_of, parse
from scrapers.read.parts import menu_of
from scrapers.read.shape import shape_of
from scrapers.read.targets import LinkTargets
from scrapers.source import Link, Source

_DRAFT = re.compile(r"(?:__trashed|-draft|-copy|-\d+)+$", re.I)
_INDEX_FILE = re.compile(r"/index\.html?$", re.I)
_MOST_CHILDREN = 50
"""Areas of one report; real ones have 3 at most."""
_FILE = re.compile(r"\.(?!html?$)[a-z0-9]{2,4}$", re.I)


WORK_OF_THE_GOVERNMENT = (
    "Works of the U.S. Government: no copyright in the United States (17 U.S.C. 105)",
    "https://www.usa.gov/government-copyright",
)


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

    @property
    def rest_url(self) -> str:
        """The REST collection of every report on the site, other families' among them."""
        return f"{self.origin}/wp-json/wp/v2/state_report"

    @property
    def sitemap_url(self) -> str:
        """The index of site maps that the site's SEO plug-in (Yoast) makes."""
        return f"{self.origin}/sitemap_index.xml"

    def index_url(self, edition: str) -> str:
        """Return the index page of one edition."""
        return self.origin + self.path.format(edition=edition)

    def next_edition(self, newest: str) -> str:
        """Return the year after ``newest``."""
        return str(int(newest) + 1)

    @cached_property
    def _page_path(self) -> re.Pattern[str]:
        before, after = map(re.escape, self.path.split("{edition}"))
        slug = r"(?:/(?P<slug>(?!index\.html?$).+?))?(?:/|/index\.html?)?"
        return re.compile(rf"{before}(?P<edition>\d{{4}}){after.rstrip('/')}{slug}", re.I)

    def edition_of(self, url: str) -> str:
        """Return the edition named by the URL's path, or ``""``."""
        found = self._located(url)
        return found["edition"] if found else ""

    def read_collection(self, body: bytes) -> tuple[str, ...]:
        """Return the editions whose index pages are linked, oldest first."""
        found = {
            match["edition"]
            for link in self.links(body, self.collection_url)
            if (match := self._page_path.fullmatch(split_address(link.url).path))
            and not match["slug"]
        }
        return tuple(sorted(found))

    def read_index(self, body: bytes, edition: str) -> tuple[Link, ...]:
        """Return the edition's report pages, from the country list and from plain links.

        A draft or a sample of a place whose own page is listed as well is left out.
        """
        found: dict[str, Link] = {}
        for link in self.links(body, self.index_url(edition)):
            match = self._page_path.fullmatch(split_address(link.url).path)
            is_page = match and match["slug"] and not _FILE.search(match["slug"])
            if match and is_page and match["edition"] == edition and self.owns(link.url):
                found.setdefault(location_key(link.url), link)
        return without_drafts(
            found.values(), lambda each: self._slug(each.url), self._place_of_link
        )

    def _place_of_link(self, link: Link) -> Place | None:
        return self.place_of(link.url, link.label)

    def region(self, body: bytes) -> bytes:
        """Return the page's hero and main region, which hold the report's name and words."""
        return cut_page(body).region

    def around(self, body: bytes) -> bytes:
        """Return what stands around the main region; ``b""`` on a page without that element."""
        return cut_page(body).around

    def damage(self, body: bytes) -> str:
        """Return why a page with a report's element is not a whole report, ``""`` for any other."""
        return cut_page(body).damage

    def read(self, body: bytes, url: str) -> Page:
        """Return the reports on a page; an empty Page if it holds none of this family."""
        head = head_of(body)
        canonical = own_address(head)
        address = url or canonical
        cut = cut_page(body)
        header = read_header(cut.hero)
        if is_builder_url(address) or is_builder_title(header.title):
            page = read_builder(blocks(cut.main or body), self._naming)
        else:
            root = parse(cut.main)
            left_out = furniture(root)
            flow = blocks_of(root, left_out)
            # A heading that is there but cannot be read must not leave the address to decide alone.
            known = "" if is_heading_lost(cut.hero, header) else address
            page = self._decide(header, known, outline(flow))
            page = replace(
                page,
                children=self._children(flow, address),
                shape=shape_of(flow),
                form=read_form(root, self._targets(address), left_out) if cut.main else None,
            )
        page = self._with_or_without_lists(page)
        return replace(page, published_on=published_on(head), canonical_url=canonical)

    def _targets(self, address: str) -> LinkTargets:
        return LinkTargets(address, self.hosts)

    def _with_or_without_lists(self, page: Page) -> Page:
        return page if self.has_issue_lists else page.without_lists()

    def _decide(self, header: Header, url: str, reading: Reading) -> Page:
        """Return a page's report under its identity or undecided; none of another family."""
        return decide(self._naming, self._evidence(header, url), reading)

    def _evidence(self, header: Header, url: str) -> tuple[IdentityEvidence, ...]:
        edition = self.edition_of(url)
        family = "" if edition else family_of_address(original(url), self.family)
        place = self._place_at(url)
        part = "" if place else self._part_at(url)
        sample = place is None and is_sample(self._slug(url))
        address = IdentityEvidence(
            "address", Evidence.URL, edition, place, part, family=family, is_sample=sample
        )
        return (*header_evidence(header, self._naming), address)

    def other_family(self, body: bytes, url: str) -> str:
        """Return why a page of the publisher's is not of this family, ``""`` for any other."""
        address = url or own_address(head_of(body))
        if self.edition_of(address) or is_builder_url(address):
            return ""
        cut = cut_page(body)
        header = read_header(cut.hero)
        if is_builder_title(header.title):
            return ""
        return foreign(self._naming, self._evidence(header, address), outline(blocks(cut.main)))

    def _children(self, flow: Sequence[Block], url: str) -> tuple[str, ...]:
        """Return the addresses of a page's child areas that its text links.

        They are those below the page's own, and all that its menu of areas leads to: editors put
        areas under another parent, beside the page, or under a number. What each is, its own page
        says.
        """
        base = _INDEX_FILE.sub("", split_address(url).path).rstrip("/") + "/"
        below = (absolute(url, each) for block in flow for each in block.links)
        found = {
            location_key(target): target
            for target in below
            if self.owns(target) and split_address(target).path.startswith(base)
        }
        for target in (absolute(url, each) for block in menu_of(flow) for each in block.links):
            if self.owns(target) and split_address(target).path.strip("/"):
                found.setdefault(location_key(target), target)
        found.pop(location_key(url), None)
        return tuple(found.values())[:_MOST_CHILDREN]

    def read_text(self, text: str, url: str) -> Page:  # noqa: ARG002 - copies have no address
        """Return the reports of a page saved as plain text (a report-builder page or a copy)."""
        return self._with_or_without_lists(read_builder_text(text, self._naming))

    def place_of(self, url: str, label: str) -> Place | None:
        """Return the place that a listed link is of, by its label or its address."""
        found = self.heading.match(label)
        return self._naming.place_named((found and found["name"]) or label) or self._place_at(url)

    def page_url(self, body: bytes) -> str:
        """Return the address a page gives itself in its head, or ``""``."""
        return own_address(head_of(body))

    @cached_property
    def _naming(self) -> Naming:
        return Naming(self.name, self.family, self.heading, self.countries, self.has_issue_lists)

    def _place_at(self, url: str) -> Place | None:
        """Return the place that an address's slug names, or was seen to name in its edition.

        A slug below another country's names nothing: an area that the table does not know must
        not pass for its country.
        """
        found = self._located(url)
        if not found or not found["slug"]:
            return None
        if place := self.countries.find_slug(found["slug"], found["edition"]):
            return place
        *owners, last = (_DRAFT.sub("", each) for each in found["slug"].split("/"))
        place = self.countries.find_slug(last, found["edition"]) or self.countries.find(last)
        owner = self.countries.find(owners[-1]) if owners else None
        return None if owner and place and owner.country != place.country else place

    def _part_at(self, url: str) -> str:
        """Return an address's slug below another one: perhaps a part of a country, unknown yet."""
        slug = self._slug(url)
        return slug if "/" in slug else ""

    def _slug(self, url: str) -> str:
        """Return what an address has below its index's, ``""`` if it is none of this family."""
        found = self._located(url)
        return (found["slug"] or "") if found else ""

    def _located(self, url: str) -> re.Match[str] | None:
        return self._page_path.fullmatch(unquote(split_address(original(url)).path))
