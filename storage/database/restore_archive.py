"""Put an archive in place of a PostgreSQL database, in one transaction; what was there is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from storage.database.archives import (
    current_schema,
    load,
    read_archive,
    rows_of,
    write_archive,
)
from storage.database.backup import check_revision
from storage.database.engine import open_engine
from storage.database.errors import DatabaseFailed, DatabaseUnusable, StorageError
from storage.database.migrate import ADVISORY_KEY, current_revision

LOCK_SECONDS = 60
"""How long a restore waits for those who read: as long as SQLite does."""


def restore_archive(engine: Engine, backup: Path, kept: Path) -> bool:
    """Put an archive in place of the database, which is written to ``kept`` before.

    Return whether there was anything to keep. Whenever this is ended, the database is what it was
    or the backup. Raises DatabaseUnusable if it cannot be done: the database is as it was.
    """
    contents = read_archive(backup)
    check_revision(backup, contents.revision)
    with _in_words(f"{backup} was not restored"), _alone(engine) as connection:
        schema = current_schema(connection)
        if schema != contents.schema:
            raise DatabaseUnusable(
                f"{backup} was made of the schema {contents.schema}, and this database uses "
                f"{schema}; let the search_path of its user name the other one"
            )
        is_kept = bool(current_revision(engine))
        if is_kept:
            _keep(engine, kept)
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'"))
        _drop_everything(connection)
        load(connection, backup, schema)
        connection.commit()
    return is_kept


def sent_twice(backup: Path, replaced: Path) -> int:
    """Count the alerts sent from a replaced database that its backup knows nothing of, or as due.

    Raises DatabaseUnusable if one of the archives cannot be read.
    """
    states: dict[str, tuple[str, ...]] = {
        "alert": ("id", "change_id", "message_id", "is_dropped"),
        "message": ("id", "state"),
    }
    before = rows_of(replaced, states)
    after = rows_of(backup, {**states, "change": ("id",)})
    was = {message: state for message, state in before["message"]}
    now = {message: state for message, state in after["message"]}
    sent = [
        (alert, change)
        for alert, change, message, _ in before["alert"]
        if was.get(message) == "sent"
    ]
    known = {change for (change,) in after["change"]}
    waiting = {
        alert
        for alert, _, message, is_dropped in after["alert"]
        if is_dropped == "f" and now.get(message, "due") in ("due", "claimed", "retrying")
    }
    return sum(change not in known or alert in waiting for alert, change in sent)


@contextmanager
def scratch(url: str, archive: Path) -> Iterator[Engine]:
    """Give a database of its own into which an archive was loaded, and drop it afterwards.

    Raises DatabaseUnusable if the user of ``url`` may make none there, or the archive is unsound.
    The caller sees to it that nobody else does so at once.
    """
    contents = read_archive(archive)
    engine = open_engine(url)
    try:
        if engine.dialect.name == "sqlite":
            raise DatabaseUnusable(
                f"{archive} is a backup of PostgreSQL; name a server in REPORTWATCH_DATABASE_URL "
                "on which it can be loaded for the check"
            )
        name = f"reportwatch_check_of_{engine.url.database}"[:63]
        with _in_words(f"{archive} could be read whole, but not checked"):
            _remake(engine, name, archive)
            made = open_engine(engine.url.set(database=name).render_as_string(hide_password=False))
            try:
                with made.connect() as connection:
                    connection.execute(
                        text(f"CREATE SCHEMA IF NOT EXISTS {_quoted(contents.schema)}")
                    )
                    load(connection, archive, contents.schema)
                    connection.commit()
                made.dispose()  # the script emptied the search path of its session
                yield made
            finally:
                made.dispose()
                _administer(engine, f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")
    finally:
        engine.dispose()


def _remake(engine: Engine, name: str, archive: Path) -> None:
    with engine.connect() as connection:
        who, may = connection.execute(
            text(
                "SELECT rolname, rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            )
        ).one()
    if not may:
        raise DatabaseUnusable(
            f"{archive} could be read whole, but its rows were not checked: for that it is loaded "
            f"into a database of its own, and {who} may not make one; let it "
            f"(ALTER ROLE {_quoted(who)} CREATEDB), or name another server"
        )
    _administer(engine, f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")  # left by a kill
    _administer(engine, f"CREATE DATABASE {_quoted(name)} TEMPLATE template0 ENCODING 'UTF8'")


def _administer(engine: Engine, statement: str) -> None:
    with engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text(statement))


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """Give a connection of our own, while nobody brings the schema up to date."""
    with engine.connect() as migrating, engine.connect() as connection:
        migrating.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_KEY})
        migrating.commit()
        try:
            yield connection
        finally:
            connection.invalidate()  # the script emptied its search path
            migrating.invalidate()  # ends the session, and its lock with it


def _keep(engine: Engine, kept: Path) -> None:
    try:
        write_archive(engine, kept, read_archive)
    except (OSError, StorageError) as error:
        raise DatabaseUnusable(
            f"nothing was restored, since what is there cannot be kept ({error}); if it is "
            "damaged, make an empty database, name it in REPORTWATCH_DATABASE_URL, and restore "
            "there"
        ) from None


def _drop_everything(connection: Connection) -> None:
    """Drop what the schema has, also of a newer version: views, tables, what keeps their seals."""
    for kind, relations in (("VIEW", "'v'"), ("TABLE", "'r', 'p'")):
        found = connection.execute(
            text(
                "SELECT CAST(CAST(oid AS regclass) AS text) FROM pg_class "  # noqa: S608
                f"WHERE relkind IN ({relations}) "
                "AND relnamespace = CAST(current_schema() AS regnamespace)"
            )
        ).scalars()
        if named := ", ".join(found):
            connection.execute(text(f"DROP {kind} {named}"))
    functions = connection.execute(
        text(
            "SELECT CAST(CAST(oid AS regprocedure) AS text) FROM pg_proc "
            "WHERE proname LIKE 'row\\_seal\\_%' "
            "AND pronamespace = CAST(current_schema() AS regnamespace)"
        )
    ).scalars()
    if named := ", ".join(functions):
        connection.execute(text(f"DROP FUNCTION {named}"))


@contextmanager
def _in_words(what: str) -> Iterator[None]:
    """Say what the server or the archive's program refused, without the statement."""
    import psycopg

    try:
        yield
    except (psycopg.Error, DBAPIError) as error:
        cause = getattr(error, "orig", None) or error
        lines = str(cause).strip().splitlines() or [type(cause).__name__]
        raise DatabaseUnusable(f"{what}: {'; '.join(lines[:2])[:400]}") from None
    except DatabaseFailed as error:
        raise DatabaseUnusable(f"{what}: {error}") from None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
