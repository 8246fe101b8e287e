"""Serve the four sources of ``bench.decade`` in a process of their own.

Each is a replica of the sample site under a name, a host and a path of its own. Every report of
every edition has words of its own, about 100 KB of them, drawn by a generator that its address
seeds; noise gives each answer other bytes. ``GET /__edit/PATH`` changes a word of the report there.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from urllib.request import urlopen

from bench.services import running
from deployments.sample_site import pages
from deployments.sample_site.editions import ORIGIN, Edition, SampleReport, load_edition
from deployments.sample_site.load import write
from deployments.sample_site.noise import Noise, NoiseLevel, press
from deployments.sample_site.server import run
from deployments.sample_site.site import SiteResponse
from reports.model.countries import CountryTable, load_table
from reports.watch.rhythm import Rhythm
from scrapers.registry import all_sources
from scrapers.sources.sample_hrr import SampleReports

YEARS = tuple(range(2016, 2026))
MOST_COUNTRIES = 26 * 26
"""Codes from XAA to XZZ, which no real country will ever bear."""

EDIT_PATH = "/__edit"
_MODEL = 2022
_HTML = {"Content-Type": "text/html; charset=UTF-8"}
_TEXT = {"Content-Type": "text/plain"}
_SHELL = pages.Shell()


class Replica(SampleReports):
    """The sample's source under another name, with many countries, by the rhythm of a real one."""

    def __init__(self, number: int, rhythm: Rhythm, countries: int) -> None:
        super().__init__()
        self.name = f"replica-{number}"
        self.short_name = f"Replica {number}"
        self.hosts = (f"replica-{number}.example",)
        self.prefix = f"/replica-{number}"
        # A source whose pages are all looked at every day has no editions.
        is_daily = len({each.every_hours for each in rhythm.ladder}) == 1
        self.years = YEARS[-1:] if is_daily else YEARS
        self.editions = tuple(map(str, self.years))
        self.rhythm = rhythm
        self.path = self.prefix + SampleReports.path
        self.collection_path = self.prefix + SampleReports.collection_path
        self._count = countries

    @property
    def countries(self) -> CountryTable:
        """As many countries as were asked for."""
        return _table(self._count)


def replicas(countries: int) -> list[Replica]:
    """Return a replica for each real source and the sample, by their rhythms."""
    rhythms = [each.rhythm for each in all_sources().values()]
    return [Replica(number, each, countries) for number, each in enumerate(rhythms, start=1)]


class ManySites:
    """The sites of all replicas behind one address."""

    def __init__(self, sources: Sequence[Replica], countries: int) -> None:
        self._noise = Noise(NoiseLevel.SOME)
        self._kept: dict[str, bytes] = {}
        self._edits: dict[str, list[tuple[bytes, bytes]]] = {}
        self._lock = threading.Lock()
        self._pages: dict[str, tuple[Replica, Edition | None, SampleReport | None]] = {}
        for source in sources:
            self._pages[source.collection_path] = source, None, None
            for edition in _editions(source, countries):
                self._pages[source.prefix + edition.path] = source, edition, None
                for report in edition.reports:
                    self._pages[source.prefix + report.path] = source, edition, report

    def render(self, path: str) -> SiteResponse:
        """Answer a GET of ``path``; a query string is ignored."""
        asked = path.partition("?")[0]
        if asked == "/robots.txt":
            return SiteResponse(200, _TEXT, b"User-agent: *\nDisallow: /wp-admin/\n")
        if asked.startswith(EDIT_PATH):
            return self._edit(asked.removeprefix(EDIT_PATH))
        if asked not in self._pages:
            return SiteResponse(404, _HTML, b"<h1>Not found</h1>")
        body = zlib.decompress(self._page(asked))
        for old, new in self._edits.get(asked, ()):
            body = body.replace(old, new)
        return SiteResponse(200, _HTML, self._noise.fill(press(body.decode())))

    def _edit(self, path: str) -> SiteResponse:
        _, _, report = self._pages[path]
        assert report
        edits = self._edits.setdefault(path, [])
        word = f"Word{sum(map(len, self._edits.values()))}"
        old = edits[-1][1] if edits else report.summary[0].encode()
        edits.append((old, old + f" {word}.".encode()))
        return SiteResponse(200, _TEXT, word.encode())

    def _page(self, path: str) -> bytes:
        """Return a page packed, as it was when it was first asked for."""
        with self._lock:
            if path not in self._kept:
                self._kept[path] = zlib.compress(self._written(path).encode(), 1)
            return self._kept[path]

    def _written(self, path: str) -> str:
        source, edition, report = self._pages[path]
        if edition is None:
            page = pages.listing_page(_editions(source, len(list(source.countries))), _SHELL)
        elif report is None:
            page = pages.index_page(edition, _SHELL)
        else:
            page = pages.report_page(write(report, seed=path), edition, _SHELL)
        page = page.replace(f"{ORIGIN}/", f"https://{source.hosts[0]}{source.prefix}/")
        return re.sub(r'href="/(?!/)', f'href="{source.prefix}/', page)


def paths_of(source: Replica, countries: int) -> list[str]:
    """Return where the reports of a replica lie."""
    return [
        source.prefix + report.path
        for edition in _editions(source, countries)
        for report in edition.reports
    ]


@contextmanager
def served(countries: int) -> Iterator[str]:
    """Serve all replicas in a process of their own; yields its origin."""
    command = [sys.executable, "-m", "bench.decade_site", "--countries", str(countries)]
    with running(command, os.environ, stdout=subprocess.PIPE) as child:
        assert child.stdout
        yield child.stdout.readline().decode().strip()


def edit(origin: str, path: str) -> None:
    """Have a word of a report changed."""
    with urlopen(f"{origin}{EDIT_PATH}{path}", timeout=60):  # nosec B310 # loopback
        pass


def _editions(source: Replica, countries: int) -> list[Edition]:
    models = load_edition(_MODEL).reports
    found = []
    for year in source.years:
        reports = tuple(
            SampleReport(
                edition=year,
                country=code,
                part="",
                name=name,
                label=name,
                slug=slug,
                summary=(
                    f"{name} is a canton of the union, as it was in {year}.",
                    *models[number % len(models)].summary[1:],
                ),
            )
            for number, (code, name, slug) in enumerate(_names(countries))
        )
        found.append(Edition(year, f"{year + 1}-03-02", f"{year + 1}/03/313615_", reports))
    return found


def _names(countries: int) -> Iterator[tuple[str, str, str]]:
    for number in range(countries):
        code = f"X{chr(65 + number // 26)}{chr(65 + number % 26)}"
        yield code, f"Canton {number + 1:03}", f"canton-{number + 1:03}"


@cache
def _table(countries: int) -> CountryTable:
    editions = f"{YEARS[0]}-{YEARS[-1]}"
    rows = (
        f'[[country]]\ncode = "{code}"\nkey = "{slug}"\nnames = ["{name}"]\n'
        f'slugs = {{ "{slug}" = "{editions}" }}\n'
        for code, name, slug in _names(countries)
    )
    return load_table("\n".join(rows))


def main() -> int:
    """Serve until terminated; print the origin."""
    parser = argparse.ArgumentParser(prog="python -m bench.decade_site", description=__doc__)
    parser.add_argument("--countries", type=int, default=200)
    chosen = parser.parse_args()
    site = ManySites(replicas(chosen.countries), chosen.countries)
    run(site, 0, lambda origin: print(origin, flush=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
