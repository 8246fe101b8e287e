"""Measure how long the monitor takes for each of its pages over a large database."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

from bench.child import BenchFailed, run
from bench.services import running

ROUNDS = 20
"""How often each page is asked for, after once to warm up."""

START_SECONDS = 30.0
REPORT = "/reports/us-state-hrr/2026/KAZ"

PAGES = {
    "overview": "/",
    "reports, first page": "/reports",
    "reports of a country": "/reports?country=Kazakhstan",
    "report": REPORT,
    "version": f"{REPORT}/v/1",
    "difference": f"{REPORT}/diff/1..2",
    "compare editions": "/compare/us-state-hrr/KAZ/2025..2026",
    "changes": "/changes",
    "changes of a kind": "/changes?kind=edited",
    "topics": "/topics",
    "topic": "/topics/corruption",
    "matrix": "/reports?view=matrix&show=words",
    "reports, sorted": "/reports?sort=words&order=desc",
    "changes of a country": "/changes?country=Kazakhstan",
    "changes of a region": "/changes?region=africa&since=2024-01-01",
    "sources": "/sources",
    "a source": "/sources/us-state-hrr",
    "runs": "/runs",
    "a run": "/runs/3",
    "subscriptions": "/subscriptions",
    "reviews": "/reviews",
    "settings": "/settings",
    "metrics": "/metrics",
    "captured page": f"{REPORT}/v/1/captured/page",
    "alerts": "/alerts",
    "transparency log": "/log/",
    "evidence": f"{REPORT}/v/1/evidence.wacz",
    "citations": f"{REPORT}/v/1/cite?section=1",
    "search, a common word": "/search?q=government",
    "search, a rare word": "/search?q=basen",
    "search, a phrase": "/search?q=%22unconfirmed+reports%22",
    "search, on a date": "/search?q=police&when=then&as_of=2024-01-03",
    "search, removed words": "/search?q=torture&when=removed",
    "search, one country": "/search?q=torture&country=KAZ",
    "feed of all changes": "/feeds/changes.atom",
    "API: changes": "/api/v1/changes?limit=100",
    "API: a report": f"/api/v1{REPORT}",
    "API: search": "/api/v1/search?q=police",
}


def monitor_speed(folder: Path, reports: int) -> dict[str, dict[str, float]]:
    """Return milliseconds for each page, its median and 95th percentile, over so many reports."""
    home = folder / "library"
    command = [sys.executable, "-m", "bench.library", str(home), "--reports", str(reports)]
    run(command, os.environ)
    with serving(home) as address:
        return {name: _measure(address, path) for name, path in PAGES.items()}


@contextmanager
def serving(home: Path) -> Iterator[str]:
    """Serve the monitor over a home folder on a free port for as long as the block lasts."""
    port = _free_port()
    environment = {**os.environ, "REPORTWATCH_HOME": str(home), "REPORTWATCH_PORT": str(port)}
    with running([sys.executable, "-m", "monitor"], environment, stdout=subprocess.DEVNULL):
        address = f"127.0.0.1:{port}"
        began = time.monotonic()
        while not _answers(address):
            if time.monotonic() - began > START_SECONDS:
                raise BenchFailed("the monitor does not start")
            time.sleep(0.1)
        yield address


def _free_port() -> int:
    from cli.up.supervisor import free_port

    return free_port(0, "the monitor")


def _answers(address: str) -> bool:
    try:
        with closing(HTTPConnection(address, timeout=5)) as connection:
            return _ask(connection, "/healthz") in (200, 503)
    except OSError:
        return False


def _ask(connection: HTTPConnection, path: str) -> int:
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _measure(address: str, path: str) -> dict[str, float]:
    connection = HTTPConnection(address, timeout=60)
    status = _ask(connection, path)
    if status != 200:
        raise BenchFailed(f"{path} is answered with {status}")
    times = [_timed(connection, path) for _ in range(ROUNDS)]
    connection.close()
    return {"median": round(statistics.median(times), 1), "p95": round(_p95(times), 1)}


def _timed(connection: HTTPConnection, path: str) -> float:
    began = time.perf_counter()
    _ask(connection, path)
    return (time.perf_counter() - began) * 1000


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def main() -> None:
    """Measure over a home folder that is there."""
    with serving(Path(sys.argv[1])) as address:
        told = {name: _measure(address, path) for name, path in PAGES.items()}
    print(json.dumps(told, indent=2))


if __name__ == "__main__":
    main()
