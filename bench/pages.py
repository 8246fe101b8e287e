"""The pages that are measured on: real ones where they are at hand, else generated ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import cycle
from pathlib import Path
from urllib.parse import urlsplit

from bench.modes import SOURCE
from deployments.replay import plain_list
from deployments.sample_site.site import SampleSite
from reports.model.countries import fold
from scrapers.registry import source_named
from scrapers.saved.files import read_saved
from scrapers.saved.page import SavedPage
from scrapers.source import Link, Source

GENERATED = 450
"""Pages made where no real ones are at hand: the nine editions with fifty countries each."""

_HEADING = re.compile(rb"(<h1[^>]*>).*?(</h1>)", re.S)
_GENERATED_PATH = "/reports/2021-country-reports-on-civic-conditions/dorvania/district-{:04}/"


@dataclass(frozen=True)
class Report:
    """One report page to serve: its address, how its listing names it, and whose bytes it has.

    ``body`` stays shared where ``name`` is set: the page is then told to be of another country.
    """

    url: str
    edition: str
    label: str
    body: bytes
    name: str = ""

    @property
    def path(self) -> str:
        """The path of a request for it."""
        return urlsplit(self.url).path

    def page(self) -> bytes:
        """Return the bytes to serve, the heading rewritten for a page told to be another's."""
        if not self.name:
            return self.body
        title = f"{self.edition} {source_named(SOURCE).family}: {self.name}".encode()
        return _HEADING.sub(lambda found: found[1] + title + found[2], self.body, count=1)


@dataclass(frozen=True)
class PageSet:
    """Report pages and the index pages that list them."""

    reports: tuple[Report, ...]

    @property
    def editions(self) -> tuple[str, ...]:
        """The editions that have pages, oldest first."""
        return tuple(sorted({each.edition for each in self.reports}))

    @cached_property
    def by_path(self) -> Mapping[str, Report]:
        """The reports by the path they are served at."""
        return {each.path: each for each in self.reports}

    @cached_property
    def listings(self) -> Mapping[str, bytes]:
        """The index pages by path."""
        source = source_named(SOURCE)
        listed: dict[str, list[Link]] = {edition: [] for edition in self.editions}
        for each in self.reports:
            listed[each.edition].append(Link(each.url, each.label))
        return {
            urlsplit(source.index_url(edition)).path: plain_list(edition, links)
            for edition, links in listed.items()
        }


def load_pages(corpus: Path | None, count: int = 0) -> PageSet:
    """Return the real pages of a folder (EDITION/SLUG.html.gz), or generated ones.

    ``count`` takes so many, spread over the editions; 0 takes all.
    """
    source = source_named(SOURCE)
    found = list(_real(corpus, source) if corpus else _generated())
    return PageSet(tuple(_spread(found, count) if count else found))


def enlarged(pages: PageSet, count: int) -> PageSet:
    """Return a set of ``count`` reports: those of ``pages`` and the same pages as other countries.

    Every report has an identity of its own; bodies stay shared.
    """
    more = list(pages.reports)
    for body, fresh in zip(cycle(pages.reports), _unheld(pages), strict=False):
        if len(more) >= count:
            break
        more.append(Report(fresh.url, fresh.edition, fresh.label, body.body, fresh.label))
    return PageSet(tuple(more))


def edited(report: Report) -> bytes:
    """Return a page with one word of its executive summary changed."""
    source, body = source_named(SOURCE), report.page()
    before = source.read(body, report.url).reports[0].reading
    region = source.region(body)
    for block in before.blocks:
        words = block.split()
        for three in zip(words, words[1:], words[2:], strict=False):
            old = " ".join(three).encode()
            if not (all(word.isalpha() for word in three) and region.count(old) == 1):
                continue
            new = " ".join((three[0], "amended", three[2])).encode()
            changed = body.replace(old, new)
            after = source.read(changed, report.url).reports[0].reading
            if after.text_sha256 != before.text_sha256:
                return changed
    raise ValueError(f"no word of {report.url} can be changed")


def _real(corpus: Path, source: Source) -> Iterator[Report]:
    for found in read_saved([corpus]):
        path = Path(found.file)
        edition, slug = path.parent.name, path.name.partition(".htm")[0]
        if isinstance(found, SavedPage) and not found.is_text and edition in source.editions:
            label = slug.replace("-", " ").title()
            yield Report(_url(source, edition, slug), edition, label, found.body)


def _generated() -> Iterator[Report]:
    """Yield pages of the sample site under the names of real countries."""
    site = SampleSite(0, "none", scale=GENERATED)
    for number, fresh in zip(range(1, GENERATED + 1), _unheld(PageSet(())), strict=False):
        body = site.render(_GENERATED_PATH.format(number)).body
        yield Report(fresh.url, fresh.edition, fresh.label, body, fresh.label)


def _unheld(pages: PageSet) -> Iterator[Report]:
    """Yield a report without a body for each edition and country that has no page yet."""
    source = source_named(SOURCE)
    known = [(one.edition, source.place_of(one.url, one.label)) for one in pages.reports]
    held = {(edition, place.country) for edition, place in known if place}
    for place in source.countries:
        for edition in source.editions:
            if not place.part and (edition, place.country) not in held:
                slug = fold(place.name).replace(" ", "-")
                yield Report(_url(source, edition, slug), edition, place.name, b"")


def _url(source: Source, edition: str, slug: str) -> str:
    return f"{source.index_url(edition).rstrip('/')}/{slug}/"


def _spread(found: list[Report], count: int) -> list[Report]:
    """Return ``count`` of the pages, evenly spread."""
    count = min(count, len(found))
    return [found[number * len(found) // count] for number in range(count)]
