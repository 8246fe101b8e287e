"""Put a backup in place of the database, which is kept; a kill leaves the one or the other."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, text

from storage.database.archives import SUFFIX, is_archive
from storage.database.backup import check_backup
from storage.database.copies import copy_database, sync_folder, written_whole
from storage.database.engine import (
    BUSY_SECONDS,
    connected,
    open_engine,
    open_to_read,
    sqlite_file,
)
from storage.database.errors import DatabaseFailed, DatabaseUnusable
from storage.database.locks import exclusively
from storage.database.restore_archive import restore_archive, sent_twice

KEPT = 3
"""How many replaced databases are kept beside the one in use."""

_KEPT_NAME = re.compile(r"\.replaced-\d{8}T\d{6}\.\d{6}Z")
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def restore(url: str, folder: Path, backup: Path) -> Path | None:
    """Put a backup in place of the database and return where the old one is kept.

    Beside the database, or in ``folder`` if that is on a server. Programs that have it open see the
    backup from then on. Raises DatabaseUnusable for what is no sound backup, and if the disk is
    full: the database is as it was.
    """
    engine = open_engine(url)
    file = sqlite_file(engine)
    if file is None:
        return _restore_on_server(engine, folder / f"reportwatch{SUFFIX}", backup)
    check_backup(backup)
    with exclusively(folder / "locks" / "migrate.lock"):
        try:
            kept = _keep(file) if file.exists() else None
            _put(backup, file)
            _drop_older(file, but=backup)
        except (OSError, sqlite3.Error) as error:
            raise DatabaseUnusable(f"{backup} was not restored: {error}") from None
    return kept


def kept_databases(file: Path) -> list[Path]:
    """Return the databases that restores replaced, the newest first."""
    return sorted(
        (each for each in file.parent.glob(f"{file.name}.replaced-*") if _is_kept(file, each)),
        reverse=True,
    )


def mailed_again(backup: Path, replaced: Path) -> int | None:
    """Count the alerts sent from a replaced database that its backup knows nothing of, or as due.

    They go out again. None if the replaced database cannot be read.
    """
    try:
        if is_archive(replaced):
            return sent_twice(backup, replaced)
        known = set(_rows(backup, "SELECT id FROM change"))
        waiting = set(_rows(backup, f"SELECT alert.id {_OF_MESSAGE} WHERE {_WAITS}"))
        sent = _rows(replaced, f"SELECT alert.id, change_id {_OF_MESSAGE} WHERE state = 'sent'")
    except (DatabaseFailed, DatabaseUnusable):
        return None
    return sum((change,) not in known or (alert,) in waiting for alert, change in sent)


_OF_MESSAGE = "FROM alert LEFT JOIN message ON message.id = alert.message_id"
_WAITS = "NOT is_dropped AND coalesce(state, 'due') IN ('due', 'claimed', 'retrying')"


def _rows(file: Path, query: str) -> list[tuple[int, ...]]:
    engine = open_to_read(file)
    try:
        with connected(engine, writes=False) as connection:
            return [tuple(row) for row in connection.execute(text(query))]
    finally:
        engine.dispose()


def _restore_on_server(engine: Engine, file: Path, backup: Path) -> Path | None:
    kept = _kept_name(file)
    try:
        is_kept = restore_archive(engine, backup, kept)
    finally:
        engine.dispose()
    _drop_older(file, but=backup)
    return kept if is_kept else None


def _kept_name(file: Path) -> Path:
    return file.with_name(f"{file.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")


def _is_kept(file: Path, found: Path) -> bool:
    return bool(_KEPT_NAME.fullmatch(found.name.removeprefix(file.name)))


def _keep(file: Path) -> Path:
    kept = _kept_name(file)
    engine = open_engine(f"sqlite:///{file.absolute()}")
    try:
        copy_database(engine, kept, lambda _copy: None)
    except sqlite3.DatabaseError as error:
        if not _is_damage(error):
            raise
        for end in ("", "-wal"):  # as it is: somebody may want to save what can be saved
            if (damaged := Path(f"{file}{end}")).exists():
                with written_whole(Path(f"{kept}{end}")) as copy:
                    shutil.copyfile(damaged, copy)
    finally:
        engine.dispose()
    return kept


def _put(backup: Path, file: Path) -> None:
    """Copy a backup over the database in one transaction of SQLite's own, if it still is one."""
    source = open_to_read(backup)
    try:
        if file.exists():
            try:
                with (
                    closing(source.raw_connection()) as held,
                    closing(sqlite3.connect(file, timeout=BUSY_SECONDS)) as target,
                ):
                    target.execute("PRAGMA synchronous = FULL").close()
                    held.driver_connection.backup(target)  # type: ignore[union-attr]
                    target.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
                return
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
        _replace(source, file)
    finally:
        source.dispose()


def _replace(source: Engine, file: Path) -> None:
    """Put a file of its own in the place of a damaged database, or of none."""

    def drop_log(_copy: Path) -> None:
        # Before the new file has its name: to that, the old log would be a damage.
        for end in ("-wal", "-shm", "-journal"):
            Path(f"{file}{end}").unlink(missing_ok=True)
        sync_folder(file.parent)

    copy_database(source, file, drop_log)


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def _drop_older(file: Path, but: Path) -> None:
    for each in kept_databases(file)[KEPT:]:
        if not each.samefile(but):
            each.unlink()
            Path(f"{each}-wal").unlink(missing_ok=True)
