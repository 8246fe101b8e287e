"""Back up a database, and check a backup."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Engine, text

from storage.database.archives import is_archive, read_archive, write_archive
from storage.database.copies import copy_database
from storage.database.engine import connected, open_to_read, sqlite_file
from storage.database.errors import DatabaseFailed, DatabaseUnusable
from storage.database.migrate import current_revision
from storage.database.migrations import HEAD


def back_up(engine: Engine, target: Path) -> None:
    """Write a copy to ``target``, checked and whole, or nothing.

    Raises DatabaseUnusable if that cannot be done.
    """
    if target.exists():
        raise DatabaseUnusable(f"{target} exists; name a new file")
    try:
        if sqlite_file(engine) is None:
            write_archive(engine, target, _check_archive)
        else:
            copy_database(engine, target, _check_copy)
    except (OSError, sqlite3.Error) as error:
        raise DatabaseUnusable(f"{target} cannot be written: {error}") from None


def _check_archive(file: Path) -> None:
    check_revision(file, read_archive(file).revision)


def _check_copy(file: Path) -> None:
    try:
        check_backup(file)
    except DatabaseUnusable as error:
        raise DatabaseUnusable(
            f"nothing was backed up, since the copy is not sound ({error}), nor is the database, "
            "it seems; `reportwatch verify` says more"
        ) from None


def check_backup(file: Path) -> None:
    """Raise DatabaseUnusable if a file is no sound database that this program can take over."""
    if is_archive(file):
        raise DatabaseUnusable(f"{file} is a backup of a PostgreSQL database, and this is SQLite")
    engine = open_to_read(file)
    try:
        revision = current_revision(engine)
        with connected(engine, writes=False) as connection:
            verdict = connection.execute(text("PRAGMA integrity_check(1)")).scalar()
    except DatabaseFailed as error:
        raise DatabaseUnusable(f"{file} cannot be read: {error}") from None
    finally:
        engine.dispose()
    if not revision:
        raise DatabaseUnusable(f"{file} is not a backup of a reportwatch database")
    check_revision(file, revision)
    if verdict != "ok":
        raise DatabaseUnusable(f"{file} is damaged: {verdict}")


def check_revision(file: Path, revision: str) -> None:
    """Raise DatabaseUnusable if a backup is of a newer schema than this program knows."""
    if revision > HEAD:
        raise DatabaseUnusable(
            f"{file} was written by a newer version of reportwatch (schema {revision}, this "
            f"program knows {HEAD}); update the program first"
        )
