"""A backup is put back when nothing else is at work, whole, and whatever became of the database."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from command import child, ended, environment, reportwatch

from alerts.sink import Sink
from deployments.sample_site import SampleSite

Site = tuple[SampleSite, str]
EVERY_LOCK = (
    "source-sample-hrr",
    "source-us-state-hrr",
    "source-of-a-former-version",
    "deliver-1",
    "deliver-8",
    "bind",
    "check",
    "save-pages",
)


@pytest.fixture(scope="module")
def whole_backup(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backup")
    shutil.copytree(sample_home, folder / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REPORTWATCH_HOME", str(folder / "home"))
        assert reportwatch("db", "backup", folder / "backup.sqlite").code == 0
    return folder / "backup.sqlite"


@pytest.fixture
def backup(whole_backup: Path, tmp_path: Path) -> Path:
    """A backup of the sample home, which the test may damage."""
    return Path(shutil.copy(whole_backup, tmp_path))


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a lock as another process would."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write("4711")
        file.flush()
        yield


def content(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as database:
        return list(database.iterdump())


def test_whoever_is_at_work_keeps_a_backup_from_being_restored(
    sample: Path, backup: Path, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    monkeypatch.setattr("services.backups.restore.LOCK_SECONDS", 0.1)
    before = content(sample / "reportwatch.sqlite")
    for name in EVERY_LOCK:
        with subtests.test(name):
            with held(sample / "locks" / f"{name}.lock"):
                ran = reportwatch("db", "restore", backup, "--json")
            assert ran.code == 3
            assert "process 4711" in ran.document["error"]
            assert content(sample / "reportwatch.sqlite") == before
            assert not list(sample.glob("*.replaced-*"))
    assert reportwatch("db", "restore", backup).code == 0


def test_up_keeps_a_backup_from_being_restored(sample: Path, backup: Path) -> None:
    with held(sample / "up.lock"):
        ran = reportwatch("db", "restore", backup, "--json")
    assert ran.code == 3
    assert "`reportwatch up` runs" in ran.document["error"]
    assert "process 4711" in ran.document["error"]


def test_a_run_under_way_is_named_and_ends_as_if_nobody_had_asked(
    sample: Path, backup: Path, site: Site
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
    assert f"process {run.pid}" in ran.document["error"]
    assert len(reportwatch("reports", "--json").document) == 37


STOP_AT_THE_END = """
from storage.watch.runs import Runs
end = Runs.end
def stopping(*given, **named):
    os.kill(os.getpid(), signal.SIGSTOP)
    return end(*given, **named)
