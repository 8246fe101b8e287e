"""Copies of a SQLite database, and other files, that are whole or not there, whatever happens."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Engine

from storage.database.errors import DatabaseUnusable


@contextmanager
def written_whole(target: Path) -> Iterator[Path]:
    """Give a file beside the target to write to, which takes its name at the end.

    A kill leaves the target as it was; what was begun is begun anew by the next one. Raises
    DatabaseUnusable if somebody else writes the same file, OSError if it cannot be written.
    """
    partial = target.with_name(f"{target.name}.partial")
    descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DatabaseUnusable(f"another program is writing {target}") from None
        os.ftruncate(descriptor, 0)
        try:
            yield partial
            os.fsync(descriptor)
            partial.replace(target)
            sync_folder(target.parent)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def copy_database(engine: Engine, target: Path, check: Callable[[Path], None]) -> None:
    """Copy a SQLite database that may be in use to a file, which replaces one of that name.

    ``check`` is given the whole copy before it takes its name. Raises what it raises, OSError, or
    sqlite3.Error.
    """
    with written_whole(target) as partial:
        _copy(engine, partial)
        check(partial)


def _copy(engine: Engine, file: Path) -> None:
    with closing(engine.raw_connection()) as held, closing(sqlite3.connect(file)) as copy:
        copy.execute("PRAGMA journal_mode = OFF").close()  # no journal of its own is left beside it
        copy.execute("PRAGMA synchronous = OFF").close()  # it is written to the disk as a whole
        held.driver_connection.backup(copy)  # type: ignore[union-attr] # sqlite3's, behind the pool
