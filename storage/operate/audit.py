"""Which database this is, whether everything in it can be read back, and its size."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from storage.database.errors import StorageError
from storage.database.migrations import HEAD
from storage.database.seals import sealed_tables
from storage.database.tables import form, installation, payload, reading, report, version
from storage.operate.row_audit import row_faults, structure_faults
from storage.texts.forms import Forms
from storage.texts.payloads import Payloads
from storage.texts.readings import Readings


@dataclass(frozen=True)
class Installation:
    """What distinguishes this database from all others; copies and backups of it are the same."""

    uuid: UUID
    made_at: datetime


MOST_FAULTS = 100
"""As many of a kind are named."""

_UNREADABLE = (StorageError, SQLAlchemyError, KeyError, ValueError, RuntimeError, TypeError)
_OF_READING = (
    reading.c.id,
    reading.c.version_id,
    reading.c.reader_revision,
    reading.c.text_sha256,
    reading.c.words_sha256,
    reading.c.report_sha256,
)


class Audit:
    """The audits of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def revision(self) -> str:
        """Return the schema's revision."""
        found = self._connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return str(found or HEAD)

    def installation(self) -> Installation:
        """Return what names this database for ever."""
        row = self._connection.execute(select(installation)).one()
        return Installation(UUID(row.uuid), row.made_at)

    def check(self) -> dict[str, Any]:
        """Read everything back; ``faults`` says in words what no longer fits."""
        faults: list[str] = []
        self._note("the database", structure_faults(self._connection), faults)
        payloads = self._check_payloads(faults)
        readings = self._check_readings(faults)
        self._note("forms", self._forms(), faults)
        self._note("versions", self._unversioned(), faults)
        for table, key in sealed_tables(self._connection.dialect.name).items():
            self._note(table, row_faults(self._connection, table, key), faults)
        return {"payloads": payloads, "readings": readings, "faults": faults}

    def _note(self, what: str, found: Iterable[str], faults: list[str]) -> None:
        """Note the first faults of a kind; what cannot be read is one, and the rest goes on."""
        try:
            for number, fault in enumerate(found):
                if number == MOST_FAULTS:
                    faults.append(f"{what}: there are more faults than these {MOST_FAULTS}")
                    return
                faults.append(fault)
        except (StorageError, SQLAlchemyError, sqlite3.Error, ValueError, KeyError) as error:
            faults.append(f"{what}: cannot be read ({type(error).__name__}: {str(error)[:200]})")

    def _check_payloads(self, faults: list[str]) -> int:
        store = Payloads(self._connection, is_fresh=True)
        digests: list[str] = []
        self._note("payload", self._damaged_payloads(store, digests), faults)
        return len(digests)

    def _damaged_payloads(self, store: Payloads, digests: list[str]) -> Iterator[str]:
        digests += self._connection.execute(select(payload.c.sha256)).scalars().all()
        for digest in digests:
            try:
                store.get(digest)
            except _UNREADABLE as error:
                yield f"payload {digest}: {error}"

    def _check_readings(self, faults: list[str]) -> int:
        store = Readings(self._connection)
        rows: list[Row[Any]] = []
        self._note("reading", self._damaged_readings(store, rows), faults)
        return len(rows)

    def _damaged_readings(self, store: Readings, rows: list[Row[Any]]) -> Iterator[str]:
        rows += self._connection.execute(select(*_OF_READING)).all()
        for row in rows:
            try:
                value, _ = store.get(row.version_id, row.reader_revision)
            except _UNREADABLE as error:
                yield f"reading {row.id}: {error}"
                continue
            stored = (row.text_sha256, row.words_sha256, row.report_sha256)
            if stored != (value.text_sha256, value.words_sha256, value.report_sha256):
                yield f"reading {row.id}: its text does not have the digest it is filed under"

    def _forms(self) -> Iterator[str]:
        """Say which forms of pages no longer read as they were stored."""
        store = Forms(self._connection)
        for report_id, digest in self._connection.execute(
            select(form.c.report_id, form.c.form_sha256)
        ).all():
            try:
                is_whole = store.parts(report_id).sha256 == digest
            except _UNREADABLE as error:
                yield f"the form of report {report_id}: {error}"
                continue
            if not is_whole:
                yield f"the form of report {report_id} does not have its digest"

    def _unversioned(self) -> list[str]:
        versioned = select(version.c.report_id)
        query = select(func.count()).select_from(report).where(report.c.id.not_in(versioned))
        count = self._connection.execute(query).scalar()
        return [f"{count} report(s) have no version"] if count else []

    def database_bytes(self) -> int:
        """Return how large the database is as a whole, a write-ahead log apart."""
        if self._connection.dialect.name == "sqlite":
            pages = self._connection.execute(text("PRAGMA page_count")).scalar_one()
            return int(pages) * int(self._connection.execute(text("PRAGMA page_size")).scalar_one())
        query = text("SELECT pg_database_size(current_database())")
        return int(self._connection.execute(query).scalar_one())

    def sizes(self) -> dict[str, int]:
        """Return bytes stored, compressed and as they came."""
        packed = func.coalesce(func.sum(func.length(payload.c.body)), 0)
        raw = func.coalesce(func.sum(payload.c.size), 0)
        read = func.coalesce(func.sum(func.length(reading.c.body)), 0)
        count, stored, came = self._connection.execute(select(func.count(), packed, raw)).one()
        words = self._connection.execute(select(read)).scalar_one()
        return {
            "payloads": count,
            "payload_bytes": int(stored),
            "payload_bytes_as_received": int(came),
            "reading_bytes": int(words),
        }
