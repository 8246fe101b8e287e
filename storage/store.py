"""The store: open a database at its newest schema, read from it, write to it in units of work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from storage.database import locks
from storage.database.backup import back_up
from storage.database.engine import connected, open_engine
from storage.database.migrate import upgrade
from storage.unit import Unit


class Store:
    """One open database."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder

    @contextmanager
    def read(self) -> Iterator[Unit]:
        """Give a unit for reading."""
        with connected(self._engine, writes=False) as connection:
            yield Unit(connection)

    @contextmanager
    def write(self) -> Iterator[Unit]:
        """Give a unit for writing; nothing is kept without ``commit``."""
        with connected(self._engine, writes=True) as connection:
            yield Unit(connection)

    def lock(self, name: str) -> locks.Lock | None:
        """Take a named lock that dies with this process; None if somebody has it."""
        return locks.acquire(self._engine, self._folder, name)

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
