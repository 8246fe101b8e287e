"""Programs that ask one host take turns, through the database that they share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from databases import Database
from sqlalchemy import update

from services.host_turns import HostTurns
from storage.database.engine import open_engine
from storage.database.errors import DatabaseFailed
from storage.database.tables import host_turn
from storage.store import Store, open_store

HOST = "www.freedonia.example"
DELAY = 0.3
TURNS, PROGRAMS = 4, 3
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ASKING = """
import json, sys, time
from services.assembly import open_parts
from services.settings import load_settings
with open_parts(load_settings()) as parts:
    moments = []
    for _ in range(int(sys.argv[2])):
        parts.turn("www.freedonia.example", float(sys.argv[1]))
        moments.append(time.time())
print(json.dumps(moments))
"""


@pytest.mark.on_both
def test_requests_of_several_programs_to_one_host_stay_apart(database: Database) -> None:
    environment = {
        **os.environ,
        "REPORTWATCH_HOME": str(database.home),
        "REPORTWATCH_DATABASE_URL": database.url,
    }
    command = [sys.executable, "-c", ASKING, str(DELAY), str(TURNS)]
    programs = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) for _ in range(PROGRAMS)
    ]
    told = [json.loads(program.communicate(timeout=60)[0]) for program in programs]
    moments = sorted(moment for each in told for moment in each)
    assert len(moments) == TURNS * PROGRAMS
    # A program whose turn it is may be held up by its machine before it says so.
    assert min(later - earlier for earlier, later in pairwise(moments)) > DELAY / 2


@pytest.mark.on_both
@pytest.mark.parametrize(
    ("before", "left"),
    [
        pytest.param(3600.0, 0.0, id="nobody asked for long"),
        pytest.param(3.0, 4.0, id="somebody asked"),
        pytest.param(-60.0, 67.0, id="another machine's clock is ahead"),
        pytest.param(-86_400.0, 0.0, id="a clock went wrong"),
    ],
)
def test_a_turn_comes_a_delay_after_the_one_before(
    database: Database, before: float, left: float
) -> None:
    delay, now = timedelta(seconds=7), datetime.now(UTC)
    with closing(open_store(database.url, database.home)) as store, store.write() as unit:
        assert unit.hosts.take_turn(HOST, delay, lambda: now) == timedelta(0)
        unit.commit()
    engine = open_engine(database.url)
    with engine.begin() as connection:
        connection.execute(update(host_turn).values(taken_at=now - timedelta(seconds=before)))
    engine.dispose()
    with closing(open_store(database.url, database.home)) as store, store.write() as unit:
        assert unit.hosts.take_turn(HOST, delay, lambda: now).total_seconds() == pytest.approx(
            left, abs=3
        )
        assert unit.hosts.take_turn("www.sylvania.example", delay, lambda: now) == timedelta(0)


@pytest.mark.on_both
def test_a_turn_says_for_how_long_the_host_asked_any_program_to_be_left_alone(
    database: Database,
) -> None:
    now = datetime.now(UTC)
    with closing(open_store(database.url, database.home)) as store:
        turns = HostTurns(store, lambda: now, sleep=lambda _: None)
        assert turns(HOST, 0) == 0
        with store.write() as unit:
            unit.hosts.rest(HOST, now, now + timedelta(hours=1), "")
            unit.commit()
        assert turns(HOST, 0) == 3600
        assert turns(HOST, 0, "http://127.0.0.1:9") == 0
        assert turns("www.sylvania.example", 0) == 0


def test_a_database_that_fails_holds_nobody_up(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise DatabaseFailed("the disk is full")

    monkeypatch.setattr(store, "write", fail)
    HostTurns(store, lambda: NOON, sleep=lambda _: pytest.fail("it waited"))(HOST, 3600)
    assert "so at our own pace: the disk is full" in caplog.text
