"""A database copied into another of either kind holds the same, and nothing else is left behind."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest
from databases import TEMPLATE, Database
from old_schemas import taken_back
from postgres import PostgresServer
from sqlalchemy import Connection, func, insert, select, text

from reports.search.query import parse_query
from storage.audit.audit import Audit
from storage.database.engine import WRITES, open_engine
from storage.database.errors import DatabaseUnusable
from storage.database.tables import metadata, passage, payload
from storage.search.find import SearchScope
from storage.store import open_store
from storage.transfer.transfer import Copied, transfer

ROOT = Path(__file__).parents[3]
KILLED = """
import os, signal, sys
from pathlib import Path
from storage.transfer import transfer as at_work
after = int(sys.argv[4])
done = 0
def progress(what, *_counts):
    global done
    done += 1
    if done == after:
        os.kill(os.getpid(), signal.SIGKILL)
at_work._OFTEN = 10
at_work.transfer(sys.argv[1], sys.argv[2], Path(sys.argv[3]), progress)
print(done)
"""


def copy(source: str, target: str, home: Path) -> Copied:
    return transfer(source, target, home, lambda what, done, total: None)


def stored(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table of ours as SQLite stores it, seals among them."""
    with closing(sqlite3.connect(file)) as opened:
        names = [*metadata.tables, "alembic_version", "sqlite_sequence"]
        return {
            name: sorted(opened.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for name in names
        }


def faults(url: str) -> list[str]:
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            found: list[str] = Audit(connection).check()["faults"]
            return found
    finally:
        engine.dispose()


def execute(url: str, *statements: str, writes: bool = False) -> None:
    engine = open_engine(url)
    with engine.connect().execution_options(**{WRITES: writes}) as connection:
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()
    engine.dispose()


@pytest.mark.parametrize("_steps", ["few", pytest.param("all", marks=pytest.mark.slow)])
def test_every_row_of_every_table_comes_back_from_a_server_as_it_was(
    _steps: str,
    filled_sqlite: Database,
    empty_server_database: str,
    tmp_path: Path,
) -> None:
    back = tmp_path / "back.sqlite"
    there = copy(filled_sqlite.url, empty_server_database, filled_sqlite.home)
    again = copy(empty_server_database, f"sqlite:///{back}", filled_sqlite.home)
    before = stored(filled_sqlite.file)
    assert len(there.tables) == len(metadata.tables) - 1
    assert all(before[name] for name in metadata.tables)
    assert stored(back) == before
    assert again.tables == there.tables
    assert {name: each.rows for name, each in there.tables.items()} == {
        name: len(rows) for name, rows in before.items() if name in there.tables
    }
    assert faults(empty_server_database) == faults(f"sqlite:///{back}") == []
    assert [each.name for each in tmp_path.iterdir() if "back" in each.name] == ["back.sqlite"]


def test_a_copy_of_the_same_kind_is_equal_too(
    filled_sqlite: Database, postgres: PostgresServer, tmp_path: Path
) -> None:
    sums = []
    urls = [filled_sqlite.url, f"sqlite:///{tmp_path / 'a.sqlite'}"]
    urls += [postgres.url(postgres.create()) for _ in range(2)]
    for source, target in pairwise(urls):
        sums.append(copy(source, target, filled_sqlite.home).tables)
        assert faults(target) == []
    assert sums[0] == sums[1] == sums[2]


def test_what_could_be_found_is_found_in_the_copy(
    filled_sqlite: Database, empty_server_database: str
) -> None:
    copy(filled_sqlite.url, empty_server_database, filled_sqlite.home)
    found = []
    for url in (filled_sqlite.url, empty_server_database):
        with closing(open_store(url, filled_sqlite.home)) as store, store.read() as unit:
            found.append(unit.search.find(parse_query("government"), SearchScope(), limit=1000))
    assert found[0].hits
    assert found[0] == found[1]


def next_passage(connection: Connection) -> int:
    row = {
        each.name: value
        for each in passage.columns
        if each.name != "id"
        for value in [connection.execute(select(each).limit(1)).scalar()]
    }
    made = connection.execute(insert(passage).values(**row).returning(passage.c.id))
    return int(made.scalar_one())


def test_no_number_that_was_given_is_given_again_in_the_copy(
    filled_sqlite: Database, empty_server_database: str, tmp_path: Path
) -> None:
    engine = open_engine(filled_sqlite.url)
    with engine.connect().execution_options(**{WRITES: True}) as connection:
        given = next_passage(connection)
        connection.execute(passage.delete().where(passage.c.id == given))
        connection.commit()
    engine.dispose()
    back = f"sqlite:///{tmp_path / 'back.sqlite'}"
    copy(filled_sqlite.url, empty_server_database, filled_sqlite.home)
    copy(empty_server_database, back, filled_sqlite.home)
    for url in (empty_server_database, back):
        engine = open_engine(url)
        with engine.connect() as connection:
            assert next_passage(connection) == given + 1
        engine.dispose()


def filled_with_a_row(url: str) -> None:
    execute(url, "INSERT INTO pulse VALUES ('check', '2026-05-01 09:00:00')", writes=True)


def of_an_older_schema(url: str) -> None:
    taken_back(url, "0014")


def of_a_newer_schema(url: str) -> None:
    execute(url, "UPDATE alembic_version SET version_num = '9999'")


def of_another_program(url: str) -> None:
    execute(url, "DROP TABLE alembic_version")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (filled_with_a_row, "is not empty: it has rows in pulse"),
        (of_an_older_schema, "holds a database of schema 0014; name an empty one"),
        (of_another_program, "holds tables of another program; name an empty database"),
    ],
)
def test_a_target_that_is_not_empty_is_refused_and_left_as_it_was(
    filled_sqlite: Database,
    migrated_postgres: PostgresServer,
    make: Callable[[str], None],
    said: str,
) -> None:
    target = migrated_postgres.url(migrated_postgres.create(TEMPLATE))
    make(target)
    with pytest.raises(DatabaseUnusable, match=said):
        copy(filled_sqlite.url, target, filled_sqlite.home)
    with psycopg.connect(target) as session:
        assert session.execute("SELECT count(*) FROM report").fetchone() == (0,)


