"""The database that is copied to: empty before, whole afterwards, and nothing between.

A SQLite file is written beside its name and takes it at the end; a database on a server is written
in one transaction. So whoever is killed half-way leaves nothing that looks like a copy, and copies
again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Row, Table, func, insert, select, text

from storage.database.copies import written_whole
from storage.database.engine import connected, open_engine, shown_address, sqlite_file
from storage.database.errors import DatabaseUnusable
from storage.database.locks import Locks
from storage.database.migrate import current_revision, upgrade
from storage.database.migrations import HEAD
from storage.database.tables import installation
from storage.transfer.values import AT_ONCE, copied_tables, plain

CALLED = "the address to copy to"
LOCK = "copy"

_LOG = ("-wal", "-shm", "-journal")


@contextmanager
def target_connection(engine: Engine, folder: Path) -> Iterator[Connection]:
    """Give a connection to write a copy with; what it wrote is kept if the block ends well.

    Raises DatabaseUnusable if there is anything already, or somebody is at work there.
    """
    file = sqlite_file(engine)
    if file is None:
        with _alone(engine, folder), _written(engine, folder) as connection:
            yield connection
        return
    if file.exists():
        raise DatabaseUnusable(f"{file} exists; name a new file to copy to")
    if not file.absolute().parent.is_dir():
        raise DatabaseUnusable(f"{file} cannot be written: name a file in a folder that exists")
    with written_whole(file.absolute()) as partial:
        for end in _LOG:  # of a copy that was killed: to a new file it would be a damage
            Path(f"{partial}{end}").unlink(missing_ok=True)
        made = open_engine(URL.create("sqlite", database=str(partial)).render_as_string())
        try:
            with _written(made, folder) as connection:
                yield connection
        finally:
            made.dispose()  # what its log holds goes into the file


class Writer:
    """Writes rows of one table, in the order in which they come."""

    def __init__(self, connection: Connection, table: Table) -> None:
        self._connection = connection
        self._table = plain(table)

    def write(self, rows: Iterator[Row[Any]]) -> None:
        """Write rows; raises DatabaseUnusable for one that the database does not take."""
        if self._connection.dialect.name == "sqlite":
            self._insert(rows)
        else:
            self._copy(rows)

    def _insert(self, rows: Iterator[Row[Any]]) -> None:
        for part in _parts(rows):
            self._connection.execute(insert(self._table), [dict(row._mapping) for row in part])

    def _copy(self, rows: Iterator[Row[Any]]) -> None:
        """Write by COPY: one statement, so that rows of a table may refer to later ones."""
        import psycopg

        driver: Any = self._connection.connection.driver_connection
        names = ", ".join(f'"{each.name}"' for each in self._table.columns)
        try:
            with (
                driver.cursor() as cursor,
                cursor.copy(f'COPY "{self._table.name}" ({names}) FROM STDIN') as copy,
            ):
                for row in rows:
                    copy.write_row(row)
        except psycopg.Error as error:
            place = (error.diag.context or self._table.name).split(": ")[0]
            why = error.diag.message_primary or str(error).splitlines()[0]
            raise DatabaseUnusable(f"nothing was copied: {place}: {why}") from None


def _parts(rows: Iterator[Row[Any]]) -> Iterator[list[Row[Any]]]:
    part: list[Row[Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == AT_ONCE:
            yield part
            part = []
    if part:
        yield part


@contextmanager
def _alone(engine: Engine, folder: Path) -> Iterator[None]:
    """Hold the target on a server; raises DatabaseUnusable while anybody works on it."""
    locks = Locks(engine, folder)
    lock = locks.take(LOCK)
    if lock is None:
        raise DatabaseUnusable(f"another copy is being made to {shown_address(engine)}")
    try:
        if strangers := locks.strangers():
            raise DatabaseUnusable(
                f"nothing was copied: {strangers} works on {shown_address(engine)}; name a "
                "database that nobody uses"
            )
        yield
    finally:
        lock.release()


@contextmanager
def _written(engine: Engine, folder: Path) -> Iterator[Connection]:
    _refuse_if_foreign(engine)
    upgrade(engine, folder, lambda _line: None)
    # Not as a writer whose rows are sealed one by one: all are sealed at the end.
    with connected(engine, writes=False) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        else:
            names = ", ".join(f'"{each.name}"' for each in copied_tables())
            connection.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
        _refuse_if_filled(engine, connection)
        connection.execute(installation.delete())
        yield connection
        connection.commit()


def _refuse_if_foreign(engine: Engine) -> None:
    try:
        revision = current_revision(engine)
    except DatabaseUnusable:
        raise DatabaseUnusable(
            f"{shown_address(engine)} holds tables of another program; name an empty database"
        ) from None
    if revision not in ("", HEAD):
        raise DatabaseUnusable(
            f"{shown_address(engine)} holds a database of schema {revision}; name an empty one"
        )


def _refuse_if_filled(engine: Engine, connection: Connection) -> None:
    """Refuse a database that anything was recorded in; one that was only opened is empty."""
    for table in copied_tables():
        if table is installation:
            continue
        if connection.execute(select(func.count()).select_from(table)).scalar_one():
            raise DatabaseUnusable(
                f"{shown_address(engine)} is not empty: it has rows in {table.name}; name an empty "
                "database, or drop what is in that one"
            )
