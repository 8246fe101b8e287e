"""Several machines whose programs are killed at any moment: nothing is lost, nothing doubled.

``KILLS=200 pytest -m slow -s`` on this file is the long trial; by itself it is a short one.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import pytest
from cluster import Cluster, running_cluster
from patience import PATIENCE

from alerts.sink import Sink
from bench.chaos.publisher import EDITION, EditedSite, Mails
from deployments.sample_site import serve
from services.assembly import open_parts

KILLS = int(os.environ.get("KILLS", "12"))
SEED = int(os.environ.get("SEED", "1"))
LONGEST_PAUSE = 4.0
BOUND = 60.0
SOURCE = "sample-hrr"
WORKERS, ATTENDS = ("worker-1", "worker-2"), ("attend-1", "attend-2")
VICTIMS = (*WORKERS, *ATTENDS, "prefect-1", "prefect-services", "redis", "postgres")
PLAN = f"""
name: reportwatch
deployments:
  - name: ingest
    entrypoint: flows.ingest.ingest_flow
    tags: [reportwatch]
    parameters: {{source: {SOURCE}, editions: ["{EDITION}"]}}
    schedules: [{{slug: often, cron: "* * * * * */15", timezone: UTC}}]
    concurrency_limit: {{limit: 1, collision_strategy: CANCEL_NEW}}
    work_pool: {{name: reportwatch}}
  - name: deliver
    entrypoint: flows.deliver.deliver_flow
    tags: [reportwatch]
    schedules: []
    concurrency_limit: {{limit: 1, collision_strategy: CANCEL_NEW}}
    work_pool: {{name: reportwatch}}
