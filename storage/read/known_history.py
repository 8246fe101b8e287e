"""What was known of each report, and from when on: the rows of an export, as of a moment.

Nothing here shows what came to be known after the moment: that another version was captured, how
a later reader read it, what an import found out about the time in which a text stood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from reports.model.identity import ReportId
from reports.model.reading import Reading
from reports.model.values import Change, ChangeKind
from storage.changes.rows import change_of, select_changes
from storage.database.tables import change, former_value, location, reading, report, version
from storage.texts.readings import Readings
from storage.texts.versions import REPORT_NAME

PARCEL = 500
"""Changes that are fetched at once."""


@dataclass(frozen=True)
class SeenPeriod:
    """From ``known_from`` on we knew that a version's text was seen first and last at these."""

    known_from: datetime
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True)
class KnownReading:
    """What one reader revision understood of a version, and since when we have it."""

    known_from: datetime
    revision: int
    value: Reading


@dataclass(frozen=True)
class KnownVersion:
    """A version with everything that was known of it, oldest knowledge first."""

    number: int
    title: str
    url: str
    captured_at: datetime
    payload_sha256: str
    known_from: datetime
    seen: tuple[SeenPeriod, ...]
    readings: tuple[KnownReading, ...]

    def seen_as_of(self, moment: datetime) -> SeenPeriod:
        """Return the period in which the text was known, at a moment, to have been seen."""
        return [each for each in self.seen if each.known_from <= moment][-1]

    def reading_as_of(self, moment: datetime) -> KnownReading:
        """Return the reading of the highest revision that was there at a moment."""
        there = [each for each in self.readings if each.known_from <= moment]
        return max(there or self.readings[:1], key=lambda each: each.revision)


@dataclass(frozen=True)
class KnownAbsence:
    """A removal of a report, or its return, and the version that went or came back."""

    known_from: datetime
    is_return: bool
    at: datetime
    version: int | None


@dataclass(frozen=True)
class KnownReport:
    """A report with everything that was known of it at the moment of an export."""

    report: ReportId
    published_on: str
    versions: tuple[KnownVersion, ...]
    absences: tuple[KnownAbsence, ...]


@dataclass(frozen=True)
class KnownChange:
    """A change, what was known of it from a moment on, and the payloads that it lies between.

    ``is_held`` and ``is_corroborated`` are as they were known then, those of ``change`` as now.
    """

    known_from: datetime
    known_until: datetime | None
    change: Change
    is_held: bool
    is_corroborated: bool
    subject: str
    from_payload: str
    to_payload: str


