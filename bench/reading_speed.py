"""Time the reading of pages beside other programs that take text from the same pages."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import lxml.html
import trafilatura
from bs4 import BeautifulSoup

from bench.modes import SOUP, SOURCE, TRAFILATURA, UNCHANGED, WHOLLY
from bench.pages import Report
from reports.model.reading import Reading
from scrapers.fetch.response import Response
from scrapers.judge.pages import judge
from scrapers.registry import source_named

PAGES = 60
TIMES = 2
"""Each page is read so often and the best is taken: other programs share the processors."""

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_HTML = {"content-type": "text/html; charset=UTF-8"}

Page = tuple[bytes, str]


def reading_speed(reports: Sequence[Report]) -> dict[str, float]:
    """Return CPU milliseconds a page of every reader, over the same pages in turn."""
    step = max(1, len(reports) // PAGES)
    pages = [(each.page(), each.url) for each in reports[::step]]
    total = dict.fromkeys(READERS, 0.0)
    for read in READERS.values():
        read(pages[0])  # builds what is built once: patterns, the country table
    for page in pages:
        for name, read in READERS.items():
            total[name] += min(_seconds(read, page) for _ in range(TIMES))
    return {name: seconds * 1000 / len(pages) for name, seconds in total.items()}


def _seconds(read: Callable[[Page], object], page: Page) -> float:
    started = time.process_time()
    read(page)
    return time.process_time() - started


def _wholly(page: Page) -> list[str]:
    """Gate, identity, all sections, canonical text, every hash, issues, topics and facts."""
    source, (body, url) = source_named(SOURCE), page
    if judge(_response(page), source).outcome is not None:
        raise ValueError(f"{url} is no report page")
    found = source.read(body, url)
    return [digest for one in found.reports for digest in _digests(one.reading)]


def _digests(reading: Reading) -> list[str]:
    whole = [reading.text_sha256, reading.words_sha256, reading.report_sha256]
    return whole + [section.section_sha256 for section in reading.sections]


def _unchanged(page: Page) -> str:
    """Gate and hash of the region: all that a page costs whose words are as they were."""
    return hashlib.sha256(judge(_response(page), source_named(SOURCE)).region).hexdigest()


def _response(page: Page) -> Response:
    body, url = page
    return Response(url, url, 200, _HTML, body, _NOW, (), "")


def _lxml(page: Page) -> str:
    return "".join(map(str, lxml.html.fromstring(page[0]).itertext()))


def _soup(page: Page) -> str:
    return BeautifulSoup(page[0], "lxml").get_text()


def _soup_of_region(page: Page) -> str:
    return BeautifulSoup(source_named(SOURCE).region(page[0]), "lxml").get_text()


def _trafilatura(page: Page) -> str | None:
    return trafilatura.extract(page[0], url=page[1])


READERS: dict[str, Callable[[Page], object]] = {
    WHOLLY: _wholly,
    UNCHANGED: _unchanged,
    TRAFILATURA: _trafilatura,
    SOUP: _soup,
    "BeautifulSoup, main region": _soup_of_region,
    "lxml, whole page": _lxml,
}
"""Every reader by its name in tables; what others come to is text without any structure."""
