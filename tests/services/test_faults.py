"""Faults: killed processes, a second run, a locked database, a full disk."""

from __future__ import annotations

import email
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email import policy
from pathlib import Path

import pytest
from databases import TEMPLATE, sqlite_url
from postgres import PostgresServer
from snapshot import Snapshot, snapshot
from sqlalchemy import Engine, event
from walk_stage import SOURCE, AlteredSite, Watch, counts, told, watching

from alerts.sink import Sink
from deployments.sample_site import SiteResponse, serve
from services.assembly import Parts, open_parts
from services.ingest import ingest
from services.notify.delivery import deliver
from services.runs.run import IngestRequest, RunRefused, RunReport
from services.settings import load_settings
from storage.database import patience
from storage.database.errors import DatabaseFailed
from storage.store import open_store

VICTIM = Path(__file__).with_name("victim.py")
ADDRESSES = ("ann@law.example", "bob@court.example")


@dataclass(frozen=True)
class Cost:
    """What an undisturbed run takes."""

    seconds: float
    statements: int


class Rig:
    """A site about to change much, and a database that saw it before: copied for each trial."""

    def __init__(self, origin: str, folder: Path, postgres: PostgresServer | None) -> None:
        self._origin = origin
        self._folder = folder
        self._postgres = postgres
        self._base = folder / "base.sqlite"
        self._template = ""
        self._count = 0

    def prepare(self, site: AlteredSite) -> None:
        """Watch the site until one report is gone, then let it change."""
        url = f"sqlite:///{self._base}"
        if self._postgres:
            self._template = self._postgres.create()
            url = self._postgres.url(self._template)
        store = open_store(url, self._folder)
        watch = Watch(site, self._origin, store, self._folder)
        for step in (0, 5, 6):
            watch.at(step)
        watch.subscribe(ADDRESSES[0])
        watch.subscribe(ADDRESSES[1], kinds=("edited", "restored"))
        store.close()
        site.advance(9)
        for key in ("2023/XAB", "2023/XAE", "2023/XAG", "2023/XAL"):
            opening = " ".join(site.report(key).summary[0].split()[:3])
            site.edit(key, opening, f"At last {opening}")

    @contextmanager
    def trial(self) -> Iterator[Trial]:
        """Give a fresh copy of the database and a mail server."""
        self._count += 1
        home = self._folder / f"trial-{self._count}"
        home.mkdir()
        name = ""
        if self._postgres:
            name = self._postgres.create(self._template)
            url = self._postgres.url(name)
        else:
            shutil.copyfile(self._base, home / "reportwatch.sqlite")
            url = sqlite_url(home)
        with Sink(home / "mail") as sink:
            yield Trial(home, url, self._origin, sink)
        if self._postgres:
            self._postgres.drop(name)


