"""When the last good backup was made."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.assembly import Parts
from storage.unit import Unit

BACKUP_PULSE = "backup"
"""The pulse of backups: the last one that was whole and checked."""

OLD_BACKUP = timedelta(hours=49)
"""Backups are daily; a last good one of this age is too old."""


def last_backup(unit: Unit) -> datetime | None:
    """Return when the last good backup was made, None if none ever was."""
    return unit.heartbeats.last(BACKUP_PULSE)


def note_backup(parts: Parts) -> None:
    """Keep that a good backup was made now; raises storage.database.errors.StorageError."""
    with parts.store.write() as unit:
        unit.heartbeats.beat(BACKUP_PULSE, parts.now())
        unit.commit()
