"""Reports as commands and pages list them: by name, in figures, with their locations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, literal, select, tuple_

from reports.model.identity import ReportId
from reports.model.reading import IssueStatus
from reports.model.values import ChangeKind
from storage.changes.changes import Changes
from storage.database.tables import (
    carries,
    change,
    location,
    reading,
    report,
    report_facts,
    report_topic,
    surroundings,
    version,
)
from storage.read.report_rows import (
    SORTS,
    EditionRow,
    MatrixEntry,
    ReportFigures,
    ReportLocation,
    ReportView,
    SourceView,
    figures_of,
    report_conditions,
    report_view,
    select_figures,
    select_latest,
    select_matrix,
)
from storage.texts.aliases import named, of_part
from storage.texts.versions import REPORT_NAME

FEW = 500
"""Below this many reports an IN list beats reading every location."""


class Reports:
    """The reports on one connection, for reading."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(
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
        asked = report_conditions(
            source=source, edition=edition, country=country, part=part, state=state
        )
        if after:
            name = (after.source, after.edition, after.country, after.part)
            asked.append(tuple_(*REPORT_NAME) > tuple_(*map(literal, name)))
        chosen = select(report.c.id).where(*asked)
        if limit is not None:
            chosen = chosen.order_by(*REPORT_NAME).limit(limit).offset(offset)
        rows = self._connection.execute(select_latest(chosen).order_by(*REPORT_NAME)).all()
        locations = self._locations([row.report_id for row in rows])
        return [report_view(row, locations[row.report_id]) for row in rows]

    def count(
        self,
        *,
        source: str = "",
        edition: str = "",
        country: str = "",
        part: str | None = None,
        state: str = "",
    ) -> int:
        """Return how many reports ``find`` would return."""
        asked = report_conditions(
            source=source, edition=edition, country=country, part=part, state=state
        )
        query = select(func.count()).select_from(report).where(*asked)
        return int(self._connection.execute(query).scalar_one())

    def _locations(self, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
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
    ) -> list[ReportFigures]:
        """Return a page of reports in an order of ``SORTS``; by name if none is asked for."""
        asked = report_conditions(
            source=source, edition=edition, country=country, part=part, state=state
        )
        order: list[ColumnElement[Any]] = [*REPORT_NAME]
        if sort:
            by = SORTS[sort]
            order.insert(0, by.desc() if is_descending else by.asc())
        query = select_figures().where(*asked).order_by(*order).limit(limit).offset(offset)
        rows = self._connection.execute(query).all()
        seen = self._seen([row.id for row in rows])
        return [_seen_at(figures_of(row), seen.get(row.id)) for row in rows]

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

    def matrix(self, source: str, editions: Sequence[str]) -> list[MatrixEntry]:
        """Return the reports of some editions of a source, by country and area."""
        asked = (report.c.source == source, report.c.edition.in_(editions))
        order = (report.c.country, report.c.part, report.c.edition)
        query = select_matrix().where(*asked).order_by(*order)
        return [MatrixEntry(*row) for row in self._connection.execute(query)]

    def editions(self, source: str, country: str, part: str) -> list[EditionRow]:
        """Return every edition of a country's report in figures, oldest first."""
        counts = (
            select(
                version.c.report_id,
                func.count().label("versions"),
            )
            .join(report, report.c.id == version.c.report_id)
            .where(*_place(source, country, part))
            .group_by(version.c.report_id)
            .subquery("counts")
        )
        text = and_(
            reading.c.version_id == report_facts.c.version_id,
            reading.c.reader_revision == report_facts.c.reader_revision,
        )
        query = (
            select(report, report_facts, counts.c.versions, reading.c.text_sha256)
            .join(counts, counts.c.report_id == report.c.id)
            .join(report_facts, report_facts.c.report_id == report.c.id)
            .outerjoin(reading, text)
            .order_by(report.c.edition)
        )
        rows = self._connection.execute(query).all()
        topics = self._topics([row.id for row in rows])
        return [
            EditionRow(
                ReportId(row.source, row.edition, row.country, row.part),
                row.state,
                row.versions,
                row.report_word_count,
                row.summary_word_count,
                row.section_count,
                None if row.issue_status == IssueStatus.UNPARSED else row.issue_count,
                frozenset(topics.get(row.id, ())),
                row.text_sha256 or "",
                row.issue_status == IssueStatus.PARTIAL,
            )
            for row in rows
        ]

    def _topics(self, ids: list[int]) -> dict[int, set[str]]:
        query = select(report_topic.c.report_id, report_topic.c.topic)
        found: dict[int, set[str]] = {}
        for number, topic in self._connection.execute(
            query.where(report_topic.c.report_id.in_(ids))
        ):
            found.setdefault(number, set()).add(topic)
        return found

    def locations(self, name: ReportId) -> list[ReportLocation]:
        """Return the addresses of a report, the one that drives its versions first."""
        query = (
            select(location, carries.c.is_primary)
            .join(carries, carries.c.location_id == location.c.id)
            .join(report, report.c.id == carries.c.report_id)
            .where(*named(name))
            .order_by(carries.c.is_primary.desc(), location.c.id)
        )
        fields = ReportLocation.__dataclass_fields__
        return [
            ReportLocation(**{each: getattr(row, each) for each in fields})
            for row in self._connection.execute(query)
        ]

    def notices(self, name: ReportId) -> tuple[str, ...]:
        """Return the notices that came to a report's page since it was first seen, and stand there.

        What stood around it at the first look is not among them: it may be the site's frame.
        """
        around = (
            select(surroundings.c.texts)
            .join(carries, carries.c.location_id == surroundings.c.location_id)
            .join(report, report.c.id == carries.c.report_id)
            .where(*named(name), carries.c.is_primary)
        )
        standing = {text for _, _, text, _ in self._connection.execute(around).scalar() or ()}
        noted = Changes(self._connection).find(of=name, kinds=(ChangeKind.NOTED.value,))
        came = [text for each in reversed(noted) for text in each.notes_added]
        return tuple(dict.fromkeys(text for text in came if text in standing))

    def same_text(self, name: ReportId, text_sha256: str) -> list[ReportId]:
        """Return the other reports of a source whose summary now is word for word the same."""
        query = (
            select(*REPORT_NAME)
            .join(report_facts, report_facts.c.report_id == report.c.id)
            .join(reading, reading.c.version_id == report_facts.c.version_id)
            .where(
                reading.c.text_sha256 == text_sha256,
                reading.c.reader_revision == report_facts.c.reader_revision,
                report.c.source == name.source,
            )
            .order_by(*REPORT_NAME)
        )
        found = (ReportId(*row) for row in self._connection.execute(query))
        return [each for each in found if each != name]

    def exists(self, name: ReportId) -> bool:
        """Tell whether a report is stored."""
        return self._connection.execute(select(report.c.id).where(*named(name))).first() is not None

    def sources(self) -> list[SourceView]:
        """Return what is stored, by source."""
        query = select(report.c.source, report.c.edition, func.count()).group_by(
            report.c.source, report.c.edition
        )
        editions: dict[str, dict[str, int]] = defaultdict(dict)
        for source, edition, count in self._connection.execute(query):
            editions[source][edition] = count
        return [
            SourceView(source, tuple(sorted(counts)), sum(counts.values()))
            for source, counts in sorted(editions.items())
        ]

    def places(self) -> list[str]:
        """Return the countries and areas that any report is of: ``CHN``, ``CHN/tibet``."""
        query = select(report.c.country, report.c.part).distinct()
        names = [ReportId("", "", *row) for row in self._connection.execute(query)]
        return sorted(
            {
                f"{each.country}/{each.part}"
                if each.part and not each.is_document
                else each.country
                for each in names
            }
        )

    def newest_edition(self, source: str) -> str:
        """Return the newest edition of which any report is stored, or ``""``."""
        query = select(func.max(report.c.edition)).where(report.c.source == source)
        return self._connection.execute(query).scalar() or ""

    def countries(self, source: str, edition: str) -> dict[str, str]:
        """Return the countries with a report of an edition that is not removed: code and title.

        Areas of a country count for themselves alone and are not among them.
        """
        query = select(report.c.country, report.c.title).where(
            report.c.source == source,
            report.c.edition == edition,
            report.c.part == "",
            report.c.state != "removed",
        )
        return {row.country: row.title for row in self._connection.execute(query)}

    def counts(self) -> dict[str, int]:
        """Return how many reports, versions and changes are stored."""
        tables = {"reports": report, "versions": version, "changes": change}
        return {
            name: int(
                self._connection.execute(select(func.count()).select_from(table)).scalar_one()
            )
            for name, table in tables.items()
        }


def _seen_at(row: ReportFigures, seen: datetime | None) -> ReportFigures:
    return replace(row, seen_at=max(row.seen_at, seen)) if seen else row


def _place(source: str, country: str, part: str) -> tuple[Any, ...]:
    return (report.c.source == source, report.c.country == country, of_part(part))
