"""What the tests of ``verify`` stand on: a database with rows in every table, and who spoils it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from corruptions import Corruption
from databases import Database
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import IntegrityError

from storage.audit.audit import Audit
from storage.database.engine import WRITES, open_engine


def faults_of(url: str) -> list[str]:
    """Return what an audit says of a database; it raises nothing, whatever it meets."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return Audit(connection).check()["faults"]
    finally:
        engine.dispose()


@contextmanager
def another_program(url: str) -> Iterator[Connection]:
    """Give a connection that knows nothing of seals and holds no rows to their owners."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET session_replication_role = replica"))
            yield connection
    finally:
        engine.dispose()


@contextmanager
def the_program(url: str) -> Iterator[Connection]:
    """Give a connection whose writes are sealed, right or wrong."""
    engine = open_engine(url)
    with engine.connect().execution_options(**{WRITES: True}) as connection:
        yield connection
        connection.commit()
    engine.dispose()


class Spoiler:
    """Spoils a database in one way after the other, each time as it was before."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._whole = database.file.read_bytes() if database.is_sqlite else b""

    def faults_after(self, each: Corruption) -> list[str] | None:
        """Return what an audit says after a damage; None if the database refuses it."""
        try:
            if self._database.is_sqlite:
                return self._in_the_file(each)
            return self._in_a_transaction(each)
        except IntegrityError:
            return None

    def _in_the_file(self, each: Corruption) -> list[str]:
        self._database.file.write_bytes(self._whole)
        for tail in ("-wal", "-shm"):
            Path(f"{self._database.file}{tail}").unlink(missing_ok=True)
        with another_program(self._database.url) as connection:
            each.inflict(connection)
            connection.commit()
        return faults_of(self._database.url)

    def _in_a_transaction(self, each: Corruption) -> list[str]:
        with another_program(self._database.url) as connection:
            each.inflict(connection)
            return Audit(connection).check()["faults"]


def missed(database: Database, table: Sequence[Corruption]) -> tuple[list[str], int]:
    """Return the damages that an audit does not name, and how many were done."""
    spoiler = Spoiler(database)
    unnamed, done = [], 0
    for each in table:
        faults = spoiler.faults_after(each)
        done += faults is not None
        if faults is not None and not each.is_named(faults):
            unnamed.append(f"{each.name}: {faults[:3] or 'not found'}")
    return unnamed, done
