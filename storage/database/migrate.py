"""Bring a database to the newest schema: under a lock, with a backup of a SQLite file before."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from storage.database.copies import copy_database
from storage.database.encryption import Cipher, NoCipher
from storage.database.engine import connected, explain, sqlite_file
from storage.database.errors import DatabaseFailed, DatabaseUnusable
from storage.database.locks import exclusively
from storage.database.migrations import HEAD
from storage.database.seals import seal_all
from storage.database.views import drop_views, make_views

ADVISORY_KEY = 7_270_119  # any number that nobody else uses for migrations of this database


def upgrade(
    engine: Engine, folder: Path, say: Callable[[str], None], cipher: Cipher | None = None
) -> None:
    """Apply what is missing; raises DatabaseUnusable if that cannot be done.

    ``cipher`` encrypts what earlier schemas held in plain text; without one it stays so.
    """
    file = sqlite_file(engine)
    try:
        if file:
            file.parent.mkdir(parents=True, exist_ok=True)
        if current_revision(engine) == HEAD:
            return
        with _alone(engine, folder):
            revision = current_revision(engine)  # somebody may have migrated while we waited
            if revision != HEAD:
                _apply(engine, file, revision, say, cipher)
    except OSError as error:
        raise DatabaseUnusable(f"the folder of the database cannot be used: {error}") from None
    except DatabaseFailed as error:
        raise DatabaseUnusable(str(error)) from None


def current_revision(engine: Engine) -> str:
    """Return the schema's revision, ``""`` for an empty database."""
    with connected(engine, writes=False) as connection:
        tables = set(inspect(connection).get_table_names())
        if not tables:
            return ""
        if "alembic_version" not in tables or "payload" not in tables:
            raise DatabaseUnusable(
                "the database holds tables of another program; name another database in "
                "REPORTWATCH_DATABASE_URL"
            )
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""


def _apply(
    engine: Engine,
    file: Path | None,
    revision: str,
    say: Callable[[str], None],
    cipher: Cipher | None,
) -> None:
    from alembic import command  # half a second of imports that most starts do not need
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "storage.database:migrations")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision and revision not in known:
        raise DatabaseUnusable(
            f"the database was written by a newer version of reportwatch (schema {revision}, this "
            f"program knows {HEAD}); update the program, or name another database"
        )
    if file:
        _keep_a_log(engine)
    if file and revision:
        say(
            f"database backed up to {_back_up(engine, file, revision)} before its schema is updated"
        )
    try:
        with engine.connect() as connection, _tables_may_be_remade(connection):
            config.attributes["connection"] = connection
            config.attributes["cipher"] = cipher or NoCipher()
            drop_views(connection)
            command.upgrade(config, "head")
            seal_all(connection)
            make_views(connection)
            connection.commit()
    except DBAPIError as error:
        raise DatabaseFailed(explain(engine, error)) from error


@contextmanager
def _tables_may_be_remade(connection: Connection) -> Iterator[None]:
    """Let a SQLite table that others refer to be dropped and made again in another shape.

    Its foreign keys cannot be switched off inside a transaction; they are checked as a whole
    afterwards.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.cursor()
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
        broken = raw.execute("PRAGMA foreign_key_check").fetchone()
        if broken:
            raise DatabaseFailed(f"after its update the database has rows without owners: {broken}")
    finally:
        raw.execute("PRAGMA foreign_keys = ON")
        raw.close()


def _keep_a_log(engine: Engine) -> None:
    """Have SQLite write ahead, so that readers and a writer do not wait; the file remembers it."""
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode = WAL").close()
    finally:
        raw.close()


def _back_up(engine: Engine, file: Path, revision: str) -> Path:
    """Copy a SQLite file while it may be in use."""
    target = file.with_name(f"{file.name}.before-{HEAD}-from-{revision}")
    try:
        copy_database(engine, target, lambda _copy: None)
    except sqlite3.Error as error:
        raise DatabaseUnusable(f"{target} cannot be written: {error}") from None
    return target


@contextmanager
def _alone(engine: Engine, folder: Path) -> Iterator[None]:
    if engine.dialect.name == "sqlite":
        with exclusively(folder / "locks" / "migrate.lock"):
            yield
        return
    with engine.connect() as connection:
        _advisory(connection, "pg_advisory_lock")
        try:
            yield
        finally:
            _advisory(connection, "pg_advisory_unlock")


def _advisory(connection: Connection, function: str) -> None:
    connection.execute(text(f"SELECT {function}(:key)"), {"key": ADVISORY_KEY})
    connection.commit()
