"""Watch four sources for ten simulated years, by their real rhythms, and say what each year costs.

``python -m bench.decade --years 10 --countries 11 --json decade.json --picture FILE.svg`` watches
four replicas of the sample site: three with ten editions of so many reports, and one with a single
edition, as the source has whose pages are all looked at every day. 3 % of the reports are edited a
year. Once a day it does what `up` does: a scheduled run of each source over what is due by its
rhythm (that of each real source and of the sample), a delivery, and a check with its chores. Noise
gives every page other bytes each time. Seconds are of the CPU, the site's own included.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts.sink import Sink
from bench.growth_picture import draw_years
from deployments.sample_site import SampleSite, SiteResponse, serve
from deployments.sample_site.editions import ORIGIN, edition_path
from reports.notices.subscription import Channel, SubscriptionFilter
from reports.watch.rhythm import Rhythm
from scrapers.registry import all_sources
from scrapers.sources.sample_hrr import SampleReports
from services.assembly import Parts, open_parts
from services.health.freshness import scheduled_check
from services.ingest import ingest
from services.notify.delivery import deliver
from services.notify.sign_up import purge
from services.prune import prune_if_due
from services.runs.run import IngestRequest, Trigger
from services.settings import load_settings

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
EDITIONS = tuple(range(2016, 2026))
MODEL = 2022
"""The edition of the sample site of which all others are replicas."""

EDITED_A_YEAR = 0.03
MEASURED = 90
"""Days at the end of a year of whose runs the mean is given."""


@dataclass(frozen=True)
class Year:
    """How a year ended; ``run_seconds`` and ``chores_seconds`` are means of a day at its end."""

    year: int
    pages: int
    looks: int
    edits: int
    bytes: int
    rows: dict[str, int]
    run_seconds: float
    chores_seconds: float
    cpu_seconds: float
    memory_mb: float


class Replica(SampleReports):
    """The sample's source under another name, on a host and a path of its own."""

    def __init__(self, number: int, rhythm: Rhythm) -> None:
        super().__init__()
        self.name = f"replica-{number}"
        self.short_name = f"Replica {number}"
        self.hosts = (f"replica-{number}.example",)
        self.prefix = f"/replica-{number}"
        is_daily = len({each.every_hours for each in rhythm.ladder}) == 1
        self.years = EDITIONS[-1:] if is_daily else EDITIONS
        self.editions = tuple(map(str, self.years))
        self.rhythm = rhythm
        self.path = self.prefix + SampleReports.path
        self.collection_path = self.prefix + SampleReports.collection_path


class ManySites(SampleSite):
    """The sites of all replicas behind one address."""

    def __init__(self, sources: list[Replica], countries: int) -> None:
        super().__init__()
        self._sources = {each.prefix: each for each in sources}
        self.model = next(each for each in self.editions if each.year == MODEL)
        self.reports = self.model.reports[:countries]
        self._gone = [each.url for each in self.model.reports[countries:]]
        self._said: dict[str, list[tuple[bytes, bytes]]] = {}

    def edit(self, chance: random.Random, word: str) -> None:
        """Change a word of some report of some edition."""
        places = [(each.prefix, year) for each in self._sources.values() for year in each.years]
        prefix, year = chance.choice(places)
        chosen = chance.choice(self.reports)
        old, _, rest = chosen.paragraphs[0][:60].partition(" ")
        path = prefix + edition_path(year) + chosen.slug + "/"
        self._said[path] = [(f"{old} {rest}".encode(), f"{word} {rest}".encode())]

    def render(self, path: str) -> SiteResponse:
        """Answer as the sample site does, in the words of one edition."""
        asked = path.partition("?")[0]
        found = re.match(r"(/replica-\d+)(/.*)", asked)
        if not found:
            return super().render(path)
        prefix, inner = found.groups()
        year = re.search(r"/(\d{4})-", inner)
        if year and int(year[1]) not in self._sources[prefix].years:
            return SiteResponse(404, {"Content-Type": "text/html"}, b"<h1>Not found</h1>")
        if inner == SampleReports.collection_path:
            answer = self._collection(prefix)
        else:
            answer = super().render(inner.replace(year[1], str(MODEL)) if year else inner)
        return self._as_replica(answer, asked, prefix, year[1] if year else "")

    def _collection(self, prefix: str) -> SiteResponse:
        """List the editions that are out."""
        answer = super().render(SampleReports.collection_path)
        links = "".join(
            f'<li><a href="{ORIGIN}{edition_path(year)}">{year} Country Reports on Civic '
            "Conditions</a></li>"
            for year in self._sources[prefix].years
        )
        links = f"<main><ul>{links}</ul></main>"
        body = re.sub(rb"<main.*</main>", links.encode(), answer.body, flags=re.S)
        return answer._replace(body=body)

    def _as_replica(self, answer: SiteResponse, asked: str, prefix: str, year: str) -> SiteResponse:
        body = answer.body
        for url in self._gone:
            body = body.replace(url.encode(), b"https://elsewhere.example/")
        if year:
            body = body.replace(str(MODEL).encode(), year.encode())
        home = f"https://{self._sources[prefix].hosts[0]}{prefix}/".encode()
        body = body.replace(f"{ORIGIN}/".encode(), home)
        body = body.replace(b'href="/', f'href="{prefix}/'.encode())
        for old, new in self._said.get(asked, ()):
            body = body.replace(old, new)
        headers = dict(answer.headers)
        if "Location" in headers:
            headers["Location"] = headers["Location"].replace(f"{ORIGIN}/", home.decode())
        return SiteResponse(answer.status, headers, body)


