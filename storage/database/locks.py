"""Locks that die with their holder: one run of a source at a time, one delivery at a time.

On SQLite a lock is an ``flock`` on a file in the home folder; on PostgreSQL a session advisory
lock, which holds across machines. Both vanish with the process. A session can also be ended from
outside, by a proxy, an administrator or a failover, while the process lives: so whoever holds
locks there has them checked before it writes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Lock as Mutex
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Row, text
from sqlalchemy.exc import DBAPIError

from storage.database.engine import failure
from storage.database.errors import LockLost
from storage.database.patience import patiently


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

    def __init__(
        self, connection: Connection, server: datetime, name: str, held: set[AdvisoryLock]
    ) -> None:
        self._connection = connection
        self.name = name
        self._server = server
        self._is_lost = False
        self._held = held
        self._mutex = Mutex()
        held.add(self)

    def check(self) -> None:
        """Raise LockLost if the session that holds the lock has ended.

        A restart of the server ends everybody's: then the lock is taken again, if nobody else
        was faster. Raises ConnectionLost if the server does not come back.
        """
        with self._mutex:
            if not (self._is_lost or self._is_alive()):
                self._take_again()
            if self._is_lost:
                raise LockLost(
                    f"the lock {self.name!r} was lost: its session with the database was ended. "
                    "Nothing more is written, since somebody else may be at work; run again"
                )

    def take_another(self, name: str) -> AdvisoryLock | None:
        """Take a further lock in the same session; None if somebody else holds it."""
        if not _take(self._connection, name):
            return None
        return AdvisoryLock(self._connection, self._server, name, self._held)

    def release(self) -> None:
        """Free the lock and close the session, which would free it too, but a moment later."""
        self._held.discard(self)
        if self._connection.closed:
            return
        with suppress(DBAPIError):
            self._connection.execute(text("SELECT pg_advisory_unlock_all()"))
        self._connection.invalidate()
        self._connection.close()

    def _is_alive(self) -> bool:
        try:
            self._connection.execute(text("SELECT 1"))
            self._connection.commit()
        except DBAPIError:
            return False
        return True

    def _take_again(self) -> None:
        engine = self._connection.engine
        self._connection.invalidate()
        self._connection.close()
        self._connection, server = patiently(lambda: _session(engine))
        is_restarted = server != self._server
        self._is_lost = not (is_restarted and _take(self._connection, self.name))
        self._server = server


class Locks:
    """The locks of one store, and which of them this process holds on a server."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._held: set[AdvisoryLock] = set()

    @property
    def is_holding(self) -> bool:
        """Whether this process is at work under a lock that could be lost."""
        return bool(self._held)

    def take(self, name: str, beside: Lock | None = None) -> Lock | None:
        """Take the named lock; None if somebody else holds it.

        On a server each lock has a session of its own, or shares that of the lock that it is taken
        ``beside``: then the first that is released frees both.
        """
        if self._engine.dialect.name == "sqlite":
            return acquire_file(_lock_file(self._folder, name))
        if isinstance(beside, AdvisoryLock):
            return beside.take_another(name)
        connection, server = _session(self._engine)
        if _take(connection, name):
            return AdvisoryLock(connection, server, name, self._held)
        connection.close()
        return None

    def is_free(self, name: str) -> bool:
        """Tell whether nobody holds the named lock.

        On a server it is not taken for that: somebody who asks for it meanwhile is not refused.
        """
        if self._engine.dialect.name != "sqlite":
            return self._session_of(name) is None
        file = _lock_file(self._folder, name)
        lock = acquire_file(file) if file.exists() else None
        if lock is None:
            return not file.exists()
        lock.release()
        return True

    def end_holder(self, name: str) -> bool:
        """End the session that holds the named lock on a server; return whether one was ended.

        What its process would write after that is refused. On SQLite nothing is done.
        """
        if self._engine.dialect.name == "sqlite":
            return False
        query = text(
            f"SELECT count(pg_terminate_backend(pid)) {_LOCKS_HERE} AND {_LOCK_KEY} = :key"
        )
        with _translated(self._engine), self._engine.connect() as connection:
            return bool(connection.execute(query, {"key": _key(name)}).scalar_one())

    def forget(self, name: str) -> None:
        """Remove the file of a free lock that nobody will take again; servers keep none."""
        if self._engine.dialect.name == "sqlite":
            _lock_file(self._folder, name).unlink(missing_ok=True)

    def holder(self, name: str) -> str:
        """Return in words who holds the named lock, as far as that can be found out."""
        if self._engine.dialect.name == "sqlite":
            return holder_of_file(_lock_file(self._folder, name))
        found = self._session_of(name)
        return _session_in_words(found) if found else "a session"

    def _session_of(self, name: str) -> Row[Any] | None:
        query = text(f"SELECT pid, client_addr {_LOCKS_HERE} AND {_LOCK_KEY} = :key")
        with _translated(self._engine), self._engine.connect() as connection:
            return connection.execute(query, {"key": _key(name)}).first()

    def strangers(self) -> str:
        """Return in words who else holds any lock of the database on a server, ``""`` if nobody."""
        if self._engine.dialect.name == "sqlite":
            return ""
        query = text(f"SELECT pid, client_addr, {_LOCK_KEY} AS key {_LOCKS_HERE}")
        ours = {_key(each.name) for each in self._held}
        with _translated(self._engine), self._engine.connect() as connection:
            found = connection.execute(query).all()
        return ", ".join(_session_in_words(each) for each in found if each[2] not in ours)

    def check(self) -> None:
        """Raise LockLost if a lock that is held was lost."""
        for each in tuple(self._held):
            each.check()


def acquire_file(path: Path) -> FileLock | None:
    """Take the lock that one file is, and write our process id into it; None if it is taken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    with suppress(OSError):  # the disk may be full; the lock is ours all the same
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return FileLock(descriptor)


def holder_of_file(path: Path) -> str:
    """Return in words which process has written itself into a lock's file."""
    with suppress(OSError):
        number = path.read_text(errors="replace").strip()
        if number.isdecimal():
            return f"process {number}"
    return "a process"


def _session_in_words(found: Row[Any]) -> str:
    return f"session {found[0]} from {found[1] or 'the server itself'}"


_LOCK_KEY = "(classid::bigint << 32 | objid::bigint)"
_LOCKS_HERE = (
    "FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
"""Advisory locks are of one database: those of others are nobody's here."""


_NOTICE_DEATH = text(
    "SELECT pg_postmaster_start_time(), set_config('tcp_keepalives_idle', '15', false),"
    " set_config('tcp_keepalives_interval', '5', false),"
    " set_config('tcp_keepalives_count', '3', false)"
)
"""Has the server ask every 15 s if the holder's machine is there: the locks of one that lost its
power are free after half a minute, and not after the two hours that are usual.
"""


def _lock_file(folder: Path, name: str) -> Path:
    return folder / "locks" / f"{name}.lock"


def _key(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


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


def _session(engine: Engine) -> tuple[Connection, datetime]:
    """Return a new session, and when the server it belongs to was started."""
    with _translated(engine):
        connection = engine.connect()
        started = connection.execute(_NOTICE_DEATH).one()[0]
        connection.commit()
        return connection, started


def _take(connection: Connection, name: str) -> bool:
    query = text("SELECT pg_try_advisory_lock(:key)")
    with _translated(connection.engine):
        is_taken = bool(connection.execute(query, {"key": _key(name)}).scalar())
        connection.commit()
    return is_taken


@contextmanager
def _translated(engine: Engine) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise failure(engine, error) from error
