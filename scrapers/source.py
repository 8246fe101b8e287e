"""The contract of a source: what a report family must be able to say of its pages.

A source does no I/O. Bytes or text go in, values of ``reports`` come out. Adding a report family
means one module in ``scrapers/sources/`` (found by ``scrapers.registry``) and one folder of
example pages in ``tests/examples/``; nothing else is edited.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from reports.model.countries import CountryTable, Place
from reports.model.identity import ReportId, location_key
from reports.model.reading import Reading
from reports.model.values import Page
from reports.text.addresses import split_address
from reports.watch.drift import Floors
from reports.watch.outcome import Outcome
from reports.watch.rhythm import Rhythm
from scrapers.fetch.response import Response
from scrapers.read.links import links_on

_MARKUP = re.compile(rb"<(?:!doctype|html|head|body|main|div|p)\b", re.I)
WEB_PAGE = "text/html"
WEB_PAGES = (WEB_PAGE, "application/xhtml+xml")
SNIFFED = 65536
"""Bytes in which a page shows that it is HTML."""


@dataclass(frozen=True)
class Link:
    """One report page named by a listing: its absolute URL and the label it goes by.

    ``modified`` is what the listing says of its last modification, in the publisher's own form;
    ``""`` if it says nothing.
    """

    url: str
    label: str
    modified: str = ""


@dataclass(frozen=True)
class Verdict:
    """What an answer is: ``outcome`` is None for a page to be read, and ``reason`` then empty.

    ``region`` are the bytes that carry the report, found while judging (``Source.region``).
    ``is_damaged`` says of a page with a report's element that it was refused for its shape.
    """

    outcome: Outcome | None
    reason: str = ""
    is_damaged: bool = False
    region: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True)
class Elsewhere:
    """Where an answer sends who asked for a document.

    ``url`` is the address to ask instead, ``""`` if none is of this source: then the document is
    missing. ``says`` is what that means, in words that continue "the publisher says".
    """

    url: str
    says: str


class Source(ABC):
    """A report family of one publisher.

    ``short_name`` is what readers see wherever the family's title is too long: in menus, beside a
    report, in the subject of a mail ("US human rights").
    ``publisher`` names it on one line; ``author``, ``parent`` and ``bluebook`` take it apart for
    styles of citation (``reports.model.institution``), if it is more than one name.
    ``reader_revision`` is raised whenever ``read`` would understand the same bytes differently.
    ``hosts`` are the publisher's own hosts, the ones ``--via`` replaces; the first is canonical.
    ``editions`` are the ones known when the source was written, oldest first; newer ones are
    found by looking.
    ``floors`` say how well an edition must read; falling below is an alarm for the operator.
    ``rhythm`` says how often its pages are asked. ``promise_hours`` are the hours within which it
    must have been read well, 0 for what the operator has set. ``media_types`` are those its pages
    come as, ``copy_types`` those of saved and archived copies, if these are others.
    ``licence`` is the title and the address of what its publisher says of the texts' use.
    ``has_issue_lists`` says whether its summaries list issues, in the sentences that
    ``reports.issues`` and ``reports.facts`` read.
    """

    name: ClassVar[str]
    publisher: ClassVar[str]
    author: ClassVar[str] = ""
    parent: ClassVar[str] = ""
    bluebook: ClassVar[str] = ""
    family: ClassVar[str]
    short_name: ClassVar[str]
    hosts: ClassVar[tuple[str, ...]]
    editions: ClassVar[tuple[str, ...]]
    reader_revision: ClassVar[int]
    floors: ClassVar[Floors] = Floors()
    rhythm: ClassVar[Rhythm] = Rhythm()
    promise_hours: ClassVar[float] = 0
    has_issue_lists: ClassVar[bool] = False
    licence: ClassVar[tuple[str, str] | None] = None
    media_types: ClassVar[tuple[str, ...]] = WEB_PAGES
    copy_types: ClassVar[tuple[str, ...]] = ()

    @property
    @abstractmethod
    def countries(self) -> CountryTable:
        """The table that decides which country a name means."""

    @property
    @abstractmethod
    def collection_url(self) -> str:
        """The page that lists the family's editions."""

    @abstractmethod
    def index_url(self, edition: str) -> str:
        """Return the page that lists the reports of one edition."""

    @abstractmethod
    def next_edition(self, newest: str) -> str:
        """Return the edition to look for after ``newest``; ``""`` if none ever follows."""

    @abstractmethod
    def edition_of(self, url: str) -> str:
        """Return the edition a report page's URL names, or ``""``."""

    @abstractmethod
    def place_of(self, url: str, label: str) -> Place | None:
        """Return the place that a listed link is of, by its label or its address."""

    @abstractmethod
    def page_url(self, body: bytes) -> str:
        """Return the address a page gives itself, or ``""``. Cheap: only its head is looked at."""

    @abstractmethod
    def region(self, body: bytes) -> bytes:
        """Return the bytes that carry the report: equal bytes are read equally. ``b""`` if none."""

    def around(self, body: bytes) -> bytes:  # noqa: ARG002 - nothing is around data
        """Return the bytes around the report, which may hold a notice about it; ``b""`` if none.

        Equal bytes hold equal notices. A source whose notices are data says them in ``read``.
        """
        return b""

    @abstractmethod
    def read(self, body: bytes, url: str) -> Page:
        """Return the reports on an HTML page. Never raises on bad markup."""

    @abstractmethod
    def read_text(self, text: str, url: str) -> Page:
        """Return the reports in a page saved as plain text. Never raises."""

    def read_collection(self, body: bytes) -> tuple[str, ...]:
        """Return the editions that the collection page lists, oldest first.

        Unless a source reads them otherwise, those whose index page is linked.
        """
        found = {
            edition
            for link in self.links(body, self.collection_url)
            if (edition := self.edition_of(link.url))
            and location_key(link.url) == location_key(self.index_url(edition))
        }
        return tuple(sorted(found))

    def read_index(self, body: bytes, edition: str) -> tuple[Link, ...]:
        """Return the report pages that an edition's index lists, each once, in its order.

        Unless a source reads them otherwise, the pages of the edition that are linked.
        """
        index = self.index_url(edition)
        found: dict[str, Link] = {}
        for link in self.links(body, index):
            if self.owns(link.url) and self.edition_of(link.url) == edition:
                found.setdefault(location_key(link.url), link)
        found.pop(location_key(index), None)
        return tuple(found.values())

    def links(self, body: bytes, base: str) -> Iterator[Link]:
        """Yield the links of a web page at ``base``, or of a set of links in JSON (RFC 9264)."""
        return (Link(url, label) for url, label in links_on(body, base))

    def read_stored(self, body: bytes, url: str) -> Page:
        """Return the reports in a payload, an HTML page or one saved as plain text."""
        if _MARKUP.search(body, 0, SNIFFED):
            return self.read(body, url)
        return self.read_text(body.decode("utf-8", "replace"), url)

    @property
    def rest_url(self) -> str:
        """The REST collection that says which pages were modified; ``""`` if there is none."""
        return ""

    @property
    def sitemap_url(self) -> str:
        """The XML site map or index of site maps; ``""`` if there is none."""
        return ""

    @property
    def types_of_copies(self) -> tuple[str, ...]:
        """The media types that saved and archived pages may be of."""
        return self.copy_types or self.media_types

    def watched_as(self, url: str) -> str:
        """Return the address that is watched for a page at an address: mostly the same."""
        return url

    def archived_as(self, url: str) -> str:
        """Return where a web archive may hold what is watched at an address, ``""`` if nowhere."""
        return url

    def archived_urls(self, url: str) -> tuple[str, ...]:  # noqa: ARG002 - few have an archive
        """Return where the publisher's own archive may keep a page, likeliest first."""
        return ()

    def shell(self, body: bytes) -> str:  # noqa: ARG002 - most publishers serve their text
        """Return why a page is a shell whose text a script would load, ``""`` for any other."""
        return ""

    def judge_page(self, response: Response) -> Verdict | None:  # noqa: ARG002 - for data, not pages
        """Return what an answer with the right type is; None to judge it as a web page is."""
        return None

    def sent_to(self, response: Response) -> Elsewhere | None:  # noqa: ARG002 - for data, not pages
        """Return where an answer sends readers in a document's place, None if it is there."""
        return None

    def publication_of(self, url: str) -> str:  # noqa: ARG002 - for documents attached to others
        """Return the address of the document that one at an address is attached to, or ``""``."""
        return ""

    def said_of_absence(self, body: bytes) -> str:  # noqa: ARG002 - few publishers say anything
        """Return what the answer to a 404 or 410 says of the document, ``""`` for nothing."""
        return ""

    def damage(self, body: bytes) -> str:  # noqa: ARG002 - needed by engines only
        """Return why a page that holds a report does not hold it whole, ``""`` for any other."""
        return ""

    def other_family(self, body: bytes, url: str) -> str:  # noqa: ARG002 - needed by engines only
        """Return why a page is a report of another family, ``""`` if that is not known."""
        return ""

    def placed(self, place: Place, part: str) -> Place:  # noqa: ARG002 - for parts that are documents
        """Return the place of a text that an operator says is of ``place``.

        ``part`` is the part that its page names, of whichever country.
        """
        return place

    def series_of(self, name: ReportId, title: str) -> str:  # noqa: ARG002 - for documents that follow each other
        """Return the series of editions that a document belongs to, ``""`` for none.

        A new document of a series takes the place of the one before, which is no longer there.
        """
        return ""

    def newer_files(
        self,
        name: ReportId,  # noqa: ARG002 - for documents whose later editions may be files
        title: str,  # noqa: ARG002
        listed: Reading,  # noqa: ARG002
    ) -> tuple[str, ...]:
        """Return later editions of a document that a report lists as files, which are not read."""
        return ()

    def title_of(self, name: ReportId) -> str:
        """Return a report's title as the family prints it: "2021 Annual Reports: Chad"."""
        return f"{name.edition} {self.family}: {self.countries.name(name.country, name.part)}"

    def owns(self, url: str) -> bool:
        """Return whether a URL is on one of the publisher's own hosts."""
        return (split_address(url).hostname or "") in self.hosts