Runs.end = stopping
"""


@pytest.mark.slow  # it waits for the snapshot as long as a writer waits, a minute
def test_a_monitor_that_has_the_database_open_sees_the_backup_from_then_on(
    sample: Path, backup: Path, site: Site
) -> None:
    with closing(sqlite3.connect(sample / "reportwatch.sqlite")) as reader:
        count = "SELECT count(*) FROM report"
        site[0].advance(8)
        assert reportwatch("ingest", "sample-hrr", "--via", site[1]).code == 0
        assert reader.execute(count).fetchone() == (37,)
        reader.execute("BEGIN")
        reader.execute(count).fetchone()  # a snapshot held open
        assert reportwatch("db", "restore", backup).code == 0
        assert reader.execute(count).fetchone() == (37,)
        reader.execute("COMMIT")
        assert reader.execute(count).fetchone() == (24,)
    assert reportwatch("verify").code == 0


def _no_database(file: Path) -> None:
    file.write_bytes(b"rotten" * 5000)


def _cut(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def _no_schema(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(100)
        opened.write(b"\xff" * 3000)


def _gone(file: Path) -> None:
    file.unlink()


@pytest.mark.parametrize("spoil", [_no_database, _cut, _no_schema, _gone])
@pytest.mark.parametrize("has_log", [False, True])
def test_a_backup_takes_the_place_of_a_damaged_database_and_its_log(
    spoil: Callable[[Path], None], has_log: bool, sample: Path, backup: Path
) -> None:
    file = sample / "reportwatch.sqlite"
    leave_a_log(file, is_kept=has_log)
    spoil(file)
    ran = reportwatch("db", "restore", backup, "--json")
    assert ran.code == 0, ran.document
    assert (ran.document["kept"] is None) is (spoil is _gone)
    assert reportwatch("verify").code == 0
    assert content(file) == content(backup)


def leave_a_log(file: Path, *, is_kept: bool) -> None:
    """Leave a log of changes beside a database, as a killed program does."""
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE more AS SELECT * FROM payload")
        copies = {end: Path(f"{file}{end}").read_bytes() for end in ("-wal", "-shm")}
    if is_kept:
        for end, body in copies.items():
            Path(f"{file}{end}").write_bytes(body)


@pytest.mark.parametrize("spoil", [_no_database, _cut, _no_schema])
def test_no_damaged_backup_replaces_a_database(
    spoil: Callable[[Path], None], sample: Path, backup: Path
) -> None:
    before = content(sample / "reportwatch.sqlite")
    spoil(backup)
    assert reportwatch("db", "restore", backup).code == 3
    assert content(sample / "reportwatch.sqlite") == before


def test_of_what_was_replaced_the_newest_three_are_kept(sample: Path, backup: Path) -> None:
    mine = sample / "reportwatch.sqlite.replaced-by-me"
    mine.write_text("not one of ours")
    kept = []
    for _ in range(5):
        kept.append(Path(reportwatch("db", "restore", backup, "--json").document["kept"]))
    assert sorted(sample.glob("*.replaced-2*")) == [sample.absolute() / each for each in kept[2:]]
    assert mine.exists()
    oldest = kept[2]
    assert reportwatch("db", "restore", oldest).code == 0
    assert oldest.exists(), "what was just restored is not removed"


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("is_damaged", [False, True])
@pytest.mark.parametrize(
    "number", [700, *(pytest.param(n, marks=pytest.mark.slow) for n in range(5, 1500, 75))]
)
def test_a_restore_killed_at_one_of_its_writes_leaves_the_one_or_the_other(
    sample: Path, backup: Path, site: Site, number: int, is_damaged: bool
) -> None:
    site[0].advance(8)
    assert reportwatch("ingest", "sample-hrr", "--via", site[1]).code == 0
    file = sample / "reportwatch.sqlite"
    if is_damaged:
        _no_database(file)
    calls = "trace=pwrite64", f"inject=pwrite64:signal=KILL:when={number}"
    watched = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", calls[0], "-e", calls[1]]
    words = [sys.executable, "-m", "cli", "db", "restore", str(backup)]
    subprocess.run([*watched, *words], env=environment(), capture_output=True, check=False)
    if is_damaged:
        assert file.read_bytes()[:6] in (b"rotten", b"SQLite")
    else:
        assert reportwatch("verify").code == 0
        assert len(reportwatch("reports", "--json").document) in (24, 37)
    assert reportwatch("db", "restore", backup).code == 0
    assert len(reportwatch("reports", "--json").document) == 24
    assert reportwatch("verify").code == 0


def test_a_restore_says_how_many_alerts_go_out_again(
    sample: Path, backup: Path, site: Site
) -> None:
    assert reportwatch("db", "restore", backup, "--json").document["mailed_again"] == 0
    assert reportwatch("subscribe", "new@example.org").code == 0
    site[0].advance(8)
    assert reportwatch("ingest", "sample-hrr", "--via", site[1]).code == 0
    with closing(sqlite3.connect(sample / "reportwatch.sqlite")) as database, database:
        (count,) = database.execute("SELECT count(*) FROM alert").fetchone()
        database.execute(
            "INSERT INTO message (id, message_id, subscriber_id, is_mass, state, attempts, due_at,"
            " created_at, last_error) SELECT 900, 'one', 1, 0, 'sent', 1, due_at, due_at, ''"
            " FROM alert LIMIT 1"
        )
        database.execute("UPDATE alert SET message_id = 900")
    assert count > 13
    assert reportwatch("db", "restore", backup, "--json").document["mailed_again"] == count


def test_what_a_restore_holds_is_mailed_to_nobody_and_then_once_to_each(
    sample: Path, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "backup.sqlite"
    with Sink(tmp_path / "mail") as sink:
        monkeypatch.setenv("REPORTWATCH_SMTP_URL", sink.url)
        assert reportwatch("subscribe", "new@example.org").code == 0
        assert reportwatch("db", "backup", backup).code == 0
        site[0].advance(8)
        assert reportwatch("ingest", "sample-hrr", "--via", site[1]).code == 0
        assert reportwatch("deliver").code == 0
        before = _told(sink)
        assert len(before) > 5

        said = reportwatch("db", "restore", backup, "--hold", "--json").document
        assert (said["held"], said["mailed_again"] > 5) == (True, True)
        assert reportwatch("ingest", "sample-hrr", "--via", site[1]).code == 0
        done = reportwatch("deliver", "--json")
        assert (done.code, done.document["sent"]) == (0, 0)
        assert _told(sink) == before
        waiting = {each["alert"] for each in reportwatch("alerts", "--json").document}
        assert len(waiting) == said["mailed_again"]
        (held,) = [
            each
            for each in reportwatch("doctor", "--json").document["checks"]
            if "News are held" in each["says"]
        ]
        assert f"{len(waiting)} alerts" in held["says"]
        assert "alerts release" in held["remedy"]

        released = reportwatch("alerts", "release", "--json").document
        assert released == {"held": False, "waiting": len(waiting), "dropped": 0}
        assert reportwatch("deliver").code == 0
        assert reportwatch("deliver").code == 0
        again = _told(sink)[len(before) :]
        assert sorted(again) == sorted(before)  # each once, as it was sent before
    assert reportwatch("alerts", "release").code == 1
    assert {each["state"] for each in reportwatch("alerts", "--json").document} == {"sent"}


def test_what_is_held_can_be_set_aside_and_what_comes_later_is_sent(
    sample: Path, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sink(tmp_path / "mail") as sink:
        monkeypatch.setenv("REPORTWATCH_SMTP_URL", sink.url)
        assert reportwatch("subscribe", "new@example.org").code == 0
        assert reportwatch("alerts", "hold", "--json").document["held"] is True
        site[0].advance(2)
        assert reportwatch("ingest", "sample-hrr", "--via", site[1]).code == 0
        assert reportwatch("deliver").code == 0
        dropped = reportwatch("alerts", "release", "--drop", "--json").document
        assert dropped["dropped"] > 0
        assert (dropped["waiting"], dropped["held"]) == (0, False)
        assert reportwatch("deliver").code == 0
        assert _told(sink) == []
        site[0].advance(8)
        assert reportwatch("ingest", "sample-hrr", "--via", site[1]).code == 0
        assert reportwatch("deliver").code == 0
        assert len(_told(sink)) > 5


def _told(sink: Sink) -> list[tuple[str, str]]:
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sink.mails()]
    return [(str(each["To"]), str(each["Subject"])) for each in mails]


@pytest.mark.slow
def test_a_log_of_300_megabytes_is_no_obstacle_to_a_start_a_backup_and_a_restore(
    sample: Path, backup: Path, tmp_path: Path
) -> None:
    file = sample / "reportwatch.sqlite"
    with closing(sqlite3.connect(file)) as reader, closing(sqlite3.connect(file)) as writer:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM payload").fetchone()  # a snapshot held open
        writer.execute("CREATE TABLE more (body BLOB)")
        for _ in range(300):
            writer.execute("INSERT INTO more VALUES (randomblob(1048576))")
            writer.commit()
        assert Path(f"{file}-wal").stat().st_size > 300 * 2**20
        assert len(reportwatch("reports", "--json").document) == 24
        assert reportwatch("db", "backup", tmp_path / "large.sqlite").code == 0
        assert reportwatch("db", "restore", backup).code == 0
        assert len(reportwatch("reports", "--json").document) == 24
    assert content(file) == content(backup)
    assert reportwatch("verify", "--file", tmp_path / "large.sqlite").code == 0
    assert (tmp_path / "large.sqlite").stat().st_size > 300 * 2**20
