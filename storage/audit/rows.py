"""Whether each row is as the program wrote it, and the database itself is sound."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, text

from storage.database.seals import (
    SEAL,
    digest,
    raw_connection,
    row_key,
    rows,
    seals_now,
)

_MANY = 100
"""As many faults of one table, or of the file, are named."""


def structure_faults(connection: Connection) -> Iterator[str]:
    """Say what the database itself finds wrong: its pages, its indexes, rows without owners."""
    if connection.dialect.name != "sqlite":
        query = "SELECT conname FROM pg_constraint WHERE NOT convalidated ORDER BY 1"
        for name in connection.execute(text(query)).scalars():
            yield f"the constraint {name} is not held"
        return
    raw = raw_connection(connection)
    for (verdict,) in raw.execute(f"PRAGMA integrity_check({_MANY})"):
        if verdict != "ok":
            yield f"the SQLite file is damaged: {str(verdict)[:300]}"
    for table, number, owner, _ in raw.execute("PRAGMA foreign_key_check").fetchmany(_MANY):
        yield f"{table} {number}: it belongs to a row of {owner} that is not there"


def row_count(connection: Connection, table: str) -> int:
    """Return how many rows a table has: their seals are looked at one by one on SQLite."""
    if connection.dialect.name != "sqlite":
        return 0
    return int(connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one())  # noqa: S608


def row_faults(
    connection: Connection, table: str, key: tuple[str, ...], tick: Callable[[], None]
) -> Iterator[str]:
    """Name the rows of a table that were changed, added or deleted by other than the program."""
    if connection.dialect.name == "sqlite":
        yield from _on_sqlite(raw_connection(connection), table, key, tick)
    else:
        yield from _on_postgresql(connection, table, key)


def _on_sqlite(
    raw: sqlite3.Connection, table: str, key: tuple[str, ...], tick: Callable[[], None]
) -> Iterator[str]:
    of_row = f"SELECT sha256 FROM {SEAL} WHERE table_name = ? AND row_key = ?"  # noqa: S608
    known = 0
    for values, row in rows(raw, table, key):
        tick()
        name = row_key(*values)
        seal = raw.execute(of_row, (table, name)).fetchone()
        known += seal is not None
        if seal is None:
            yield f"{table} {name}: reportwatch has not added it, or not under this number"
        elif seal[0] != digest(*row):
            yield f"{table} {name}: it is not what reportwatch wrote"
    of_table = f"SELECT row_key FROM {SEAL} WHERE table_name = ?"  # noqa: S608
    count = raw.execute(of_table.replace("row_key", "count(*)", 1), (table,)).fetchone()[0]
    if count == known:
        return
    names = {row_key(*values) for values, _ in rows(raw, table, key)}
    for (name,) in raw.execute(of_table, (table,)):
        if name not in names:
            yield f"{table} {name}: it was deleted by another than reportwatch"


def _on_postgresql(connection: Connection, table: str, key: tuple[str, ...]) -> Iterator[str]:
    connection.execute(text("SET LOCAL timezone = 'UTC'"))
    query = (
        "SELECT coalesce(now.row_key, kept.row_key), now.sha256 IS NULL, kept.sha256 IS NULL "  # noqa: S608
        f"FROM ({seals_now(table, key)}) AS now FULL JOIN (SELECT row_key, sha256 FROM {SEAL} "
        f"WHERE table_name = :table) AS kept ON kept.row_key = now.row_key "
        f"WHERE now.sha256 IS DISTINCT FROM kept.sha256 ORDER BY 1 LIMIT {_MANY}"
    )
    for name, is_gone, is_new in connection.execute(text(query), {"table": table}):
        what = "deleted" if is_gone else "added, or its number changed,"
        if is_gone or is_new:
            yield f"{table} {name}: it was {what} by another than reportwatch"
        else:
            yield f"{table} {name}: it is not what reportwatch wrote"
