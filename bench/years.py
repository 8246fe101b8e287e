"""Watch the sample site for years of simulated days, and say what grows: rows, bytes, time, memory.

``python -m bench.years --days 1000 --keep 0 --keep 90 --picture docs/pictures/growth.svg`` lives
through them once for each setting of REPORTWATCH_KEEP_DAYS (0: everything is kept) and draws the
sizes. A day is a run over the pages of an edition, a delivery, and a check with its daily chores;
every tenth day one page is edited. Noise gives every page other bytes each time, as real sites do.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts.sink import Sink
from bench.growth_picture import draw
from deployments.sample_site import SampleSite, SiteResponse, serve
from reports.notices.subscription import Channel, SubscriptionFilter
from services.assembly import Parts, open_parts
from services.health.freshness import scheduled_check
from services.ingest import ingest
from services.notify.delivery import deliver
from services.notify.sign_up import purge
from services.prune import prune_if_due
from services.runs.run import IngestRequest
from services.settings import load_settings

SOURCE, EDITION = "sample-hrr", "2022"
START = datetime(2026, 1, 5, 6, tzinfo=UTC)
SHOWN = (1, 10, 100, 250, 500, 750, 1000)
EDIT_EVERY = 10
"""Days between two edits."""

PICTURE_EVERY = 10
"""Days between two points of the picture."""


@dataclass(frozen=True)
class Day:
    """How a day ended. Bytes are those of tables with their indexes; ``seconds`` are of the CPU."""

    day: int
    edits: int
    file_bytes: int
    used_bytes: int
    bytes: dict[str, int]
    rows: dict[str, int]
    seconds: float
    chores_seconds: float
    memory_mb: float


class EditedSite(SampleSite):
    """The sample site; each edit gives the first paragraph of a report another first word."""

    def __init__(self) -> None:
        super().__init__()
        self.reports = next(each.reports for each in self.editions if str(each.year) == EDITION)
        self._said: dict[str, tuple[bytes, bytes]] = {}

    def edit(self, chance: random.Random, word: str) -> None:
        """Change a word of some report."""
        chosen = chance.choice(self.reports)
        first, _, rest = chosen.paragraphs[0][:60].partition(" ")
        self._said[chosen.path] = f"{first} {rest}".encode(), f"{word} {rest}".encode()

    def render(self, path: str) -> SiteResponse:
        """Answer as the site does, with the words that were edited."""
        answer = super().render(path)
        old, new = self._said.get(path.partition("?")[0], (b"", b""))
        return answer._replace(body=answer.body.replace(old, new)) if old else answer


@contextmanager
def watched(folder: Path, keep: int) -> Iterator[tuple[Parts, EditedSite, list[datetime]]]:
    """Give a watch over a site of its own, its one reader, and its clock."""
    site, clock = EditedSite(), [START]
    with Sink(folder / "mail") as sink, serve(site) as origin:
        settings = load_settings(
            home=folder,
            via=origin,
            delay=0,
            backups="off",
            smtp_url=sink.url,
            canary="off",
            keep_days=keep,
        )
        with open_parts(settings, now=lambda: clock[0]) as parts:
            with parts.store.write() as unit:
                filters = SubscriptionFilter()
                unit.subscriptions.add("a@example.org", Channel.EMAIL, filters, parts.now())
                unit.commit()
            yield parts, site, clock


def live(folder: Path, days: int, keep: int, every: int = PICTURE_EVERY) -> Iterator[Day]:
    """Live through so many days; give those that are shown and every n-th."""
    chance, edits = random.Random(7), 0
    with watched(folder, keep) as (parts, site, clock):
        for day in range(1, days + 1):
            if day % EDIT_EVERY == 0:
                site.edit(chance, f"Word{day}")
                edits += 1
            began = time.process_time()
            ingest(parts, IngestRequest(SOURCE, (EDITION,)))
            deliver(parts)
            ran = time.process_time()
            purge(parts)
            prune_if_due(parts)
            scheduled_check(parts)
            done = time.process_time()
            if day in SHOWN or day % every == 0 or day == days:
                yield _measured(folder, day, edits, ran - began, done - ran)
            clock[0] += timedelta(days=1)


def _measured(folder: Path, day: int, edits: int, seconds: float, chores_seconds: float) -> Day:
    file = folder / "reportwatch.sqlite"
    with closing(sqlite3.connect(file)) as opened:
        of = dict(opened.execute("SELECT name, tbl_name FROM sqlite_master").fetchall())
        taken: dict[str, int] = {}
        for name, size in opened.execute("SELECT name, sum(pgsize) FROM dbstat GROUP BY name"):
            table = of.get(name, name)
            taken[table] = taken.get(table, 0) + size
        rows = {
            table: opened.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
            for table in sorted(set(of.values()))
        }
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    whole = sum(each.stat().st_size for each in folder.glob("reportwatch.sqlite*"))
    return Day(day, edits, whole, sum(taken.values()), taken, rows, seconds, chores_seconds, memory)


def _show(found: Sequence[Day], keep: int) -> None:
    shown = [each for each in found if each.day in SHOWN or each is found[-1]]
    print(f"looks of {keep} days kept" if keep else "every look kept")
    print("day    edits  MB    run CPU s  chores CPU s  peak MB")
    for each in shown:
        print(
            f"{each.day:<6} {each.edits:<6} {each.used_bytes / 1e6:<5.2f} {each.seconds:<10.2f} "
            f"{each.chores_seconds:<13.2f} {each.memory_mb:.0f}"
        )
    last = shown[-1]
    for table in sorted(last.bytes, key=lambda name: -last.bytes[name]):
        kilobytes = "  ".join(f"{each.bytes.get(table, 0) / 1e3:8,.0f}" for each in shown)
        rows = "  ".join(f"{each.rows.get(table, 0):7,}" for each in shown)
        print(f"{table:24} kB {kilobytes}   rows {rows}")


def _write(file: Path, found: dict[int, list[Day]]) -> None:
    told = {str(keep): [asdict(each) for each in days] for keep, days in found.items()}
    file.write_text(json.dumps(told))


def _read(files: Sequence[Path]) -> dict[int, list[Day]]:
    told = [each for file in files for each in json.loads(file.read_text()).items()]
    return {
        int(keep) if keep.isdecimal() else 0: [Day(**each) for each in days] for keep, days in told
    }


def main() -> int:
    """Run the simulation for each setting; print it, and draw it if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=1000)
    parser.add_argument("--keep", type=int, action="append", help="REPORTWATCH_KEEP_DAYS")
    parser.add_argument("--json", type=Path, help="write all figures there, day by day")
    parser.add_argument("--read", type=Path, action="append", help="such a file, in place of days")
    parser.add_argument("--picture", type=Path)
    chosen = parser.parse_args()
    found = _read(chosen.read or ())
    for keep in [] if chosen.read else chosen.keep or [0, 90]:
        found[keep] = []
        with tempfile.TemporaryDirectory(prefix="reportwatch-years-") as scratch:
            for day in live(Path(scratch), chosen.days, keep):
                found[keep].append(day)
                if chosen.json:
                    _write(chosen.json, found)
    for keep, days in found.items():
        _show(days, keep)
    if chosen.picture:
        lines = {
            keep: [(each.day, each.used_bytes) for each in days] for keep, days in found.items()
        }
        chosen.picture.write_text(draw(lines))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
