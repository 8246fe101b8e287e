"""Databases to copy from and to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import SQLITE_NAME, Database, sqlite_url
from every_table import fill
from postgres import PostgresServer
from products import Products


@pytest.fixture
def filled_sqlite(
    products: Products, migrated_sqlite: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Database:
    """A SQLite file with rows in every table; all of the sample's timeline in slow tests."""
    steps = 20 if request.node.get_closest_marker("slow") else 3

    def make(home: Path) -> None:
        shutil.copy(migrated_sqlite, home)
        fill(sqlite_url(home), home, steps)

    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(products.get(f"every-table-{steps}", make) / SQLITE_NAME, home)
    return Database(sqlite_url(home), home)


@pytest.fixture
def empty_server_database(postgres: PostgresServer) -> Iterator[str]:
    """The address of a PostgreSQL database that nobody has opened yet."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)
