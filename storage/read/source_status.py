"""How each source stands: its last run of the whole, and its listings as they were last read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from reports.watch.outcome import LEAST_LOOKS, Outcome
from storage.database.tables import listing, run, run_outcome
from storage.watch.runs import INTERRUPTED, RUNNING, Runs

LOOKED_BACK = 50
"""Runs of a source among which the last one of the whole is looked for."""


@dataclass(frozen=True)
class EndedRun:
    """The last run of the whole of a source that has ended.

    ``listing_count`` are the listings it read, ``link_count`` the links these held together.
    """

    id: int
    source: str
    trigger: str
    state: str
    counts: dict[str, int]
    error: str
    ended_at: datetime
    listing_count: int
    link_count: int


@dataclass(frozen=True)
class PoorListing:
    """An edition's listing that was not read well the last time; ``good_count`` is what it held.

    ``good_count`` is 0 where it was never read well.
    """

    source: str
    edition: str
    read_at: datetime
    link_count: int
    good_count: int


class Standing:
    """How the sources stand, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def under_way(self) -> set[str]:
        """Return the sources of which a run is open."""
        query = select(run.c.source).distinct().where(run.c.state == RUNNING)
        return set(self._connection.execute(query).scalars())

    def last_run(self, source: str, triggers: Collection[str]) -> EndedRun | None:
        """Return the last ended run of the whole of a source that something of a list started.

        Runs of single pages or countries, and those that a person broke off, are no measure; nor
        are scheduled ones that asked for next to nothing, since next to nothing was due.
        """
        asked = (
            run.c.source == source,
            run.c.state != RUNNING,
            run.c.error != INTERRUPTED,
            run.c.trigger.in_(triggers),
        )
        query = select(run).where(*asked).order_by(run.c.id.desc()).limit(LOOKED_BACK)
        rows = self._connection.execute(query).all()
        listed = self._that_read_listings([row.id for row in rows])
        whole = (row for row in rows if not {"urls", "countries"} & set(row.parameters))
        found = next((row for row in whole if row.id in listed or _is_measure(row)), None)
        return self._ended(found) if found else None

    def _that_read_listings(self, runs: Collection[int]) -> set[int]:
        query = select(listing.c.run_id).where(listing.c.run_id.in_(runs)).distinct()
        return set(self._connection.execute(query).scalars())

    def _ended(self, row: Row[Any]) -> EndedRun:
        counted = func.count(), func.coalesce(func.sum(listing.c.link_count), 0)
        query = select(*counted).where(listing.c.run_id == row.id)
        listings, links = self._connection.execute(query).one()
        return EndedRun(
            id=row.id,
            source=row.source,
            trigger=row.trigger,
            state=row.state,
            counts=dict(row.counts),
            error=row.error,
            ended_at=row.ended_at or row.started_at,
            listing_count=int(listings),
            link_count=int(links),
        )

    def failed_urls(self, run_id: int, most: int) -> tuple[str, ...]:
        """Return some locations of a run that were refused or did not answer."""
        asked = (
            run_outcome.c.run_id == run_id,
            run_outcome.c.outcome.in_([Outcome.BLOCKED.value, Outcome.ERROR.value]),
        )
        query = select(run_outcome.c.url).where(*asked).order_by(run_outcome.c.url).limit(most)
        return tuple(self._connection.execute(query).scalars())

    def poor_listings(self) -> list[PoorListing]:
        """Return the listings whose latest reading, by a run that has ended, was not good.

        An edition that was never read well counts only where a run took it up by itself: one that
        a person named may not exist.
        """
        by_edition = (listing.c.source, listing.c.edition)
        ended = select(run.c.id).where(run.c.state != RUNNING)
        latest = select(func.max(listing.c.id)).where(listing.c.run_id.in_(ended))
        query = (
            select(listing, run.c.parameters)
            .join(run, run.c.id == listing.c.run_id)
            .where(listing.c.id.in_(latest.group_by(*by_edition)), listing.c.is_good.is_(False))
            .order_by(*by_edition)
        )
        runs = Runs(self._connection)
        poor = [
            (row, runs.last_good_listing(row.source, row.edition))
            for row in self._connection.execute(query).all()
        ]
        return [
            PoorListing(row.source, row.edition, row.read_at, row.link_count, good)
            for row, good in poor
            if good or "editions" not in row.parameters
        ]


def _is_measure(row: Row[Any]) -> bool:
    """Tell whether a run that read no listing says how its source stands all the same."""
    return bool(row.state != "done" or row.counts.get("checked", 0) >= LEAST_LOOKS)
