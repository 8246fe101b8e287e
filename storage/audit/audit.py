"""Which database this is, and whether everything in it can be read back."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, text

from storage.audit.laws import LAWS
from storage.audit.passages import indexed_reports, passage_faults
from storage.audit.rows import row_count, row_faults, structure_faults
from storage.audit.texts import (
    UNREADABLE,
    form_faults,
    payload_faults,
    payload_rows,
    reading_faults,
    reading_rows,
    record_faults,
)
from storage.database.errors import PlaceFailed
from storage.database.migrations import HEAD
from storage.database.seals import sealed_tables

Result = TypeVar("Result")
Progress = Callable[[int, int], None]
"""Is given how much is done and how much there is."""

MOST_FAULTS = 100
"""As many of a kind are named."""

_OFTEN = 500
"""Progress is told once for so many."""


class Audit:
    """The audits of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def revision(self) -> str:
        """Return the schema's revision."""
        found = self._connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return str(found or HEAD)

    def check(self, progress: Progress | None = None) -> dict[str, Any]:
        """Read everything back; ``faults`` says in words what no longer fits.

        Raises PlaceFailed if a folder or bucket of payloads cannot be used, and that is all.
        """
        return _Check(self._connection, progress).result()


class _Check:
    """One check of everything: what is wrong so far, and how far it is."""

    def __init__(self, connection: Connection, progress: Progress | None) -> None:
        self._connection = connection
        self._progress = progress
        self._faults: list[str] = []
        self._away: list[str] = []
        self._done = self._total = 0

    def result(self) -> dict[str, Any]:
        """Check the database, what it stores, and whether that makes sense."""
        connection, tables = self._connection, sealed_tables(self._connection.dialect.name)
        self._note("the database", lambda: structure_faults(connection))
        counts = [self._asked(each, partial(row_count, connection, each)) or 0 for each in tables]
        payloads = self._asked("payload", lambda: payload_rows(connection)) or ()
        readings = self._asked("reading", lambda: reading_rows(connection)) or ()
        indexed = self._asked("report_index", lambda: indexed_reports(connection)) or ()
        self._total = sum(map(len, (payloads, readings, indexed))) + sum(counts)
        self._note("payload", lambda: payload_faults(connection, payloads, self._tick))
        self._note("reading", lambda: reading_faults(connection, readings, self._tick))
        self._note("capture record", lambda: record_faults(connection))
        self._note("form", lambda: form_faults(connection))
        self._note("passage", lambda: passage_faults(connection, indexed, self._tick))
        for what, find in LAWS:
            self._note(what, partial(find, connection))
        for table, key in tables.items():
            self._note(table, partial(row_faults, connection, table, key, self._tick))
        if self._away and not self._faults:
            raise PlaceFailed(self._away[0])
        faults = [*self._faults, *self._away]
        return {"payloads": len(payloads), "readings": len(readings), "faults": faults}

    def _tick(self) -> None:
        self._done += 1
        if self._progress and (self._done % _OFTEN == 0 or self._done == self._total):
            self._progress(self._done, self._total)

    def _note(self, what: str, find: Callable[[], Iterable[str]]) -> None:
        """Note the first faults of a kind."""

        def note() -> None:
            for number, fault in enumerate(find()):
                if number == MOST_FAULTS:
                    self._faults.append(f"{what}: there are more faults than these {MOST_FAULTS}")
                    return
                self._faults.append(fault)

        self._asked(what, note)

    def _asked(self, what: str, ask: Callable[[], Result]) -> Result | None:
        """Return what is asked for; what cannot be read is a fault, and the rest goes on."""
        is_sqlite = self._connection.dialect.name == "sqlite"
        # On PostgreSQL nothing can be asked after an error but what began before it.
        aside = nullcontext() if is_sqlite else self._connection.begin_nested()
        try:
            with aside:
                return ask()
        except PlaceFailed as error:  # the rest may be sound or not
            self._away.append(f"{what}: cannot be read now ({error})")
            return None
        except (*UNREADABLE, sqlite3.Error) as error:
            words = f"{type(error).__name__}: {str(error)[:200]}"
            self._faults.append(f"{what}: cannot be read ({words})")
            return None
