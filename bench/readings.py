"""Measure reading and comparing, in a process of its own: ``python -m bench.readings``.

Prints one JSON document: CPU to read a page beside other programs on it, the time word diffs take
on real pairs of editions and, of a home folder, how fast everything stored in it is read back.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.modes import SOURCE
from bench.pages import PageSet, Report, load_pages
from bench.reading_speed import reading_speed
from reports.compare.diff import compare_blocks, compare_readings
from reports.compare.editions import compare_editions
from reports.model.reading import Reading
from scrapers.registry import source_named
from services.assembly import open_parts
from services.settings import Settings

PAIRS = 100
REPEATS = 5
"""A comparison is timed as the best of so many: other programs share the processors."""


def _best_ms(work: Callable[[], object]) -> float:
    found = []
    for _ in range(REPEATS):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return min(found) * 1000


def diffs(pages: PageSet) -> dict[str, Any]:
    """Return CPU milliseconds of comparing each edition with the next of the same report."""
    pairs = list(_pairs(pages))[:: max(1, len(pages.reports) // PAIRS)]
    summaries = [_best_ms(partial(compare_blocks, a.blocks, b.blocks)) for a, b in pairs]
    wholes = [_best_ms(partial(compare_readings, a, b)) for a, b in pairs]
    editions = [_best_ms(partial(compare_editions, a, b)) for a, b in pairs]
    return {
        "pairs": len(pairs),
        "summary": _spread(summaries),
        "whole": _spread(wholes),
        "editions": _spread(editions),
    }


def _pairs(pages: PageSet) -> Iterable[tuple[Reading, Reading]]:
    source = source_named(SOURCE)
    slugs: dict[str, list[Report]] = {}
    for each in sorted(pages.reports, key=lambda one: one.edition):
        slugs.setdefault(each.path.rstrip("/").rpartition("/")[2], []).append(each)
    for held in slugs.values():
        for before, after in pairwise(held):
            a, b = (source.read(one.page(), one.url).reports for one in (before, after))
            yield a[0].reading, b[0].reading


def _spread(values: Sequence[float]) -> dict[str, float]:
    if not values:
        return {}
    return {"median": statistics.median(values), "max": max(values)}


def verified(home: Path) -> dict[str, float]:
    """Return how many pages a second everything stored is read back at, digests checked."""
    with open_parts(Settings(home=home)) as parts, parts.store.read() as unit:
        wall, cpu = time.perf_counter(), time.process_time()
        found = unit.audit.check()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if found["faults"]:
        raise SystemExit(f"faults in what was stored: {found['faults'][:3]}")
    return {
        "payloads": found["payloads"],
        "per_second": found["payloads"] / wall,
        "per_cpu_second": found["payloads"] / cpu,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.readings", description=__doc__)
    parser.add_argument("home", type=Path, nargs="?", help="a home folder to read back")
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--pages", type=int, default=0)
    chosen = parser.parse_args()
    pages = load_pages(chosen.corpus, chosen.pages)
    found: dict[str, Any] = {"reading": reading_speed(pages.reports), "diffs": diffs(pages)}
    if chosen.home:
        found["verify"] = verified(chosen.home)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
