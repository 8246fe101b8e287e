"""Locks that die with their holder, also with one that is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from databases import TEMPLATE, Database
from postgres import PostgresServer, find_programs, serve_postgres

from storage.database import patience
from storage.database.errors import ConnectionLost, LockLost
from storage.store import Store, open_store
from storage.unit import Unit

HOLD = """
import sys
from pathlib import Path
from storage.store import open_store
store = open_store(sys.argv[1], Path(sys.argv[2]))
held = store.lock("source-sample")
print("holding" if held else "refused", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def store(committed_store: Store) -> Store:
    """Locks are held by connections, so each test has a database of its own."""
    return committed_store


@pytest.fixture
def holder(database: Database) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    command = [sys.executable, "-c", HOLD, database.url, str(database.home)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout.readline() == "holding\n"
        yield child
        child.kill()


def test_a_lock_is_held_by_one_alone(store: Store) -> None:
    held = store.lock("source-sample")
    assert held is not None
    assert store.lock("source-sample") is None
    assert not store.is_free("source-sample")
    held.release()
    assert store.is_free("source-sample")


def test_locks_of_different_names_do_not_meet(store: Store) -> None:
    held, other = store.lock("source-sample"), store.lock("deliver")
    assert held is not None
    assert other is not None
    held.release()
    assert not store.is_free("deliver")
    other.release()


def test_releasing_twice_is_harmless(store: Store) -> None:
    held = store.lock("source-sample")
    held.release()
    again = store.lock("source-sample")
    held.release()
    assert not store.is_free("source-sample")
    again.release()


def test_a_lock_holds_between_processes(store: Store, holder: subprocess.Popen[str]) -> None:
    assert store.lock("source-sample") is None


def test_a_lock_dies_with_a_killed_holder(store: Store, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    deadline = time.monotonic() + 10
    while not store.is_free("source-sample"):
        assert time.monotonic() < deadline, "the lock outlived its holder"
        time.sleep(0.02)


def test_a_lock_outlives_other_work_of_its_holder(database: Database) -> None:
    store = open_store(database.url, database.home)
    held = store.lock("source-sample")
    for _ in range(20):
        with store.read() as unit:
            unit.runs.count()
    assert not store.is_free("source-sample")
    held.release()
    store.close()


def test_a_lock_that_cannot_be_asked_for_is_a_failure_of_the_database(
    migrated_postgres: PostgresServer, tmp_path: Path
) -> None:
    name = migrated_postgres.create(TEMPLATE)
    store = open_store(migrated_postgres.url(name), tmp_path)
    migrated_postgres.open_or_shut(name, is_open=False)
    migrated_postgres.hang_up(name)
    with pytest.raises(ConnectionLost, match="not currently accepting connections"):
        store.lock("deliver")
    store.close()
    migrated_postgres.drop(name)


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PostgresServer, str]]:
    """A server that a test may restart, with one migrated database."""
    programs = find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server programs found (initdb, postgres)")
    with serve_postgres(programs) as server:
        name = server.create()
        open_store(server.url(name), tmp_path_factory.mktemp("home")).close()
        yield server, name


@pytest.fixture
def two_stores(
    own_server: tuple[PostgresServer, str], tmp_path: Path
) -> Iterator[tuple[Store, Store]]:
    server, name = own_server
    stores = [open_store(server.url(name), tmp_path) for _ in range(2)]
    yield stores[0], stores[1]
    for each in stores:
        each.close()


def _beat(store: Store, **options: bool) -> None:
    with store.write(**options) as unit:
        unit.heartbeats.beat("test", datetime.now(UTC))
        unit.commit()


def test_whoever_lost_a_lock_writes_nothing_more_but_that_it_ended(
    own_server: tuple[PostgresServer, str], two_stores: tuple[Store, Store]
) -> None:
    server, name = own_server
    store, other = two_stores
    lost, kept = store.lock("source-sample"), other.lock("deliver")
    _beat(store)
    assert server.end_locks(name) == 2
    successor = other.lock("source-sample")
    for _ in range(2):  # it stays lost, however often one tries
        with pytest.raises(LockLost, match="source-sample"):
            _beat(store)
    _beat(store, is_guarded=False)
    with store.read() as unit:  # reading harms nobody
        unit.runs.count()
    lost.release()
    _beat(store)
    for each in (successor, kept):
        each.release()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_restart_of_the_server_is_bridged_and_the_lock_taken_again(
    own_server: tuple[PostgresServer, str], two_stores: tuple[Store, Store], how: signal.Signals
) -> None:
    server, _ = own_server
    store, other = two_stores
    lock = store.lock("source-sample")
    server.stop(how)
    later = threading.Timer(0.7, server.start_again)
    later.start()
    _beat(store)
    later.join()
    assert other.lock("source-sample") is None
    lock.release()
    assert other.is_free("source-sample")


def test_a_lock_that_another_took_after_a_restart_is_lost(
    own_server: tuple[PostgresServer, str], two_stores: tuple[Store, Store]
) -> None:
    server, _ = own_server
    store, other = two_stores
    lock = store.lock("source-sample")
    server.restart(signal.SIGINT)
    faster = other.lock("source-sample")
    assert faster is not None
    with pytest.raises(LockLost):
        _beat(store)
    for each in (lock, faster):
        each.release()


def test_a_server_that_stays_away_ends_the_wait(
    own_server: tuple[PostgresServer, str],
    two_stores: tuple[Store, Store],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server, _ = own_server
    store, _ = two_stores
    monkeypatch.setattr(patience, "BRIDGE_SECONDS", 0.2)
    lock = store.lock("source-sample")
    server.stop()
    with pytest.raises(ConnectionLost):
        _beat(store)
    with pytest.raises(ConnectionLost), store.read() as unit:
        unit.runs.count()
    server.start_again()
    lock.release()


def test_what_broke_in_the_middle_is_done_again_as_a_whole(
    own_server: tuple[PostgresServer, str], two_stores: tuple[Store, Store]
) -> None:
    server, _ = own_server
    store, _ = two_stores
    tries = []

    def work(unit: Unit) -> str:
        unit.heartbeats.beat(f"try {len(tries)}", datetime.now(UTC))
        tries.append(len(tries))
        if len(tries) == 1:
            server.restart(signal.SIGQUIT)
        unit.heartbeats.beat("whole", datetime.now(UTC))
        return "done"

    assert store.transact(work) == "done"
    assert tries == [0, 1]
    with store.read() as unit:
        assert unit.heartbeats.last("whole")
        assert unit.heartbeats.last("try 0") is None


def test_looking_whether_a_lock_is_free_refuses_nobody_on_a_server(
    migrated_postgres: PostgresServer, tmp_path: Path
) -> None:
    with _opened(migrated_postgres, tmp_path) as store:
        looks = threading.Event()

        def look() -> None:
            while not looks.is_set():
                store.is_free("source-sample")

        looking = threading.Thread(target=look)
        looking.start()
        try:
            for _ in range(200):
                lock = store.lock("source-sample")
                assert lock is not None
                lock.release()
        finally:
            looks.set()
            looking.join()


def test_the_session_of_a_holder_is_ended_and_the_lock_is_free(
    migrated_postgres: PostgresServer, tmp_path: Path
) -> None:
    with _opened(migrated_postgres, tmp_path) as store:
        held = store.lock("attend")
        assert held is not None
        assert not store.end_holder("source-sample")
        assert store.end_holder("attend")
        deadline = time.monotonic() + 10
        while not store.is_free("attend") and time.monotonic() < deadline:
            time.sleep(0.01)
        assert store.is_free("attend")
        with pytest.raises(LockLost):
            store.check_locks()
        held.release()


@contextmanager
def _opened(server: PostgresServer, home: Path) -> Iterator[Store]:
    name = server.create(TEMPLATE)
    store = open_store(server.url(name), home)
    try:
        yield store
    finally:
        store.close()
        server.drop(name)
