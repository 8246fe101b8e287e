"""What the product's own database holds after a trial, counted by plain SQL."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """A run of the ledger."""

    id: int
    trigger: str
    state: str
    started_at: str


class Ledger:
    """The database of a home folder, opened to be read: use it with ``contextlib.closing``."""

    def __init__(self, home: Path) -> None:
        self._connection = sqlite3.connect(home / "reportwatch.sqlite", timeout=30)

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def last_run(self) -> int:
        """Return the number of the newest run."""
        return self._count("SELECT coalesce(max(id), 0) FROM run")

    def runs_since(self, last: int) -> list[Run]:
        """Return the runs after one, oldest first."""
        rows = self._connection.execute(
            "SELECT id, trigger, state, started_at FROM run WHERE id > ? ORDER BY id", (last,)
        )
        return [Run(*row) for row in rows]

    def states(self) -> dict[str, int]:
        """Return how many runs ended how."""
        return dict(self._connection.execute("SELECT state, count(*) FROM run GROUP BY state"))

    def open_runs(self) -> int:
        """Return how many runs have no end: one that was cut off by the end may."""
        return self._count("SELECT count(*) FROM run WHERE ended_at IS NULL")

    def reports(self) -> int:
        """Return how many reports are known."""
        return self._count("SELECT count(*) FROM report")

    def versions(self) -> int:
        """Return how many versions all reports have."""
        return self._count("SELECT count(*) FROM version")

    def edits(self) -> int:
        """Return how many changes of words were recorded."""
        return self._count("SELECT count(*) FROM change WHERE kind = 'edited'")

    def _count(self, query: str) -> int:
        return int(self._connection.execute(query).fetchone()[0])
