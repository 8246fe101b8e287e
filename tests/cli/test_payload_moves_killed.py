"""Payloads go around while a source is ingested, and whoever moves them is killed again and again.

Real programs: the mover is the command, killed by SIGKILL at moments of its own work.
"""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from command import child, ended, reportwatch
from databases import Database
from sqlalchemy import text

from deployments.sample_site import SampleSite, serve
from storage.database.engine import open_engine
from storage.texts.markers import MARKER
from storage.texts.places import place_at

TELLING = """
import sys, services.payloads as moves
from storage.operate import payload_moves
payload_moves.MOST = 1
put = moves._put
def told(*given):
    print("a transaction begins", file=sys.stderr, flush=True)
    return put(*given)
moves._put = told
"""
"""One payload is moved in each transaction, so that there are many moments to be killed at."""

PATIENCE = 60.0


class Journey:
    """A database whose payloads go around, and the programs that are at work on it."""

    def __init__(self, database: Database, site: SampleSite) -> None:
        self._database = database
        self._site = site
        self._rolls = random.Random(17)
        self.killed = 0
        self.runs = 0

    def rows(self, query: str) -> list[tuple[object, ...]]:
        engine = open_engine(self._database.url)
        try:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.execute(text(query))]
        finally:
            engine.dispose()

    @contextmanager
    def ingesting(self) -> Iterator[None]:
        """Ingest a site that changes all the time, one run after the other."""
        is_over, faults = threading.Event(), []

        def go_on() -> None:
            while not is_over.is_set():
                ran = ended(child("ingest", "sample-hrr", "--json"))
                self.runs += 1
                if ran.code not in (0, 1):  # 1: the site has a page that cannot be read
                    faults.append(ran.err)
                self._site.advance((self.runs * 3) % 12)

        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join(PATIENCE)
        assert faults == []

    def move(self, to: str, kills: int) -> None:
        """Move everything to a place; the first movers are killed."""
        for _ in range(kills):
            self._kill(to)
            checked = reportwatch("verify", "--json")
            assert checked.code == 0, checked
        moved = ended(child("db", "payloads", "--to", to, "--json"))
        assert moved.code == 0, moved.err
        checked = reportwatch("verify", "--json")
        assert checked.code == 0, checked

    def _kill(self, to: str) -> None:
        with child("db", "payloads", "--to", to, prelude=TELLING) as mover:
            assert mover.stderr is not None
            for _ in range(self._rolls.randint(1, 2)):
                mover.stderr.readline()
            time.sleep(self._rolls.uniform(0.0, 0.05))
            mover.kill()
            mover.communicate(timeout=PATIENCE)
        self.killed += mover.returncode == -signal.SIGKILL

    def unknown(self, address: str, found: Callable[[], set[str]]) -> set[str]:
        """Return the objects of a place of which the database knows nothing."""
        place = f"(SELECT id FROM payload_place WHERE address = '{address}')"
        known = self.rows(
            f"SELECT object_name FROM payload WHERE place_id = {place} "
            f"UNION SELECT name FROM stray_object WHERE place_id = {place}"
        )
        return found() - {str(name) for (name,) in known}


@pytest.mark.parametrize("kills", [1, pytest.param(7, marks=pytest.mark.slow)])
def test_payloads_go_around_under_a_running_ingest_and_twenty_kills(
    database: Database, bucket: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kills: int
) -> None:
    if kills == 1 and not database.is_sqlite:
        pytest.skip("the long way is gone on PostgreSQL too")
    pages = tmp_path / "pages"
    site = SampleSite()
    with serve(site) as origin:
        settings = {"HOME": database.home, "DATABASE_URL": database.url, "VIA": origin, "DELAY": 0}
        for name, value in settings.items():
            monkeypatch.setenv(f"REPORTWATCH_{name}", str(value))
        assert reportwatch("ingest", "sample-hrr").code in (0, 1)
        journey = Journey(database, site)
        first = set(journey.rows("SELECT report_id, number, payload_sha256 FROM version"))
        assert len(first) > 20
        with journey.ingesting():
            journey.move(str(pages), kills)
            for stop in (bucket, "database"):  # what runs record goes there too
                monkeypatch.setenv("REPORTWATCH_PAYLOADS", stop)
                journey.move(stop, kills)
    assert journey.killed >= 3 * kills - 1  # a mover may end before it is killed
    assert journey.runs >= 3
    assert first <= set(journey.rows("SELECT report_id, number, payload_sha256 FROM version"))
    assert reportwatch("verify").code == 0
    monkeypatch.setenv("REPORTWATCH_PAYLOADS", "database")
    assert reportwatch("db", "payloads").code == 0
    assert journey.rows("SELECT count(*) FROM payload WHERE place_id IS NOT NULL") == [(0,)]
    files = place_at(bucket)._files
    places = {
        f"file://{pages}": lambda: {each.name for each in pages.rglob("*") if each.is_file()},
        bucket: lambda: {each.rpartition("/")[2] for each in files.find(bucket)},
    }
    for address, found in places.items():
        assert len(found()) > len(first)
        assert journey.unknown(address, found) == {MARKER}
