"""Places of the last edition that a complete new one does not have: seen, and for how long."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from reports.model.values import ChangeKind
from storage.database.tables import absence, change, report


@dataclass(frozen=True)
class Absence:
    """A country that a good listing of an edition did not name, so often and since then."""

    country: str
    first_missed_at: datetime
    miss_count: int


class Absences:
    """The absences of one source's editions, on one connection."""

    def __init__(self, connection: Connection, source: str) -> None:
        self._connection = connection
        self._source = source

    def see(self, edition: str, missing: Collection[str], now: datetime) -> list[Absence]:
        """Write down the countries an edition lacks now; those that came are forgotten."""
        of_edition = (absence.c.source == self._source, absence.c.edition == edition)
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
                    source=self._source,
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

    def told(self, edition: str) -> set[str]:
        """Return the countries already recorded as dropped from an edition."""
        query = select(change.c.subject).where(
            change.c.kind == ChangeKind.COUNTRY_DROPPED.value,
            change.c.source == self._source,
            change.c.edition == edition,
        )
        return set(self._connection.execute(query).scalars())

    def held(self, edition: str) -> dict[str, str]:
        """Return the countries with a report of an edition that is not removed: code and title.

        Areas of a country count for themselves alone and are not among them.
        """
        query = select(report.c.country, report.c.title).where(
            report.c.source == self._source,
            report.c.edition == edition,
            report.c.part == "",
            report.c.state != "removed",
        )
        return {row.country: row.title for row in self._connection.execute(query)}
