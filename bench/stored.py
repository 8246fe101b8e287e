"""Measure what a database takes: bytes in use by table, from SQLite's own account (dbstat)."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TEXTS = ("payload", "reading", "version", "change")
"""The tables that grow with a version; the others grow with every look."""


@dataclass(frozen=True)
class Stored:
    """A database at one moment: bytes in use by table with its indexes, pages and all, rows."""

    used: dict[str, int]
    file_bytes: int
    payloads: int
    versions: int

    def of(self, tables: Sequence[str] = TEXTS) -> int:
        """Return the bytes in use by some tables."""
        return sum(self.used.get(name, 0) for name in tables)

    @property
    def all_used(self) -> int:
        """Bytes in use by all tables, without the slack inside database pages."""
        return sum(self.used.values())


def measure(database: Path) -> Stored:
    """Measure a SQLite database of the product."""
    with sqlite3.connect(database) as connection:
        rows = connection.execute(
            "SELECT coalesce(s.tbl_name, 'sqlite_schema'), sum(d.payload) FROM dbstat d "
            "LEFT JOIN sqlite_schema s ON s.name = d.name GROUP BY 1"
        )
        used = {str(name): int(size) for name, size in rows}
        size = connection.execute("SELECT sum(pgsize) FROM dbstat").fetchone()[0]
        payloads = connection.execute("SELECT count(*) FROM payload").fetchone()[0]
        versions = connection.execute("SELECT count(*) FROM version").fetchone()[0]
    connection.close()
    return Stored(used, int(size), int(payloads), int(versions))
