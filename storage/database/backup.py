"""Back up and restore a SQLite database. PostgreSQL brings tools of its own."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from storage.database.engine import copy_sqlite, open_engine, sqlite_file
from storage.database.errors import DatabaseUnusable
from storage.database.locks import exclusively
from storage.database.migrate import current_revision
from storage.database.migrations import HEAD


def back_up(engine: Engine, target: Path) -> None:
    """Write a copy to ``target``; raises DatabaseUnusable if that cannot be done."""
    file = sqlite_file(engine)
    if file is None:
        raise DatabaseUnusable("only SQLite is backed up here; use pg_dump for PostgreSQL")
    if target.exists():
        raise DatabaseUnusable(f"{target} exists; name a new file")
    try:
        copy_sqlite(file, target)
    except (OSError, sqlite3.Error) as error:
        target.unlink(missing_ok=True)
        raise DatabaseUnusable(f"{target} cannot be written: {error}") from None


def restore(url: str, folder: Path, backup: Path) -> Path | None:
    """Put a backup in place of the database and return where the old one is kept."""
    file = sqlite_file(open_engine(url))
    if file is None:
        raise DatabaseUnusable("only SQLite is restored here; use pg_restore for PostgreSQL")
    if not backup.is_file():
        raise DatabaseUnusable(f"there is no file {backup}")
    checked = open_engine(f"sqlite:///{backup.absolute()}")
    revision = current_revision(checked)
    checked.dispose()
    if not revision:
        raise DatabaseUnusable(f"{backup} is not a backup of a reportwatch database")
    if revision > HEAD:
        raise DatabaseUnusable(
            f"{backup} was written by a newer version of reportwatch (schema {revision}, this "
            f"program knows {HEAD}); update the program first"
        )
    with exclusively(folder / "locks" / "migrate.lock"):
        kept = None
        if file.exists():
            kept = file.with_name(f"{file.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
            copy_sqlite(file, kept)
        copy_sqlite(backup, file)
    return kept
