"""PostgreSQL under a run: its lock's session ended, or the whole server restarted."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Thread

import pytest
from postgres import PostgresServer, find_programs, serve_postgres
from snapshot import Snapshot, snapshot
from sqlalchemy import Engine, event
from walk_stage import SOURCE, Watch, key, told, watching

from reports.model.values import ChangeKind
from services.waiting import wait_for
from storage.database.errors import LockLost
from storage.store import open_store

STAGES = [3, pytest.param(24, marks=pytest.mark.slow)]
"""Moments of a run, evenly spread over its statements."""

FETCHED = ("locations", "payloads", "versions")
"""What holds digests of bytes, which differ by noise from answer to answer."""

EDITED = "2023/XAG"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server of one's own: it is restarted."""
    programs = find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server programs found (initdb, postgres)")
    with serve_postgres(programs, synchronous_commit="on") as started:
        yield started


@pytest.fixture(scope="module")
def template(server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database that has seen the sample site once."""
    name = server.create()
    with watching(server.url(name), tmp_path_factory.mktemp("home")) as watch:
        watch.at(0)
    return name


@pytest.fixture(scope="module")
def statements(
    server: PostgresServer, template: str, tmp_path_factory: pytest.TempPathFactory
) -> int:
    """How many statements the run has that comes next."""
    with watched(server, template, tmp_path_factory.mktemp("counted")) as (watch, _name):
        with disturbed(watch, 0, lambda: None) as counted:
            watch.at(2)
        return counted[0]


class Successor:
    """Another machine, which takes over as soon as the lock is free."""

    def __init__(self, server: PostgresServer, name: str, home: Path) -> None:
        self.store = open_store(server.url(name), home)
        self.known: Snapshot = {}
        self._end_locks = partial(server.end_locks, name)

    def take_over(self) -> None:
        """Take over beside the run; a transaction of it that is at its end may end first."""
        self._end_locks()
        self._work = Thread(target=self._take_over)
        self._work.start()
        self._work.join(0.5)

    def _take_over(self) -> None:
        self._lock = wait_for(lambda: self.store.lock(f"source-{SOURCE}"), 5)
        with self.store.write() as unit:
            unit.runs.close_crashed(lambda _: True, datetime.now(UTC))
            unit.commit()
        self.known = snapshot(self.store)

    def wait(self) -> None:
        self._work.join(10)

    def end(self) -> None:
        self._lock.release()
        self.store.close()


@contextmanager
def watched(server: PostgresServer, template: str, home: Path) -> Iterator[tuple[Watch, str]]:
    name = server.create(template)
    home.mkdir(exist_ok=True)
    with watching(server.url(name), home) as watch:
        yield watch, name
    server.drop(name)


@contextmanager
def disturbed(watch: Watch, statement: int, disturb: Callable[[], None]) -> Iterator[list[int]]:
    """Disturb just before a statement of what runs; gives the count of statements so far."""
    engine: Engine = watch.parts.store._engine
    count = [0]

    def before(*_: object) -> None:
        count[0] += 1
        if count[0] == statement:
            disturb()

    event.listen(engine, "before_cursor_execute", before)
    yield count
    event.remove(engine, "before_cursor_execute", before)


def edits(watch: Watch) -> list[str]:
    """Return what any run recorded as edited."""
    with watch.parts.store.read() as unit:
        return [key(each.report) for each in unit.changes.find(kinds=[ChangeKind.EDITED])]


@pytest.mark.on_both
@pytest.mark.parametrize("stages", STAGES)
def test_a_run_whose_lock_is_gone_writes_nothing_beside_its_successor(
    server: PostgresServer, template: str, tmp_path: Path, statements: int, stages: int
) -> None:
    states = []
    for stage in range(1, stages + 1):
        with watched(server, template, tmp_path / str(stage)) as (watch, name):
            successor = Successor(server, name, tmp_path)
            moment = statements * stage // (stages + 1)
            with disturbed(watch, moment, successor.take_over), suppress(LockLost):
                watch.at(2)
            successor.wait()
            assert snapshot(successor.store) == successor.known, stage
            with successor.store.read() as unit:
                states.append(unit.runs.latest()[0].state)
            successor.end()
            watch.run()
            assert edits(watch) == [EDITED], stage
    assert states.count("crashed") >= stages * 2 // 3


@pytest.mark.on_both
@pytest.mark.parametrize("stages", STAGES)
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_restart_at_any_moment_of_a_run_is_bridged(
    server: PostgresServer,
    template: str,
    tmp_path: Path,
    statements: int,
    stages: int,
    how: signal.Signals,
) -> None:
    known = []
    for stage in range(stages + 1):  # at 0 nothing happens
        with watched(server, template, tmp_path / str(stage)) as (watch, _name):
            moment = statements * stage // (stages + 1)
            with disturbed(watch, moment, lambda: server.restart(how)):
                assert told(watch.at(2)) == {"edited": (EDITED,)}, stage
            known.append(snapshot(watch.parts.store))
            for name in FETCHED:
                del known[-1][name]
            with watch.parts.store.read() as unit:
                assert [each.state for each in unit.runs.latest()] == ["done", "done"], stage
    for stage, each in enumerate(known):
        assert each == known[0], stage
    assert len(known) == stages + 1


@pytest.mark.on_both
def test_a_session_that_is_ended_alone_ends_its_run_as_crashed(
    server: PostgresServer, template: str, tmp_path: Path, statements: int
) -> None:
    with watched(server, template, tmp_path / "home") as (watch, name):
        with (
            disturbed(watch, statements // 2, lambda: server.end_locks(name)),
            pytest.raises(LockLost, match="was lost"),
        ):
            watch.at(2)
        with watch.parts.store.read() as unit:
            latest = unit.runs.latest()[0]
        assert latest.state == "crashed"
        assert "run again" in latest.error
        watch.run()
        assert edits(watch) == [EDITED]
