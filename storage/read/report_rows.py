"""Reports as rows of lists: the values, and the queries that select them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, case, false, func, select

from reports.model.identity import ReportId
from reports.model.reading import IssueStatus
from storage.database.tables import reading, report, report_facts, version
from storage.texts.aliases import of_part
from storage.texts.versions import REPORT_NAME


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
class SourceView:
    """What is stored of one source."""

    source: str
    editions: tuple[str, ...]
    reports: int


@dataclass(frozen=True)
class ReportLocation:
    """One address of a report, and the result of the last attempt to read it.

    ``miss_count`` are the looks in a row that found it gone, ``first_missed_at`` the first of them.
    """

    url: str
    is_primary: bool
    outcome: str
    reason: str
    checked_at: datetime | None
    seen_at: datetime | None
    miss_count: int
    first_missed_at: datetime | None


@dataclass(frozen=True)
class ReportFigures:
    """One report in figures, of its version captured last.

    ``issues`` is None if its list could not be read or is none; ``is_partial`` says that it was not
    read whole. ``seen_at`` is when its words were last confirmed.
    """

    report: ReportId
    title: str
    state: str
    versions: int
    words: int
    issues: int | None
    changed_at: datetime
    seen_at: datetime
    is_partial: bool = False


class MatrixEntry(NamedTuple):
    """One report of a matrix: a named tuple, since a matrix holds thousands."""

    edition: str
    country: str
    part: str
    state: str
    versions: int
    words: int
    issues: int | None
    is_partial: bool = False


@dataclass(frozen=True)
class EditionRow:
    """One edition of a country's report in figures; ``topics`` are those its issue list names.

    ``issues`` is None if the list was not read; ``is_partial`` says that it was not read whole.
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
    is_partial: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether a topic that is not among these is not listed."""
        return self.issues is not None and not self.is_partial


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
    (report_facts.c.issue_status != IssueStatus.UNPARSED.value, report_facts.c.issue_count)
)
_IS_PARTIAL = func.coalesce(report_facts.c.issue_status == IssueStatus.PARTIAL.value, false())


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


def report_conditions(*, part: str | None, **names: str) -> list[ColumnElement[bool]]:
    """Return the conditions of a list of reports; ``""`` asks for any, None for any part."""
    asked = [report.c[name] == value for name, value in names.items() if value]
    return asked if part is None else [*asked, of_part(part)]


def _newest(chosen: Select[Any]) -> Any:
    """Rank the versions of each chosen report, the one captured last first."""
    order = (version.c.captured_at.desc(), version.c.number.desc())
    rank = func.row_number().over(partition_by=version.c.report_id, order_by=order)
    count = func.count().over(partition_by=version.c.report_id)
    ranked = select(version, rank.label("rank"), count.label("version_count"))
    return ranked.where(version.c.report_id.in_(chosen)).subquery("newest")


def select_latest(chosen: Select[Any]) -> Select[Any]:
    """Select the chosen reports, each with its version captured last."""
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


def report_view(row: Row[Any], locations: Sequence[Row[Any]]) -> ReportView:
    """Return a row of ``select_latest`` with the report's locations, primary ones first."""
    seen = [each.seen_at for each in locations if each.is_primary and each.seen_at]
    return ReportView(
        ReportId(row.source, row.edition, row.country, row.part),
        row.title,
        row.state,
        row.version_count,
        tuple(each.url for each in locations),
        LatestVersion(
            row.number, row.text_sha256, row.first_seen_at, max([row.last_seen_at, *seen])
        ),
        row.published_on,
    )


def select_figures() -> Select[Any]:
    """Select the columns of a ReportFigures."""
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
            _IS_PARTIAL.label("is_partial"),
        )
        .join(_HISTORY, _HISTORY.c.report_id == report.c.id)
        .outerjoin(report_facts, report_facts.c.report_id == report.c.id)
    )


def figures_of(row: Row[Any]) -> ReportFigures:
    """Return a row of ``select_figures``."""
    return ReportFigures(
        ReportId(row.source, row.edition, row.country, row.part),
        row.title,
        row.state,
        row.version_count,
        row.words,
        row.issues,
        row.captured_at,
        row.last_seen_at,
        bool(row.is_partial),
    )


def select_matrix() -> Select[Any]:
    """Select the columns of a MatrixEntry."""
    counts = (
        select(version.c.report_id, func.count().label("version_count"))
        .group_by(version.c.report_id)
        .subquery("counts")
    )
    return (
        select(
            report.c.edition,
            report.c.country,
            report.c.part,
            report.c.state,
            counts.c.version_count.label("versions"),
            func.coalesce(report_facts.c.report_word_count, 0).label("words"),
            _ISSUES.label("issues"),
            _IS_PARTIAL.label("is_partial"),
        )
        .join(counts, counts.c.report_id == report.c.id)
        .outerjoin(report_facts, report_facts.c.report_id == report.c.id)
    )
