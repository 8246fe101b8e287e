"""Which locations carry which reports: one page may carry several, one report may have several."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select, update

from reports.model.identity import ReportId
from reports.model.values import Evidence
from reports.watch.outcome import Outcome
from storage.database.tables import carries, location, report, version
from storage.texts.versions import REPORT_NAME
from storage.watch.locations import LocationView, view

ALIVE = (Outcome.PUBLISHED, Outcome.EDITED, Outcome.UNCHANGED, Outcome.DUPLICATE, Outcome.RESTORED)


@dataclass(frozen=True)
class Primary:
    """The location that drives a report's versions."""

    location_id: int
    key: str
    outcome: str
    is_listed: bool

    @property
    def is_gone(self) -> bool:
        """Whether it was removed."""
        return self.outcome == Outcome.REMOVED


class ReportLocations:
    """The table that joins locations and reports, on one connection.

    A report's *primary* location drives its versions; each location keeps its own latest words.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def carried(self, locations: Iterable[int]) -> dict[int, list[tuple[ReportId, bool]]]:
        """Return the reports each location carries, and whether it is their primary one."""
        query = (
            select(carries.c.location_id, carries.c.is_primary, *REPORT_NAME)
            .join(report, report.c.id == carries.c.report_id)
            .where(carries.c.location_id.in_(set(locations)))
        )
        found: dict[int, list[tuple[ReportId, bool]]] = {}
        for row in self._connection.execute(query):
            found.setdefault(row.location_id, []).append((ReportId(*row[2:]), row.is_primary))
        return found

    def is_primary(self, location_id: int, report_id: int) -> bool | None:
        """Tell whether a location is a report's primary one; None if it does not carry it."""
        query = select(carries.c.is_primary).where(*_pair(location_id, report_id))
        return self._connection.execute(query).scalar()

    def words(self, location_id: int, report_id: int) -> str:
        """Return the hash of the words a location showed last."""
        query = select(carries.c.words_sha256).where(*_pair(location_id, report_id))
        return self._connection.execute(query).scalar() or ""

    def set_words(self, location_id: int, report_id: int, words_sha256: str) -> None:
        """Record the words a location shows now."""
        statement = update(carries).where(*_pair(location_id, report_id))
        self._connection.execute(statement.values(words_sha256=words_sha256))

    def mark_accepted(self, location_id: int, report_id: int) -> None:
        """Record that an operator accepted what a location says."""
        statement = update(carries).where(*_pair(location_id, report_id))
        self._connection.execute(statement.values(how=Evidence.OPERATOR.value))

    def accepted(self, location_id: int, edition: str, words_sha256: str) -> ReportId | None:
        """Return the report that an operator accepted of a location whose page names an edition.

        Of that edition, or with the very words that were accepted; None if there is none.
        """
        is_same = (report.c.edition == edition) | (carries.c.words_sha256 == words_sha256)
        query = (
            select(*REPORT_NAME)
            .join(carries, carries.c.report_id == report.c.id)
            .where(carries.c.location_id == location_id, carries.c.how == Evidence.OPERATOR.value)
        )
        row = self._connection.execute(query.where(is_same)).first()
        return ReportId(*row) if row else None

    def add(
        self,
        location_id: int,
        report_id: int,
        words_sha256: str,
        how: Evidence,
        *,
        is_primary: bool = False,
    ) -> None:
        """Join a location and a report that are not joined yet."""
        self._connection.execute(
            carries.insert(),
            {
                "location_id": location_id,
                "report_id": report_id,
                "is_primary": is_primary,
                "words_sha256": words_sha256,
                "how": how.value,
            },
        )

    def join(self, location_id: int, report_id: int, words_sha256: str, how: Evidence) -> None:
        """Join a location and a report, unless they are joined already."""
        if self.is_primary(location_id, report_id) is None:
            self.add(location_id, report_id, words_sha256, how)

    def make_primary(self, location_id: int, report_id: int) -> None:
        """Let one location of a report drive its versions from now on."""
        self._connection.execute(
            update(carries)
            .where(carries.c.report_id == report_id)
            .values(is_primary=carries.c.location_id == location_id)
        )

    def primary(self, report_id: int) -> Primary | None:
        """Return the primary location of a report."""
        query = (
            select(location.c.id, location.c.key, location.c.outcome, location.c.is_listed)
            .join(carries, carries.c.location_id == location.c.id)
            .where(carries.c.report_id == report_id, carries.c.is_primary)
        )
        row = self._connection.execute(query).first()
        return Primary(row.id, row.key, row.outcome, row.is_listed) if row else None

    def primary_view(self, report_id: int) -> LocationView:
        """Return what is known of a report's primary location."""
        query = (
            select(location)
            .join(carries, carries.c.location_id == location.c.id)
            .where(carries.c.report_id == report_id, carries.c.is_primary)
        )
        return view(self._connection.execute(query).one())

    def has_left(self, location_id: int, report_id: int) -> LocationView | None:
        """Return the listed page that took a report over from a location that drove its versions.

        None if there is none: an unlisted copy, or a location that is still listed, left nothing.
        """
        drove = select(version.c.id).where(
            version.c.report_id == report_id, version.c.location_id == location_id
        )
        here = select(location.c.is_listed).where(location.c.id == location_id)
        primary = self.primary_view(report_id)
        is_other = primary.id != location_id and primary.is_listed
        if not is_other or self._connection.execute(here).scalar_one():
            return None
        return primary if self._connection.execute(drove.limit(1)).first() else None

    def living_elsewhere(self, report_id: int, location_id: int, since: datetime) -> int | None:
        """Return another location of a report that was well when it was read since a moment."""
        query = _well_elsewhere(location.c.id, report_id, location_id)
        read_since = query.where(location.c.checked_at >= since)
        order = (location.c.is_listed.desc(), location.c.id)
        return self._connection.execute(read_since.order_by(*order)).scalar()

    def has_failed(self, report_id: int, location_id: int, since: datetime) -> bool:
        """Tell whether an attempt at another location of a report failed since a moment."""
        query = (
            select(location.c.id)
            .join(carries, carries.c.location_id == location.c.id)
            .where(
                carries.c.report_id == report_id,
                location.c.id != location_id,
                location.c.outcome.in_([Outcome.ERROR.value, Outcome.BLOCKED.value]),
                location.c.checked_at >= since,
            )
        )
        return self._connection.execute(query.limit(1)).first() is not None

    def unattempted(self, report_id: int, location_id: int, since: datetime) -> list[str]:
        """Return the addresses of a report's other locations that were well, but before then."""
        query = _well_elsewhere(location.c.url, report_id, location_id, (*ALIVE, Outcome.MOVED))
        unattempted = query.where(location.c.checked_at < since)
        return list(self._connection.execute(unattempted.order_by(location.c.id)).scalars())


def _well_elsewhere(
    column: ColumnElement[Any],
    report_id: int,
    location_id: int,
    outcomes: Iterable[Outcome] = ALIVE,
) -> Select[tuple[Any]]:
    """Select a column of a report's other locations that were well when they were last read."""
    return (
        select(column)
        .join_from(location, carries, carries.c.location_id == location.c.id)
        .where(
            carries.c.report_id == report_id,
            location.c.id != location_id,
            location.c.outcome.in_([outcome.value for outcome in outcomes]),
        )
    )


def _pair(location_id: int, report_id: int) -> tuple[ColumnElement[bool], ...]:
    return (carries.c.location_id == location_id, carries.c.report_id == report_id)
