"""Backups of PostgreSQL by its own programs, through the same commands as those of SQLite."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from command import child, ended, reportwatch
from databases import TEMPLATE
from postgres import PostgresServer
from test_command_restore import EVERY_LOCK, STOP_AT_THE_END

from deployments.sample_site import SampleSite
from storage.database.engine import open_engine
from storage.database.locks import Locks

Site = tuple[SampleSite, str]


def fast(first: str, others: Iterable[str]) -> list[Any]:
    """Return a table of which the first case is tried always, and all others in the slow tier."""
    return [
        first,
        *(pytest.param(each, marks=pytest.mark.slow) for each in others if each != first),
    ]


SEEN = 24
LATER = 37


@pytest.fixture(scope="module")
def filled(migrated_postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database that saw the sample site; no test writes to it, copies are made."""
    from deployments.sample_site import serve

    name = migrated_postgres.create(TEMPLATE)
    site = SampleSite()
    with pytest.MonkeyPatch.context() as patch, serve(site) as origin:
        patch.setenv("REPORTWATCH_HOME", str(tmp_path_factory.mktemp("pg-home")))
        patch.setenv("REPORTWATCH_DELAY", "0")
        patch.setenv("REPORTWATCH_DATABASE_URL", migrated_postgres.url(name))
        assert reportwatch("subscribe", "reader@example.org").code == 0
        for step in (0, 2, 3):
            site.advance(step)
            assert reportwatch("ingest", "sample-hrr", "--via", origin).code == 0
    return name


