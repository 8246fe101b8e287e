"""Captures as they are exported: with their records and the versions read from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from reports.model.identity import ReportId
from storage.database.tables import capture, carries, change, location, payload, report, version
from storage.texts.aliases import named
from storage.texts.versions import REPORT_NAME
from storage.watch.capture_records import CaptureRecords, StoredRecord

_AT_ONCE = 100


@dataclass(frozen=True)
class CapturedPage:
    """One capture: ``versions`` are those that were read from it, by report and number.

    ``is_kept`` says whether its bytes are stored: of a capture that differs in noise alone they
    are not. ``capture_count`` is how many looks it stands for.
    """

    id: int
    stored: StoredRecord
    is_kept: bool
    capture_count: int
    versions: tuple[tuple[ReportId, int], ...]


@dataclass(frozen=True)
class CaptureScope:
    """Which captures are meant: of a source, of a report, or all."""

    source: str = ""
    report: ReportId | None = None


class CapturedPages:
    """The captures on one connection, for reading in the order in which they were recorded."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._records = CaptureRecords(connection)

    def every(self, scope: CaptureScope) -> Iterator[CapturedPage]:
        """Yield captures, some at a time; what is recorded meanwhile may come at the end."""
        last = 0
        while True:
            query = (
                select(capture.c.id, capture.c.capture_count, payload.c.size)
                .join(location, location.c.id == capture.c.location_id)
                .outerjoin(payload, payload.c.sha256 == capture.c.payload_sha256)
                .where(capture.c.id > last, *self._within(scope))
                .order_by(capture.c.id)
                .limit(_AT_ONCE)
            )
            rows = self._connection.execute(query).all()
            if not rows:
                return
            versions = self._versions([row.id for row in rows])
            for row in rows:
                yield CapturedPage(
                    row.id,
                    self._records.of_capture(row.id),
                    row.size is not None,
                    row.capture_count,
                    tuple(versions.get(row.id, ())),
                )
            last = rows[-1].id

    def last_at(self, scope: CaptureScope) -> datetime | None:
        """Return when the newest capture was made, None if there is none."""
        query = select(func.max(capture.c.captured_at)).join(
            location, location.c.id == capture.c.location_id
        )
        found: datetime | None = self._connection.execute(
            query.where(*self._within(scope))
        ).scalar()
        return found

    def removals(self, scope: CaptureScope, version_number: int | None = None) -> list[int]:
        """Return the removals of the reports meant, or those of one version alone."""
        query = (
            select(change.c.id)
            .join(report, report.c.id == change.c.report_id)
            .where(change.c.kind == "removed")
            .order_by(change.c.id)
        )
        if scope.source:
            query = query.where(report.c.source == scope.source)
        if scope.report:
            query = query.where(*named(scope.report))
        if version_number is not None:
            query = query.where(change.c.from_version == version_number)
        return list(self._connection.execute(query).scalars())

    def _within(self, scope: CaptureScope) -> Sequence[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if scope.source:
            found.append(location.c.source == scope.source)
        if scope.report:
            at = select(carries.c.location_id).join(report, report.c.id == carries.c.report_id)
            of = select(version.c.location_id).join(report, report.c.id == version.c.report_id)
            is_of = named(scope.report)
            found.append(
                or_(location.c.id.in_(at.where(*is_of)), location.c.id.in_(of.where(*is_of)))
            )
        return found

    def _versions(self, captures: Sequence[int]) -> dict[int, list[tuple[ReportId, int]]]:
        same = and_(
            version.c.location_id == capture.c.location_id,
            version.c.captured_at == capture.c.captured_at,
            version.c.payload_sha256 == capture.c.payload_sha256,
        )
        query = (
            select(capture.c.id, version.c.number, *REPORT_NAME)
            .join(version, same)
            .join(report, report.c.id == version.c.report_id)
            .where(capture.c.id.in_(captures))
            .order_by(report.c.id, version.c.number)
        )
        found: dict[int, list[tuple[ReportId, int]]] = {}
        for capture_id, number, *name in self._connection.execute(query):
            found.setdefault(capture_id, []).append((ReportId(*name), number))
        return found
