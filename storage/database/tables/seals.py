"""What shows that a row is as the program wrote it: written by triggers, see database/seals.py."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, String, Table

from storage.database.tables.columns import metadata

row_seal = Table(
    "row_seal",
    metadata,
    Column("table_name", String(32), primary_key=True),
    Column("row_key", String(64), primary_key=True),
    Column("sha256", LargeBinary, nullable=False),  # the first 16 bytes of it
    sqlite_with_rowid=False,
)
