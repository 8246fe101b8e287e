"""The store: open a database at its newest schema, read from it, write to it in units of work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, text

from storage.database.archives import is_archive
from storage.database.backup import back_up
from storage.database.encryption import Cipher
from storage.database.engine import (
    connected,
    is_read_only,
    open_engine,
    open_to_read,
    sqlite_file,
)
from storage.database.errors import DatabaseFailed, DatabaseUnusable
from storage.database.known import CLOCK, SYSTEM_CLOCK
from storage.database.locks import Lock, Locks
from storage.database.migrate import current_revision, upgrade
from storage.database.migrations import HEAD
from storage.database.patience import patiently
from storage.database.restore_archive import scratch
from storage.unit import Unit

Result = TypeVar("Result")

CHECK_OF_BACKUP = "check-backup"
"""The lock of whoever loads a backup into the scratch database of a server: there is one."""

_ONE_MOMENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
_SIZE_OF_ROWS = text(
    "SELECT coalesce(sum(pg_table_size(oid)), 0) FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = CAST(current_schema() AS regnamespace)"
)


class Store:
    """One open database; one that only reads raises DatabaseUnusable for anything else."""

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        *,
        only_reads: bool = False,
        cipher: Cipher | None = None,
        now: Callable[[], datetime] = SYSTEM_CLOCK,
    ) -> None:
        self._engine = engine
        self._locks = Locks(engine, folder)
        self._only_reads = only_reads
        self._cipher = cipher
        self._now = now
        self._afterwards: Callable[[], None] = lambda: None

    @contextmanager
    def read(self, *, is_snapshot: bool = False) -> Iterator[Unit]:
        """Give a unit for reading.

        A snapshot shows one moment of the database throughout, as SQLite always does: for audits,
        beside which others write.
        """
        with self._connected(writes=False) as connection:
            if is_snapshot and not self.is_file:
                connection.execute(_ONE_MOMENT)
            yield Unit(connection, self._cipher)

    @contextmanager
    def write(self, *, is_guarded: bool = True) -> Iterator[Unit]:
        """Give a unit for writing; nothing is kept without ``commit``.

        Raises LockLost if this process lost a lock under which it works; what says that the work
        has ended is written unguarded.
        """
        self._refuse_if_read_only()
        if is_guarded:
            self._locks.check()
        with self._connected(writes=True) as connection:
            yield Unit(connection, self._cipher)

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

        result = patiently(whole)
        self._afterwards()
        return result

    def settle(self, moment: datetime) -> None:
        """Have nothing that is written from now on be known at a moment: an export shows it.

        To be called before anything is read as of the moment. What only reads is settled already.
        """
        if not self._only_reads:
            self.transact(lambda unit: unit.settle(moment))

    def do_afterwards(self, work: Callable[[], None]) -> None:
        """Have ``work`` done after each unit of ``transact``, outside of it. It must not raise."""
        self._afterwards = work

    def consult(self, work: Callable[[Unit], Result]) -> Result:
        """Return what ``work`` reads, reading all of it again if the server goes away meanwhile."""

        def whole() -> Result:
            with self.read() as unit:
                return work(unit)

        return patiently(whole)

    def lock(self, name: str, beside: Lock | None = None) -> Lock | None:
        """Take a named lock that dies with this process; None if somebody has it.

        Those that are taken ``beside`` another are released together with it.
        """
        self._refuse_if_read_only()
        return self._locks.take(name, beside)

    def holder(self, name: str) -> str:
        """Return in words who holds a lock, as far as that can be found out."""
        return self._locks.holder(name)

    def strangers(self) -> str:
        """Return in words who else holds a lock of a database on a server, ``""`` if nobody."""
        return self._locks.strangers()

    @property
    def exists(self) -> bool:
        """Whether there is a database: to open a SQLite file that is not there makes one."""
        file = sqlite_file(self._engine)
        return file is None or file.exists()

    def size(self) -> int:
        """Return the bytes that the database takes; on a server those of its rows."""
        file = sqlite_file(self._engine)
        if file is None:
            with self._connected(writes=False) as connection:
                return int(connection.execute(_SIZE_OF_ROWS).scalar_one())
        parts = [Path(f"{file}{end}") for end in ("", "-wal")]
        return sum(each.stat().st_size for each in parts if each.exists())

    def is_free(self, name: str) -> bool:
        """Tell whether nobody holds a lock."""
        self._refuse_if_read_only()
        return self._locks.is_free(name)

    def forget_lock(self, name: str) -> None:
        """Leave nothing behind of a free lock that nobody will ask for again."""
        self._locks.forget(name)

    def check_locks(self) -> None:
        """Raise LockLost if a lock that is held was lost.

        One that a restart of the server took is taken again, if nobody else was faster.
        """
        self._locks.check()

    def end_holder(self, name: str) -> bool:
        """End the session that holds a lock on a server; return whether one was ended."""
        return self._locks.end_holder(name)

    def back_up(self, target: Path) -> None:
        """Write a backup of the database; raises DatabaseUnusable if that cannot be done."""
        back_up(self._engine, target)

    @property
    def is_file(self) -> bool:
        """Whether the database is a SQLite file, and of no other machine."""
        return sqlite_file(self._engine) is not None

    @contextmanager
    def _connected(self, *, writes: bool) -> Iterator[Connection]:
        """Give a connection; whoever works under a lock waits for a server that is away."""
        with ExitStack() as stack:

            def enter() -> Connection:
                connection = stack.enter_context(connected(self._engine, writes=writes))
                return connection.execution_options(**{CLOCK: self._now})

            yield patiently(enter) if self._locks.is_holding else enter()

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _refuse_if_read_only(self) -> None:
        if self._only_reads:
            raise DatabaseUnusable(
                f"{sqlite_file(self._engine)} is read-only: what it holds can be read, and nothing "
                "can be recorded or sent; copy it to a folder that can be written"
            )


def open_store(
    url: str,
    folder: Path,
    say: Callable[[str], None] | None = None,
    cipher: Cipher | None = None,
    now: Callable[[], datetime] = SYSTEM_CLOCK,
) -> Store:
    """Open a database, bringing its schema up to date first.

    Others wait while one migrates; a SQLite file is backed up before. One on a read-only medium is
    opened for reading. ``cipher`` encrypts what is secret of readers, in a schema without that too
    as it is brought up to date; ``now`` dates what is logged. Raises DatabaseUnusable for a
    database that cannot be opened or comes from a newer version of this program.
    """
    engine = open_engine(url)
    file = sqlite_file(engine)
    if file and is_read_only(file):
        engine.dispose()
        return open_file(file, folder, cipher)
    try:
        upgrade(engine, folder, say or (lambda _line: None), cipher)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, folder, cipher=cipher, now=now)


def open_file(file: Path, folder: Path, cipher: Cipher | None = None) -> Store:
    """Open a SQLite file for reading, such as a backup; it must be at the newest schema.

    Raises DatabaseUnusable if it is not, or is no database of this program.
    """
    engine = open_to_read(file)
    try:
        _check_schema(engine, file, "copy it to a folder that can be written and open it there")
    except DatabaseFailed as error:
        engine.dispose()
        raise DatabaseUnusable(str(error)) from None
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, folder, only_reads=True, cipher=cipher)


@contextmanager
def opened_backup(file: Path, url: Callable[[], str]) -> Iterator[Store]:
    """Open a backup for reading: a SQLite file as it lies, an archive in a scratch database.

    ``url`` gives the address of the server for that. Raises DatabaseUnusable if the backup is of
    another schema than the newest, or no backup, or no scratch database can be made.
    """
    if not is_archive(file):
        with closing(open_file(file, file.parent)) as store:
            yield store
        return
    address = url()
    with closing(Store(open_engine(address), file.parent)) as server:
        lock = None if server.is_file else server.lock(CHECK_OF_BACKUP)
        if lock is None and not server.is_file:
            raise DatabaseUnusable("another backup is being checked on this server; wait for that")
        try:
            with scratch(address, file) as engine:
                _check_schema(engine, file, "restore it into an empty database and open that")
                yield Store(engine, file.parent, only_reads=True)
        finally:
            if lock is not None:
                lock.release()


def _check_schema(engine: Engine, file: Path, remedy: str) -> None:
    revision = current_revision(engine)
    if revision != HEAD:
        raise DatabaseUnusable(
            f"{file} has the schema {revision or 'of no reportwatch database'}, this program "
            f"reads {HEAD}; {remedy}"
        )
