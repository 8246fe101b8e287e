"""Which database this is, whether everything in it can be read back, and its size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select, text

from storage.database.errors import StorageError
from storage.database.migrations import HEAD
from storage.database.tables import form, installation, payload, reading, report, version
from storage.texts.forms import Forms
from storage.texts.payloads import Payloads
from storage.texts.readings import Readings


@dataclass(frozen=True)
class Installation:
    """What distinguishes this database from all others; copies and backups of it are the same."""

    uuid: UUID
    made_at: datetime


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
        payloads = self._check_payloads(faults)
        readings = self._check_readings(faults)
        faults += [*self._forms(), *self._unversioned()]
        if self._connection.dialect.name == "sqlite":
            verdict = self._connection.execute(text("PRAGMA quick_check")).scalar()
            faults += [] if verdict == "ok" else [f"the SQLite file is damaged: {verdict}"]
        return {"payloads": payloads, "readings": readings, "faults": faults}

    def _check_payloads(self, faults: list[str]) -> int:
        store = Payloads(self._connection, is_fresh=True)
        digests = self._connection.execute(select(payload.c.sha256)).scalars().all()
        for digest in digests:
            try:
                store.get(digest)
            except (StorageError, KeyError, ValueError, RuntimeError) as error:
                faults.append(f"payload {digest}: {error}")
        return len(digests)

    def _check_readings(self, faults: list[str]) -> int:
        store = Readings(self._connection)
        rows = self._connection.execute(select(reading)).all()
        for row in rows:
            try:
                value, _ = store.get(row.version_id, row.reader_revision)
            except (StorageError, KeyError, ValueError, RuntimeError) as error:
                faults.append(f"reading {row.id}: {error}")
                continue
            stored = (row.text_sha256, row.words_sha256, row.report_sha256)
            if stored != (value.text_sha256, value.words_sha256, value.report_sha256):
                faults.append(
                    f"reading {row.id}: its text does not have the digest it is filed under"
                )
        return len(rows)

    def _forms(self) -> list[str]:
        """Say which forms of pages no longer read as they were stored."""
        faults, store = [], Forms(self._connection)
        for report_id, digest in self._connection.execute(
            select(form.c.report_id, form.c.form_sha256)
        ):
            try:
                is_whole = store.parts(report_id).sha256 == digest
            except (StorageError, KeyError, ValueError) as error:
                faults.append(f"the form of report {report_id}: {error}")
                continue
            if not is_whole:
                faults.append(f"the form of report {report_id} does not have its digest")
        return faults

    def _unversioned(self) -> list[str]:
        versioned = select(version.c.report_id)
        query = select(func.count()).select_from(report).where(report.c.id.not_in(versioned))
        count = self._connection.execute(query).scalar()
        return [f"{count} report(s) have no version"] if count else []

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
