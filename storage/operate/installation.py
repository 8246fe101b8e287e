"""Which database this is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, select

from storage.database.tables import installation


@dataclass(frozen=True)
class Installation:
    """What distinguishes this database from all others; copies and backups of it are the same."""

    uuid: UUID
    made_at: datetime

    @classmethod
    def of(cls, connection: Connection) -> Installation:
        """Return what names this database for ever."""
        row = connection.execute(select(installation)).one()
        return cls(UUID(row.uuid), row.made_at)
