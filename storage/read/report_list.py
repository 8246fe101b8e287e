"""Reports in figures: sorted lists of them, and the matrix of places by editions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, case, func, select

from reports.model.identity import ReportId
from storage.database.tables import carries, location, report, report_facts, version
from storage.texts.versions import REPORT_NAME


@dataclass(frozen=True)
class ReportRow:
    """One report in figures, of its version captured last.

    ``issues`` is None where its list could not be read or is none; ``seen_at`` is when its words
    were last confirmed.
    """

    report: ReportId
    title: str
    state: str
    versions: int
    words: int
    issues: int | None
    changed_at: datetime
    seen_at: datetime


class MatrixEntry(NamedTuple):
    """One report of a matrix: a named tuple, since a matrix holds thousands."""

    edition: str
    country: str
    part: str
    state: str
    versions: int
    words: int
    issues: int | None


_HISTORY = (
    select(
        version.c.report_id,
        func.count().label("version_count"),
        func.max(version.c.captured_at).label("captured_at"),
        func.max(version.c.last_seen_at).label("last_seen_at"),
    )
    .group_by(version.c.report_id)
    .subquery("history")
)

_ISSUES = case(
    (report_facts.c.issue_status.in_(("listed", "none_reported")), report_facts.c.issue_count)
)

SORTS: dict[str, ColumnElement[Any]] = {
    "country": report.c.country,
    "edition": report.c.edition,
    "state": report.c.state,
    "versions": _HISTORY.c.version_count,
    "words": func.coalesce(report_facts.c.report_word_count, 0),
    "issues": func.coalesce(_ISSUES, -1),
    "changed": _HISTORY.c.captured_at,
}
"""What lists of reports can be sorted by."""


class ReportList:
    """The lists on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def page(
        self,
        *,
        source: str = "",
        edition: str = "",
        country: str = "",
        part: str | None = None,
        state: str = "",
        sort: str = "",
        is_descending: bool = False,
        limit: int,
        offset: int = 0,
    ) -> list[ReportRow]:
        """Return a page of reports in an order of ``SORTS``; by name where none is asked for."""
        names = {"source": source, "edition": edition, "country": country, "state": state}
        asked = [report.c[name] == value for name, value in names.items() if value]
        if part is not None:
            asked.append(report.c.part == part)
        order: list[ColumnElement[Any]] = [*REPORT_NAME]
        if sort:
            by = SORTS[sort]
            order.insert(0, by.desc() if is_descending else by.asc())
        query = _figures().where(*asked).order_by(*order).limit(limit).offset(offset)
        rows = self._connection.execute(query).all()
        seen = self._seen([row.id for row in rows])
        return [_seen_at(_row(row), seen.get(row.id)) for row in rows]

    def matrix(self, source: str, editions: Sequence[str]) -> list[MatrixEntry]:
        """Return the reports of some editions of a source, by place."""
        counts = (
            select(version.c.report_id, func.count().label("version_count"))
            .group_by(version.c.report_id)
            .subquery("counts")
        )
        query = (
            select(
                report.c.edition,
                report.c.country,
                report.c.part,
                report.c.state,
                counts.c.version_count.label("versions"),
                func.coalesce(report_facts.c.report_word_count, 0).label("words"),
                _ISSUES.label("issues"),
            )
            .join(counts, counts.c.report_id == report.c.id)
            .outerjoin(report_facts, report_facts.c.report_id == report.c.id)
            .where(report.c.source == source, report.c.edition.in_(editions))
            .order_by(report.c.country, report.c.part, report.c.edition)
        )
        return [MatrixEntry(*row) for row in self._connection.execute(query)]

    def _seen(self, ids: Sequence[int]) -> dict[int, datetime]:
        """Return when the primary locations of reports were last seen."""
        query = (
            select(carries.c.report_id, func.max(location.c.seen_at))
            .join(location, location.c.id == carries.c.location_id)
            .where(carries.c.report_id.in_(ids), carries.c.is_primary)
            .group_by(carries.c.report_id)
        )
        rows = self._connection.execute(query)
        return {report_id: seen_at for report_id, seen_at in rows if seen_at}


def _figures() -> Select[Any]:
    return (
        select(
            report.c.id,
            *REPORT_NAME,
            report.c.title,
            report.c.state,
            _HISTORY.c.version_count,
            _HISTORY.c.captured_at,
            _HISTORY.c.last_seen_at,
            func.coalesce(report_facts.c.report_word_count, 0).label("words"),
            _ISSUES.label("issues"),
        )
        .join(_HISTORY, _HISTORY.c.report_id == report.c.id)
        .outerjoin(report_facts, report_facts.c.report_id == report.c.id)
    )


def _row(row: Row[Any]) -> ReportRow:
    return ReportRow(
        ReportId(row.source, row.edition, row.country, row.part),
        row.title,
        row.state,
        row.version_count,
        row.words,
        row.issues,
        row.captured_at,
        row.last_seen_at,
    )


def _seen_at(row: ReportRow, seen: datetime | None) -> ReportRow:
    return replace(row, seen_at=max(row.seen_at, seen)) if seen else row
