"""A store whose every write is rolled back at the end of a test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from storage.database.engine import WRITES, explain
from storage.database.errors import DatabaseFailed
from storage.store import Store
from storage.unit import Unit

_NUMBERS_FROM_ONE = text("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'")
"""No roll-back takes a number back that a sequence of PostgreSQL gave."""


class RolledBackStore(Store):
    """Gives units inside one transaction that is never committed: a commit ends a savepoint.

    For one thread. What takes several connections (locks, two writers) needs a real database.
    """

    def __init__(self, engine: Engine, folder: Path) -> None:
        super().__init__(engine, folder)
        self._connection = engine.connect().execution_options(**{WRITES: True})
        if engine.dialect.name == "postgresql":
            self._connection.execute(_NUMBERS_FROM_ONE)

    @contextmanager
    def read(self) -> Iterator[Unit]:
        unit = _SavepointUnit(self._connection)
        try:
            yield unit
        except DBAPIError as error:
            raise DatabaseFailed(explain(self._engine, error)) from error
        finally:
            unit.leave()

    write = read

    def close(self) -> None:
        """Forget what was written."""
        self._connection.rollback()
        self._connection.close()


class _SavepointUnit(Unit):
    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._savepoint = connection.begin_nested()

    def commit(self) -> None:
        self.log_recorded()
        self._savepoint.commit()
        self._savepoint = self._connection.begin_nested()

    def leave(self) -> None:
        self._savepoint.rollback()
