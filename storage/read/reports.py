"""Read models: reports and versions as commands, pages and messages show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, literal, select, tuple_

from reports.model.identity import ReportId
from reports.model.values import VersionView
from storage.database.tables import carries, change, location, reading, report, version
from storage.read.archive_copies import memento_of
from storage.texts.readings import Readings
from storage.texts.versions import REPORT_NAME, named


@dataclass(frozen=True)
class LatestVersion:
    """The newest version of a report in a list."""

    number: int
    text_sha256: str
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True)
class ReportView:
    """One report in a list."""

    report: ReportId
    title: str
    state: str
    versions: int
    locations: tuple[str, ...]
    latest: LatestVersion
    published_on: str = ""


@dataclass(frozen=True)
class VersionRow:
    """One version in a report's history, without its text."""

    number: int
    title: str
    url: str
    captured_at: datetime
    last_seen_at: datetime
    text_sha256: str
    report_sha256: str
    payload_sha256: str
    reader_revision: int


@dataclass(frozen=True)
class SourceView:
    """What is held of one source."""

    source: str
    editions: tuple[str, ...]
    reports: int


class Library:
    """Everything that only reads, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def reports(
        self,
        *,
        source: str = "",
        edition: str = "",
        country: str = "",
        part: str | None = None,
        state: str = "",
        limit: int | None = None,
        offset: int = 0,
        after: ReportId | None = None,
    ) -> list[ReportView]:
        """Return reports in order of source, edition, country and part; those past ``after``."""
        asked = _asked(source=source, edition=edition, country=country, part=part, state=state)
        if after:
            place = (after.source, after.edition, after.country, after.part)
            asked.append(tuple_(*REPORT_NAME) > tuple_(*map(literal, place)))
        chosen = select(report.c.id).where(*asked)
        if limit is not None:
            chosen = chosen.order_by(*REPORT_NAME).limit(limit).offset(offset)
        rows = self._connection.execute(_latest_versions(chosen).order_by(*REPORT_NAME)).all()
        places = self._places([row.report_id for row in rows])
        return [_report_view(row, places[row.report_id]) for row in rows]

    def count_reports(
        self,
        *,
        source: str = "",
        edition: str = "",
        country: str = "",
        part: str | None = None,
        state: str = "",
    ) -> int:
        """Return how many reports ``reports`` would return."""
        asked = _asked(source=source, edition=edition, country=country, part=part, state=state)
        query = select(func.count()).select_from(report).where(*asked)
        return int(self._connection.execute(query).scalar_one())

    def _places(self, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
        """Return the locations of reports, primary ones first."""
        found: dict[int, list[Row[Any]]] = defaultdict(list)
        query = (
            select(carries.c.report_id, carries.c.is_primary, location.c.url, location.c.seen_at)
            .join(location, location.c.id == carries.c.location_id)
            .order_by(carries.c.is_primary.desc(), location.c.id)
        )
        if len(ids) < FEW:
            query = query.where(carries.c.report_id.in_(ids))
        for row in self._connection.execute(query):
            found[row.report_id].append(row)
        return found

    def version(self, name: ReportId, number: int | None) -> VersionView | None:
        """Return one version of a report; None where there is no such number."""
        if number is None:
            return None
        query = _versions(name).where(version.c.number == number)
        row = self._connection.execute(query).first()
        return self._version_view(name, row) if row else None

    def latest(self, name: ReportId) -> VersionView | None:
        """Return the version captured last."""
        order = (version.c.captured_at.desc(), version.c.number.desc())
        row = self._connection.execute(_versions(name).order_by(*order).limit(1)).first()
        return self._version_view(name, row) if row else None

    def versions(self, name: ReportId) -> list[VersionView]:
        """Return every version of a report, the one captured last first."""
        order = (version.c.captured_at.desc(), version.c.number.desc())
        rows = self._connection.execute(_versions(name).order_by(*order)).all()
        return [self._version_view(name, row) for row in rows]

    def history(self, name: ReportId) -> list[VersionRow]:
        """Return every version of a report without its text, the one captured last first."""
        newest = (
            select(func.max(reading.c.reader_revision))
            .where(reading.c.version_id == version.c.id)
            .correlate(version)
            .scalar_subquery()
        )
        hashes = (reading.c.text_sha256, reading.c.report_sha256, reading.c.reader_revision)
        query = (
            _versions(name)
            .add_columns(*hashes)
            .join(reading, reading.c.version_id == version.c.id)
            .where(reading.c.reader_revision == newest)
            .order_by(version.c.captured_at.desc(), version.c.number.desc())
        )
        return [_version_row(row) for row in self._connection.execute(query)]

    def every_version(self) -> Iterator[VersionView]:
        """Yield every version held, in order of report and number."""
        for view in self.reports():
            yield from sorted(self.versions(view.report), key=lambda each: each.number)

    def exists(self, name: ReportId) -> bool:
        """Tell whether a report is held."""
        return self._connection.execute(select(report.c.id).where(*named(name))).first() is not None

    def sources(self) -> list[SourceView]:
        """Return what is held, by source."""
        query = select(report.c.source, report.c.edition, func.count()).group_by(
            report.c.source, report.c.edition
        )
        editions: dict[str, dict[str, int]] = defaultdict(dict)
        for source, edition, count in self._connection.execute(query):
            editions[source][edition] = count
        return [
            SourceView(source, tuple(sorted(held)), sum(held.values()))
            for source, held in sorted(editions.items())
        ]

    def places(self) -> list[str]:
        """Return the countries and areas that any report is of: ``CHN``, ``CHN/tibet``."""
        query = select(report.c.country, report.c.part).distinct()
        rows = self._connection.execute(query.order_by(report.c.country, report.c.part))
        return [f"{country}/{part}" if part else country for country, part in rows]

    def newest_edition(self, source: str) -> str:
        """Return the newest edition of which any report is held, or ``""``."""
        query = select(func.max(report.c.edition)).where(report.c.source == source)
        return self._connection.execute(query).scalar() or ""

    def counts(self) -> dict[str, int]:
        """Return how many reports, versions and changes are held."""
        tables = {"reports": report, "versions": version, "changes": change}
        return {
            name: int(
                self._connection.execute(select(func.count()).select_from(table)).scalar_one()
            )
            for name, table in tables.items()
        }

    def _version_view(self, name: ReportId, row: Row[Any]) -> VersionView:
        value, revision = Readings(self._connection).get(row.id)
        return VersionView(
            report=name,
            number=row.number,
            title=row.title,
            reading=replace(value, notes=tuple(row.notes)),  # notes change without a new reading
            url=row.url,
            captured_at=row.captured_at,
            last_seen_at=_last_seen(row),
            payload_sha256=row.payload_sha256,
            reader_revision=revision,
            memento_url=memento_of(self._connection, row),
        )


FEW = 500
"""Below this many reports an IN list beats reading every location."""


def _asked(*, part: str | None, **names: str) -> list[ColumnElement[bool]]:
    """Return the conditions of a list of reports; ``""`` asks for any, None for any part."""
    asked = [report.c[name] == value for name, value in names.items() if value]
    return asked if part is None else [*asked, report.c.part == part]


def _newest(chosen: Select[Any]) -> Any:
    """Rank the versions of each chosen report, the one captured last first."""
    order = (version.c.captured_at.desc(), version.c.number.desc())
    rank = func.row_number().over(partition_by=version.c.report_id, order_by=order)
    count = func.count().over(partition_by=version.c.report_id)
    ranked = select(version, rank.label("rank"), count.label("version_count"))
    return ranked.where(version.c.report_id.in_(chosen)).subquery("newest")


def _latest_versions(chosen: Select[Any]) -> Select[Any]:
    newest = _newest(chosen)
    text = (
        select(reading.c.text_sha256)
        .where(reading.c.version_id == newest.c.id)
        .order_by(reading.c.reader_revision.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(
        report.c.id.label("report_id"),
        report.c.source,
        report.c.edition,
        report.c.country,
        report.c.part,
        report.c.title,
        report.c.state,
        report.c.published_on,
        newest.c.version_count,
        newest.c.number,
        newest.c.first_seen_at,
        newest.c.last_seen_at,
        text.label("text_sha256"),
    ).join(newest, and_(newest.c.report_id == report.c.id, newest.c.rank == 1))


def _report_view(row: Row[Any], places: Sequence[Row[Any]]) -> ReportView:
    seen = [place.seen_at for place in places if place.is_primary and place.seen_at]
    return ReportView(
        ReportId(row.source, row.edition, row.country, row.part),
        row.title,
        row.state,
        row.version_count,
        tuple(place.url for place in places),
        LatestVersion(
            row.number, row.text_sha256, row.first_seen_at, max([row.last_seen_at, *seen])
        ),
        row.published_on,
    )


def _version_row(row: Row[Any]) -> VersionRow:
    names = [name for name in VersionRow.__dataclass_fields__ if name != "last_seen_at"]
    facts = {name: getattr(row, name) for name in names}
    return VersionRow(**facts, last_seen_at=_last_seen(row))


def _last_seen(row: Row[Any]) -> datetime:
    """Return when a version was last seen; while it is the latest, its location knows better."""
    last: datetime = row.last_seen_at
    seen = row.location_seen_at if row.is_latest else None
    return max(last, seen) if seen else last


def _versions(name: ReportId) -> Select[Any]:
    newest = (
        select(version.c.id)
        .where(version.c.report_id == report.c.id)
        .order_by(version.c.captured_at.desc(), version.c.number.desc())
        .limit(1)
        .correlate(report)
        .scalar_subquery()
    )
    primary_seen = (
        select(func.max(location.c.seen_at))
        .join(carries, carries.c.location_id == location.c.id)
        .where(carries.c.report_id == report.c.id, carries.c.is_primary)
        .correlate(report)
        .scalar_subquery()
    )
    return (
        select(
            version,
            report.c.title,
            location.c.url,
            primary_seen.label("location_seen_at"),
            (version.c.id == newest).label("is_latest"),
        )
        .join(report, report.c.id == version.c.report_id)
        .join(location, location.c.id == version.c.location_id)
        .where(*named(name))
    )
