"""A database of every schema that ever was, with rows in every table, is brought up to date."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from databases import SQLITE_NAME, Database, sqlite_url
from every_table import fill
from products import Products
from sqlalchemy import Connection, inspect, text

from storage.audit.audit import Audit
from storage.database.engine import open_engine
from storage.database.full_text import is_engine_table
from storage.database.migrate import _tables_may_be_remade, upgrade
from storage.database.migrations import HEAD

Rows = dict[str, dict[str, Counter[str]]]
"""The values of each column of each table, and how many rows a table has under ``*``."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "storage.database:migrations")
    return config


REVISIONS = sorted(
    each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()
)
SUBSCRIPTION_BEFORE = (
    "countries",
    "regions",
    "sources",
    "editions",
    "topics",
    "sections",
    "kinds",
    "least",
    "is_unsure",
    "every",
)
OLDER = [each for each in REVISIONS if each != HEAD]

FAST = {OLDER[0], OLDER[-1]}

TAKEN_OUT = {
    "0010": {"report_facts.facts"},
    "0009": {f"subscription.{each}" for each in SUBSCRIPTION_BEFORE},
}
"""Columns that an upgrade takes out on purpose, by its number; what they held is asked for in
test_migrations.py."""


@pytest.fixture
def filled(database: Database, products: Products, migrated_sqlite: Path) -> Database:
    """A database of each kind with rows in every table."""

    def make(home: Path) -> None:
        shutil.copy(migrated_sqlite, home)
        fill(sqlite_url(home), home, 3)

    if database.is_sqlite:
        shutil.copy(products.get("every-table-3", make) / SQLITE_NAME, database.file)
    else:
        fill(database.url, database.home, 3)
    return database


def stored(connection: Connection) -> Rows:
    """Return what every table of ours holds, whatever its schema."""
    found: Rows = {}
    for table in inspect(connection).get_table_names():
        if is_engine_table(table) or table in ("alembic_version", "row_seal"):
            continue
        rows = connection.execute(text(f'SELECT * FROM "{table}"')).mappings().all()
        columns = [each["name"] for each in inspect(connection).get_columns(table)]
        found[table] = {"*": Counter({str(len(rows)): 1})}
        for name in columns:
            found[table][name] = Counter(repr(row[name]) for row in rows)
    return found


def lost(before: Rows, after: Rows) -> list[str]:
    """Name the tables and columns that do not hold any more what they held."""
    return [
        f"{table}.{column}"
        for table, columns in before.items()
        for column, values in columns.items()
        if after.get(table, {}).get(column) != values
    ]


@pytest.mark.parametrize(
    "revision",
    [pytest.param(each, marks=[] if each in FAST else pytest.mark.slow) for each in OLDER],
)
def test_an_upgrade_keeps_every_row_of_every_older_schema(filled: Database, revision: str) -> None:
    engine = open_engine(filled.url)
    config = _config()
    with engine.connect() as connection, _tables_may_be_remade(connection):
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        connection.commit()
    with engine.connect() as connection:
        before = stored(connection)
    upgrade(engine, filled.home, lambda _line: None)
    with engine.connect() as connection:
        after = stored(connection)
        assert Audit(connection).check()["faults"] == []
    engine.dispose()
    assert len(before) >= 17
    taken = set().union(*(names for by, names in TAKEN_OUT.items() if revision < by))
    assert set(lost(before, after)) <= taken
