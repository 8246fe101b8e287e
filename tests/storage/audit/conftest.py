"""A database of each kind with rows in every table."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from databases import SQLITE_NAME, Database, sqlite_url
from every_table import fill
from products import Products


@pytest.fixture
def filled(
    database: Database, products: Products, migrated_sqlite: Path, request: pytest.FixtureRequest
) -> Database:
    """A database that saw part of the sample site's timeline; all of it in slow tests."""
    is_slow = request.node.get_closest_marker("slow") is not None
    steps = 20 if is_slow else 3

    def make(home: Path) -> None:
        shutil.copy(migrated_sqlite, home)
        fill(sqlite_url(home), home, steps)

    if database.is_sqlite:
        shutil.copy(products.get(f"every-table-{steps}", make) / SQLITE_NAME, database.file)
    else:
        fill(database.url, database.home, steps)
    return database


@pytest.fixture
def filled_sqlite(products: Products, migrated_sqlite: Path, tmp_path: Path) -> Database:
    """The same, SQLite alone."""

    def make(home: Path) -> None:
        shutil.copy(migrated_sqlite, home)
        fill(sqlite_url(home), home, 3)

    shutil.copy(products.get("every-table-3", make) / SQLITE_NAME, tmp_path)
    return Database(sqlite_url(tmp_path), tmp_path)
