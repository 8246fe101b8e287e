"""Who attends, and how those who wait judge whoever does: without Prefect's server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from databases import TEMPLATE
from postgres import PostgresServer
from pydantic import SecretStr

from flows import attend as attending
from flows.attend import ATTEND, SILENT_SECONDS, Holder, attend
from services.agreed_settings import SettingsDiffer, agree
from services.assembly import Parts, open_parts, utc_now
from services.health.promises import ATTEND_PULSE
from services.settings import load_settings
from storage.database.errors import ConnectionLost, LockLost
from storage.store import Store


@pytest.fixture
def url(migrated_postgres: PostgresServer) -> Iterator[str]:
    name = migrated_postgres.create(TEMPLATE)
    yield migrated_postgres.url(name)
    migrated_postgres.drop(name)


@pytest.fixture
def parts(url: str, tmp_path: Path) -> Iterator[Parts]:
    (tmp_path / "waiting").mkdir()
    with open_parts(
        load_settings(home=tmp_path / "waiting", database_url=url, secret=SecretStr("of all"))
    ) as parts:
        yield parts


@pytest.fixture
def other(url: str, tmp_path: Path) -> Iterator[Store]:
    """The store of another program, which holds the lock."""
    with open_parts(load_settings(home=tmp_path, database_url=url)) as opened:
        lock = opened.store.lock(ATTEND)
        assert lock is not None
        yield opened.store
        lock.release()


@pytest.mark.parametrize("is_alive", [True, False])
def test_whoever_shows_no_sign_of_life_loses_the_lock(
    parts: Parts, other: Store, is_alive: bool
) -> None:
    moment = 0.0
    holder = Holder(parts, lambda: moment)
    began = utc_now() - timedelta(days=900)  # by a clock that is wrong, and no matter
    for step in range(6):
        moment = step * SILENT_SECONDS / 4
        if is_alive or step == 0:
            with parts.store.write() as unit:
                unit.heartbeats.beat(ATTEND_PULSE, began + timedelta(seconds=step))
                unit.commit()
        holder.look()
    if is_alive:
        other.check_locks()
        return
    with pytest.raises(LockLost):
        other.check_locks()


def test_settings_agreed_while_one_waits_are_looked_at_before_work(parts: Parts) -> None:
    agree(parts)
    with parts.store.write() as unit:
        unit.agreed_settings.replace({**unit.agreed_settings.all(), "gone_hours": "24"})
        unit.commit()
    with pytest.raises(SettingsDiffer):
        asyncio.run(attend(parts, asyncio.Event()))
    assert parts.store.is_free(ATTEND)


def test_a_database_that_goes_away_before_the_work_begins_is_waited_for(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = asyncio.Event()
    asked: list[str] = []

    def require(_parts: Parts) -> None:
        asked.append("settings")
        if len(asked) == 1:
            raise ConnectionLost("the server went away")

    async def work(_parts: Parts, stop: asyncio.Event) -> None:
        asked.append("works")
        stop.set()

    monkeypatch.setattr(attending, "require_agreed", require)
    monkeypatch.setattr(attending, "_work", work)
    monkeypatch.setattr(attending, "ASK_SECONDS", 0.05)
    asyncio.run(asyncio.wait_for(attend(parts, stop), 60))
    assert asked == ["settings", "settings", "works"]
    assert parts.store.is_free(ATTEND)


def test_the_work_ends_when_the_lock_is_lost_and_begins_once_it_is_taken_again(
    parts: Parts, migrated_postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    async def job(parts: Parts, stop: asyncio.Event) -> None:
        seen.append("begins")
        if len(seen) == 1:
            database = parts.settings.database.rpartition("/")[2]
            await asyncio.to_thread(migrated_postgres.end_locks, database)
        await stop.wait()
        seen.append("ends")

    async def run() -> None:
        stop = asyncio.Event()
        working = asyncio.create_task(attend(parts, stop))
        while seen.count("begins") < 4:  # two jobs, begun anew
            await asyncio.sleep(0.05)
        stop.set()
        await working

    monkeypatch.setattr(attending, "BESIDE", (job,))
    monkeypatch.setattr(attending, "close_dead_runs", job)
    monkeypatch.setattr(attending, "ASK_SECONDS", 0.05)
    monkeypatch.setattr(attending, "CHECK_SECONDS", 0.05)
    agree(parts)
    asyncio.run(asyncio.wait_for(run(), 60))
    assert seen == ["begins", "begins", "ends", "ends"] * 2
    assert parts.store.is_free(ATTEND)