"""

pytestmark = pytest.mark.slow


class Trial:
    """A cluster, its publisher and its mailbox, and what was done to them."""

    def __init__(self, cluster: Cluster, site: EditedSite, sink: Sink) -> None:
        self.cluster, self._site, self._sink = cluster, site, sink
        self._chance = random.Random(SEED)
        self._pages = cycle(site.pages)
        self._waits: dict[str, str] = {}  # the edit of a page that no mail has told of yet
        self.edits: list[str] = []
        self.takeovers: list[float] = []
        self.ended: Counter[str] = Counter()
        """How often each program ended by itself: at its start without a database, say."""

    def edit(self) -> None:
        """Edit a page whose last edit was told of: two before one look would be one version."""
        assert until(self._has_free_page, 400), f"nobody tells of {self._waits}"
        page = next(each for each in self._pages if each not in self._waits)
        self._waits[page] = self._site.edit(page)
        self.edits.append(self._waits[page])

    def _has_free_page(self) -> bool:
        self.keep_running()
        mails = self.mails()
        self._waits = {page: word for page, word in self._waits.items() if not mails.told(word)}
        return len(self._waits) < len(self._site.pages)

    def mails(self) -> Mails:
        return Mails(self._sink.mails())

    def strike(self, number: int, name: str) -> None:
        """Edit a page, kill a program at some moment, and start it again as a service would."""
        self.edit()
        time.sleep(self._chance.uniform(0, LONGEST_PAUSE))
        began = time.monotonic()
        if name == "postgres":
            self.cluster.kill_postgres()
            self.cluster.start_postgres()
        else:
            self.cluster.programs.kill(name)
            self._watch_takeover(name, began)
            self.cluster.programs.start_again(name)
        print(f"{number:3} {name:17} edits {len(self.edits)}, mails {self.mails().count}")  # noqa: T201

    def _watch_takeover(self, name: str, began: float) -> None:
        """Measure how long it takes until the other one attends, if this one did."""
        if name not in ATTENDS:
            return
        other = next(each for each in ATTENDS if each != name)
        if not self.attends(name) or self.attends(other):
            return  # it has lost the lock with PostgreSQL, and died before it said so

        def other_attends() -> bool:
            self.keep_running(apart=name)
            return self.attends(other)

        assert until(other_attends, PATIENCE), f"nobody took over from {name}:" + "".join(
            f"\n\n{each}:\n{self.cluster.programs[each].said()}" for each in ATTENDS
        )
        self.takeovers.append(time.monotonic() - began)

    def keep_running(self, apart: str = "") -> None:
        """Start again what ended by itself, as `Restart=always` of a service does."""
        self.ended.update(self.cluster.programs.start_ended(apart))

    def attends(self, name: str) -> bool:
        """Return whether the last that a program said of it is that it attends."""
        said = self.cluster.programs[name].said(letters=100_000)
        return said.rpartition(" flows.attend ")[2].startswith("attends:")


def until(check: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(1)
    return False


def truthful(cluster: Cluster) -> list[str]:
    """Return runs that Prefect and the ledger say different things of, or that never end."""
    prefect = {each["id"]: each["state_type"] for each in all_runs(cluster)}
    states = {"done": ("COMPLETED",), "failed": ("FAILED", "CRASHED"), "crashed": ("CRASHED",)}
    assert len(cluster.ledger()) >= 3
    return [
        f"run {row.id} is {row.state}, its flow run {prefect.get(row.flow_run)}"
        for row in cluster.ledger()
        if row.flow_run and prefect.get(row.flow_run) not in states.get(row.state, ())
    ]


def all_runs(cluster: Cluster) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    while True:
        page = cluster.api(
            "/flow_runs/filter", {"limit": 200, "offset": len(found), "sort": "START_TIME_ASC"}
        )
        found += page
        if len(page) < 200:
            return found


def test_programs_killed_at_any_moment_lose_and_double_nothing(tmp_path: Path) -> None:
    site = EditedSite()
    plan = tmp_path / "prefect.yaml"
    plan.write_text(PLAN, encoding="utf-8")
    with serve(site) as origin, Sink(tmp_path / "mail") as sink:
        settings = {"VIA": origin, "SMTP_URL": sink.url, "MASS_CHANGE": "1000"}
        with running_cluster(tmp_path, workers=0, settings=settings) as cluster:
            for words in (
                ("ingest", SOURCE, "--edition", EDITION),
                ("subscribe", "ann@law.example"),
                ("deploy", "--prefect-file", str(plan)),
            ):
                done = cluster.reportwatch(*words)
                assert done.returncode == 0, done.stderr
            reports = versions(cluster)
            for number in (1, 2):
                cluster.start_worker(number)
                cluster.start_attend(number)
            trial = Trial(cluster, site, sink)
            chance = random.Random(SEED)
            victims = [VICTIMS[number % len(VICTIMS)] for number in range(KILLS)]
            chance.shuffle(victims)
            for number, name in enumerate(victims, start=1):
                trial.strike(number, name)
            assert until(lambda: set(trial.edits) <= set(trial.mails().tokens), 400), set(
                trial.edits
            ) - set(trial.mails().tokens)
            for name in WORKERS:
                cluster.programs.stop(name)
            assert until(lambda: not any(row.state == "running" for row in cluster.ledger()), 120)
            until(lambda: not truthful(cluster), 60)
            told = Counter(trial.mails().told(token) for token in trial.edits)
            states = Counter(row.state for row in cluster.ledger())
            print(  # noqa: T201
                f"{KILLS} kills: {len(trial.edits)} edits, told {dict(told)}, again under one id "
                f"{trial.mails().sent_again}; runs {dict(states)}; takeovers "
                f"{[round(each, 1) for each in trial.takeovers]}; ended by themselves and started "
                f"again {dict(trial.ended)}"
            )
            assert told == {1: KILLS}
            assert versions(cluster) == reports + KILLS
            assert truthful(cluster) == []
            assert len(trial.takeovers) >= KILLS // 20
            assert max(trial.takeovers, default=0) <= BOUND
            verified = cluster.reportwatch("verify")
            assert verified.returncode == 0, verified.stdout


def versions(cluster: Cluster) -> int:
    with open_parts(cluster.settings) as parts, parts.store.read() as unit:
        return sum(each.versions for each in unit.reports.find(source=SOURCE))
