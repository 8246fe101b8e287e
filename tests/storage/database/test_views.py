"""The views show in plain names what an export as of now says, as far as it stands in columns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from databases import Database
from sqlalchemy import inspect, text
from walk_stage import Watch, watching

from services.exports.dataset import export_table, settled, table_named
from services.exports.writers import TableFormat
from storage.database.full_text import TABLE as WORDS
from storage.database.tables import metadata
from storage.database.views import VIEWS
from storage.store import open_store

ROOT = Path(__file__).parents[3]
DATASETTE = ROOT / "deployments" / "datasette" / "metadata.yaml"


@pytest.fixture
def watch(database: Database) -> Iterator[Watch]:
    with watching(database.url, database.home) as found:
        for step in range(len(found.site.timeline.steps)):
            found.at(step)
        yield found


def shown(watch: Watch, view: str) -> list[Mapping[str, Any]]:
    with watch.parts.store.read() as unit:
        return list(unit._connection.execute(text(f"SELECT * FROM {view}")).mappings())


def exported(watch: Watch, name: str) -> list[dict[str, Any]]:
    """Return an exported table's rows that are known now."""
    table, written = table_named(name), StringIO()
    assert table
    export_table(watch.parts, table, TableFormat.JSONL, written, settled(watch.parts, None))
    rows = [json.loads(line) for line in written.getvalue().splitlines()]
    return [row for row in rows if row.get("system_to") is None]


def plain(value: Any) -> Any:
    """Return a view's value as an export has it: SQLite gives times as text, truth as numbers."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S.%fZ}"
    if isinstance(value, str) and value[10:11] == " " and value[:4].isdecimal():
        return f"{value[:10]}T{value[11:26]}Z"
    return value or None


def _versions(watch: Watch) -> None:
    names = ("report", "version", "title", "valid_from", "valid_to", "last_seen_at", "url",
             "captured_at", "payload_sha256", "report_sha256", "reader_revision")  # fmt: skip
    views = [tuple(plain(row[name]) for name in names) for row in shown(watch, "versions")]
    last: dict[tuple[str, int], dict[str, Any]] = {}
    for row in exported(watch, "versions"):  # a view shows the last stay of each version
        first = last.get((row["report"], row["version"]), row)
        last[row["report"], row["version"]] = {**row, "valid_from": first["valid_from"]}
    assert len(views) >= 30
    assert any(row[4] for row in views)
    assert sorted(views, key=str) == sorted(
        (tuple(row[name] for name in names) for row in last.values()), key=str
    )


def _alike(watch: Watch, view: str, names: tuple[str, ...], fewest: int) -> None:
    views = {tuple(plain(row[name]) for name in names) for row in shown(watch, view)}
    rows = {tuple(row[name] or None for name in names) for row in exported(watch, view)}
    assert len(views) >= fewest
    assert views == rows


def _issues_and_topics(watch: Watch) -> None:
    latest = {(row["report"], row["version"]) for row in exported(watch, "coverage")}
    issues = {
        (row["report"], row["version"], row["position"], row["text"])
        for row in exported(watch, "issues")
        if (row["report"], row["version"]) in latest
    }
    names = ("report", "version", "position", "text")
    assert {tuple(row[name] for name in names) for row in shown(watch, "issues")} == issues
    topics = {
        (row["report"], row["topic"])
        for row in exported(watch, "topics")
        if (row["report"], row["version"]) in latest
    }
    assert len(issues) > 50
    assert {(row["report"], row["topic"]) for row in shown(watch, "topics")} == topics


def test_the_views_say_what_the_export_says(watch: Watch) -> None:
    _versions(watch)
    changes = ("change", "kind", "from_version", "to_version", "is_held", "subject")
    _alike(watch, "changes", changes, 30)
    coverage = ("report", "version_count", "valid_from", "valid_to", "issue_count")
    _alike(watch, "coverage", coverage, 20)
    _issues_and_topics(watch)


def test_the_views_come_back_with_an_upgrade(database: Database) -> None:
    with closing(open_store(database.url, database.home)) as store, store.read() as unit:
        assert sorted(inspect(unit._connection).get_view_names()) == sorted(VIEWS)


def test_the_page_of_tables_has_every_view_with_its_columns(database: Database) -> None:
    page = " ".join((ROOT / "docs" / "tables.md").read_text("utf-8").split())
    with closing(open_store(database.url, database.home)) as store, store.read() as unit:
        found = inspect(unit._connection)
        for name in VIEWS:
            columns = ", ".join(f"`{each['name']}`" for each in found.get_columns(name))
            told = page.partition(f"**`{name}`**")[2].partition("Columns: ")[2]
            assert told.startswith(f"{columns}."), name


def test_datasette_is_told_of_every_view_and_shows_no_table() -> None:
    told = yaml.safe_load(DATASETTE.read_text("utf-8"))["databases"]["reportwatch"]
    assert told["allow_sql"] is False
    tables = told["tables"]
    closed = {name for name, each in tables.items() if each.get("allow") is False}
    assert set(metadata.tables) <= closed
    assert {"alembic_version", WORDS} <= closed
    assert set(tables) - closed == set(VIEWS)
    assert all(tables[name]["description"] for name in VIEWS)