@pytest.fixture
def url(
    migrated_postgres: PostgresServer, filled: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A copy of that database, which the commands are told to use."""
    name = migrated_postgres.create(filled)
    monkeypatch.setenv("REPORTWATCH_DATABASE_URL", migrated_postgres.url(name))
    yield migrated_postgres.url(name)
    migrated_postgres.drop(name)


@pytest.fixture
def backup(url: str, tmp_path: Path) -> Path:
    target = tmp_path / "backup.pgdump"
    ran = reportwatch("db", "backup", target)
    assert ran.code == 0, ran.err
    return target


def see_more(site: Site) -> None:
    site[0].advance(8)
    assert reportwatch("ingest", "sample-hrr", "--via", site[1]).code == 0
    assert held() == LATER


def held() -> int:
    return len(reportwatch("reports", "--json").document)


def test_a_backup_is_checked_and_put_back(backup: Path, site: Site, url: str) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    before = reportwatch("export", "-").out
    ran = reportwatch("verify", "--file", backup, "--json")
    assert (ran.code, ran.document["faults"]) == (0, []), ran.err
    assert ran.document["readings"] == 26
    see_more(site)
    ran = reportwatch("db", "restore", backup, "--json")
    assert ran.code == 0, ran.document
    assert held() == SEEN
    assert reportwatch("export", "-").out == before
    assert reportwatch("verify").code == 0
    kept = Path(ran.document["kept"])
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert reportwatch("db", "restore", kept).code == 0
    assert held() == LATER
    assert reportwatch("verify").code == 0


@pytest.mark.slow
def test_a_backup_goes_into_an_empty_database(
    backup: Path, url: str, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = postgres.create()
    monkeypatch.setenv("REPORTWATCH_DATABASE_URL", postgres.url(name))
    ran = reportwatch("db", "restore", backup, "--json")
    assert (ran.code, ran.document["kept"], ran.document["mailed_again"]) == (0, None, 0)
    assert held() == SEEN
    assert reportwatch("verify").code == 0
    postgres.drop(name)


@pytest.mark.slow
def test_what_a_newer_version_added_is_gone_and_kept(backup: Path, url: str) -> None:
    with psycopg.connect(url) as session:
        session.execute("CREATE TABLE newer (report_id integer REFERENCES report)")
    ran = reportwatch("db", "restore", backup, "--json")
    assert ran.code == 0, ran.document
    with psycopg.connect(url) as session:
        assert session.execute("SELECT to_regclass('newer')").fetchone() == (None,)
    assert reportwatch("db", "restore", ran.document["kept"]).code == 0
    with psycopg.connect(url) as session:
        assert session.execute("SELECT to_regclass('newer')").fetchone() == ("newer",)


@pytest.mark.slow
def test_who_has_the_database_open_sees_the_backup_from_then_on(
    backup: Path, url: str, site: Site
) -> None:
    count = "SELECT count(*) FROM report WHERE id > %s"
    with psycopg.connect(url, autocommit=True) as reader:
        see_more(site)
        for _ in range(7):  # from the sixth time on it is a prepared statement
            assert reader.execute(count, (0,)).fetchone() == (LATER,)
        assert reportwatch("db", "restore", backup).code == 0
        assert reader.execute(count, (0,)).fetchone() == (SEEN,)


@pytest.mark.slow
def test_a_reader_who_does_not_end_keeps_a_backup_from_being_restored(
    backup: Path, url: str, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database.restore_archive.LOCK_SECONDS", 1)
    see_more(site)
    with psycopg.connect(url) as reader:
        reader.execute("SELECT count(*) FROM report").fetchone()  # its transaction stays open
        ran = reportwatch("db", "restore", backup, "--json")
        assert ran.code == 3
        assert "lock timeout" in ran.document["error"]
    assert held() == LATER
    assert reportwatch("db", "restore", backup).code == 0


@pytest.mark.parametrize(
    "name", fast("of-another-version", [*EVERY_LOCK, "backup", "check-backup"])
)
def test_whoever_is_at_work_keeps_a_backup_from_being_restored(
    backup: Path, url: str, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.backups.restore.LOCK_SECONDS", 0.1)
    engine = open_engine(url)
    lock = Locks(engine, tmp_path).take(name)
    assert lock is not None
    ran = reportwatch("db", "restore", backup, "--json")
    assert ran.code == 3
    assert re.search(r"session \d+ from 127\.0\.0\.1", ran.document["error"])
    assert not list((tmp_path / "home").glob("*.replaced-*"))
    lock.release()
    engine.dispose()


@pytest.mark.slow
def test_a_run_under_way_is_named_and_ends_as_if_nobody_had_asked(
    backup: Path, url: str, site: Site
) -> None:
    site[0].advance(8)
    pause = "import os, signal\n"
    run = child("ingest", "sample-hrr", "--via", site[1], prelude=f"{pause}{STOP_AT_THE_END}")
    os.waitid(os.P_PID, run.pid, os.WSTOPPED)
    ran = reportwatch("db", "restore", backup, "--json")
    os.kill(run.pid, signal.SIGCONT)
    assert ended(run).code == 0
    assert ran.code == 3
    assert "run 4 of sample-hrr is under way since" in ran.document["error"]
    assert held() == LATER


KEEP_TRACK = """
import os, signal, subprocess
import storage.database.archives as archives, storage.database.postgres_tools as tools
start = subprocess.Popen
def starting(*given, **named):
    global program
    program = start(*given, **named)
    return program
subprocess.Popen = starting
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
def kill_it(*_, **__): program.kill(); program.wait()
pieces = archives._pieces
def at_piece(number, act):
    def given(script):
        for place, piece in enumerate(pieces(script)):
            if place == number: act()
            yield piece
    archives._pieces = given
"""
BACKUP_DEATHS = {
    "in mid-copy": "archives.shutil.copyfileobj = lambda a, b, _: (b.write(a.read(9000)), die())",
    "before it is checked": "import storage.database.backup as b; b.read_archive = die",
    "in the middle of its check": "at_piece(7, die)",
    "before it is on the disk": "os.fsync = die",
    "before it has its name": "import pathlib; pathlib.Path.replace = die",
    "before its name is on the disk": "import storage.database.copies as c; c.sync_folder = die",
    "pg_dump in mid-copy": (
        "archives.shutil.copyfileobj = lambda a, b, _: (b.write(a.read(9000)), kill_it())"
    ),
    "pg_restore in the middle of the check": "at_piece(7, kill_it)",
}


@pytest.mark.parametrize("death", fast("pg_dump in mid-copy", BACKUP_DEATHS))
def test_a_backup_that_is_killed_leaves_nothing_or_a_whole_file(
    url: str, tmp_path: Path, death: str
) -> None:
    target = tmp_path / "copy.pgdump"
    killed = ended(child("db", "backup", target, prelude=f"{KEEP_TRACK}{BACKUP_DEATHS[death]}"))
    is_ours = not death.startswith("pg_")
    assert killed.code == (-signal.SIGKILL if is_ours else 3), killed.err
    assert is_ours or "was ended by signal 9" in killed.err
    assert target.exists() is (death == "before its name is on the disk")
    target.unlink(missing_ok=True)
    assert reportwatch("db", "backup", target).code == 0
    assert [each.name for each in tmp_path.glob("copy*")] == ["copy.pgdump"]
    assert reportwatch("verify", "--file", target).code == 0


RESTORE_DEATHS = {
    "before anything is kept": "import storage.database.restore_archive as r; r._keep = die",
    "before anything is dropped": (
        "import storage.database.restore_archive as r; r._drop_everything = die"
    ),
    "once all is dropped": "import storage.database.restore_archive as r; r.load = die",
    "before it is committed": "import sqlalchemy; sqlalchemy.Connection.commit = die",
    "once it is committed": "import storage.database.restore as r; r._drop_older = die",
}
PIECES = (4, *(pytest.param(n, marks=pytest.mark.slow) for n in (0, 1, 2, 8, 15, 22, 28)))


def assert_one_or_the_other(backup: Path) -> None:
    """Expect what was there or the backup, and that restoring again succeeds."""
    assert held() in (SEEN, LATER)
    assert reportwatch("verify").code == 0
    ran = reportwatch("db", "restore", backup)
    assert ran.code == 0, ran.err
    assert held() == SEEN
    assert reportwatch("verify").code == 0


@pytest.mark.parametrize("death", fast("once it is committed", RESTORE_DEATHS))
def test_a_restore_that_is_killed_leaves_the_one_or_the_other(
    backup: Path, site: Site, death: str
) -> None:
    see_more(site)
    prelude = f"{KEEP_TRACK}{RESTORE_DEATHS[death]}"
    assert ended(child("db", "restore", backup, prelude=prelude)).code == -signal.SIGKILL
    assert held() == (SEEN if death == "once it is committed" else LATER)
    assert_one_or_the_other(backup)


@pytest.mark.parametrize("who", fast("die", ["kill_it"]))
@pytest.mark.parametrize("piece", PIECES)
def test_a_restore_killed_at_one_of_its_tables_leaves_what_was_there(
    backup: Path, site: Site, piece: int, who: str
) -> None:
    see_more(site)
    prelude = KEEP_TRACK + AFTER_READING.format(piece=piece, who=who)
    ran = ended(child("db", "restore", backup, prelude=prelude))
    assert ran.code == (-signal.SIGKILL if who == "die" else 3), ran.err
    assert held() == LATER
    assert_one_or_the_other(backup)


AFTER_READING = """
import storage.database.restore_archive as r
load = r.load
def loading(*given):
    at_piece({piece}, {who})
    load(*given)
r.load = loading
"""


def _cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _rotten(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size // 2)
        opened.write(b"\xff" * 300)


def _headless(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.write(b"\xff" * 300)


def _of_others(file: Path) -> None:
    file.write_bytes(b"PGDMP but no archive")


@pytest.mark.parametrize(
    "spoil",
    [_rotten, *(pytest.param(n, marks=pytest.mark.slow) for n in (_cut, _headless, _of_others))],
)
def test_no_damaged_backup_replaces_a_database(
    backup: Path, site: Site, spoil: Callable[[Path], None]
) -> None:
    see_more(site)
    spoil(backup)
    assert reportwatch("db", "restore", backup).code == 3
    assert reportwatch("verify", "--file", backup).code == 3
    assert held() == LATER


def test_a_restore_says_how_many_alerts_go_out_again(backup: Path, url: str, site: Site) -> None:
    assert reportwatch("db", "restore", backup, "--json").document["mailed_again"] == 0
    see_more(site)
    with psycopg.connect(url) as session:
        (count,) = session.execute("SELECT count(*) FROM alert").fetchone() or (0,)
        session.execute(
            "INSERT INTO message (id, message_id, subscriber_id, is_mass, state, attempts, due_at,"
            " created_at, last_error) SELECT 900, 'one', 1, false, 'sent', 1, due_at, due_at, ''"
            " FROM alert LIMIT 1"
        )
        session.execute("UPDATE alert SET message_id = 900")
    assert count > 13
    assert reportwatch("db", "restore", backup, "--json").document["mailed_again"] == count


@pytest.mark.slow
def test_of_what_was_replaced_the_newest_three_are_kept(backup: Path, home: Path) -> None:
    kept = [Path(reportwatch("db", "restore", backup, "--json").document["kept"]) for _ in range(5)]
    assert sorted(home.glob("*.replaced-*")) == [home.absolute() / each.name for each in kept[2:]]


@pytest.mark.slow
def test_what_a_backup_holds_of_another_hand_is_found(url: str, tmp_path: Path) -> None:
    with psycopg.connect(url) as session:
        session.execute("UPDATE report SET title = 'by hand' WHERE id = 3")
    backup = tmp_path / "changed.pgdump"
    assert reportwatch("db", "backup", backup).code == 0
    ran = reportwatch("verify", "--file", backup, "--json")
    assert ran.code == 1
    assert [each for each in ran.document["faults"] if each.startswith("report 3:")]


def scratches(server: PostgresServer) -> int:
    with psycopg.connect(server.url("postgres")) as session:
        query = "SELECT count(*) FROM pg_database WHERE datname LIKE 'reportwatch_check%'"
        return int((session.execute(query).fetchone() or (0,))[0])


@pytest.mark.slow
def test_the_scratch_database_of_a_check_that_was_killed_is_dropped_by_the_next(
    backup: Path, postgres: PostgresServer
) -> None:
    prelude = KEEP_TRACK + AFTER_READING.format(piece=9, who="die")
    assert ended(child("verify", "--file", backup, prelude=prelude)).code == -signal.SIGKILL
    assert scratches(postgres) == 1
    assert reportwatch("verify", "--file", backup).code == 0
    assert scratches(postgres) == 0


@contextmanager
def a_role(server: PostgresServer, url: str) -> Iterator[str]:
    """A user who owns the database of a test, and may make no other."""
    name = url.rsplit("/", 1)[1]
    server.run("CREATE ROLE humble LOGIN NOCREATEDB PASSWORD 'hunter22'")
    with psycopg.connect(url) as session:
        session.execute(f"ALTER DATABASE {name} OWNER TO humble")
        tables = session.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in tables.fetchall():
            session.execute(f"ALTER TABLE {table} OWNER TO humble")
        functions = session.execute(
            "SELECT oid::regprocedure FROM pg_proc WHERE proname LIKE 'row_seal_%'"
        )
        for (function,) in functions.fetchall():
            session.execute(f"ALTER FUNCTION {function} OWNER TO humble")
    try:
        yield url.replace("watch@", "humble:hunter22@")
    finally:
        with psycopg.connect(url) as session:
            session.execute("REASSIGN OWNED BY humble TO watch")
        server.run("DROP ROLE humble")


def test_a_user_without_rights_backs_up_restores_and_hears_what_is_not_checked(
    backup: Path, url: str, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_role(postgres, url) as address:
        monkeypatch.setenv("REPORTWATCH_DATABASE_URL", address)
        target = backup.with_name("humble.pgdump")
        assert reportwatch("db", "backup", target).code == 0
        ran = reportwatch("db", "restore", target)
        assert ran.code == 0, ran.err
        ran = reportwatch("verify", "--file", target)
        assert ran.code == 3
        assert "its rows were not checked" in ran.err
        assert "ALTER ROLE" in ran.err
        assert reportwatch("verify").code == 0


WITHOUT = {
    "none": (None, "pg_dump is not installed", "postgresql-client-15"),
    "old": ("pg_dump (PostgreSQL) 9.6.24", "older than the server (15)", "postgresql-client-15"),
}


@pytest.mark.parametrize("case", fast("old", WITHOUT))
def test_programs_that_are_missing_or_old_are_named_with_their_package(
    url: str, tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    says, *words = WITHOUT[case]
    assert len(words) == 2
    folder = tmp_path / "bin"
    folder.mkdir()
    if says:
        (folder / "pg_dump").write_text(f"#!/bin/sh\necho '{says}'\n")
        (folder / "pg_dump").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr("storage.database.postgres_tools._ELSEWHERE", ())
    ran = reportwatch("db", "backup", tmp_path / "copy.pgdump", "--json")
    assert ran.code == 3
    assert [word for word in words if word not in ran.document["error"]] == []
    assert not list(tmp_path.glob("copy*"))


@pytest.mark.parametrize(
    "form", ["postgresql://watch:{}@{}", "postgresql://watch@{1}?password={0}"]
)
def test_a_password_is_on_no_command_line_and_in_no_message(
    url: str, tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = form.format("hunter%202%26c", url.split("@")[1])
    monkeypatch.setenv("REPORTWATCH_DATABASE_URL", address)
    monkeypatch.setenv("REPORTWATCH_ADMIN_PASSWORD", "of another matter")
    started: list[tuple[list[str], dict[str, str]]] = []
    real = subprocess.Popen

    def starting(words: list[str], **named: Any) -> subprocess.Popen[bytes]:
        started.append((words, named["env"]))
        return real(words, **named)

    monkeypatch.setattr("storage.database.postgres_tools.subprocess.Popen", starting)
    assert reportwatch("db", "backup", tmp_path / "copy.pgdump").code == 0
    monkeypatch.setattr("storage.database.archives.is_archive", lambda _file: False)
    ran = reportwatch("db", "backup", tmp_path / "bad.pgdump")
    assert ran.code == 3
    assert "hunter" not in ran.err
    assert len(started) >= 5
    assert [words for words, _ in started if "hunter" in " ".join(words)] == []
    of_dumps = [env for words, env in started if "--format=custom" in words]
    assert [env["PGPASSWORD"] for env in of_dumps] == ["hunter 2&c"] * 2
    assert [env for _, env in started if "PGPASSWORD" in env and env not in of_dumps] == []
    assert [env for _, env in started if "REPORTWATCH_ADMIN_PASSWORD" in env] == []
