"""A transaction has one moment, later than every moment as of which anything was exported."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from databases import Database

from storage.database.known import recorded_at
from storage.store import Store, open_store

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def opened(database: Database, now: datetime = NOON) -> Store:
    return open_store(database.url, database.home, now=lambda: now)


def stamp(store: Store) -> datetime:
    with store.write() as unit:
        return recorded_at(unit._connection)


def test_a_transaction_has_one_moment_and_the_next_another(database: Database) -> None:
    times = iter([NOON, NOON + HOUR])
    store = open_store(database.url, database.home, now=lambda: next(times))
    with closing(store), store.write() as unit:
        first = [recorded_at(unit._connection) for _ in range(3)]
        unit.commit()
        assert first == [NOON] * 3
        assert recorded_at(unit._connection) == NOON + HOUR


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (NOON - HOUR, NOON),
        (NOON, NOON + timedelta(microseconds=1)),
        (NOON + HOUR, NOON + HOUR + timedelta(microseconds=1)),
    ],
)
def test_a_moment_is_later_than_what_was_exported(
    database: Database, shown: datetime, expected: datetime
) -> None:
    with closing(opened(database)) as store:
        store.settle(shown)
        assert stamp(store) == expected


def test_an_export_of_an_earlier_moment_takes_nothing_back(database: Database) -> None:
    with closing(opened(database)) as store:
        store.settle(NOON + HOUR)
        store.settle(NOON - HOUR)
        assert stamp(store) > NOON + HOUR


def test_an_export_waits_for_who_has_a_moment_already(database: Database) -> None:
    with closing(opened(database)) as writer, closing(opened(database)) as exporter:
        is_settled = threading.Event()

        def settle() -> None:
            exporter.settle(NOON)
            is_settled.set()

        with writer.write() as unit:
            assert recorded_at(unit._connection) == NOON
            thread = threading.Thread(target=settle)
            thread.start()
            assert not is_settled.wait(0.3)
            unit.commit()
        thread.join(20)
        assert is_settled.is_set()
        assert stamp(writer) > NOON
