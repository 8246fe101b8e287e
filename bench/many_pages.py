"""Read an edition of any size as a flow run: ``python -m bench.many_pages 1000 5000 20000``.

Each size on a home of its own, beside a real Prefect server: what a page costs, how much of it is
Prefect's, and how much memory either takes. The pages are the sample site's districts, of 100 KB
each; making them costs their own process as much as reading them does.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache, partial
from importlib import resources
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from bench.child import memory_of, run
from bench.services import SETTLE_SECONDS, PrefectServer, free_port, prefect_server, running
from deployments.sample_site.load import LOAD_YEAR, load_areas
from flows.environment import HOST, client_environment
from reports.model.countries import CountryTable, load_table
from services.settings import Settings

SOURCE = "sample-hrr"
READ_AS_CHILD, TABLE_AS_CHILD = "--read", "--table"


def read(scale: int) -> int:
    """Run the command with a country table that knows the districts; return its exit code."""
    from cli.app import main as command
    from scrapers.sources import sample_hrr

    sample_hrr._fictional = cache(partial(districts, scale))
    sys.argv = ["reportwatch", "ingest", SOURCE, "--edition", str(LOAD_YEAR), "--json"]
    command()
    return 0


def districts(scale: int) -> CountryTable:
    """Return the sample site's places, and so many districts more."""
    rows = resources.files("deployments").joinpath("sample_site", "countries.toml")
    return load_table(f"{rows.read_text('utf-8')}\n{load_areas(scale)}")


def districts_mb(scale: int) -> float:
    """Return the megabytes that the table of districts takes: no real source has so many places."""
    before = memory_of(os.getpid())
    _held = districts(scale)
    return memory_of(os.getpid()) - before


def measure(scale: int, server: PrefectServer, folder: Path, idle_cpu: float) -> dict[str, float]:
    """Ingest so many reports and say what it took.

    ``districts_mb`` of ``peak_mb`` is the table of districts, which only this measurement has.
    ``prefect_share`` is of all that the server did meanwhile, ``prefect_share_of_run`` without what
    it does anyway, by the ``idle_cpu`` that it takes a second.
    """
    port = free_port()
    site = [sys.executable, "-m", "deployments.sample_site", "--port", str(port)]
    origin = f"http://{HOST}:{port}"
    environment: Mapping[str, str] = {
        **os.environ,
        **client_environment(Settings(home=folder), server.api_url, ""),
        "REPORTWATCH_HOME": str(folder),
        "REPORTWATCH_VIA": origin,
        "REPORTWATCH_DELAY": "0",
        "REPORTWATCH_HINTS": "none",
    }
    with running([*site, "--scale", str(scale)], os.environ, stdout=sys.stderr):
        _await(origin)
        before, memory = server.cpu(), memory_of(server.pid)
        child = [sys.executable, "-m", "bench.many_pages"]
        cost, said = run([*child, READ_AS_CHILD, str(scale)], environment)
        theirs = server.settled_cpu() - before
    idle = min(theirs, idle_cpu * (cost.wall + SETTLE_SECONDS))
    counts = json.loads(said)["counts"]
    assert counts["published"] >= scale, counts
    return {
        "pages": scale,
        "ms_a_page": round(1000 * (cost.cpu + theirs) / scale, 2),
        "prefect_ms_a_page": round(1000 * theirs / scale, 2),
        "prefect_share": round(theirs / (cost.cpu + theirs), 4),
        "prefect_idle_ms_a_second": round(1000 * idle_cpu, 1),
        "prefect_share_of_run": round((theirs - idle) / (cost.cpu + theirs - idle), 4),
        "seconds": round(cost.wall, 1),
        "peak_mb": round(cost.peak_mb),
        "districts_mb": round(float(run([*child, TABLE_AS_CHILD, str(scale)], os.environ)[1])),
        "prefect_mb_before": round(memory),
        "prefect_mb_after": round(memory_of(server.pid)),
        "database_kb_a_page": round(
            (folder / "reportwatch.sqlite").stat().st_size / 1024 / scale, 1
        ),
    }


def _await(origin: str) -> None:
    while True:
        try:
            with urlopen(origin, timeout=60):
                return
        except URLError as error:
            if getattr(error, "code", 0):
                return  # it answers, if not with a page
            time.sleep(0.5)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each size, one line of JSON each."""
    parser = argparse.ArgumentParser(prog="python -m bench.many_pages", description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=[1000, 5000, 20000])
    for each in (READ_AS_CHILD, TABLE_AS_CHILD):
        parser.add_argument(each, type=int, default=0, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.read:
        return read(chosen.read)
    if chosen.table:
        print(districts_mb(chosen.table))
        return 0
    with tempfile.TemporaryDirectory() as folder, prefect_server(Path(folder) / "server") as server:
        time.sleep(SETTLE_SECONDS)
        idle_cpu = server.idle_cpu()
        for scale in chosen.sizes:
            home = Path(folder) / str(scale)
            home.mkdir()
            print(json.dumps(measure(scale, server, home, idle_cpu)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
