"""Who may enter: keys given to programs, and the sessions of people who logged in."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, String, Table

from storage.database.tables.columns import SHA, UtcTime, key, metadata

access_key = Table(  # the key itself is never stored, only its digest
    "access_key",
    metadata,
    key(),
    Column("kind", String(8), nullable=False),  # token, session
    Column("name", String(64), nullable=False),  # of a token; '' for a session
    Column("may_operate", Boolean, nullable=False),
    Column("key_sha256", SHA, nullable=False, unique=True),
    Column("password_sha256", SHA, nullable=False),  # a session ends with its password
    Column("made_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Index("ix_access_key_kind_name", "kind", "name"),
)
