"""A backup is whole or not there, whenever it is killed; a home that cannot be written is read."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from command import child, ended, environment, reportwatch

DIE = "import os, pathlib, signal\ndef die(*_): os.kill(os.getpid(), signal.SIGKILL)\n"
DEATHS = {
    "before anything is copied": "import storage.database.copies as c; c._copy = die",
    "before it is checked": "import storage.database.backup as b; b.check_backup = die",
    "before it is on the disk": "os.fsync = die",
    "before it has its name": "pathlib.Path.replace = die",
    "before its name is on the disk": "import storage.database.copies as c; c.sync_folder = die",
}


def is_whole(backup: Path) -> bool:
    ran = reportwatch("verify", "--file", backup, "--json")
    return ran.code == 0 and ran.document["readings"] == 26


def assert_nothing_or_whole(target: Path) -> None:
    """Expect nothing or a whole file, and that the next backup of this name succeeds."""
    if target.exists():
        assert is_whole(target)
        assert reportwatch("db", "backup", target).code == 1
        target.unlink()
    assert reportwatch("db", "backup", target).code == 0
    assert is_whole(target)
    assert [each.name for each in target.parent.glob(f"{target.name}*")] == [target.name]
    assert target.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("death", DEATHS)
def test_a_backup_that_is_killed_leaves_nothing_or_a_whole_file(
    sample: Path, tmp_path: Path, death: str
) -> None:
    target = tmp_path / "copy.sqlite"
    killed = ended(child("db", "backup", target, prelude=f"{DIE}{DEATHS[death]}"))
    assert killed.code == -signal.SIGKILL
    assert target.exists() is (death == "before its name is on the disk")
    assert_nothing_or_whole(target)


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize(
    "number", [3, *(pytest.param(n, marks=pytest.mark.slow) for n in range(10, 410, 20))]
)
def test_a_backup_killed_at_one_of_its_writes_leaves_nothing_or_a_whole_file(
    sample: Path, tmp_path: Path, number: int
) -> None:
    target = tmp_path / "copy.sqlite"
    calls = "trace=pwrite64", f"inject=pwrite64:signal=KILL:when={number}"
    watched = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", calls[0], "-e", calls[1]]
    words = [sys.executable, "-m", "cli", "db", "backup", str(target)]
    subprocess.run([*watched, *words], env=environment(), capture_output=True, check=False)
    assert_nothing_or_whole(target)


def test_two_backups_of_one_name_at_once_make_one_whole_file(sample: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.sqlite"
    both = [child("db", "backup", target) for _ in range(2)]
    assert 0 in {ended(each).code for each in both}
    assert is_whole(target)


def test_a_database_that_is_damaged_is_not_backed_up_as_if_it_were_sound(
    sample: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(sample / "reportwatch.sqlite")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        (page,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_change_told'"
        ).fetchone()
    with (sample / "reportwatch.sqlite").open("r+b") as file:
        file.seek((page - 1) * 4096 + 8)
        file.write(b"\xff" * 64)
    ran = reportwatch("db", "backup", tmp_path / "copy.sqlite")
    assert ran.code == 3
    assert "nothing was backed up" in ran.err
    assert not list(tmp_path.glob("copy*"))


def test_a_backup_is_verified_without_a_home(sample: Path, tmp_path: Path) -> None:
    backup = tmp_path / "copy.sqlite"
    assert reportwatch("db", "backup", backup).code == 0
    shutil.rmtree(sample)
    assert is_whole(backup)
    assert not sample.exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["copy.sqlite"]
    with closing(sqlite3.connect(backup)) as database, database:
        (sha256, body) = database.execute("SELECT sha256, body FROM payload LIMIT 1").fetchone()
        database.execute(
            "UPDATE payload SET body = ? WHERE sha256 = ?", (body[:-8] + bytes(8), sha256)
        )
    ran = reportwatch("verify", "--file", backup)
    assert ran.code == 1
    assert sha256 in ran.err


def test_what_is_no_backup_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database at all")
    (tmp_path / "empty.sqlite").write_bytes(b"")
    for name, code in (("nowhere", 1), ("notes.txt", 3), ("empty.sqlite", 3), (".", 1)):
        ran = reportwatch("verify", "--file", tmp_path / name, "--json")
        assert (ran.code, set(ran.document)) == (code, {"error"}), name


READS = (
    ("reports",),
    ("changes",),
    ("show", "Gandoria", "2023"),
    ("log", "Gandoria", "2023"),
    ("diff", "Gandoria", "2023"),
    ("search", "prison"),
    ("topics",),
    ("compare", "2022", "2023", "--source", "sample-hrr"),
    ("subscribers",),
    ("alerts",),
    ("alarms",),
    ("sources",),
    ("verify",),
    ("db", "stats"),
)
WRITES = (
    ("ingest", "sample-hrr"),
    ("deliver",),
    ("subscribe", "other@example.org"),
    ("access", "token", "robot"),
)


def is_root() -> bool:
    return os.geteuid() == 0


@pytest.fixture
def locked_away(sample: Path) -> Iterator[Path]:
    """The sample home on a medium that is mounted read-only."""
    copy = sample.with_name("copy")
    sample.rename(copy)
    sample.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", "size=60m,mode=700", "tmpfs", str(sample)]
    mounted = subprocess.run(mount, capture_output=True, check=False) if is_root() else None
    if mounted is None or mounted.returncode:
        pytest.skip("only root can mount a file system, if at all")
    try:
        shutil.copytree(copy, sample, dirs_exist_ok=True)
        subprocess.run(["mount", "-o", "remount,ro", str(sample)], check=True)
        yield sample
    finally:
        subprocess.run(["umount", "-l", str(sample)], check=True)


def test_a_read_only_home_answers_as_a_writable_one(locked_away: Path, tmp_path: Path) -> None:
    read_only = {words: reportwatch(*words, "--json") for words in READS}
    assert reportwatch("plan", "sample-hrr").code == 0  # it tells the time
    backed_up = reportwatch("db", "backup", tmp_path / "backup.sqlite")
    for words in WRITES:
        ran = reportwatch(*words, "--json")
        assert ran.code == 3, words
        assert "is read-only: what it holds can be read" in ran.document["error"], words
    subprocess.run(["mount", "-o", "remount,rw", str(locked_away)], check=True)
    for words, ran in read_only.items():
        assert ran == reportwatch(*words, "--json"), words
    assert backed_up.code == 0
    assert is_whole(tmp_path / "backup.sqlite")


def test_a_read_only_home_of_another_schema_is_named(locked_away: Path) -> None:
    subprocess.run(["mount", "-o", "remount,rw", str(locked_away)], check=True)
    with closing(sqlite3.connect(locked_away / "reportwatch.sqlite")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '0009'")
    subprocess.run(["mount", "-o", "remount,ro", str(locked_away)], check=True)
    ran = reportwatch("reports")
    assert ran.code == 3
    assert "has the schema 0009" in ran.err


def test_a_read_only_home_that_was_not_closed_well_is_read_with_its_log(locked_away: Path) -> None:
    subprocess.run(["mount", "-o", "remount,rw", str(locked_away)], check=True)
    prelude = (
        "import os, signal, sqlalchemy.engine\n"
        "close = sqlalchemy.engine.Engine.dispose\n"
        "sqlalchemy.engine.Engine.dispose = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ran = ended(child("subscribe", "late@example.org", prelude=prelude))
    assert ran.code == -signal.SIGKILL
    assert (locked_away / "reportwatch.sqlite-wal").stat().st_size > 0
    subprocess.run(["mount", "-o", "remount,ro", str(locked_away)], check=True)
    ran = reportwatch("subscribers", "--json")
    assert "late@example.org" in {each["address"] for each in ran.document}
