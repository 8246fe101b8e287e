"""Watches over the sample site, without Prefect."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import Database, sqlite_url
from order import is_on_postgres
from products import Products
from walk_stage import BETWEEN_RUNS, START, Watch, watching

from alerts.sink import Sink


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave use cases on PostgreSQL to the slow tier, but those marked `on_both`.

    The SQL of both kinds is tested in tests/storage; here it is only walked through once more.
    """
    for item in items:
        is_ours = item.path.is_relative_to(Path(__file__).parent)
        if is_ours and is_on_postgres(item) and not item.get_closest_marker("on_both"):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def each_watch(database: Database) -> Iterator[Watch]:
    """A watch over the sample site on each kind of database, without Prefect."""
    with watching(database.url, database.home) as opened:
        yield opened


@pytest.fixture
def seen(products: Products, home: Path) -> None:
    """Let ``watch`` have seen the sample site once; for tests that begin there."""

    def look(folder: Path) -> None:
        with watching(sqlite_url(folder), folder) as first:
            first.run()

    shutil.copytree(products.get("seen", look), home, dirs_exist_ok=True)


@pytest.fixture
def home(tmp_path: Path, migrated_sqlite: Path) -> Path:
    """A data folder with a migrated SQLite database."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(migrated_sqlite, home)
    return home


@pytest.fixture
def watch(home: Path, request: pytest.FixtureRequest) -> Iterator[Watch]:
    """The same on SQLite alone: for what does not depend on the database."""
    with watching(sqlite_url(home), home) as opened:
        if "seen" in request.fixturenames:
            opened.site.was_asked_before()
            opened.now = START + BETWEEN_RUNS
        yield opened


@pytest.fixture
def quiet_watch(home: Path) -> Iterator[Watch]:
    """A watch over a site whose pages carry no noise: the same bytes, and ETags."""
    with watching(sqlite_url(home), home, noise="none") as opened:
        yield opened


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with Sink(tmp_path / "mail") as listening:
        yield listening
