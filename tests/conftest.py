"""What every test stands on: a clean environment, and fresh databases of both kinds."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import setups
from buckets import BucketServer, serve_buckets
from databases import SQLITE_NAME, TEMPLATE, Database, sqlite_url
from hypothesis import settings
from order import in_order
from postgres import PostgresServer, find_programs, serve_postgres
from products import Products
from rolled_back import RolledBackStore
from sqlalchemy import Engine

from storage.database.engine import open_engine, sqlite_file
from storage.database.migrate import upgrade
from storage.store import Store, open_store

settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")
"""The same examples each time, however slow the machine; ``--hypothesis-profile default`` looks for
new ones."""


def pytest_configure(config: pytest.Config) -> None:
    """Count what is set up; let Ctrl-C reach programs, also if a shell's background ignores it."""
    config.pluginmanager.register(setups)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave slow tests out unless `-m` says what is wanted; put those of one server together."""
    if not config.option.markexpr:
        slow = [item for item in items if item.get_closest_marker("slow")]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("slow")]
    items[:] = in_order(items)


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let SQLite commit without waiting for the disk: no test cuts the power."""
    monkeypatch.setattr("storage.database.engine.SYNCHRONOUS", "OFF")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of them."""
    for name in os.environ:
        if name.startswith(("REPORTWATCH_", "AWS_")) and name != "REPORTWATCH_CORPUS":
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
def bucket_server() -> Iterator[BucketServer]:
    """A server of buckets for the whole session."""
    with serve_buckets() as server:
        yield server


@pytest.fixture
def bucket(bucket_server: BucketServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a place in a new bucket, whose keys are in the environment."""
    for name, value in bucket_server.environment.items():
        monkeypatch.setenv(name, value)
    return bucket_server.create()


@pytest.fixture(scope="session")
def products(pytestconfig: pytest.Config) -> Products:
    """What many tests start from: copy it, and write to the copy alone."""
    return Products(pytestconfig.cache.mkdir("products"))


@pytest.fixture(scope="session")
def migrated_sqlite(products: Products) -> Path:
    """A migrated SQLite file to copy."""
    return products.get("migrated", _migrate) / SQLITE_NAME


def _migrate(home: Path) -> None:
    engine = open_engine(sqlite_url(home))
    upgrade(engine, home, print)
    engine.dispose()


@pytest.fixture(autouse=True)
def _new_files_begin_migrated(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, products: Products
) -> None:
    """Let a new SQLite file begin as a copy of a migrated one: tests/storage tests migrating."""
    if request.path.is_relative_to(Path(__file__).parent / "storage"):
        return

    def begin(engine: Engine, folder: Path, *further: Any) -> None:
        file = sqlite_file(engine)
        if file and file.parent.is_dir() and not file.exists():
            shutil.copy(products.get("migrated", _migrate) / SQLITE_NAME, file)
        upgrade(engine, folder, *further)

    monkeypatch.setattr("storage.store.upgrade", begin)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A migrated, empty database of each kind."""
    home = tmp_path / "home"
    home.mkdir()
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), home)
        yield Database(sqlite_url(home), home)
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
        yield Database(sqlite_url(home), home)
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create()
    yield Database(server.url(name), home)
    server.drop(name)


@pytest.fixture(scope="session")
def kept_postgresql(migrated_postgres: PostgresServer) -> Iterator[Engine]:
    """A migrated PostgreSQL database for tests that leave nothing in it."""
    name = migrated_postgres.create(TEMPLATE)
    engine = open_engine(migrated_postgres.url(name))
    yield engine
    engine.dispose()
    migrated_postgres.drop(name)


@pytest.fixture(scope="session")
def kept_sqlite(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """A migrated SQLite file for tests that leave nothing in it."""
    home = tmp_path_factory.mktemp("kept")
    shutil.copy(migrated_sqlite, home)
    engine = open_engine(sqlite_url(home))
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An open store on each kind of database, empty and migrated; for one thread at a time."""
    opened = RolledBackStore(request.getfixturevalue(f"kept_{request.param}"), tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def committed_store(database: Database) -> Iterator[Store]:
    """A store on a database of its own: for several connections, and for what is read outside."""
    opened = Store(open_engine(database.url), database.home)
    yield opened
    opened.close()
