"""Watch the memory of the long-lived programs of ``up``: ``python -m bench.memory_watch``.

The sample site changes every two minutes, a run looks at it every minute, mails go to a sink, and a
reader loads a page of the monitor every second. Of each program its resident memory (RSS) and its
share of it (PSS) are noted every half minute into a CSV, and at the end how much they grow.
"""

from __future__ import annotations

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, fields
from itertools import cycle
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from alerts.sink import Sink
from bench.child import BenchFailed, run
from bench.services import running
from deployments.sample_site import SampleSite, serve
from flows.prefect_api import read_addresses
from services.settings import PREFIX

PROGRAMS = {
    "monitor": "monitor.app:app_from_environment",
    "prefect": "flows.server",
    "runner": "flows.runner",
}
"""The programs that `up` starts and keeps, each with a word of its command line."""

SETTLED_MINUTES = 10.0
"""What a program takes until everything of it is loaded: growth is counted after that."""

EVERY_SECONDS = 30.0
STEP_SECONDS = 120.0
READER_SECONDS = 1.0

PAGES = (
    "/",
    "/reports",
    "/reports/sample-hrr/2023/XAG",
    "/reports/sample-hrr/2022/XAD/lower-sarn",
    "/changes",
    "/search?q=police",
    "/topics",
    "/topics.svg",
    "/topics/torture_cidt",
    "/sources",
    "/sources/sample-hrr",
    "/runs",
    "/runs/1",
    "/alarms",
    "/alerts",
    "/reviews",
    "/settings",
    "/subscriptions",
    "/subscribe",
    "/compare/sample-hrr/XAG/2022..2023",
    "/feeds/sources/sample-hrr/changes.atom",
    "/api/v1/changes",
    "/api/v1/reports",
    "/api/v1/search?q=police",
    "/metrics",
    "/healthz",
    "/no-such-page",
)

PLAN = """
deployments:
  - name: ingest
    entrypoint: flows.ingest.ingest_flow
    tags: [reportwatch]
    parameters: {source: sample-hrr}
    schedules: [{slug: often, cron: "* * * * *", timezone: UTC}]
    concurrency_limit: {limit: 1, collision_strategy: ENQUEUE}
    work_pool: {name: reportwatch}
  - name: deliver
    entrypoint: flows.deliver.deliver_flow
    tags: [reportwatch]
    schedules: [{slug: often, cron: "*/5 * * * *", timezone: UTC}]
    concurrency_limit: {limit: 1, collision_strategy: CANCEL_NEW}
    work_pool: {name: reportwatch}
  - name: check
    entrypoint: flows.check.check_flow
    tags: [reportwatch]
    schedules: [{slug: often, cron: "*/5 * * * *", timezone: UTC}]
    concurrency_limit: {limit: 1, collision_strategy: CANCEL_NEW}
    work_pool: {name: reportwatch}
"""
"""As `prefect.yaml`, but sixty runs an hour in a day's place."""


@dataclass(frozen=True)
class Noted:
    """What one program held at one moment."""

    minutes: float
    program: str
    rss_mb: float
    pss_mb: float
    threads: int
    files: int


def main() -> int:
    """Watch for as long as asked, and print the growth of each program."""
    chosen = _arguments()
    with tempfile.TemporaryDirectory(prefix="reportwatch-memory-") as scratch:
        asked, noted = _watch(Path(scratch), chosen.minutes, chosen.csv)
    print(f"{asked} pages loaded; {chosen.csv} has every reading")
    print(*_table(noted), sep="\n")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.memory_watch", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--csv", type=Path, default=Path("memory.csv"))
    return parser.parse_args()


def _watch(scratch: Path, minutes: float, table: Path) -> tuple[int, list[Noted]]:
    site = SampleSite()
    with serve(site) as origin, Sink(scratch / "mail") as sink, _up(scratch, origin, sink) as up:
        addresses = read_addresses(scratch / "home")
        assert addresses
        began = time.monotonic()
        steps = cycle(range(len(site.timeline.steps)))
        asked = iter(cycle(PAGES))
        answered = 0
        noted: list[Noted] = []
        is_time = _Due(began)
        with table.open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerow([each.name for each in fields(Noted)])
            while (now := time.monotonic()) - began < minutes * 60:
                if is_time("step", STEP_SECONDS):
                    site.advance(next(steps))
                if is_time("note", EVERY_SECONDS):
                    fresh = list(_programs(up.pid, (now - began) / 60))
                    noted += fresh
                    rows.writerows(astuple(each) for each in fresh)
                    file.flush()
                answered += _load(addresses.monitor_url + next(asked))
                time.sleep(max(0.0, READER_SECONDS - (time.monotonic() - now)))
        return answered, noted


