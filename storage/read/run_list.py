"""The run ledger as people look at it: page by page, run by run, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from reports.watch.outcome import Outcome
from storage.database.tables import listing, run, run_outcome
from storage.watch.runs import LocationOutcome, RunView, run_view


@dataclass(frozen=True)
class ListingRead:
    """One listing that a run read: how many links it held, and whether that was enough."""

    edition: str
    read_at: datetime
    link_count: int
    is_good: bool


class Ledger:
    """The ledger on one connection, for reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(
        self,
        *,
        source: str = "",
        state: str = "",
        limit: int | None,
        offset: int = 0,
        before: int | None = None,
    ) -> tuple[list[RunView], int]:
        """Return runs, newest first (those before a number), and how many there are in all."""
        asked = _asked(source, state)
        earlier = [] if before is None else [run.c.id < before]
        query = (
            select(run)
            .where(*asked, *earlier)
            .order_by(run.c.id.desc())
            .limit(limit)
            .offset(offset)
        )
        total = select(func.count()).select_from(run).where(*asked)
        found = [run_view(row) for row in self._connection.execute(query)]
        return found, int(self._connection.execute(total).scalar_one())

    def since(self, when: datetime) -> list[RunView]:
        """Return the runs started since a time, oldest first."""
        query = select(run).where(run.c.started_at >= when).order_by(run.c.started_at, run.c.id)
        return [run_view(row) for row in self._connection.execute(query)]

    def tally(self, run_id: int) -> dict[str, int]:
        """Return how many pages of a run came to each outcome, so far."""
        counted = select(run_outcome.c.outcome, func.count()).where(run_outcome.c.run_id == run_id)
        rows = self._connection.execute(counted.group_by(run_outcome.c.outcome))
        return {outcome: count for outcome, count in rows}

    def outcomes(
        self, run_id: int, only: Sequence[str], *, limit: int, offset: int = 0
    ) -> list[LocationOutcome]:
        """Return outcomes of a run, of some kinds, in order of address."""
        query = select(run_outcome).where(
            run_outcome.c.run_id == run_id, run_outcome.c.outcome.in_(only)
        )
        ordered = query.order_by(run_outcome.c.url).limit(limit).offset(offset)
        rows = self._connection.execute(ordered)
        return [LocationOutcome(row.url, Outcome(row.outcome), row.reason) for row in rows]

    def listings(self, run_id: int) -> list[ListingRead]:
        """Return the listings that a run read, newest edition first."""
        query = select(listing).where(listing.c.run_id == run_id).order_by(listing.c.edition.desc())
        rows = self._connection.execute(query)
        return [ListingRead(row.edition, row.read_at, row.link_count, row.is_good) for row in rows]

    def sources(self) -> list[str]:
        """Return the sources that any run was of."""
        return list(
            self._connection.execute(
                select(run.c.source).distinct().order_by(run.c.source)
            ).scalars()
        )


def _asked(source: str, state: str) -> list[ColumnElement[Any]]:
    asked: list[ColumnElement[Any]] = []
    if source:
        asked.append(run.c.source == source)
    if state:
        asked.append(run.c.state == state)
    return asked
