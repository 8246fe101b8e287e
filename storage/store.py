"""The store: open a database at its newest schema, read from it, write to it in units of work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine

from storage.database.backup import back_up
from storage.database.engine import connected, open_engine
from storage.database.locks import Lock, Locks
from storage.database.migrate import upgrade
from storage.database.patience import patiently
from storage.unit import Unit

Result = TypeVar("Result")


class Store:
    """One open database."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._locks = Locks(engine, folder)

    @contextmanager
    def read(self) -> Iterator[Unit]:
        """Give a unit for reading."""
        with self._connected(writes=False) as connection:
            yield Unit(connection)

    @contextmanager
    def write(self, *, is_guarded: bool = True) -> Iterator[Unit]:
        """Give a unit for writing; nothing is kept without ``commit``.

        Raises LockLost if this process lost a lock under which it works; what says that the work
        has ended is written unguarded.
        """
        if is_guarded:
            self._locks.check()
        with self._connected(writes=True) as connection:
            yield Unit(connection)

    def transact(self, work: Callable[[Unit], Result]) -> Result:
        """Do ``work`` in a unit for writing, commit, and return what it returned.

        If the server goes away in the middle, all of it is done again: ``work`` changes nothing
        but the database that it could not change twice.
        """

        def whole() -> Result:
            with self.write() as unit:
                result = work(unit)
                unit.commit()
                return result

        return patiently(whole)

    def consult(self, work: Callable[[Unit], Result]) -> Result:
        """Return what ``work`` reads, reading all of it again if the server goes away meanwhile."""

        def whole() -> Result:
            with self.read() as unit:
                return work(unit)

        return patiently(whole)

    def lock(self, name: str) -> Lock | None:
        """Take a named lock that dies with this process; None if somebody has it."""
        return self._locks.take(name)

    def is_free(self, name: str) -> bool:
        """Tell whether nobody holds a lock."""
        lock = self.lock(name)
        if lock is None:
            return False
        lock.release()
        return True

    def back_up(self, target: Path) -> None:
        """Copy a SQLite database; raises DatabaseUnusable if that cannot be done."""
        back_up(self._engine, target)

    @contextmanager
    def _connected(self, *, writes: bool) -> Iterator[Connection]:
        """Give a connection; whoever works under a lock waits for a server that is away."""
        with ExitStack() as stack:

            def enter() -> Connection:
                return stack.enter_context(connected(self._engine, writes=writes))

            yield patiently(enter) if self._locks.is_holding else enter()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def open_store(url: str, folder: Path, say: Callable[[str], None] | None = None) -> Store:
    """Open a database, bringing its schema up to date first.

    Others wait while one migrates; a SQLite file is backed up before. Raises DatabaseUnusable for
    a database that cannot be opened or comes from a newer version of this program.
    """
    engine = open_engine(url)
    try:
        upgrade(engine, folder, say or (lambda _line: None))
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, folder)