@contextmanager
def watched(
    folder: Path, countries: int
) -> Iterator[tuple[Parts, ManySites, list[Replica], list[datetime]]]:
    """Give a watch over all replicas, its one reader, and its clock."""
    known = all_sources()
    sources = [
        Replica(number, each.rhythm) for number, each in enumerate(list(known.values()), start=1)
    ]
    known.clear()
    known.update({each.name: each for each in sources})
    site, clock = ManySites(sources, countries), [START]
    with Sink(folder / "mail") as sink, serve(site) as origin:
        settings = load_settings(
            home=folder, via=origin, delay=0, backups="off", smtp_url=sink.url, canary="off"
        )
        with open_parts(settings, now=lambda: clock[0]) as parts:
            with parts.store.write() as unit:
                filters = SubscriptionFilter()
                unit.subscriptions.add("a@example.org", Channel.EMAIL, filters, parts.now())
                unit.commit()
            yield parts, site, sources, clock


def live(folder: Path, years: int, countries: int, every: int) -> Iterator[Year]:
    """Live through so many years; give how each ended."""
    chance = random.Random(7)
    with watched(folder, countries) as (parts, site, sources, clock):
        looks = edits = 0
        for each in sources:
            ingest(parts, IngestRequest(each.name, editions=each.editions))
        for number in range(years):
            count = sum(len(each.years) for each in sources) * len(site.reports)
            began, measured = time.process_time(), []
            for day in range(365):
                if chance.random() < EDITED_A_YEAR * count / 365:
                    site.edit(chance, f"Word{edits}")
                    edits += 1
                if day % every == 0:
                    looks += _day(parts, sources, measured)
                clock[0] += timedelta(days=1)
            spent = time.process_time() - began
            last = measured[-(MEASURED // every) :]
            yield _measured(folder, number + 1, count, looks, edits, last, spent)


def _day(parts: Parts, sources: list[Replica], measured: list[tuple[float, float]]) -> int:
    began, looks = time.process_time(), 0
    for each in sources:
        report = ingest(parts, IngestRequest(each.name, trigger=Trigger.SCHEDULED))
        looks += report.counts.get("checked", 0)
    deliver(parts)
    ran = time.process_time()
    purge(parts)
    prune_if_due(parts)
    scheduled_check(parts)
    measured.append((ran - began, time.process_time() - ran))
    return looks


def _measured(
    folder: Path,
    year: int,
    count: int,
    looks: int,
    edits: int,
    last: list[tuple[float, float]],
    spent: float,
) -> Year:
    with closing(sqlite3.connect(folder / "reportwatch.sqlite")) as opened:
        (size,) = opened.execute("SELECT sum(pgsize) FROM dbstat").fetchone()
        names = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = {
            name: opened.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for (name,) in names
            if not name.startswith("sqlite_")
        }
    pages_of_memory = int(Path("/proc/self/statm").read_text().split()[1])
    return Year(
        year,
        count,
        looks,
        edits,
        size,
        rows,
        sum(run for run, _ in last) / len(last),
        sum(chores for _, chores in last) / len(last),
        spent,
        pages_of_memory * 4096 / 1e6,
    )


def main() -> int:
    """Run the simulation; print it year by year, and draw it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--countries", type=int, default=11, help="pages of an edition, up to 11")
    parser.add_argument("--every", type=int, default=1, help="days from one run to the next")
    parser.add_argument("--json", type=Path, help="write the figures there, year by year")
    parser.add_argument("--read", type=Path, help="such a file, in place of years")
    parser.add_argument("--picture", type=Path)
    chosen = parser.parse_args()
    found: list[Year] = []
    if chosen.read:
        found = [Year(**each) for each in json.loads(chosen.read.read_text())]
    print("year  pages  looks    edits  MB     a day: run s  chores s  memory MB  CPU s")
    with tempfile.TemporaryDirectory(prefix="reportwatch-decade-") as scratch:
        for year in found or live(Path(scratch), chosen.years, chosen.countries, chosen.every):
            if not chosen.read:
                found.append(year)
            print(
                f"{year.year:<5} {year.pages:<6} {year.looks:<8} {year.edits:<6} "
                f"{year.bytes / 1e6:<6.2f} {year.run_seconds:<13.3f} {year.chores_seconds:<9.3f} "
                f"{year.memory_mb:<10.0f} {year.cpu_seconds:.0f}",
                flush=True,
            )
            if chosen.json:
                chosen.json.write_text(json.dumps([asdict(each) for each in found]))
    if chosen.picture:
        panels = {
            "Megabytes of the database": [each.bytes / 1e6 for each in found],
            "CPU seconds of a day's runs": [each.run_seconds for each in found],
            "Megabytes of memory": [each.memory_mb for each in found],
        }
        chosen.picture.write_text(draw_years(panels))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
