"""Where words come from: locations, the evidence of a capture, the same text elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select

from reports.model.identity import ReportId
from storage.database.tables import (
    capture,
    carries,
    location,
    reading,
    report,
    report_facts,
    report_topic,
    version,
)
from storage.texts.versions import REPORT_NAME, named


@dataclass(frozen=True)
class HeldLocation:
    """One address of a report, and how the last look at it went."""

    url: str
    is_primary: bool
    outcome: str
    reason: str
    checked_at: datetime | None
    seen_at: datetime | None


@dataclass(frozen=True)
class EditionRow:
    """One edition of a country's report in figures; ``topics`` are those its issue list names.

    ``issues`` is None where the list was not read.
    """

    report: ReportId
    state: str
    versions: int
    words: int
    summary_words: int
    sections: int
    issues: int | None
    topics: frozenset[str]
    text_sha256: str


class Provenance:
    """What is known of where words come from, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def locations(self, name: ReportId) -> list[HeldLocation]:
        """Return the addresses of a report, the one that drives its versions first."""
        query = (
            select(location, carries.c.is_primary)
            .join(carries, carries.c.location_id == location.c.id)
            .join(report, report.c.id == carries.c.report_id)
            .where(*named(name))
            .order_by(carries.c.is_primary.desc(), location.c.id)
        )
        fields = HeldLocation.__dataclass_fields__
        return [
            HeldLocation(**{each: getattr(row, each) for each in fields})
            for row in self._connection.execute(query)
        ]

    def evidence(self, name: ReportId, number: int) -> Mapping[str, Any]:
        """Return what was noted when a version was captured: status, headers, redirects."""
        same = and_(
            capture.c.location_id == version.c.location_id,
            capture.c.captured_at == version.c.captured_at,
        )
        query = (
            select(capture.c.evidence)
            .join(version, same)
            .join(report, report.c.id == version.c.report_id)
            .where(*named(name), version.c.number == number)
        )
        found: Mapping[str, Any] | None = self._connection.execute(query.limit(1)).scalar()
        return found or {}

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
                None if row.issue_status == "unparsed" else row.issue_count,
                frozenset(topics.get(row.id, ())),
                row.text_sha256 or "",
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


def _place(source: str, country: str, part: str) -> tuple[Any, ...]:
    return (report.c.source == source, report.c.country == country, report.c.part == part)
