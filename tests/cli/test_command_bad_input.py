"""Whatever is wrong is named with what to do about it, and nothing that is held is lost."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import signal
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command import child, ended, reportwatch
from packing import packed
from patience import wait_for

import services.gates
from scrapers.fetch.policy import FetchPolicy

Site = tuple[Any, str]


def query(home: Path, statement: str) -> list[Any]:
    """Ask the database behind a home folder, without the program."""
    with contextlib.closing(sqlite3.connect(home / "reportwatch.sqlite")) as database:
        return database.execute(statement).fetchall()


# Settings

BAD_SETTINGS = [
    ("HOME", "", "must name a folder"),
    ("DATABASE_URL", "no url", "give sqlite:///PATH or postgresql://"),
    ("DATABASE_URL", "mysql://localhost/x", "give sqlite:///PATH or postgresql://"),
    ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing", "check that the server runs"),
    ("SMTP_URL", "mail.example.org", "smtp://"),
    ("SMTP_URL", "smtp://", "smtp://"),
    ("SMTP_URL", "smtp://mail.example.org:port", "port"),
    ("MAIL_FROM", "", "e-mail address"),
    ("MAIL_FROM", "nobody", "e-mail address"),
    ("PUBLIC_URL", "example.org", "http://"),
    ("PUBLIC_URL", "http://example.org:70000", "ort"),
    ("CONTACT", "a\nb", "ASCII"),
    ("CONTACT", "é", "ASCII"),
    ("DELAY", "-1", "greater than or equal to 0"),
    ("DELAY", "soon", "number"),
    ("DELAY", "nan", "0"),
    ("DELAY", "", "number"),
    ("WORKERS", "0", "1"),
    ("GONE_CHECKS", "0", "greater than or equal to 1"),
    ("GONE_HOURS", "-1", "greater than or equal to 0"),
    ("GONE_HOURS", "inf", "less than"),
    ("MASS_CHANGE", "0", "greater than or equal to 1"),
    ("ALLOW_PRIVATE", "perhaps", "boolean"),
    ("OPERATOR", "nobody", "e-mail address"),
    ("PORT", "65536", "65535"),
    ("PORT", "http", "integer"),
    ("PREFECT_PORT", "-1", "greater than or equal to 0"),
    ("FRESH_HOURS", "0", "greater than 0"),
    ("VIA", "127.0.0.1:8801", "http://"),
    ("VIA", "http://127.0.0.1:8801/path", "origin"),
    ("VIA", "http://user@127.0.0.1:8801", "http://"),
]


@pytest.mark.parametrize(("setting", "value", "told"), BAD_SETTINGS)
def test_a_bad_setting_is_refused_at_start_by_name(
    setting: str, value: str, told: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"REPORTWATCH_{setting}", value)
    ran = reportwatch("reports", "--json")
    assert ran.code == 3
    assert setting == "DATABASE_URL" or not home.exists()
    if not value.startswith("postgresql"):
        assert f"REPORTWATCH_{setting}" in ran.document["error"]
    assert told in ran.document["error"]
    assert "Traceback" not in ran.err


BAD_FILES = [
    ("dely = 5", "there is no setting 'dely'; there are: home, database_url"),
    ("[reportwatch]\ndelay = 5", "there is no setting 'reportwatch'"),
    ("REPORTWATCH_DELAY = 5", "there is no setting 'REPORTWATCH_DELAY'"),
    ("delay = -5", "REPORTWATCH_DELAY: Input should be greater than or equal to 0"),
    ("delay is 5", "reportwatch.toml: "),
]


@pytest.mark.parametrize(("text", "told"), BAD_FILES)
def test_a_settings_file_is_refused_with_what_is_wrong(
    text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REPORTWATCH_DELAY")
    (tmp_path / "reportwatch.toml").write_text(text)
    ran = reportwatch("reports", "--json")
    assert ran.code == 3
    assert told in ran.document["error"]


def test_the_environment_wins_over_the_settings_file(
    blank: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reportwatch.toml").write_text('home = "elsewhere"\nport = 9000\n')
    assert reportwatch("reports", "--json").code == 0
    assert not (tmp_path / "elsewhere").exists()
    monkeypatch.delenv("REPORTWATCH_HOME")
    assert reportwatch("reports", "--json").code == 0
    assert (tmp_path / "elsewhere" / "reportwatch.sqlite").exists()


def test_a_setting_with_a_password_never_shows_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "SMTP_URL": "smtp://user:hunter2@mail.example.org:port",
        "DATABASE_URL": "postgresql://user:hunter2@127.0.0.1:1/nothing",
    }.items():
        with monkeypatch.context() as patch:
            patch.setenv(f"REPORTWATCH_{name}", value)
            ran = reportwatch("reports", "--json")
        assert ran.code == 3
        assert "hunter2" not in ran.out + ran.err


# The database and its folder


def _newer(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")


def _foreign(file: Path) -> None:
    file.unlink()
    with contextlib.closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE recipes (name TEXT)")


def _no_database(file: Path) -> None:
    file.write_bytes(b"These are notes, and no database.\n" * 100)


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


UNUSABLE = [
    (_newer, "written by a newer version of reportwatch"),
    (_foreign, "holds tables of another program"),
    (_no_database, "the file is not a reportwatch database"),
    (_folder, "check that the folder exists and is writable"),
]


@pytest.mark.parametrize(("spoil", "told"), UNUSABLE)
@pytest.mark.parametrize("words", [("reports",), ("import", "x.html"), ("db", "upgrade")])
def test_an_unusable_database_is_left_as_it_is(
    spoil: Callable[[Path], None], told: str, words: tuple[str, ...], blank: Path
) -> None:
    file = blank / "reportwatch.sqlite"
    spoil(file)
    before = _content(file)
    ran = reportwatch(*words, "--json")
    assert ran.code == 3
    assert told in ran.document["error"]
    assert _content(file) == before


def _content(file: Path) -> Any:
    """Return what a file holds: the statements that make a database, else its bytes."""
    if file.is_dir():
        return sorted(file.iterdir())
    try:
        with contextlib.closing(sqlite3.connect(file)) as database:
            return list(database.iterdump())
    except sqlite3.DatabaseError:
        return file.read_bytes()


@pytest.mark.parametrize("spoil", [_newer, _foreign, _no_database])
def test_no_unusable_file_replaces_a_database(
    spoil: Callable[[Path], None], sample: Path, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.sqlite"
    assert reportwatch("db", "backup", backup).code == 0
    spoil(backup)
    ran = reportwatch("db", "restore", backup, "--json")
    assert ran.code == 3, ran.out
    assert len(reportwatch("reports", "--json").document) == 24


def test_a_home_that_cannot_be_made_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    for home in (tmp_path / "file", tmp_path / "file" / "home", Path("/proc/reportwatch")):
        monkeypatch.setenv("REPORTWATCH_HOME", str(home))
        ran = reportwatch("reports", "--json")
        assert ran.code == 3
        assert f"REPORTWATCH_HOME: {home} cannot be used" in ran.document["error"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_is_named(blank: Path) -> None:
    blank.chmod(0o500)
    try:
        ran = reportwatch("subscribe", "reader@example.org", "--json")
    finally:
        blank.chmod(0o700)
    assert ran.code == 3
    assert "writable" in ran.document["error"]


SMALL_DISK = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))"
"""Lets no file of a child grow beyond 100 kB, as on a disk that is full."""


def test_a_full_disk_ends_a_run_and_loses_nothing(site: Site, sample: Path, tmp_path: Path) -> None:
    held = reportwatch("reports", "--json").document
    full = ended(child("db", "backup", "copy", prelude=SMALL_DISK))
    assert full.code != 0
    assert not (tmp_path / "copy").exists()
    assert "Traceback" not in full.err
    site[0].advance(8)
    words = ("ingest", "sample-hrr", "--via", site[1], "--json")
    full = ended(child(*words, prelude=SMALL_DISK))
    assert full.code == 3, full.err
    assert set(full.document) == {"error"}
    assert "Traceback" not in full.err
    assert reportwatch("reports", "--json").document == held
    assert reportwatch("verify").code == 0
    again = reportwatch(*words)
    assert (again.code, again.document["counts"]["published"]) == (0, 13)
    assert query(sample, "SELECT count(*) FROM run WHERE state = 'running'") == [(0,)]


# Files to import


@pytest.fixture
def bad_files(tmp_path: Path) -> Path:
    folder = tmp_path / "saved"
    (folder / "without-pages").mkdir(parents=True)
    (folder / "without-pages" / "notes.pdf").write_bytes(b"%PDF-1.4")
    (folder / "binary.html").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    whole = packed(b"<html><body><p>A page.</p></body></html>" * 50)
    (folder / "broken.html.gz").write_bytes(whole[: len(whole) // 2])
    (folder / "no-gzip.html.gz").write_bytes(b"<html></html>")
    (folder / "empty.html").write_bytes(b" \n")
    (folder / "word.docx").write_bytes(b"PK\x03\x04")
    (tmp_path / "secret.html").write_text("<p>Not yours.</p>")
    (folder / "linked").mkdir()
    (folder / "linked" / "link.html").symlink_to(tmp_path / "secret.html")
    (folder / "page.html").write_text("<html><body><p>Weather and recipes.</p></body></html>")
    return folder


BAD_FILES_TOLD = [
    ("without-pages", "no saved pages (.html, .txt, .mhtml, .warc, .wacz, each also .gz) in"),
    ("binary.html", "a binary file"),
    ("broken.html.gz", "broken gzip file"),
    ("no-gzip.html.gz", "broken gzip file"),
    ("empty.html", "the file is empty"),
    ("word.docx", "not a saved page (.html, .txt, .mhtml, .warc, .wacz, each also .gz)"),
    ("missing.html", "No such file"),
    ("missing", "there is no such file or folder"),
    ("linked", "a link that leads out of the folder"),
    ("page.html", "no report"),
]


@pytest.mark.parametrize(("name", "told"), BAD_FILES_TOLD)
def test_a_file_that_holds_no_report_is_a_failure_with_its_reason(
    name: str, told: str, bad_files: Path, sample: Path
) -> None:
    before = reportwatch("reports", "--json").document
    ran = reportwatch("import", bad_files / name, "--json")
    assert ran.code == 1
    (failure,) = ran.document["failures"]
    assert failure["outcome"] == "unreadable"
    assert told in failure["reason"]
    assert name in failure["url"]
    assert ran.document["counts"]["checked"] == 1
    assert reportwatch("reports", "--json").document == before


def test_every_bad_file_of_a_folder_is_told_and_none_stops_the_others(
    bad_files: Path, blank: Path
) -> None:
    ran = reportwatch("import", bad_files, "--json")
    assert ran.code == 1
    told = {Path(each["url"]).name for each in ran.document["failures"]}
    assert told == {
        *("binary.html", "broken.html.gz", "no-gzip.html.gz", "empty.html", "link.html"),
        "page.html",
    }
    assert {Path(each["file"]).name for each in ran.document["files"]} == told


def test_a_file_name_that_is_no_text_is_told_as_it_is(tmp_path: Path, blank: Path) -> None:
    name = os.fsdecode(b"\xff\x1b[2J.html")
    try:
        (tmp_path / name).write_text("")
    except OSError:
        pytest.skip("this file system takes no such name")
    ran = reportwatch("import", name, "--json")
    assert ran.code == 1
    assert ran.document["files"][0]["file"] == name
    assert "\x1b" not in reportwatch("import", name).err


# Sites, pipes and interruptions


def test_a_site_that_cannot_be_reached_is_told_and_changes_nothing(
    sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = functools.partial(FetchPolicy, retries=0)
    monkeypatch.setattr(services.gates, "FetchPolicy", impatient)
    before = reportwatch("reports", "--json").document
    words = ("ingest", "sample-hrr", "--via", "http://127.0.0.1:1", "--json")
    ran = reportwatch(*words)
    assert ran.code == 1
    assert {each["outcome"] for each in ran.document["failures"]} == {"error"}
    assert "cannot be reached" in ran.document["failures"][0]["reason"]
    assert [each["state"] for each in reportwatch("reports", "--json").document] == [
        each["state"] for each in before
    ]
    changes = reportwatch("changes", "--json").document
    assert len(changes) == 26
    assert not any(each["kind"] == "removed" for each in changes)


def test_a_site_never_reached_ends_with_1_and_says_which_listing(
    blank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = functools.partial(FetchPolicy, retries=0)
    monkeypatch.setattr(services.gates, "FetchPolicy", impatient)
    ran = reportwatch("ingest", "sample-hrr", "--via", "http://127.0.0.1:1", "--json")
    assert ran.code == 1
    assert "no listing could be read" in ran.document["error"]
    assert "127.0.0.1 port 1 cannot be reached" in ran.document["error"]
    assert query(blank, "SELECT state FROM run") == [("failed",)]


@pytest.mark.parametrize("words", [("reports",), ("reports", "--json"), ("export", "-")])
def test_a_reader_who_leaves_early_is_no_fault(words: tuple[str, ...], sample: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = child(*words, stdout=writing)
    os.close(writing)
    ran = ended(process)
    assert (ran.code, ran.err) == (1, "")


def test_ctrl_c_ends_an_ingest_and_the_next_one_goes_on(
    site: Site, blank: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTWATCH_DELAY", "0.3")
    process = child("ingest", "sample-hrr", "--via", site[1], "--json")
    _wait_for(lambda: bool(query(blank, "SELECT 1 FROM listing LIMIT 1")), process)
    process.send_signal(signal.SIGINT)
    ran = ended(process)
    assert ran.code == 130, ran.err
    assert "interrupted" in ran.document["error"]
    assert query(blank, "SELECT state FROM run") == [("failed",)]
    monkeypatch.setenv("REPORTWATCH_DELAY", "0")
    again = reportwatch("ingest", "sample-hrr", "--via", site[1], "--json")
    assert again.code == 0
    assert again.document["counts"]["checked"] == 24


def _wait_for(is_so: Callable[[], bool], process: Any) -> None:
    try:
        wait_for(lambda: process.poll() is not None or is_so(), "the run did not begin")
    except AssertionError:
        process.kill()
        raise


@pytest.fixture
def taken_port() -> Iterator[int]:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_replay_on_a_port_that_is_taken_says_what_to_do(tmp_path: Path, taken_port: int) -> None:
    folder = tmp_path / "2023"
    folder.mkdir()
    (folder / "gandoria.html").write_text("<html><body><h1>Gandoria</h1></body></html>")
    ran = reportwatch("replay", tmp_path, "--port", taken_port, "--json")
    assert ran.code == 1
    assert re.search(f"port {taken_port} cannot be used .*; try --port 0", ran.document["error"])