class _Due:
    """Tells when something is to be done again."""

    def __init__(self, began: float) -> None:
        self._next: dict[str, float] = defaultdict(lambda: began)

    def __call__(self, what: str, seconds: float) -> bool:
        if time.monotonic() < self._next[what]:
            return False
        self._next[what] += seconds
        return True


@contextmanager
def _up(scratch: Path, origin: str, sink: Sink) -> Iterator[subprocess.Popen[bytes]]:
    """Run `reportwatch up` on a new home, with one reader who wants every change."""
    (scratch / "plan.yaml").write_text(PLAN)
    clean = {k: v for k, v in os.environ.items() if not k.startswith((PREFIX, "PREFECT_"))}
    settings = {
        "HOME": str(scratch / "home"),
        "VIA": origin,
        "DELAY": "0",
        "PORT": "0",
        "PREFECT_PORT": "0",
        "SMTP_URL": sink.url,
    }
    environment = clean | {PREFIX + name: value for name, value in settings.items()}
    command = [sys.executable, "-m", "cli"]
    run([*command, "subscribe", "reader@example.org"], environment)
    up = [*command, "up", "--json", "--deployments", str(scratch / "plan.yaml")]
    with running(up, environment, stdout=subprocess.PIPE) as child:
        assert child.stdout
        if not child.stdout.readline():
            raise BenchFailed("`reportwatch up` does not start")
        yield child


def _load(url: str) -> bool:
    """Load a page; an answer that is an error is an answer."""
    try:
        with urlopen(url, timeout=30) as answer:  # nosec B310 # loopback
            answer.read()
    except HTTPError:
        pass
    except OSError:
        return False
    return True


def _programs(supervisor: int, minutes: float) -> Iterator[Noted]:
    """Read what each program holds now. A flow run is started by the runner and is none of them."""
    yield _noted(supervisor, "supervisor", minutes)
    for folder in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            said = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            for name, word in PROGRAMS.items():
                if parent == supervisor and word in said:
                    yield _noted(int(folder.name), name, minutes)


def _noted(pid: int, program: str, minutes: float) -> Noted:
    folder = Path(f"/proc/{pid}")
    sizes = {
        name: int(value.split()[0]) / 1024
        for name, _, value in (
            line.partition(":") for line in (folder / "smaps_rollup").read_text().splitlines()[1:]
        )
    }
    return Noted(
        round(minutes, 2),
        program,
        round(sizes["Rss"], 2),
        round(sizes["Pss"], 2),
        len(list((folder / "task").iterdir())),
        len(list((folder / "fd").iterdir())),
    )


def _table(noted: Sequence[Noted]) -> Iterator[str]:
    yield "program     RSS MB: at 10 min, at the end, most   RSS MB/h   PSS MB/h   threads   files"
    last = max((each.minutes for each in noted), default=0.0)
    for program in ("supervisor", *PROGRAMS):
        of_it = [each for each in noted if each.program == program]
        settled = [each for each in of_it if each.minutes >= min(SETTLED_MINUTES, last / 2)]
        if len(settled) < 2:
            yield f"{program:10}  was not there long enough"
            continue
        rss = _an_hour(settled, lambda each: each.rss_mb)
        pss = _an_hour(settled, lambda each: each.pss_mb)
        yield (
            f"{program:10} {settled[0].rss_mb:18.1f} {settled[-1].rss_mb:11.1f} "
            f"{max(each.rss_mb for each in of_it):7.1f} {rss:+10.2f} {pss:+10.2f} "
            f"{settled[-1].threads:9} {settled[-1].files:7}"
        )


def _an_hour(noted: Sequence[Noted], size: Callable[[Noted], float]) -> float:
    """Return the growth in megabytes an hour: the line of the least squares through all."""
    line = statistics.linear_regression([each.minutes for each in noted], list(map(size, noted)))
    return line.slope * 60


if __name__ == "__main__":
    sys.exit(main())