class Trial:
    """One database, worked on by processes that are killed."""

    def __init__(self, home: Path, url: str, origin: str, sink: Sink) -> None:
        self._sink = sink
        self._settings = {
            "home": str(home),
            "database_url": url,
            "via": origin,
            "smtp_url": sink.url,
            "delay": "0",
            "mass_change": "100",
        }

    def undisturbed(self, work: str) -> Cost:
        with self.victim(work) as child:
            said, _ = child.communicate("go\n", timeout=60)
        assert child.returncode == 0
        seconds, statements = said.split()
        return Cost(float(seconds), int(statements))

    def kill_before(self, work: str, statement: int) -> None:
        """Let a run be killed just before one of its statements."""
        with self.victim(work, str(statement)) as child:
            child.communicate("go\n", timeout=60)
        assert child.returncode == -signal.SIGKILL

    def kill(self, work: str, cost: Cost, rolls: random.Random) -> None:
        """Let a run be killed somewhere: by the clock, or by the count of its statements."""
        if rolls.random() < 0.5:
            self.kill_before(work, rolls.randrange(cost.statements))
            return
        with self.victim(work) as child:
            child.stdin.write("go\n")
            child.stdin.flush()
            time.sleep(rolls.uniform(0, cost.seconds))
            child.kill()

    @contextmanager
    def victim(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        chosen = {f"REPORTWATCH_{name.upper()}": each for name, each in self._settings.items()}
        with subprocess.Popen(
            [sys.executable, str(VICTIM), *arguments],
            env={**os.environ, **chosen},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as child:
            assert child.stdout.readline() == "ready\n"
            yield child

    def clean(self, *, ingest_alone: bool = False) -> Snapshot:
        """Let a clean run follow, and a clean delivery; return what is then known."""
        with self.parts() as parts:
            ingest(parts, IngestRequest(SOURCE))
            if not ingest_alone:
                deliver(parts)
            with parts.store.read() as unit:
                assert unit.audit.check()["faults"] == []
            return snapshot(parts.store)

    @contextmanager
    def parts(self) -> Iterator[Parts]:
        with open_parts(load_settings(**self._settings)) as opened:
            yield opened

    def mails(self) -> Counter[tuple[str, str, str]]:
        """Return how often each mail came: by Message-ID, recipient and subject."""
        read = [
            email.message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in self._sink.mails()
        ]
        return Counter((each["Message-ID"], each["To"], str(each["Subject"])) for each in read)


@dataclass(frozen=True)
class Undisturbed:
    """What comes of it when nobody is killed."""

    known: Snapshot
    subjects: Counter[tuple[str, str]]
    costs: dict[str, Cost]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    site = AlteredSite(noise="none")
    with serve(site) as origin:
        made = Rig(origin, tmp_path_factory.mktemp("rig"), server)
        made.prepare(site)
        yield made


@pytest.fixture(scope="module")
def undisturbed(rig: Rig) -> Undisturbed:
    with rig.trial() as trial:
        costs = {work: trial.undisturbed(work) for work in ("ingest", "deliver")}
        known = trial.clean()
        subjects = Counter((to, subject) for _, to, subject in trial.mails())
    kinds = Counter(row[4] for row in known["changes"] if not row[10])
    assert kinds == {"published": 13, "edited": 4, "removed": 1, "restored": 1}
    assert len(known["alerts"]) == sum(subjects.values()) == 18 + 5
    return Undisturbed(known, subjects, costs)


def survive(rig: Rig, undisturbed: Undisturbed, seed: int) -> None:
    """Kill one ingest and one delivery, and find everything as if nobody had been killed."""
    rolls = random.Random(seed)
    with rig.trial() as trial:
        trial.kill("ingest", undisturbed.costs["ingest"], rolls)
        known = trial.clean(ingest_alone=True)
        assert {row[-1] for row in known.pop("alerts")} == {"due"}
        assert {name: undisturbed.known[name] for name in known} == known
        trial.kill("deliver", undisturbed.costs["deliver"], rolls)
        assert trial.clean() == undisturbed.known
        mails = trial.mails()
    assert Counter((to, subject) for _, to, subject in mails) == undisturbed.subjects
    assert sum(mails.values()) - len(mails) <= 1, "more than the mail in flight came twice"


@pytest.mark.parametrize("seed", range(1))
def test_nothing_is_lost_or_doubled_by_a_kill(
    rig: Rig, undisturbed: Undisturbed, seed: int
) -> None:
    survive(rig, undisturbed, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 31))
def test_nothing_is_lost_or_doubled_by_thirty_kills(
    rig: Rig, undisturbed: Undisturbed, seed: int
) -> None:
    survive(rig, undisturbed, seed)


def test_a_killed_run_is_closed_as_crashed_and_its_alerts_are_told_by_the_next_delivery(
    rig: Rig, undisturbed: Undisturbed
) -> None:
    with rig.trial() as trial:
        trial.kill_before("ingest", undisturbed.costs["ingest"].statements * 72 // 100)
        with trial.parts() as parts:
            with parts.store.read() as unit:
                assert unit.runs.latest()[0].state == "running"
                waiting = sum(unit.alerts.counts().values())
            assert waiting > 0
            assert deliver(parts).sent == waiting
            with parts.store.read() as unit:
                killed = unit.runs.latest()[0]
    assert (killed.state, killed.error) == ("crashed", "the process died")


@pytest.mark.on_both
def test_of_two_runs_at_once_one_is_refused(each_watch: Watch) -> None:
    each_watch.at(0)
    each_watch.subscribe()
    each_watch.site.advance(8)
    inside, go_on = threading.Event(), threading.Event()
    index = "/reports/2024-country-reports-on-civic-conditions/"

    def wait(answer: SiteResponse) -> SiteResponse:
        inside.set()
        go_on.wait(30)
        return answer

    each_watch.site.alter(index, wait)
    results: list[RunReport] = []
    first = threading.Thread(target=lambda: results.append(each_watch.run()))
    first.start()
    assert inside.wait(30)
    with pytest.raises(RunRefused, match=r"under way \(run 2, since 2026-05-01 10:00:00 UTC\)"):
        ingest(each_watch.parts, IngestRequest(SOURCE))
    go_on.set()
    first.join()
    assert counts(results[0])["published"] == 13
    assert told(each_watch.run()) == {}
    assert len(each_watch.alerts()) == 13
    with each_watch.parts.store.read() as unit:
        assert [each.state for each in unit.runs.latest()] == ["done"] * 3


def test_of_two_processes_at_once_one_is_refused_and_nothing_is_doubled(
    rig: Rig, undisturbed: Undisturbed
) -> None:
    with rig.trial() as trial:
        with trial.victim("ingest") as one, trial.victim("ingest") as other:
            for child in (one, other):
                child.stdin.write("go\n")
                child.stdin.flush()
            codes = sorted(child.wait(60) for child in (one, other))
        assert codes in ([0, 0], [0, 1])  # refused, or one after the other
        assert trial.clean() == undisturbed.known


@pytest.mark.parametrize("seconds", [1, pytest.param(10, marks=pytest.mark.slow)])
def test_a_database_that_another_program_locks_is_waited_for(
    quiet_watch: Watch, seconds: float
) -> None:
    quiet_watch.at(0)
    file = quiet_watch.parts.settings.home / "reportwatch.sqlite"
    locked = threading.Event()

    def hold() -> None:
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            locked.set()
            time.sleep(seconds)
            other.execute("COMMIT")

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(5)
    started = time.monotonic()
    report = quiet_watch.at(2)
    holder.join()
    assert time.monotonic() - started > seconds * 0.9
    assert told(report) == {"edited": ("2023/XAG",)}


@pytest.fixture
def nearly_full() -> Iterator[Callable[[int], None]]:
    """Bound every SQLite file that is opened from now on to so many pages more than it has."""
    spare: list[int] = []

    def bound(connection: sqlite3.Connection, _: object) -> None:
        if spare:
            (pages,) = connection.execute("PRAGMA page_count").fetchone()
            connection.execute(f"PRAGMA max_page_count = {pages + spare[-1]}")

    event.listen(Engine, "connect", bound)
    yield spare.append
    event.remove(Engine, "connect", bound)


@pytest.mark.parametrize("spare", [2, *(pytest.param(n, marks=pytest.mark.slow) for n in (0, 8))])
def test_a_full_disk_fails_the_run_and_loses_nothing(
    tmp_path: Path, nearly_full: Callable[[int], None], spare: int
) -> None:
    url = sqlite_url(tmp_path)
    with watching(url, tmp_path) as watch:
        watch.at(0)
        watch.subscribe()
        before = snapshot(watch.parts.store)
    nearly_full(spare)
    with watching(url, tmp_path, step=8) as watch:
        with pytest.raises(DatabaseFailed) as caught:
            watch.run()
        assert "free some disk space and run again" in str(caught.value)
        assert "reportwatch.sqlite" in str(caught.value)
        assert watch.parts.store.is_free(f"source-{SOURCE}")
        now = snapshot(watch.parts.store)
        for name in ("reports", "versions", "readings", "changes"):
            assert set(before[name]) <= set(now[name])
    nearly_full(100_000)
    with watching(url, tmp_path, step=8) as watch:
        watch.run()
        with watch.parts.store.read() as unit:
            assert unit.audit.check()["faults"] == []
        assert sorted(watch.alerts()) == sorted(
            f"published {key}" for key in watch.site.timeline.steps[8].changes["published"]
        )


def test_a_server_that_goes_away_fails_the_run_without_the_password(
    migrated_postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "BRIDGE_SECONDS", 0.2)
    name = migrated_postgres.create(TEMPLATE)
    url = migrated_postgres.url(name).replace("watch@", "watch:s3cr3t-word@")
    with watching(url, tmp_path) as watch:
        watch.at(0)

        def go_away(answer: SiteResponse) -> SiteResponse:
            migrated_postgres.open_or_shut(name, is_open=False)
            migrated_postgres.hang_up(name)
            return answer

        watch.site.alter("/robots.txt", go_away)
        with pytest.raises(DatabaseFailed, match="not currently accepting connections") as caught:
            watch.at(2)
        assert "s3cr3t" not in str(caught.value)
        watch.site.altered.clear()
        migrated_postgres.open_or_shut(name, is_open=True)
        assert told(watch.run()) == {"edited": ("2023/XAG",)}
        with watch.parts.store.read() as unit:
            assert [each.state for each in unit.runs.latest()] == ["done", "crashed", "done"]
    migrated_postgres.drop(name)
