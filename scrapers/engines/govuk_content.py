"""The content API of www.gov.uk: publications of a collection, and the notes attached to them.

What is fetched is JSON (``/api/content/...``). A family has one edition, ``current``: its documents
are kept up to date in place. A publication is a country's report; each HTML document attached to it
is a report of its own, whose part is its ``content_id``. Described in ``docs/sources.md``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from reports.model.countries import Place
from reports.model.form import Form
from reports.model.identity import UNDATED, ReportId
from reports.model.reading import NO_LISTS, Reading, Section
from reports.model.values import Evidence, Identified, Page, Undecided
from reports.text.addresses import split_address
from reports.watch.outcome import Outcome
from scrapers.engines.govuk_document import (
    HTML_DOCUMENT,
    Document,
    document_of,
    foreign,
    notes_of,
    objects,
    parse,
    path,
    said,
    text,
)
from scrapers.engines.govuk_edition import EditionCut, cut_edition
from scrapers.engines.govuk_note import read_note, section_level
from scrapers.engines.govuk_page import item_of_page
from scrapers.engines.govuk_redirects import destination_of, gone_notice
from scrapers.engines.govuk_series import PIECES, files_alone, month_of, series_of
from scrapers.fetch.response import Response
from scrapers.read.form import form_of
from scrapers.read.shape import shape_from
from scrapers.read.targets import LinkTargets
from scrapers.source import WEB_PAGES, Elsewhere, Link, Source, Verdict

OK = 200
_API = "/api/content"
_PUBLICATIONS = "/government/publications/"
_PUBLICATION = re.compile(rf"{_PUBLICATIONS}(?P<slug>[^/]+)(?P<note>/[^/]+)?/?")
_NO_ITEM = "no whole JSON document, nor a note's whole page: cut off, or something else"
_LEFT = {"gone": "is gone", "redirect": "stands at another address", "vanish": "is gone"}


class GovukContent(Source):
    """Documents of one collection on GOV.UK.

    A family sets ``collection`` (the collection's slug), ``documents`` (a pattern that its titles
    or slugs hold) and ``slug_end`` (what follows the country in a publication's slug). ``renamed``
    are groups of names of one subject, in small letters and without punctuation.
    """

    collection: ClassVar[str]
    documents: ClassVar[re.Pattern[str]]
    slug_end: ClassVar[str]
    renamed: ClassVar[tuple[tuple[str, ...], ...]] = ()
    hosts = ("www.gov.uk",)
    editions = (UNDATED,)
    media_types = ("application/json",)
    copy_types = (*media_types, *WEB_PAGES)

    @property
    def collection_url(self) -> str:
        """The collection's content item."""
        return self._api_url(f"/government/collections/{self.collection}")

    def index_url(self, edition: str) -> str:  # noqa: ARG002 - there is one edition
        """Return the collection's content item, which lists the publications."""
        return self.collection_url

    def next_edition(self, newest: str) -> str:  # noqa: ARG002 - there is one edition
        """Return ``""``: no other edition follows."""
        return ""

    def read_collection(self, body: bytes) -> tuple[str, ...]:
        """Return the one edition, if the collection lists any publication."""
        return (UNDATED,) if self.read_index(body, UNDATED) else ()

    def read_index(self, body: bytes, edition: str) -> tuple[Link, ...]:
        """Return the collection's publications, with when they were last modified."""
        links = _links(parse(body) or {}) if edition == UNDATED else iter(())
        found: dict[str, Link] = {}
        for each in links:
            target = path(each.get("base_path"))
            if _PUBLICATION.fullmatch(target):
                url = self._api_url(target)
                modified = text(each.get("public_updated_at"))
                found.setdefault(url, Link(url, text(each.get("title")), modified))
        return tuple(found.values()) or self._publications_among(super().read_index(body, edition))

    def _publications_among(self, links: Iterable[Link]) -> tuple[Link, ...]:
        """Leave out the notes of a plain list of links: their publications name them."""
        paths = ((each, _PUBLICATION.fullmatch(_item_path(each.url))) for each in links)
        return tuple(each for each, found in paths if found and not found["note"])

    def edition_of(self, url: str) -> str:
        """Return the edition for an address of the content API in this family, or ``""``."""
        item = _item_path(url)
        is_own = item == _item_path(self.collection_url) or _PUBLICATION.fullmatch(item)
        return UNDATED if is_own else ""

    def place_of(self, url: str, label: str) -> Place | None:
        """Return the country a publication is of, by its title or its slug."""
        if len(places := self._places(label)) == 1:
            return places[0]
        found = _PUBLICATION.fullmatch(_item_path(url))
        return self.countries.find(found["slug"].removesuffix(self.slug_end)) if found else None

    def page_url(self, body: bytes) -> str:
        """Return the address of the content item that a body is, or ``""``."""
        item = _item(body)
        return self._api_url(target) if item and (target := path(item.get("base_path"))) else ""

    def region(self, body: bytes) -> bytes:
        """Return what is read of a document, without stamps and links to other pages."""
        document = self._document(body)
        if document is None:
            return b""
        return json.dumps(document.as_item(), sort_keys=True).encode()

    def judge_page(self, response: Response) -> Verdict:
        """Return whether an answer is a whole document of this family."""
        item = _item(response.body)
        if item is None:
            return Verdict(Outcome.UNREADABLE, _NO_ITEM)
        document = document_of(item)
        if left := _LEFT.get(document.kind):
            return Verdict(Outcome.SUSPECTED, f"the publisher says that the document {left}")
        if why := foreign(document):
            return Verdict(Outcome.UNREADABLE, why)
        region = self.region(response.body)
        if not region:
            what = f"{document.kind[:40]!r} {document.title[:80]!r}"
            return Verdict(Outcome.UNREADABLE, f"no report of this source could be read: {what}")
        return Verdict(None, region=region)

    def sent_to(self, response: Response) -> Elsewhere | None:
        """Return where a redirect item sends readers; None for any other answer."""
        asked, found = _item_path(response.url), _item_path(response.final_url)
        if response.status != OK or not asked:
            return None
        item = parse(response.body) or {}
        if text(item.get("document_type")) == "redirect":
            destination = destination_of(item, found or asked)
            return self._named_instead(asked, destination) if destination else None
        return self._named_instead(asked, found) if _is_below(asked, found) else None

    def _named_instead(self, asked: str, destination: str) -> Elsewhere:
        parts = split_address(destination)
        target = parts.path.rstrip("/")
        if _is_below(asked, target):
            return Elsewhere("", "taken from its publication, to which readers are sent")
        is_here = parts.hostname in (None, *self.hosts)
        url = self._api_url(target) if is_here and _PUBLICATION.fullmatch(target) else ""
        return Elsewhere(url, f"readers are sent to {destination[:300]} instead")

    def publication_of(self, url: str) -> str:
        """Return the publication that a note is attached to."""
        found = _PUBLICATION.fullmatch(_item_path(url))
        is_note = found is not None and found["note"]
        return self._api_url(f"{_PUBLICATIONS}{found['slug']}") if found and is_note else ""

    def said_of_absence(self, body: bytes) -> str:
        """Return why a document was taken back, as its item says."""
        item = parse(body)
        is_gone = item is not None and text(item.get("document_type")) == "gone"
        return gone_notice(item) if item and is_gone else ""

    def read(self, body: bytes, url: str) -> Page:  # noqa: ARG002 - an item has its own address
        """Return the publication or the note that a content item is; an empty Page for others."""
        document = self._document(body)
        if document is None:
            return Page()
        is_note = document.kind == HTML_DOCUMENT
        cut = cut_edition(document.body) if is_note else EditionCut([])
        notes = (*notes_of(document), *cut.notes)
        reading = read_note(cut.flow, notes) if is_note else self._publication(document, notes)
        page = self._decided(document, reading)
        level = section_level(cut.flow) if is_note else ""
        return replace(
            page,
            children=() if is_note else tuple(self._children(document)),
            published_on=document.published_at[:10],
            canonical_url=self._api_url(document.path) if document.path else "",
            shape=shape_from([document.kind, f"{document.kind} {level}"]),
            form=self._form(document),
        )

    def _form(self, document: Document) -> Form:
        targets = LinkTargets(f"https://{self.hosts[0]}{document.path}", self.hosts)
        return form_of(document.body.encode("utf-8", "replace"), targets)

    def watched_as(self, url: str) -> str:
        """Return the content item that shows what a page for people does."""
        parts = split_address(url)
        is_page = parts.hostname in self.hosts and _PUBLICATION.fullmatch(parts.path)
        return self._api_url(parts.path.rstrip("/")) if is_page else url

    def archived_as(self, url: str) -> str:
        """Return the page for people that a web archive may hold of a note.

        That of a publication leaves out what its item says: it would be told as an edit.
        """
        found = _PUBLICATION.fullmatch(_item_path(url))
        return f"https://{self.hosts[0]}{found[0]}" if found and found["note"] else ""

    def read_text(self, text: str, url: str) -> Page:  # noqa: ARG002 - the API serves no plain text
        """Return nothing: a copy in plain text does not say which document it is."""
        return Page()

    def read_stored(self, body: bytes, url: str) -> Page:
        """Return the reports in a payload."""
        return self.read(body, url)

    def placed(self, place: Place, part: str) -> Place:
        """Return the place of a text of a country: a note stays the document that it is."""
        return replace(place, part=part) if part else place

    def series_of(self, name: ReportId, title: str) -> str:
        """Return the series a note belongs to, by its title; ``""`` for any other report."""
        if not name.is_document:
            return ""
        named = [name.country, *self.countries.names_of(name.country)]
        return series_of(title, named, self.renamed)

    def newer_files(self, name: ReportId, title: str, listed: Reading) -> tuple[str, ...]:
        """Return what a publication lists of a note's series, later and as a file alone."""
        series, month = self.series_of(name, title), month_of(title)
        blocks = (block for section in listed.sections for block in section.blocks)
        return tuple(
            f"{found} ({links})"
            for found, links in files_alone(blocks)
            if series and self.series_of(name, found) == series and month_of(found) > month
        )

    def title_of(self, name: ReportId) -> str:
        """Return a report's title: the family, the country, and which note of it."""
        note = self.countries.get(name.country, name.part) is None and name.part
        country = self.countries.name(name.country, "" if note else name.part)
        return f"{self.family}: {country}" + (f", note {name.part}" if note else "")

    def _api_url(self, target: str) -> str:
        return f"https://{self.hosts[0]}{_API}{target}"

    def _document(self, body: bytes) -> Document | None:
        """Return the document that a body is, None unless it is a document of this family."""
        item = _item(body)
        document = document_of(item) if item else None
        if document is None or not _PUBLICATION.fullmatch(document.path):
            return None
        if document.kind == HTML_DOCUMENT and not document.content_id:
            return None  # nothing would distinguish it from the other notes of its country
        named = (document.title, document.path, document.parent_title, document.parent_path)
        return document if any(map(self.documents.search, named)) else None

    def _publication(self, document: Document, notes: tuple[str, ...]) -> Reading:
        # The title is among the words: without it, publications of two countries may be the same.
        summary = (document.title, document.description, *said(document.body))
        listed = (Section("", "Documents", document.listed),) if document.listed else ()
        return Reading("Details", tuple(filter(None, summary)), notes, listed, NO_LISTS)

    def _children(self, document: Document) -> Iterator[str]:
        below = f"{document.path}/"
        yield from (
            self._api_url(each.path)
            for each in document.attachments
            if each.path.startswith(below) and _PUBLICATION.fullmatch(each.path)
        )

    def _decided(self, document: Document, reading: Reading) -> Page:
        """Return the document under its country, or undecided if its titles do not name one."""
        is_note = document.kind == HTML_DOCUMENT
        own = self._places(document.title)
        above = self._places(document.parent_title) if is_note else ()
        chosen = above or own
        why = _doubt(document, own, above)
        part = document.content_id if is_note else ""
        if why:
            country = chosen[0].key if len(chosen) == 1 else ""
            return Page(undecided=(Undecided(country, UNDATED, why, reading, part),))
        place = self.placed(chosen[0], part)
        report = ReportId(self.name, UNDATED, place.country, place.part)
        how = Evidence.HEADING if own == chosen else Evidence.BREADCRUMB
        return Page((Identified(report, how, document.title, reading),))

    def _places(self, title: str) -> tuple[Place, ...]:
        """Return the places that a title names: "Chad: ...", "...: river law, Chad, May 2024"."""
        pieces = [piece for piece in PIECES.split(title) if piece]
        if pieces and (place := self.countries.find(pieces[0])):
            return (place,)
        named = filter(None, map(self.countries.find, pieces))
        return tuple(dict.fromkeys(named)) or tuple(self.countries.mentions(title))


def _doubt(document: Document, own: tuple[Place, ...], above: tuple[Place, ...]) -> str:
    """Return why titles do not name one country, ``""`` if they do."""
    if above and own and not {each.country for each in own} & {each.country for each in above}:
        return f"its title says {_named(own)}, its publication's title {_named(above)}"
    chosen = above or own
    if len(chosen) == 1:
        return ""
    title = (document.parent_title if above else document.title)[:160]
    several = f"several countries: {_named(chosen)}" if chosen else "no country that is known"
    return f"the title {title!r} names {several}"


def _named(places: tuple[Place, ...]) -> str:
    return " and ".join(each.name for each in places)


def _item(body: bytes) -> Mapping[str, Any] | None:
    """Return the content item that a body is, or that a note's page shows."""
    return parse(body) or item_of_page(body)


def _links(item: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    links = item.get("links")
    yield from objects(links.get("documents")) if isinstance(links, dict) else ()


def _is_below(asked: str, target: str) -> bool:
    """Tell whether a path is that of a document attached to what stands at another."""
    return bool(target) and asked.startswith(f"{target}/") and bool(_PUBLICATION.fullmatch(target))


def _item_path(url: str) -> str:
    """Return the path of the page whose content item an address is; ``""`` for any other."""
    whole = split_address(url).path
    return whole.removeprefix(_API) if whole.startswith(f"{_API}/") else ""