def test_a_file_that_exists_is_refused_and_left_as_it_was(
    filled_sqlite: Database, tmp_path: Path
) -> None:
    target = tmp_path / "there.sqlite"
    target.write_bytes(b"mine")
    with pytest.raises(DatabaseUnusable, match=r"there\.sqlite exists; name a new file"):
        copy(filled_sqlite.url, f"sqlite:///{target}", filled_sqlite.home)
    assert target.read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (of_an_older_schema, "has the schema 0014, .* run `reportwatch db upgrade` before"),
        (of_a_newer_schema, "has the schema 9999, .* update the program"),
        (of_another_program, "tables of another program"),
        (
            lambda url: execute(url, "UPDATE report SET title = 'Another'"),
            "rows are not as reportwatch wrote them .* `reportwatch verify` names all",
        ),
    ],
)
def test_a_source_that_cannot_be_copied_truthfully_is_refused(
    filled_sqlite: Database, tmp_path: Path, make: Callable[[str], None], said: str
) -> None:
    make(filled_sqlite.url)
    with pytest.raises(DatabaseUnusable, match=said):
        copy(filled_sqlite.url, f"sqlite:///{tmp_path / 'copy.sqlite'}", filled_sqlite.home)
    assert not list(tmp_path.glob("copy.sqlite*"))


@pytest.mark.parametrize("source", ["sqlite:///{home}/none.sqlite", "nonsense"])
def test_an_address_of_nothing_is_refused(source: str, tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnusable, match=r"there is no database|cannot be used"):
        copy(source.format(home=tmp_path), f"sqlite:///{tmp_path / 'copy.sqlite'}", tmp_path)
    assert not list(tmp_path.iterdir())


def killed_after(source: str, target: str, home: Path, steps: int) -> int:
    words = [sys.executable, "-c", KILLED, source, target, str(home), str(steps)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, check=False).returncode


STEPS = (1, 20, 40, 60, 80, 100)
"""Steps of the progress after which a copy is killed: while it checks, copies, compares."""


@pytest.mark.parametrize("is_file", [True, False], ids=["a file", "a server"])
def test_a_copy_that_is_killed_leaves_nothing_that_looks_like_one(
    filled_sqlite: Database, empty_server_database: str, tmp_path: Path, is_file: bool
) -> None:
    file = tmp_path / "copy.sqlite"
    target = f"sqlite:///{file}" if is_file else empty_server_database
    for steps in STEPS:
        assert killed_after(filled_sqlite.url, target, filled_sqlite.home, steps) == -signal.SIGKILL
        if is_file:
            assert not file.exists()
        elif steps > STEPS[0]:
            with psycopg.connect(target) as session:
                assert session.execute("SELECT count(*) FROM host").fetchone() == (0,)
    copied = copy(filled_sqlite.url, target, filled_sqlite.home)
    assert copied.tables["report"].rows
    assert faults(target) == []
    assert not list(tmp_path.glob("copy.sqlite?*"))


def test_a_value_that_a_server_does_not_take_is_named_and_nothing_is_copied(
    filled_sqlite: Database, empty_server_database: str
) -> None:
    execute(
        filled_sqlite.url, "UPDATE report SET published_on = '2026-05-01 and later'", writes=True
    )
    with pytest.raises(DatabaseUnusable, match="COPY report, line 1, column published_on"):
        copy(filled_sqlite.url, empty_server_database, filled_sqlite.home)
    with psycopg.connect(empty_server_database) as session:
        assert session.execute("SELECT count(*) FROM host").fetchone() == (0,)


def test_whoever_works_on_the_target_keeps_it_from_being_copied_to(
    filled_sqlite: Database, empty_server_database: str
) -> None:
    with psycopg.connect(empty_server_database) as stranger:
        stranger.execute("SELECT pg_advisory_lock(4711)")
        with pytest.raises(DatabaseUnusable, match=r"session .* works on .* that nobody uses"):
            copy(filled_sqlite.url, empty_server_database, filled_sqlite.home)


def test_a_copy_of_many_bytes_takes_no_more_memory_than_one_of_few(
    filled_sqlite: Database, tmp_path: Path
) -> None:
    peaks = []
    engine = open_engine(filled_sqlite.url)
    for more in (300, 900):
        with engine.connect().execution_options(**{WRITES: True}) as connection:
            first = connection.execute(select(func.count()).select_from(payload)).scalar_one()
            for number in range(first, first + more):
                body = {"sha256": f"{number:064x}", "shelf": "", "size": 1, "body": bytes(50_000)}
                connection.execute(insert(payload).values(**body))
            connection.commit()
        tracemalloc.start()
        copy(filled_sqlite.url, f"sqlite:///{tmp_path / f'{more}.sqlite'}", filled_sqlite.home)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    engine.dispose()
    assert peaks[1] < 1.2 * peaks[0] < 40_000_000
