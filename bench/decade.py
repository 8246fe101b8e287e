"""Watch four sources for ten simulated years, by their real rhythms, and say what each year costs.

``python -m bench.decade --json decade.json --picture docs/pictures/decade.svg`` watches four
replicas of the sample site: three with ten editions of 200 reports of 100 KB, and one with a single
edition, as the source has whose pages are all looked at every day. 3 % of the reports are edited a
year. On each day that is lived it does what `up` does: a scheduled run of each source over what is
due by its rhythm (that of each real source and of the sample), a delivery, and a check with its
chores. Noise gives every page other bytes each time. Seconds are of this process's CPU: the sites
have one of their own.

``up`` would start 24 runs of each source a day, of which all but the first find that little or
nothing is due; here a day has one. ``--every 2`` lives every second day: what is due by then is
looked at then, so that looks are lost of pages alone that are due more often.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts.sink import Sink
from bench.decade_site import Replica, edit, paths_of, replicas, served
from bench.growth_picture import draw_years
from reports.notices.subscription import Channel, SubscriptionFilter
from scrapers.registry import all_sources
from services.assembly import Parts, open_parts
from services.health.freshness import scheduled_check
from services.ingest import ingest
from services.notify.delivery import deliver
from services.notify.sign_up import purge
from services.prune import prune_if_due
from services.runs.run import IngestRequest, Trigger
from services.settings import load_settings

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
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


@dataclass(frozen=True)
class Watched:
    """A watch over all replicas, and its clock."""

    parts: Parts
    sources: list[Replica]
    paths: list[str]
    origin: str
    clock: list[datetime]


@contextmanager
def watched(folder: Path, countries: int, database: str) -> Iterator[Watched]:
    """Give a watch with one reader; its database is a file of ``folder`` if none is named."""
    sources = replicas(countries)
    known = all_sources()
    known.clear()
    known.update({each.name: each for each in sources})
    paths = [path for each in sources for path in paths_of(each, countries)]
    clock = [START]
    with Sink(folder / "mail") as sink, served(countries) as origin:
        settings = load_settings(
            home=folder,
            via=origin,
            delay=0,
            backups="off",
            smtp_url=sink.url,
            canary="off",
            **({"database_url": database} if database else {}),
        )
        with open_parts(settings, now=lambda: clock[0]) as parts:
            with parts.store.write() as unit:
                filters = SubscriptionFilter()
                unit.subscriptions.add("a@example.org", Channel.EMAIL, filters, parts.now())
                unit.commit()
            yield Watched(parts, sources, paths, origin, clock)


def live(watch: Watched, years: int, every: int, days: int) -> Iterator[Year]:
    """Live through so many years of so many days; give how each ended."""
    chance, parts = random.Random(7), watch.parts
    looks = edits = 0
    for each in watch.sources:
        ingest(parts, IngestRequest(each.name, editions=each.editions))
    for number in range(years):
        began = time.process_time()
        measured: list[tuple[float, float]] = []
        for day in range(days):
            if chance.random() < EDITED_A_YEAR * len(watch.paths) / 365:
                edit(watch.origin, chance.choice(watch.paths))
                edits += 1
            if day % every == 0:
                looks += _day(watch, measured)
            watch.clock[0] += timedelta(days=1)
        spent = time.process_time() - began
        last = measured[-(MEASURED // every) :]
        with parts.store.read() as unit:
            sizes = unit.sizes.all()
        yield Year(
            number + 1,
            len(watch.paths),
            looks,
            edits,
            sum(each.total for each in sizes),
            {each.table: each.rows for each in sizes},
            sum(run for run, _ in last) / len(last),
            sum(chores for _, chores in last) / len(last),
            spent,
            int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6,
        )


def _day(watch: Watched, measured: list[tuple[float, float]]) -> int:
    parts, began, looks = watch.parts, time.process_time(), 0
    for each in watch.sources:
        report = ingest(parts, IngestRequest(each.name, trigger=Trigger.SCHEDULED))
        looks += report.counts.get("checked", 0)
    deliver(parts)
    ran = time.process_time()
    purge(parts)
    prune_if_due(parts)
    scheduled_check(parts)
    measured.append((ran - began, time.process_time() - ran))
    return looks


def main() -> int:
    """Run the simulation; print it year by year, and draw it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--days", type=int, default=365, help="days of a year, for a quick look")
    parser.add_argument("--countries", type=int, default=200, help="reports of an edition")
    parser.add_argument("--every", type=int, default=1, help="days from one run to the next")
    parser.add_argument("--database", default="", help="of PostgreSQL, and empty; else a file")
    parser.add_argument("--json", type=Path, help="write the figures there, year by year")
    parser.add_argument("--read", type=Path, help="such a file, in place of years")
    parser.add_argument("--picture", type=Path)
    chosen = parser.parse_args()
    found: list[Year] = []
    print("year  pages  looks    edits  MB       a day: run s  chores s  memory MB  CPU s")
    if chosen.read:
        for told in json.loads(chosen.read.read_text()):
            found.append(Year(**told))
            _print(found[-1])
    else:
        with (
            tempfile.TemporaryDirectory(prefix="reportwatch-decade-") as scratch,
            watched(Path(scratch), chosen.countries, chosen.database) as watch,
        ):
            for year in live(watch, chosen.years, chosen.every, chosen.days):
                found.append(year)
                _print(year)
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


def _print(year: Year) -> None:
    print(
        f"{year.year:<5} {year.pages:<6} {year.looks:<8} {year.edits:<6} "
        f"{year.bytes / 1e6:<8.2f} {year.run_seconds:<13.3f} {year.chores_seconds:<9.3f} "
        f"{year.memory_mb:<10.0f} {year.cpu_seconds:.0f}",
        flush=True,
    )


if __name__ == "__main__":
    raise SystemExit(main())
