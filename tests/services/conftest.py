"""Watches over the sample site, without Prefect."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import Database
from walk_stage import Watch, watching


@pytest.fixture
def each_watch(database: Database) -> Iterator[Watch]:
    """A watch over the sample site on each kind of database, without Prefect."""
    with watching(database.url, database.home) as opened:
        yield opened


@pytest.fixture
def watch(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Watch]:
    """The same on SQLite alone: for what does not depend on the database."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copyfile(migrated_sqlite, home / "reportwatch.sqlite")
    with watching(f"sqlite:///{home / 'reportwatch.sqlite'}", home) as opened:
        yield opened


@pytest.fixture
def quiet_watch(tmp_path: Path) -> Iterator[Watch]:
    """A watch over a site whose pages carry no noise: the same bytes, and ETags."""
    home = tmp_path / "quiet"
    with watching(f"sqlite:///{home / 'reportwatch.sqlite'}", home, noise="none") as opened:
        yield opened
