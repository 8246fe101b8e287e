"""A database is copied to a server and back by the command, and what it held goes on there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from command import reportwatch
from postgres import PostgresServer
from test_command_restore import EVERY_LOCK, held

from deployments.sample_site import SampleSite
from storage.database.tables import metadata

Site = tuple[SampleSite, str]
SECRET = "geheim"


@pytest.fixture
def server(postgres: PostgresServer) -> Iterator[str]:
    """The address of an empty database on a server, with a password in it."""
    name = postgres.create()
    yield postgres.url(name).replace("watch@", f"watch:{SECRET}@")
    postgres.drop(name)


def all_said(as_of: str) -> list[str]:
    """Return what commands say; to show the same moment again leaves nothing new behind."""
    tables = ("versions", "sections", "changes")
    asked = (
        ["export", "-"],
        ["changes", "--json"],
        ["alerts", "--json"],
        ["subscribers", "--json"],
        *(
            ["export", "--format=csv", f"--table={each}", f"--as-of={as_of}", "-"]
            for each in tables
        ),
    )
    return [reportwatch(*words).out for words in asked]


def rows(file: Path) -> dict[str, list[str]]:
    with closing(sqlite3.connect(file)) as opened:
        return {
            name: sorted(map(repr, opened.execute(f'SELECT * FROM "{name}"')))
            for name in metadata.tables
        }


def test_a_database_goes_to_a_server_and_back_by_the_command(
    sample: Path, server: str, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_of, back = datetime.now(UTC).isoformat(), tmp_path / "back.sqlite"
    said = all_said(as_of)
    assert min(each.count("\n") for each in said[-3:]) > 1
    before = rows(sample / "reportwatch.sqlite")
    monkeypatch.setenv("REPORTWATCH_COPY_TO", server)
    there = reportwatch("db", "copy", "--json")
    assert there.code == 0, there.document
    monkeypatch.delenv("REPORTWATCH_COPY_TO")
    monkeypatch.setenv("REPORTWATCH_DATABASE_URL", server)
    assert reportwatch("verify", "--json").document["faults"] == []
    assert all_said(as_of) == said
    again = reportwatch("db", "copy", f"sqlite:///{back}")
    assert again.code == 0, again.err
    assert rows(back) == before
    named = [f"{each['rows']} {each['sha256']}" for each in there.document["tables"]]
    assert len(named) == len(metadata.tables) - 1
    shown = " ".join(again.out.replace(",", "").split())
    assert [each for each in named if each not in shown] == []
    assert SECRET not in there.out + there.err + again.out + again.err
    site[0].advance(3)
    for url in (server, f"sqlite:///{back}"):  # nothing is new, and nobody is told of it
        monkeypatch.setenv("REPORTWATCH_DATABASE_URL", url)
        ran = reportwatch("ingest", "sample-hrr", "--via", site[1], "--json")
        assert ran.code == 0
        assert {name for name, count in ran.document["counts"].items() if count} == {
            "checked",
            "unchanged",
        }
        assert reportwatch("alerts", "--json").out == said[2]
        assert reportwatch("verify").code == 0


def test_addresses_that_a_secret_encrypts_are_told_of(sample: Path, tmp_path: Path) -> None:
    hook = "https://hook.example/ours"
    assert reportwatch("subscribe", hook).code == 0
    ran = reportwatch("db", "copy", f"sqlite:///{tmp_path / 'copy.sqlite'}")
    assert "encrypted addresses: 1; use the copy with the same REPORTWATCH_SECRET" in ran.err
    assert hook.encode() not in (tmp_path / "copy.sqlite").read_bytes()


def test_whoever_is_at_work_keeps_a_database_from_being_copied(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    monkeypatch.setattr("services.backups.restore.LOCK_SECONDS", 0.1)
    target = tmp_path / "copy.sqlite"
    assert len(EVERY_LOCK) >= 5
    for name in EVERY_LOCK:
        with subtests.test(name), held(sample / "locks" / f"{name}.lock"):
            ran = reportwatch("db", "copy", f"sqlite:///{target}", "--json")
            assert ran.code == 3
            assert "nothing was copied: " in ran.document["error"]
            assert "process 4711" in ran.document["error"]
            assert not target.exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "name the database to copy to, or set REPORTWATCH_COPY_TO"),
        (["other.sqlite"], 3, "the address to copy to cannot be used"),
        (["sqlite:///none/other.sqlite"], 3, "name a file in a folder that exists"),
        (["sqlite:///home/reportwatch.sqlite"], 3, "reportwatch.sqlite exists; name a new file"),
        ([f"postgresql://a:{SECRET}@127.0.0.1:1/b"], 3, "postgresql+psycopg://a:***@127.0.0.1:1/b"),
        (
            [f"postgresql://127.0.0.1:1/b?password={SECRET}"],
            3,
            "postgresql+psycopg://127.0.0.1:1/b?password=%2A%2A%2A",
        ),
    ],
)
@pytest.mark.usefixtures("sample")
def test_a_target_that_cannot_be_used_is_named_without_its_password(
    words: list[str], code: int, said: str
) -> None:
    ran = reportwatch("db", "copy", *words)
    assert (ran.code, said in ran.err) == (code, True), ran.err
    assert SECRET not in ran.err + ran.out
