"""Locks that die with their holder, also with one that is killed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import TEMPLATE, Database
from postgres import PostgresServer

from storage.database.errors import DatabaseFailed
from storage.store import Store, open_store

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
    with pytest.raises(DatabaseFailed, match="not currently accepting connections"):
        store.lock("deliver")
    store.close()
    migrated_postgres.drop(name)
