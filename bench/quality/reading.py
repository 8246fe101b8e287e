"""Read the known pages as a run would, once, and keep what was understood of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bench.quality.outlines import Outline, outline_of
from bench.quality.pages import Expected, KnownPage
from reports.model.values import Identified, Page, Undecided
from scrapers.fetch.response import Response
from scrapers.judge.pages import judge

_HTML = {"content-type": "text/html; charset=UTF-8"}
_NOW = datetime(2026, 1, 1, tzinfo=UTC)

Found = Identified | Undecided


@dataclass(frozen=True)
class ReadPage:
    """A page, why the gate refused it (``""`` where it did not), and what was read from it.

    ``outline`` is None for a page that lists no outline of its own.
    """

    known: KnownPage
    refused: str
    page: Page
    outline: Outline | None

    @property
    def pairs(self) -> tuple[tuple[Expected, Found | None], ...]:
        """What is expected, each with what was found in its place."""
        found: list[Found | None] = [*self.page.reports, *self.page.undecided]
        missing = len(self.known.expected) - len(found)
        return tuple(zip(self.known.expected, found + [None] * missing, strict=False))

    @property
    def only(self) -> Found | None:
        """The report of a page that holds one."""
        found: list[Found] = [*self.page.reports, *self.page.undecided]
        return found[0] if len(found) == 1 else None


def read_pages(pages: Iterable[KnownPage]) -> tuple[ReadPage, ...]:
    """Read each page once."""
    return tuple(map(_read, pages))


def _read(known: KnownPage) -> ReadPage:
    body = known.body
    verdict = judge(Response(known.url, known.url, 200, _HTML, body, _NOW, (), ""), known.source)
    read = ReadPage(known, verdict.reason, known.source.read(body, known.url), None)
    if read.only is None:
        return read
    outline = outline_of(body, known.source.region(body), read.only.reading)
    return replace(read, outline=outline)
