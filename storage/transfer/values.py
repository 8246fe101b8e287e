"""The rows of a table as values that SQLite and PostgreSQL give alike, and a digest of them.

Times are in UTC, truth values are truth values, JSON is the very text that is stored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, MetaData, Row, Table, Text, cast, select

from storage.database.tables import metadata, row_seal

AT_ONCE = 100
"""Rows that are in memory at once."""

_MODULUS = 1 << 256


@dataclass
class TableSum:
    """How many rows of a table were seen, and the sum of their digests: in any order the same."""

    rows: int = 0
    total: int = 0

    def add(self, row: Row[Any]) -> None:
        """Count a row."""
        self.rows += 1
        self.total = (self.total + int.from_bytes(_digest(row), "big")) % _MODULUS

    @property
    def sha256(self) -> str:
        """The sum in 64 hexadecimal digits."""
        return f"{self.total:064x}"


def copied_tables() -> list[Table]:
    """Return the tables whose rows are copied, those that others refer to first.

    Seals are made anew, since each kind of database has its own; so are the words of the search.
    """
    return [table for table in metadata.sorted_tables if table is not row_seal]


def plain(table: Table) -> Table:
    """Return a table as it is written to: JSON as text."""
    columns = (
        Column(each.name, Text() if _is_json(each) else each.type, primary_key=each.primary_key)
        for each in table.columns
    )
    return Table(table.name, MetaData(), *columns)


def rows_of(connection: Connection, table: Table) -> Iterator[Row[Any]]:
    """Give the rows of a table, a few at a time."""
    values = [
        (cast(each, Text) if _is_json(each) else each).label(each.name) for each in table.columns
    ]
    yield from connection.execute(select(*values), execution_options={"yield_per": AT_ONCE})


def _is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON)


def _digest(row: Row[Any]) -> bytes:
    made = hashlib.sha256()
    for value in row:
        if isinstance(value, bytes):
            body = value
        elif isinstance(value, datetime):
            body = value.isoformat(timespec="microseconds").encode()
        else:
            body = str(value).encode("utf-8", "surrogateescape")
        made.update(f"{type(value).__name__} {len(body)}:".encode())
        made.update(body)
    return made.digest()
