"""Locks that die with their holder: one run of a source at a time, one delivery at a time.

On SQLite a lock is an ``flock`` on a file in the home folder; on PostgreSQL a session advisory
lock, which holds across machines. Both vanish with the process.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from storage.database.engine import explain
from storage.database.errors import DatabaseFailed


class Lock(Protocol):
    """A lock held until ``release``, or until the process ends."""

    def release(self) -> None:
        """Let others have it."""


class FileLock:
    """An flock on one file, with the holder's process id in it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Close the file, which frees the lock."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class AdvisoryLock:
    """A PostgreSQL session advisory lock on a connection of its own."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def release(self) -> None:
        """Free the lock and close the session, which would free it too, but a moment later."""
        if self._connection.closed:
            return
        with suppress(DBAPIError):
            self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
        self._connection.invalidate()
        self._connection.close()


def acquire(engine: Engine, folder: Path, name: str) -> Lock | None:
    """Take the named lock; None if somebody else holds it."""
    if engine.dialect.name == "sqlite":
        return _acquire_file(folder / "locks", name)
    try:
        return _acquire_advisory(engine.connect(), name)
    except DBAPIError as error:
        raise DatabaseFailed(explain(engine, error)) from error


@contextmanager
def exclusively(path: Path) -> Iterator[None]:
    """Wait for a file lock and hold it: for work that others must wait for, such as migrations."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _acquire_advisory(connection: Connection, name: str) -> AdvisoryLock | None:
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}).scalar():
        connection.commit()
        return AdvisoryLock(connection)
    connection.close()
    return None


def _acquire_file(folder: Path, name: str) -> FileLock | None:
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return FileLock(descriptor)
