"""Units of work, times, and what is said when the database fails."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from archive import START, Archive
from databases import sqlite_url
from postgres import PostgresServer
from sqlalchemy.exc import StatementError

from storage.database.engine import connected, open_engine
from storage.database.errors import DatabaseFailed, DatabaseUnusable
from storage.database.tables import UtcTime
from storage.store import Store, open_store

FULL = 2


@pytest.fixture
def store(committed_store: Store) -> Store:
    """What one unit commits another connection sees."""
    return committed_store


def test_leaving_without_commit_keeps_nothing(archive: Archive) -> None:
    with archive.store.write() as unit:
        archive._start(unit)
    with archive.store.read() as unit:
        assert unit.runs.count() == 0


def test_an_error_keeps_nothing(archive: Archive) -> None:
    class Stop(Exception):
        pass

    with pytest.raises(Stop), archive.store.write() as unit:
        archive._start(unit)
        raise Stop
    with archive.store.read() as unit:
        assert unit.runs.count() == 0


def test_a_commit_is_seen_by_others(archive: Archive) -> None:
    with archive.store.write() as unit:
        archive._start(unit)
        unit.commit()
        with archive.store.read() as other:
            assert other.runs.count() == 1


def test_a_commit_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the program itself; the other tests do not wait."""
    monkeypatch.undo()
    with connected(open_engine(sqlite_url(tmp_path)), writes=False) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == FULL


def test_writers_take_turns(archive: Archive) -> None:
    """Both read the latest and write what builds on it; neither is refused."""

    def write() -> None:
        for _ in range(5):
            with archive.store.write() as unit:
                archive._start(unit)
                unit.commit()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with archive.store.read() as unit:
        assert unit.runs.count() == 20


def test_times_are_kept_in_utc_whatever_their_zone(archive: Archive) -> None:
    archive.now = START.astimezone(timezone(timedelta(hours=5, minutes=30)))
    archive.run(archive.sees("Belvaria is a monarchy."))
    (version,) = archive.history()
    assert version.captured_at == START
    assert version.captured_at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(archive: Archive) -> None:
    archive.now = datetime(2026, 5, 1)
    with pytest.raises(StatementError, match="a time without a zone"):
        archive.run(archive.sees("Belvaria is a monarchy."))
    assert UtcTime().process_bind_param(None, None) is None


def test_an_error_of_the_database_says_where_and_hides_the_values(store: Store) -> None:
    from sqlalchemy import text

    with pytest.raises(DatabaseFailed) as told, store.read() as unit:
        unit._connection.execute(text("SELECT a FROM nowhere WHERE a = :secret"), {"secret": 7})
    assert str(told.value).startswith("the database at ")
    assert "nowhere" in str(told.value)
    assert "SELECT" not in str(told.value)


@pytest.mark.parametrize(
    "url", ["nonsense", "nosuchdb://host/name", "mysql+nosuch://host/name", "sqlite+nosuch:///x"]
)
def test_a_url_that_names_no_database_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match="REPORTWATCH_DATABASE_URL cannot be used"):
        open_store(url, tmp_path)


def test_an_unreachable_server_is_named_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://watch:s3cr3t-word@127.0.0.1:1/reports"
    with pytest.raises(DatabaseUnusable) as told:
        open_store(url, tmp_path)
    said = str(told.value)
    assert "127.0.0.1:1/reports" in said
    assert "s3cr3t" not in said
    assert "check that the server runs" in said


def test_a_wrong_password_is_not_repeated(postgres: PostgresServer, tmp_path: Path) -> None:
    url = postgres.url("nowhere").replace("watch@", "watch:s3cr3t-word@")
    with pytest.raises(DatabaseUnusable) as told:
        open_store(url, tmp_path)
    assert "s3cr3t" not in str(told.value)
    assert 'database "nowhere" does not exist' in str(told.value)


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Dear diary, " * 500)
    with pytest.raises(DatabaseUnusable, match="not a reportwatch database"):
        open_store(f"sqlite:///{file}", tmp_path)
    assert file.read_text() == "Dear diary, " * 500


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DatabaseUnusable, match="folder of the database cannot be used"):
        open_store(f"sqlite:///{tmp_path}/file/below/reportwatch.sqlite", tmp_path)
