"""``backfill`` killed at any moment and run again leaves what an undisturbed one does."""

from __future__ import annotations

import multiprocessing
import os
import random
import re
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from command import reportwatch
from sqlalchemy import Engine, event
from wayback_site import WaybackSite, wayback_site

from deployments.sample_site import SampleSite
from services.history import backfill

LOOK = ("backfill", "sample-hrr", "--edition", "2023")
OLDEST = datetime(2024, 5, 1, tzinfo=UTC)

TIMED = ("id", "record")
"""Columns of a row's number, and of a capture record, which holds times of ours."""

LEDGER = {"run", "run_outcome", "sqlite_sequence", "pulse", "host", "host_day", "host_rest"}
"""Tables of what was tried and when, which a killed run adds to."""

INDEX = ("row_seal", "search", "passage", "leaf", "record_base")
"""Beginnings of the names of tables that follow from the others; `verify` holds seals against."""

STEPS = (0, 2, 5, 8)
"""Of the timeline, at which the Archive captured every page."""

FORK = multiprocessing.get_context("fork")
"""A process of its own that a kill ends, without a second of imports before each."""


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, sample: Path) -> Iterator[WaybackSite]:
    """An Archive that holds every page of an edition as it was at each step of the timeline."""
    with closing(sqlite3.connect(sample / "reportwatch.sqlite")) as database:
        query = "SELECT DISTINCT url FROM location WHERE edition = '2023' ORDER BY url"
        urls = [url for (url,) in database.execute(query)]
    with wayback_site() as archive:
        for step in STEPS:
            pages = SampleSite(step)
            for number, url in enumerate(urls):
                answer = pages.render(urlsplit(url).path)
                if answer.status == 200:
                    at = OLDEST + timedelta(days=step, minutes=number)
                    archive.hold(at, url, answer.body)
        assert len(archive.rows) > 40
        monkeypatch.setenv("REPORTWATCH_WAYBACK_URL", archive.origin)
        monkeypatch.setattr(backfill, "SEARCH_SECONDS", 0.0)
        monkeypatch.setattr(backfill, "PLAY_SECONDS", 0.0)
        yield archive


def known(home: Path) -> dict[str, list[str]]:
    """Return every row of every table of content, but for numbers of rows and times of ours."""
    with closing(sqlite3.connect(home / "reportwatch.sqlite")) as database:
        database.row_factory = sqlite3.Row
        names = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if name not in LEDGER and not name.startswith(INDEX)
        ]
        tables = {
            name: sorted(_row(row) for row in database.execute(f'SELECT * FROM "{name}"'))
            for name in names
        }
        joined = (
            "SELECT key, memento.captured_at, memento_url, digest, memento.payload_sha256, words,"
            " memento.outcome FROM memento JOIN location ON location.id = location_id"
        )
        tables["mementos"] = sorted(_row(row) for row in database.execute(joined))
    assert len(tables) > 20
    return tables


def _row(row: sqlite3.Row) -> str:
    kept: dict[str, Any] = {
        name: row[name]
        for name in row.keys()  # noqa: SIM118 - a row iterates over its values
        if name == "captured_at" or not (name in TIMED or name.endswith(("_id", "_at")))
    }
    return re.sub(r'"retrieved_at": "[^"]*"', "", repr(kept))


def _run(allowed: int | None, count: Any) -> None:
    """Do the command in this process, and kill it before one statement or commit more."""

    def burn(*_: object) -> None:
        if count.value == allowed:
            os.kill(os.getpid(), signal.SIGKILL)
        count.value += 1

    event.listen(Engine, "before_cursor_execute", burn)
    event.listen(Engine, "commit", burn)
    os._exit(reportwatch(*LOOK).code)


class Trials:
    """A home from which each trial starts, and what an undisturbed run makes of it."""

    def __init__(self, home: Path) -> None:
        self.base, self.home = home.with_name("base"), home
        home.rename(self.base)
        self._again()
        began = time.monotonic()
        code, self.statements = self._child(None, None)
        self.seconds = time.monotonic() - began
        assert code == 0
        self.undisturbed = known(home)
        assert len(self.undisturbed["mementos"]) > 40

    def _again(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self.base, self.home)

    def _child(self, statement: int | None, seconds: float | None) -> tuple[int | None, int]:
        count = FORK.Value("i", 0, lock=False)
        child = FORK.Process(target=_run, args=(statement, count))
        child.start()
        child.join(seconds)
        if seconds is not None:
            child.kill()
        child.join()
        return child.exitcode, count.value

    def kill(self, statement: int | None, seconds: float | None) -> bool:
        """Kill a run before a statement or after seconds; return whether it came to be killed."""
        self._again()
        code, _ = self._child(statement, seconds)
        return code == -signal.SIGKILL

    def ends_as_undisturbed(self) -> None:
        again = reportwatch(*LOOK, "--json")
        assert again.code == 0, again.err
        assert known(self.home) == self.undisturbed
        assert reportwatch("verify").code == 0


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_a_killed_backfill_goes_on_and_ends_as_an_undisturbed_one(
    sample: Path, web: WaybackSite, kills: int
) -> None:
    trials = Trials(sample)
    assert trials.statements > 300
    rolls = random.Random(15)
    killed = 0
    for number in range(kills):
        if number % 2:
            killed += trials.kill(None, rolls.uniform(0.05, 0.95) * trials.seconds)
        else:
            killed += trials.kill(rolls.randrange(trials.statements), None)
        trials.ends_as_undisturbed()
    assert killed >= kills * 0.7
