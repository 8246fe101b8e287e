"""The files that a new source begins with: its module, its first example page, and its test."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Template
from urllib.parse import urlsplit

from scrapers.read.cut import cut_page
from scrapers.read.header import read_header

FILL_IN = "FILL IN"
"""What stands in a new source's module until somebody has written it."""

_WORDPRESS_PATH = re.compile(r"/reports/(?P<edition>(?:19|20)\d\d)-(?P<slug>[a-z0-9-]+)/.+", re.I)
_TITLE = re.compile(r"(?P<edition>(?:19|20)\d\d)\s+(?P<family>[^:]+?)\s*(?::.*)?", re.S)
_HOST = re.compile(r"[a-z0-9.-]+")
_OTHER_MARKS = re.compile(r"[^A-Za-z0-9,.' -]+")
_LONGEST_FAMILY = 60
_EXAMPLE_HOST = "www.example.org"


@dataclass(frozen=True)
class Scaffold:
    """A new source's files by their path in the checkout, and the engine its module builds on."""

    engine: str
    files: Mapping[str, bytes]


def scaffold(name: str, body: bytes, url: str, *, is_json: bool) -> Scaffold:
    """Return what a source named ``name`` begins with, from one of its pages."""
    found = None if is_json else _WORDPRESS_PATH.fullmatch(urlsplit(url).path)
    is_wordpress = found is not None and bool(cut_page(body).main)
    module = name.replace("-", "_")
    host = urlsplit(url).hostname or ""
    class_name = "".join(part.capitalize() for part in name.split("-"))
    known = {
        "name": name,
        "module": module,
        "class_name": class_name,
        "host": host if _HOST.fullmatch(host) else _EXAMPLE_HOST,
        "page": "first.page.json" if is_json else "first.html",
        "media_types": '("application/json",)' if is_json else '("text/html",)',
        "listings": _JSON_LISTINGS if is_json else "",
        "contract": "Link, Source" if is_json else "Source",
    }
    if found and is_wordpress:
        family = _family(body, found["slug"])
        known |= {
            "edition": found["edition"],
            "slug": found["slug"].lower(),
            "family": family,
            "pattern": r"\s+".join(map(re.escape, family.split())),
        }
    text = _ON_WORDPRESS if is_wordpress else _PLAIN
    files = {
        f"scrapers/sources/{module}.py": Template(text).substitute(known).encode(),
        f"tests/examples/{name}/{known['page']}": body,
        f"tests/scrapers/test_{module}.py": Template(_TEST).substitute(known).encode(),
    }
    return Scaffold("wordpress_state" if is_wordpress else "", files)


def _family(body: bytes, slug: str) -> str:
    """Return the family's title, as the page's heading has it, else as its address does."""
    found = _TITLE.fullmatch(read_header(cut_page(body).hero).title)
    title = found["family"] if found else slug.replace("-", " ").title()
    return " ".join(_OTHER_MARKS.sub(" ", title).split())[:_LONGEST_FAMILY].rstrip()


_ON_WORDPRESS = '''\
"""FILL IN: say in one line which reports these are, and whose."""

from __future__ import annotations

import re

from reports.model.countries import CountryTable, world
from scrapers.engines.wordpress_state import WordPressState


class $class_name(WordPressState):
    """``$name``: FILL IN what it covers."""

    name = "$name"
    publisher = "FILL IN"
    family = "$family"
    short_name = "$family"
    hosts = ("$host",)
    editions = ("$edition",)
    reader_revision = 1
    path = "/reports/{edition}-$slug/"
    collection_path = "/FILL IN/"
    heading = re.compile(
        r"(?P<edition>\\d{4})\\s+"
        r"$pattern"
        r"(?:\\s*:\\s*(?P<name>.*))?",
        re.I | re.S,
    )

    @property
    def countries(self) -> CountryTable:
        """The table of real countries."""
        return world()
'''

_PLAIN = '''\
"""FILL IN: say in one line which reports these are, and whose."""

# ruff: noqa: ARG002 - take this line out once every method reads what it is given

from __future__ import annotations

import re
from urllib.parse import urlsplit

from reports.model.countries import CountryTable, Place, world
from reports.model.values import Page
from scrapers.source import $contract

_PATH = re.compile(r"/FILL IN/(?P<edition>\\d{4})(?:/.*)?")


class $class_name(Source):
    """``$name``: FILL IN what it covers."""

    name = "$name"
    publisher = "FILL IN"
    family = "FILL IN"
    short_name = "FILL IN"
    hosts = ("$host",)
    editions = ("2024",)
    reader_revision = 1
    media_types = $media_types

    @property
    def countries(self) -> CountryTable:
        """The table of real countries."""
        return world()

    @property
    def collection_url(self) -> str:
        """The page that lists the family's editions."""
        return f"https://{self.hosts[0]}/FILL IN/"

    def index_url(self, edition: str) -> str:
        """Return the page that lists the reports of one edition."""
        return f"https://{self.hosts[0]}/FILL IN/{edition}/"

    def next_edition(self, newest: str) -> str:
        """Return the year after ``newest``."""
        return str(int(newest) + 1)
$listings
    def edition_of(self, url: str) -> str:
        """Return the edition a page's address names, or an empty text."""
        found = _PATH.fullmatch(urlsplit(url).path)
        return found["edition"] if found else ""

    def place_of(self, url: str, label: str) -> Place | None:
        """Return the place a listed link stands for."""
        return self.countries.find(label)

    def page_url(self, body: bytes) -> str:
        """Return the address a page gives itself, or an empty text."""
        return ""

    def region(self, body: bytes) -> bytes:
        """Return the bytes that carry the report."""
        return b""

    def read(self, body: bytes, url: str) -> Page:
        """Return the reports on a page."""
        return Page()

    def read_text(self, text: str, url: str) -> Page:
        """Return the reports in a page saved as plain text."""
        return Page()
'''

_JSON_LISTINGS = '''
    def read_collection(self, body: bytes) -> tuple[str, ...]:
        """Return the editions that the collection page lists, oldest first."""
        return super().read_collection(body)

    def read_index(self, body: bytes, edition: str) -> tuple[Link, ...]:
        """Return the report pages that an edition's index lists."""
        return super().read_index(body, edition)
'''
"""The contract itself reads the links of web pages, and the sets of links of ``serve-pages``."""

_TEST = '''\
"""Whether a new source is written and reads its first page: it fails until then."""

from __future__ import annotations

from pathlib import Path

from scrapers.registry import source_named

ROOT = Path(__file__).parents[2]
MODULE = "scrapers/sources/$module.py"
PAGE = "tests/examples/$name/$page"


def test_nothing_is_left_to_fill_in() -> None:
    left = (ROOT / MODULE).read_text("utf-8").count("FILL IN")
    assert not left, f"{MODULE} says FILL IN in {left} places: write what belongs there"


def test_first_example_page_is_read_as_a_report() -> None:
    source = source_named("$name")
    body = (ROOT / PAGE).read_bytes()
    page = source.read(body, source.page_url(body))
    why = "; ".join(each.why for each in page.undecided) or "it finds no report there"
    assert page.reports, (
        f"{MODULE} does not read {PAGE} yet: {why}. Write the reader until it does, then replace "
        "the page's texts by your own and run tests/scrapers/test_examples.py, which writes what "
        "was read beside the page for you to check."
    )
    assert source.region(body), f"{MODULE}: region() must return the bytes that carry the report"
'''