class KnownHistory:
    """What was known at a moment, on one connection."""

    def __init__(self, connection: Connection, as_of: datetime) -> None:
        self._connection = connection
        self._as_of = as_of
        self._readings = Readings(connection)

    def reports(self) -> Iterator[KnownReport]:
        """Yield every report of which a version was known, in order of name."""
        query = select(report.c.id, report.c.published_on, *REPORT_NAME)
        rows = self._connection.execute(query).all()
        for row in sorted(rows, key=lambda row: ReportId(*row[2:])):
            versions = self._versions(row.id)
            if versions:
                name = ReportId(*row[2:])
                yield KnownReport(name, row.published_on, versions, self._absences(row.id))

    def _versions(self, report_id: int) -> tuple[KnownVersion, ...]:
        known_from = func.coalesce(version.c.recorded_at, version.c.captured_at)
        title = func.coalesce(func.nullif(version.c.own_title, ""), report.c.title)
        query = (
            select(version, location.c.url, known_from.label("known_from"), title.label("title"))
            .join(location, location.c.id == version.c.location_id)
            .join(report, report.c.id == version.c.report_id)
            .where(version.c.report_id == report_id, known_from <= self._as_of)
            .order_by(version.c.number)
        )
        rows = self._connection.execute(query).all()
        former = self._former(version.name, [row.id for row in rows])
        return tuple(
            KnownVersion(
                row.number,
                row.title,
                row.url,
                row.captured_at,
                row.payload_sha256,
                row.known_from,
                tuple(_seen(row, former[row.id], self._as_of)),
                tuple(self._read(row)),
            )
            for row in rows
        )

    def _read(self, row: Row[Any]) -> Iterator[KnownReading]:
        query = select(reading.c.reader_revision, reading.c.recorded_at).where(
            reading.c.version_id == row.id
        )
        rows = self._connection.execute(query.order_by(reading.c.id)).all()
        for at, (revision, recorded) in enumerate(rows):
            known_from = recorded or row.known_from
            if at == 0 or known_from <= self._as_of:
                value, _ = self._readings.get(row.id, revision)
                yield KnownReading(known_from, revision, value)

    def _absences(self, report_id: int) -> tuple[KnownAbsence, ...]:
        kinds = (ChangeKind.REMOVED.value, ChangeKind.RESTORED.value)
        known_from = func.coalesce(change.c.recorded_at, change.c.detected_at)
        query = (
            select(change, known_from.label("known_from"))
            .where(change.c.report_id == report_id, change.c.kind.in_(kinds))
            .where(known_from <= self._as_of)
            .order_by(change.c.id)
        )
        return tuple(
            KnownAbsence(
                row.known_from,
                row.kind == ChangeKind.RESTORED.value,
                row.detected_at,
                row.to_version if row.kind == ChangeKind.RESTORED.value else row.from_version,
            )
            for row in self._connection.execute(query)
        )

    def changes(self) -> Iterator[KnownChange]:
        """Yield every change that was known, in order of number, each state of it in order."""
        last = 0
        while rows := self._connection.execute(self._parcel(last)).all():
            last = rows[-1].id
            former = self._former(change.name, [row.id for row in rows])
            payloads = self._payloads(rows)
            for row in rows:
                yield from self._states(row, former[row.id], payloads)

    def _parcel(self, after: int) -> Select[Any]:
        known_from = func.coalesce(change.c.recorded_at, change.c.detected_at)
        query = select_changes().add_columns(
            known_from.label("known_from"),
            change.c.subject,
        )
        shown = (change.c.id > after, known_from <= self._as_of)
        return query.where(*shown).order_by(change.c.id).limit(PARCEL)

    def _states(
        self, row: Row[Any], former: list[Row[Any]], payloads: Mapping[tuple[int, int], str]
    ) -> Iterator[KnownChange]:
        value = change_of(row)
        now = {"is_held": row.is_held, "is_corroborated": row.is_corroborated}
        states = list(_states(now, row.known_from, former, self._as_of))
        ends = [known_from for known_from, _ in states[1:]] + [None]
        for (known_from, said), until in zip(states, ends, strict=True):
            yield KnownChange(
                known_from,
                until,
                value,
                bool(said["is_held"]),
                bool(said["is_corroborated"]),
                row.subject,
                payloads.get((row.report_id, row.from_version), ""),
                payloads.get((row.report_id, row.to_version), ""),
            )

    def _payloads(self, rows: Iterable[Row[Any]]) -> dict[tuple[int, int], str]:
        ids = {row.report_id for row in rows if row.report_id}
        columns = (version.c.report_id, version.c.number, version.c.payload_sha256)
        query = select(*columns).where(version.c.report_id.in_(ids))
        return {(owner, number): sha for owner, number, sha in self._connection.execute(query)}

    def _former(self, table: str, ids: list[int]) -> dict[int, list[Row[Any]]]:
        """Return what rows said before they were revised, in order of revision, by row."""
        found: dict[int, list[Row[Any]]] = defaultdict(list)
        same = and_(former_value.c.table_name == table, former_value.c.row_id.in_(ids))
        query = select(former_value).where(same).order_by(former_value.c.id)
        for row in self._connection.execute(query):
            found[row.row_id].append(row)
        return found


def _seen(row: Row[Any], former: list[Row[Any]], as_of: datetime) -> Iterator[SeenPeriod]:
    now = {"first_seen_at": row.first_seen_at, "last_seen_at": row.last_seen_at}
    for known_from, said in _states(now, row.known_from, former, as_of):
        yield SeenPeriod(known_from, _moment(said["first_seen_at"]), _moment(said["last_seen_at"]))


def _states(
    now: Mapping[str, Any], known_from: datetime, former: list[Row[Any]], as_of: datetime
) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """Yield each state that a row had until ``as_of``, and since when; states of no time left out.

    What was revised is taken back, from the present on.
    """
    states = []
    said = dict(now)
    for row in reversed(former):
        states.append((row.until_at, dict(said)))
        said |= row.said
    states.append((known_from, said))
    states.reverse()
    for at, (since, state) in enumerate(states):
        is_over = at + 1 < len(states) and states[at + 1][0] <= since
        if since <= as_of and not is_over:
            yield since, state


def _moment(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value).astimezone(UTC)
