"""Make backups into the home folder, one a day by itself, and remove those that are too many."""

from __future__ import annotations

import logging
import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from reports.watch.alarm import AlarmKind, Finding
from services.assembly import Parts
from services.backups.kept import backup_name, backups_in, to_keep
from services.health.backup_age import note_backup
from services.health.freshness import OURSELVES
from storage.database.errors import DatabaseUnusable, StorageError

LOCK = "backup"
TRIED_PULSE = "backup:tried"
AGAIN_AFTER = timedelta(hours=1)
"""How long after a backup that failed the next one is tried."""

LEAST_LEFT = 64 * 1024 * 1024
"""Bytes that a backup leaves free: what a run records comes first."""

log = logging.getLogger(__name__)


def back_up(parts: Parts) -> Path:
    """Make a backup in the home folder, then remove those of ours that are too many; return it.

    Raises storage.database.errors.StorageError if none can be made: nothing is removed then.
    """
    lock = parts.store.lock(LOCK)
    if lock is None:
        raise DatabaseUnusable("another backup is being made; wait for its end")
    try:
        return _back_up(parts)
    finally:
        lock.release()


def back_up_to(parts: Parts, target: Path) -> None:
    """Make a backup at a place of its own; raises storage.database.errors.StorageError."""
    parts.store.back_up(target)
    with suppress(StorageError):  # a database that cannot be written can be backed up all the same
        note_backup(parts)


def back_up_if_due(parts: Parts) -> None:
    """Make the backup of the day (UTC), and raise an alarm if it fails. Never raises for it."""
    try:
        if not _is_due(parts):
            return
        _note_attempt(parts)
        try:
            log.info("backed up to %s", back_up(parts))
        except (StorageError, OSError) as error:
            log.warning("no backup could be made: %s", error)
            _settle(parts, [_failed(error)])
        else:
            _settle(parts, [])
    except StorageError as error:
        log.warning("the backup of the day is left to the next check: %s", error)


def _back_up(parts: Parts) -> Path:
    folder = parts.settings.home.absolute() / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / backup_name(parts.now(), is_archive=not parts.store.is_file)
    needed = parts.store.size() + LEAST_LEFT
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DatabaseUnusable(
            f"{folder} has {free >> 20:,} MB left, and a backup needs {needed >> 20:,} MB; free "
            "some space, or lower REPORTWATCH_BACKUPS"
        )
    parts.store.back_up(target)
    note_backup(parts)
    _drop_older(parts, folder, target)
    return target


def _drop_older(parts: Parts, folder: Path, newest: Path) -> None:
    if parts.settings.backups == "off":
        return
    days, weeks, months = map(int, parts.settings.backups.split(","))
    made = backups_in(folder)
    kept = to_keep(made.values(), (days, weeks, months))
    for path, when in made.items():
        if when not in kept and path != newest:
            path.unlink(missing_ok=True)


def _is_due(parts: Parts) -> bool:
    if parts.settings.backups == "off":
        if parts.store.is_file:  # else another machine may make them, and its alarm is not ours
            _settle(parts, [])
        return False
    now = parts.now()
    made = backups_in(parts.settings.home / "backups").values()
    if any(each.date() == now.date() for each in made):
        return False
    with parts.store.read() as unit:
        tried = unit.heartbeats.last(TRIED_PULSE)
    return tried is None or not timedelta() <= now - tried < AGAIN_AFTER


def _note_attempt(parts: Parts) -> None:
    with parts.store.write() as unit:
        unit.heartbeats.beat(TRIED_PULSE, parts.now())
        unit.commit()


def _failed(error: Exception) -> Finding:
    return Finding(
        AlarmKind.BACKUP,
        "backup",
        f"The backup that is due could not be made: {error}. Those made before are kept.",
        (),
        "`reportwatch db backup` tries it now and says what is wrong; `reportwatch doctor` says "
        "when the last good one was made.",
        gist="failed",
    )


def _settle(parts: Parts, found: list[Finding]) -> None:
    with parts.store.write() as unit:
        unit.alarms.settle(OURSELVES, [AlarmKind.BACKUP], found, None, parts.now())
        unit.commit()
