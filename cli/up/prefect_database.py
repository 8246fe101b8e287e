"""Notice that the database of `up`'s own Prefect server is gone or damaged, and do without it.

Nothing of ours is in it: schedules come from the plan at each start of the runner, and the ledger
of runs is in our own database.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from cli.up.liveness import Broken

FILE = "prefect.db"
BESIDE = ("", "-wal", "-shm")
ELSEWHERE = ("PREFECT_API_DATABASE_CONNECTION_URL", "PREFECT_SERVER_DATABASE_CONNECTION_URL")
WHOLE_SECONDS = 600.0
"""How often the whole file is read through while the server runs."""

FAULTS = ("sqlite3.DatabaseError", "sqlite3.OperationalError", "alembic.util.exc")
"""What a server that cannot open its database has in the last words of its log."""


BUSY = ("is locked", "is busy")
"""What it says as well if nothing is wrong with the file."""


class PrefectDatabase:
    """The SQLite file of the Prefect server in a folder; ``say`` is told what is set aside."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._path = folder / FILE
        self._say = say
        self._is_ours = not any(os.environ.get(name) for name in ELSEWHERE)
        self._file: tuple[int, int] | None = None
        self._read_whole = time.monotonic()
        self.was_replaced = False

    def prepare(self, last_words: str = "") -> bool:
        """Before a start: set the file aside if it is damaged; return whether that was done.

        ``last_words`` are those of a server that ended before it had answered.
        """
        self._file = None
        if not self._is_ours:
            return False
        is_busy = any(each in last_words for each in BUSY)
        is_blamed = not is_busy and any(fault in last_words for fault in FAULTS)
        why = self._damage(is_whole=True)
        if self._path.exists() and not is_blamed and not why:
            return False
        left = [path for path in map(self._beside, BESIDE) if path.exists()]
        if not left:
            return False
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        for path in left:
            path.replace(path.with_name(f"{path.name}.damaged-{stamp}"))
        if is_blamed:
            why = "the server cannot open it"
        elif self._path not in left:
            why = "it is gone"
        self._say(
            f"Prefect's database cannot be used ({why}); it is set aside as "
            f"{self._path.name}.damaged-{stamp} and a new one is made. Schedules come from the "
            "plan, none of our reports or runs is in it; what was paused in Prefect is not any more"
        )
        self.was_replaced = True
        return True

    def check(self) -> None:
        """While the server runs: raise Broken if its file is gone, another one, or damaged."""
        if not self._is_ours:
            return
        try:
            found = self._path.stat()
        except OSError:
            if self._file is not None:
                self.was_replaced = True
                raise Broken("has lost its database, which was moved or removed") from None
            return
        if self._file not in (None, (found.st_dev, found.st_ino)):
            self.was_replaced = True
            raise Broken("has another database now than the one it opened")
        self._file = (found.st_dev, found.st_ino)
        is_whole = time.monotonic() - self._read_whole >= WHOLE_SECONDS
        if is_whole:
            self._read_whole = time.monotonic()
        if why := self._damage(is_whole):
            raise Broken(f"has a damaged database ({why})")

    def _damage(self, is_whole: bool) -> str:
        """Return what SQLite says against the file, "" for nothing; a busy one is not damaged."""
        try:
            with closing(
                sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True, timeout=2)
            ) as connection:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
                query = "PRAGMA quick_check(1)" if is_whole else "SELECT count(*) FROM deployment"
                (said,) = connection.execute(query).fetchone()
                return str(said)[:100] if is_whole and said != "ok" else ""
        except sqlite3.OperationalError:
            return ""  # busy, or not made yet
        except sqlite3.DatabaseError as error:
            return str(error)[:100]

    def _beside(self, end: str) -> Path:
        return self._path.with_name(self._path.name + end)
