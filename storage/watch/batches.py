"""The batches of a run that several programs read: what is left of each, and how far the run is.

Batches are recorded in the order of their numbers, so that what is recorded does not depend on who
read them. What is stored of one is JSON to this module; all of it goes with the end of the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from storage.database.tables import run_batch

DISCOVERY = 0
"""The number under which what discovery found is stored."""


@dataclass(frozen=True)
class StoredBatch:
    """What is left to read of a batch, and the run's progress after what was recorded of it.

    ``progress`` is ``""`` until something was.
    """

    number: int
    left: str
    progress: str


class RunBatches:
    """The batches of one run on one connection."""

    def __init__(self, connection: Connection, run_id: int) -> None:
        self._connection = connection
        self._run_id = run_id
        self._of_run = run_batch.c.run_id == run_id

    def lay_out(self, found: str, progress: str, batches: Sequence[str]) -> None:
        """Store what discovery found, the progress to begin with, and the batches, from 1 on."""
        begin = {"number": DISCOVERY, "left": found, "progress": progress, "is_done": True}
        rows = [
            {"number": number, "left": left, "progress": "", "is_done": False}
            for number, left in enumerate(batches, start=DISCOVERY + 1)
        ]
        self._connection.execute(
            run_batch.insert(), [{"run_id": self._run_id, **row} for row in (begin, *rows)]
        )

    def undone(self) -> list[int]:
        """Return the numbers of the batches that are not recorded to their end, in order."""
        query = select(run_batch.c.number).where(self._of_run, ~run_batch.c.is_done)
        return list(self._connection.execute(query.order_by(run_batch.c.number)).scalars())

    def last(self) -> int:
        """Return the number of the last batch, DISCOVERY if there is none."""
        query = select(func.max(run_batch.c.number)).where(self._of_run)
        return int(self._connection.execute(query).scalar() or DISCOVERY)

    def get(self, number: int) -> StoredBatch:
        """Return one batch; raises KeyError if the run has none of that number any more."""
        query = select(run_batch).where(self._of_run, run_batch.c.number == number)
        row = self._connection.execute(query).first()
        if row is None:
            raise KeyError(number)
        return StoredBatch(row.number, row.left, row.progress)

    def save(self, number: int, left: str, progress: str, *, is_done: bool) -> None:
        """Store how far a batch is."""
        self._connection.execute(
            update(run_batch)
            .where(self._of_run, run_batch.c.number == number)
            .values(left=left, progress=progress, is_done=is_done)
        )

    def drop(self) -> None:
        """Forget the batches of a run that has ended."""
        self._connection.execute(run_batch.delete().where(self._of_run))
