"""Open a database: SQLite with WAL and durable commits, or PostgreSQL."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, DBAPIError, NoSuchModuleError, OperationalError

from storage.database.errors import (
    ConnectionLost,
    DatabaseFailed,
    DatabaseUnusable,
    NotStorable,
)
from storage.database.seals import keep_seals

BUSY_SECONDS = 60
SYNCHRONOUS = "FULL"
"""SQLite waits for the disk at every commit, so that no power cut takes back what was reported."""
WRITES = "reportwatch_writes"
SECRETS = ("password", "sslpassword")
"""Parts of an address on a server that nobody is shown."""
KEEPALIVES = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""Seconds, and how often: a session that holds a lock is silent for hours and must not be dropped
by what stands between, and a server that is gone must be noticed.
"""


def open_engine(url: str, called: str = "REPORTWATCH_DATABASE_URL") -> Engine:
    """Return an engine for a database URL; raises DatabaseUnusable for one that is no URL.

    ``called`` says in the message where the URL was given.
    """
    try:
        parsed = _with_driver(make_url(url))
        engine = create_engine(parsed, **_options(parsed))
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise DatabaseUnusable(
            f"{called} cannot be used ({error}); give sqlite:///PATH or "
            "postgresql://USER:PASSWORD@HOST/NAME"
        ) from None
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    else:
        _prepare_postgresql(engine)
    return engine


def open_to_read(file: Path) -> Engine:
    """Return an engine that only reads a SQLite file, on whatever medium it lies.

    Nothing is written, not even beside it. It must not be in use elsewhere, unless a log of
    changes lies beside it: that is read too.
    """
    has_log = Path(f"{file}-wal").exists() and Path(f"{file}-wal").stat().st_size > 0
    how = "mode=ro" if has_log else "mode=ro&immutable=1"
    address = f"file:{quote(str(file.absolute()))}?{how}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(
            address, uri=True, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None
        )

    return create_engine(f"sqlite:///{file.absolute()}", creator=connect)


def is_read_only(file: Path) -> bool:
    """Tell whether a file lies on a medium that is mounted read-only."""
    try:
        return bool(os.statvfs(file).f_flag & os.ST_RDONLY)
    except OSError:  # it is not there
        return False


def sqlite_file(engine: Engine) -> Path | None:
    """Return the SQLite file behind an engine, None for other databases."""
    name = engine.url.database
    is_file = engine.dialect.name == "sqlite" and name and name != ":memory:"
    return Path(name) if is_file and name else None


@contextmanager
def connected(engine: Engine, *, writes: bool) -> Iterator[Connection]:
    """Give a connection in a transaction that is rolled back unless committed.

    A writer on SQLite begins IMMEDIATE, so that what it reads inside is the latest. Errors of the
    database itself become DatabaseFailed (ConnectionLost if its server went away), values that it
    cannot take NotStorable.
    """
    try:
        with engine.connect() as connection:
            yield connection.execution_options(**{WRITES: writes})
    except (DataError, UnicodeEncodeError) as error:
        raise NotStorable(_NOT_STORABLE) from error
    except DBAPIError as error:
        raise failure(engine, error) from error


def shown_address(engine: Engine) -> str:
    """Return the URL of a database without passwords, wherever they stand in it."""
    hidden = {name: "***" for name in SECRETS if name in engine.url.query}
    return engine.url.update_query_dict(hidden).render_as_string(hide_password=True)


def failure(engine: Engine, error: DBAPIError) -> DatabaseFailed:
    """Return what a driver's error means: the server went away, or the database failed."""
    is_server = engine.dialect.name != "sqlite"
    is_unreached = isinstance(error, OperationalError) and error.statement is None
    is_lost = is_server and (error.connection_invalidated or is_unreached)
    return (ConnectionLost if is_lost else DatabaseFailed)(explain(engine, error))


def explain(engine: Engine, error: DBAPIError) -> str:
    """Say what failed and what to do, without the statement and its values."""
    text = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
    where = shown_address(engine)
    advice = ""
    for sign, words in _ADVICE.items():
        if sign in text.lower():
            advice = f"; {words}"
    return f"the database at {where} failed: {text}{advice}"


_NOT_STORABLE = (
    "a text holds a character that no database keeps (U+0000, or half of a surrogate pair), or a "
    "number is too large; leave it out"
)
_ADVICE = {
    "full": "free some disk space and run again, nothing that was committed is lost",
    "disk i/o": "the disk may be full or failing; free some space and run again",
    "locked": "another program holds it; close that program and run again",
    "readonly": "make the file and its folder writable",
    "unable to open": "check that the folder exists and is writable",
    "not a database": "the file is not a reportwatch database; move it away or name another",
    "malformed": "the file is damaged; restore a backup",
    "connection": "check that the server runs and that the address and password are right",
}


def _with_driver(url: URL) -> URL:
    plain = url.drivername in ("postgres", "postgresql")
    return url.set(drivername="postgresql+psycopg") if plain else url


def _options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
    return {"pool_pre_ping": True, "connect_args": {"connect_timeout": 10, **KEEPALIVES}}


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        for pragma in (
            f"busy_timeout = {BUSY_SECONDS * 1000}",
            f"synchronous = {SYNCHRONOUS}",
            "foreign_keys = ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES)
        if writes:
            keep_seals(connection)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_postgresql(engine: Engine) -> None:
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get(WRITES):
            keep_seals(connection)
