"""Listings as runs read them: how many links, whether that was enough, which countries lacked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from reports.model.captured import CaptureRecord
from storage.database.tables import absence, listing, run
from storage.watch.record_packing import RecordPacking
from storage.watch.runs import RUNNING


@dataclass(frozen=True)
class ListingRead:
    """One listing that a run read: how many links it had, and whether that was enough."""

    edition: str
    read_at: datetime
    link_count: int
    is_good: bool


@dataclass(frozen=True)
class ListingReads:
    """When an edition's listing was read, first and last; ``is_good`` is how it read the last time.

    ``was_good`` tells whether it was ever read well.
    """

    first_at: datetime
    last_at: datetime
    is_good: bool
    was_good: bool


@dataclass(frozen=True)
class PoorListing:
    """An edition's listing that was not read well the last time.

    ``good_count`` is how many links it had when it was read well, 0 if it never was.
    """

    source: str
    edition: str
    read_at: datetime
    link_count: int
    good_count: int


@dataclass(frozen=True)
class Absence:
    """A country that a good listing of an edition did not name, so often and since then."""

    country: str
    first_missed_at: datetime
    miss_count: int


class ListingHistory:
    """The listings on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def note(
        self,
        run_id: int,
        source: str,
        edition: str,
        links: int,
        now: datetime,
        *,
        is_good: bool,
        record: CaptureRecord | None = None,
    ) -> None:
        """Record that an edition's listing was read, and what was asked and answered."""
        self._connection.execute(
            listing.insert().values(
                source=source,
                edition=edition,
                run_id=run_id,
                read_at=now,
                link_count=links,
                is_good=is_good,
                **RecordPacking(self._connection).packed(record),
            )
        )

    def of_run(self, run_id: int) -> list[ListingRead]:
        """Return the listings that a run read, newest edition first."""
        query = select(listing).where(listing.c.run_id == run_id).order_by(listing.c.edition.desc())
        rows = self._connection.execute(query)
        return [ListingRead(row.edition, row.read_at, row.link_count, row.is_good) for row in rows]

    def last_good_count(self, source: str, edition: str) -> int:
        """Return how many links the last good listing of an edition had, 0 if there was none."""
        query = (
            select(listing.c.link_count)
            .where(listing.c.source == source, listing.c.edition == edition, listing.c.is_good)
            .order_by(listing.c.id.desc())
            .limit(1)
        )
        return self._connection.execute(query).scalar() or 0

    def editions(self, source: str) -> tuple[str, ...]:
        """Return the editions whose listing was ever read well, oldest first."""
        query = select(listing.c.edition).distinct().where(listing.c.source == source)
        return tuple(sorted(self._connection.execute(query.where(listing.c.is_good)).scalars()))

    def reads(self, source: str) -> dict[str, ListingReads]:
        """Return when and how each edition's listing was read, by edition."""
        good_id = func.max(listing.c.id).filter(listing.c.is_good)
        bounds = (
            select(
                listing.c.edition,
                func.min(listing.c.read_at).label("first_at"),
                func.max(listing.c.id).label("last_id"),
                good_id.label("good_id"),
            )
            .where(listing.c.source == source)
            .group_by(listing.c.edition)
            .subquery()
        )  # the last one by its id: a clock may have been ahead
        query = select(bounds, listing.c.read_at).join(listing, listing.c.id == bounds.c.last_id)
        return {
            row.edition: ListingReads(
                row.first_at, row.read_at, row.last_id == row.good_id, row.good_id is not None
            )
            for row in self._connection.execute(query)
        }

    def poor(self) -> list[PoorListing]:
        """Return the listings whose latest reading, by a run that has ended, was not good.

        An edition that was never read well counts only if a run took it up by itself: one that
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
        poor = [
            (row, self.last_good_count(row.source, row.edition))
            for row in self._connection.execute(query).all()
        ]
        return [
            PoorListing(row.source, row.edition, row.read_at, row.link_count, good)
            for row, good in poor
            if good or "editions" not in row.parameters
        ]

    def note_missing(
        self, source: str, edition: str, missing: Collection[str], now: datetime
    ) -> list[Absence]:
        """Record the countries that an edition lacks now, and forget those that came."""
        of_edition = (absence.c.source == source, absence.c.edition == edition)
        self._connection.execute(
            delete(absence).where(*of_edition, absence.c.country.not_in(list(missing)))
        )
        self._connection.execute(
            update(absence).where(*of_edition).values(miss_count=absence.c.miss_count + 1)
        )
        known = set(
            self._connection.execute(select(absence.c.country).where(*of_edition)).scalars()
        )
        for country in sorted(set(missing) - known):
            self._connection.execute(
                absence.insert().values(
                    source=source,
                    edition=edition,
                    country=country,
                    first_missed_at=now,
                    miss_count=1,
                )
            )
        query = select(absence).where(*of_edition).order_by(absence.c.country)
        return [
            Absence(row.country, row.first_missed_at, row.miss_count)
            for row in self._connection.execute(query)
        ]
