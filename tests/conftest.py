"""What every test stands on: a clean environment, and fresh databases of both kinds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import TEMPLATE, Database
from hypothesis import settings
from postgres import PostgresServer, find_programs, serve_postgres

from storage.store import Store, open_store

settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")
"""The same examples each time, however slow the machine; ``--hypothesis-profile default`` looks for
new ones."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave slow tests out unless `-m` says what is wanted."""
    if config.option.markexpr:
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("slow")]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of them."""
    for name in os.environ:
        if name.startswith("REPORTWATCH_") and name != "REPORTWATCH_CORPUS":
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole session."""
    programs = find_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server programs found (initdb, postgres)")
    with serve_postgres(programs) as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(
    postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> PostgresServer:
    """The server with a migrated database to copy."""
    postgres.run(f"CREATE DATABASE {TEMPLATE}")
    open_store(postgres.url(TEMPLATE), tmp_path_factory.mktemp("home")).close()
    return postgres


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    file = tmp_path_factory.mktemp("migrated") / "reportwatch.sqlite"
    open_store(f"sqlite:///{file}", file.parent).close()
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty database of each kind."""
    home = tmp_path / "home"
    home.mkdir()
    if request.param == "sqlite":
        file = home / "reportwatch.sqlite"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), file)
        yield Database(f"sqlite:///{file}", home)
        return
    server: PostgresServer = request.getfixturevalue("migrated_postgres")
    name = server.create(TEMPLATE)
    yield Database(server.url(name), home)
    server.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def blank_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database of each kind that nobody has opened yet."""
    home = tmp_path / "home"
    if request.param == "sqlite":
        yield Database(f"sqlite:///{home / 'reportwatch.sqlite'}", home)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create()
    yield Database(server.url(name), home)
    server.drop(name)


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    """An open store on each kind of database."""
    opened = open_store(database.url, database.home)
    yield opened
    opened.close()
