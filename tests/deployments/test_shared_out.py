"""Sources side by side on several machines, and one source read by two of them, on real pages.

Of every page the publisher's stand-in notes when it was asked for.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml
from cluster import Cluster, running_cluster
from patience import wait_for
from running_up import SlowSite
from same_rows import differing, rows_of

from bench.pages import PageSet, enlarged, load_pages
from bench.serving import NOT_FOUND, Port, Reply, serve
from deployments.replay import Replay
from deployments.sample_site import serve as serve_site
from scrapers.registry import all_sources

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "tests" / "examples"
SOURCES = ("us-state-hrr", "us-state-irf", "uk-cpin")
PLAN = ROOT / "deployments" / "prefect.yaml"
CORPUS = Path(os.environ.get("REPORTWATCH_CORPUS", ROOT.parent / "shared" / "pages"))
PAGES = int(os.environ.get("REPLICAS", "1750"))
ANSWER_SECONDS = 0.05
DELAY = 0.25
SPACED = 240
NUMBERS = itertools.count(1)
"""Of workers: each run has some with settings of their own."""

pytestmark = pytest.mark.slow


@dataclass
class Replicas:
    """Report pages as one publisher serves them, slowly; ``asked`` are the moments of requests."""

    pages: PageSet
    answer_seconds: float = ANSWER_SECONDS
    asked: list[float] = field(default_factory=list)

    def reply(self, path: str, _query: str, _known_tag: str) -> Reply:
        self.asked.append(time.monotonic())
        time.sleep(self.answer_seconds)
        if path in self.pages.listings:
            return Reply(200, self.pages.listings[path])
        report = self.pages.by_path.get(path)
        return Reply(200, report.page()) if report else NOT_FOUND

    def now(self) -> None:
        return None


@contextmanager
def served(site: Replicas) -> Iterator[str]:
    port = Port(site)
    serve([port])
    try:
        yield port.origin
    finally:
        port.shutdown()
        port.server_close()


def start(cluster: Cluster, count: int, **settings: str) -> list[int]:
    """Start workers with settings of their own and return their numbers."""
    numbers = [next(NUMBERS) for _ in range(count)]
    for number in numbers:
        cluster.start_worker(number, **settings)
    return numbers


def stop(cluster: Cluster, numbers: list[int]) -> None:
    for number in numbers:
        cluster.programs.stop(f"worker-{number}")


@dataclass(frozen=True)
class Ended:
    """A run that several programs read: how long it took, and what it left."""

    seconds: float
    rows: dict[str, Any]
    helpers: list[dict[str, Any]]


def run_with(
    cluster: Cluster, site: Replicas, origin: str, name: str, workers: int, **settings: str
) -> Ended:
    """Ingest into a database of its own by so many workers, and return what came of it."""
    cluster.postgres.run(f"CREATE DATABASE {name}")
    url = cluster.postgres.url(name)
    told = {"VIA": origin, "DATABASE_URL": url, "WORKERS": "1", **settings}
    started = start(cluster, workers, **told)
    before = len(cluster.runs("share/share"))
    editions = list(site.pages.editions)
    asked = cluster.run("ingest/ingest", source="us-state-hrr", editions=editions)
    run = cluster.wait_for_end(asked, seconds=900)
    stop(cluster, started)
    assert run["state"]["type"] == "COMPLETED", run["state"]
    helpers = cluster.runs("share/share")[: len(cluster.runs("share/share")) - before]
    return Ended(run["total_run_time"], rows_of(url, origin), helpers)


def without_schedules(plan: Path) -> dict[str, Any]:
    """Return a plan of which nothing starts by itself: a run of another source, at its minute."""
    told: dict[str, Any] = yaml.safe_load(plan.read_text("utf-8"))
    for deployment in told["deployments"]:
        deployment["schedules"] = []
    return told


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if not CORPUS.is_dir():
        pytest.skip(f"no pages at {CORPUS}")
    folder = tmp_path_factory.mktemp("cluster")
    plan = folder / "plan.yaml"
    plan.write_text(yaml.safe_dump(without_schedules(PLAN)), "utf-8")
    with running_cluster(folder, workers=0) as running:
        running.deploy(plan)
        yield running


def test_two_workers_read_one_source_in_about_half_the_time_and_record_the_same(
    cluster: Cluster,
) -> None:
    site = Replicas(enlarged(load_pages(CORPUS), PAGES))
    with served(site) as origin:
        one = run_with(cluster, site, origin, "one", 1)
        two = run_with(cluster, site, origin, "two", 2, SPREAD="1")
        dask = run_with(cluster, site, origin, "dask", 1, SPREAD="1", DASK="local")
    took = f"one {one.seconds:.0f} s, two {two.seconds:.0f} s, Dask {dask.seconds:.0f} s"
    print(f"{PAGES} pages: {took}")  # noqa: T201 - what `-s` shows
    assert len(one.rows["version"]) == PAGES
    assert [each["state"]["type"] for each in two.helpers] == ["COMPLETED"]
    assert differing(one.rows, two.rows) == {}
    assert differing(one.rows, dask.rows) == {}


def test_two_workers_keep_the_delay_between_them(cluster: Cluster) -> None:
    site = Replicas(enlarged(load_pages(CORPUS), SPACED), answer_seconds=2 * DELAY)
    with served(site) as origin:
        run_with(cluster, site, origin, "spaced", 2, SPREAD="1", DELAY=str(DELAY))
    gaps = sorted(later - earlier for earlier, later in pairwise(site.asked))
    assert len(gaps) >= SPACED
    print(  # noqa: T201
        f"{len(gaps)} gaps: {gaps[0]:.3f} s the smallest, {gaps[len(gaps) // 2]:.3f} s the median"
    )
    assert gaps[0] > 0.9 * DELAY


def test_three_sources_are_read_side_by_side(cluster: Cluster) -> None:
    replay = Replay(
        [EXAMPLES / source for source in SOURCES], all_sources().values(), lambda _fault: None
    )
    assert len(replay) > 20
    site = SlowSite(replay, seconds=10.0)
    with serve_site(site) as origin:
        started = start(cluster, 2, VIA=origin)
        runs = [cluster.run(f"ingest/ingest-{source}", source=source) for source in SOURCES]

        def are_all_at_work() -> bool:
            return {row.source for row in cluster.ledger() if row.state == "running"} == {*SOURCES}

        wait_for(are_all_at_work, "the three sources never ran at the same time")
        site.seconds = 0.0
        for run in runs:
            cluster.wait_for_end(run)
        stop(cluster, started)
    published = {row.source: row.counts["published"] for row in cluster.ledger()}
    assert sorted(published) == sorted(SOURCES)
    assert min(published.values()) >= 1
