"""How the pages and reports of a source were read: what a drift of its reader shows in."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Connection, select

from reports.model.identity import ReportId
from reports.model.reading import IssueStatus
from reports.watch.drift import HELD_BACK, EditionRead, PageRead, ReportRead
from reports.watch.outcome import Outcome
from storage.database.tables import capture, carries, location, report, report_facts, version
from storage.texts.readings import Readings
from storage.watch.locations import GOOD

_ANSWERED = GOOD | {Outcome.UNIDENTIFIED, Outcome.EMPTY, Outcome.UNREADABLE}
"""Outcomes of a page that came; a miss, a refusal or the network say nothing of reading."""


class ReadQuality:
    """How one source was read, on one connection."""

    def __init__(self, connection: Connection, source: str) -> None:
        self._connection = connection
        self._source = source

    def editions(self, oldest: str) -> list[EditionRead]:
        """Return how each edition was read, from ``oldest`` on, in their order."""
        names = self.names()
        pages, reports = self._pages(oldest, names), self._reports(oldest)
        return [
            EditionRead(self._source, edition, tuple(pages[edition]), tuple(reports[edition]))
            for edition in sorted({*pages, *reports})
        ]

    def names(self) -> dict[int, str]:
        """Return what to call each location: the report it carries, else its address."""
        query = select(location.c.id, location.c.url).where(location.c.source == self._source)
        found = {row.id: row.url for row in self._connection.execute(query)}
        carried = (
            select(carries.c.location_id, report.c.edition, report.c.country, report.c.part)
            .join(report, report.c.id == carries.c.report_id)
            .where(report.c.source == self._source)
        )
        for location_id, *name in self._connection.execute(carried):
            found[location_id] = str(ReportId(self._source, *name))
        return found

    def shapes(self) -> dict[str, list[int]]:
        """Return the locations of reports with sections, by the shape of mark-up they have.

        A page without sections shows too little of a template to say which it is.
        """
        query = (
            select(location.c.id, location.c.shape)
            .join(carries, carries.c.location_id == location.c.id)
            .join(report_facts, report_facts.c.report_id == carries.c.report_id)
            .where(location.c.source == self._source, location.c.shape != "")
            .where(report_facts.c.section_count > 0)
            .distinct()
        )
        found: dict[str, list[int]] = defaultdict(list)
        for row in self._connection.execute(query.order_by(location.c.id)):
            found[row.shape].append(row.id)
        return found

    def turned(self, run_id: int) -> set[int]:
        """Return the locations whose page took on another shape in a run."""
        has_turned = capture.c.evidence["shape"].as_string().is_not(None)
        query = select(capture.c.location_id).where(capture.c.run_id == run_id, has_turned)
        return set(self._connection.execute(query).scalars())

    def _pages(self, oldest: str, names: dict[int, str]) -> dict[str, list[PageRead]]:
        columns = (location.c.id, location.c.edition, location.c.outcome, location.c.reason)
        query = select(*columns).where(
            location.c.source == self._source,
            location.c.edition >= oldest,
            location.c.outcome.in_([outcome.value for outcome in _ANSWERED]),
        )
        found: dict[str, list[PageRead]] = defaultdict(list)
        for row in self._connection.execute(query.order_by(location.c.id)):
            has_summary = row.outcome not in (Outcome.EMPTY, Outcome.UNREADABLE)
            is_held = row.outcome == Outcome.UNREADABLE and row.reason.startswith(HELD_BACK)
            found[row.edition].append(PageRead(names[row.id], has_summary, is_held))
        return found

    def _reports(self, oldest: str) -> dict[str, list[ReportRead]]:
        columns = ("issue_status", "summary_word_count", "section_count")
        query = (
            select(report, *(report_facts.c[name] for name in columns))
            .join(report_facts, report_facts.c.report_id == report.c.id)
            .where(report.c.source == self._source, report.c.edition >= oldest)
            .order_by(report.c.edition, report.c.country, report.c.part)
        )
        found: dict[str, list[ReportRead]] = defaultdict(list)
        for row in self._connection.execute(query):
            found[row.edition].append(
                ReportRead(
                    ReportId(self._source, row.edition, row.country, row.part),
                    IssueStatus(row.issue_status),
                    row.summary_word_count,
                    row.section_count,
                    had_sections=not row.section_count and self._had_sections(row.id),
                )
            )
        return found

    def _had_sections(self, report_id: int) -> bool:
        """Tell whether a report without sections had some in its first version."""
        query = select(version.c.id).where(version.c.report_id == report_id)
        versions = list(
            self._connection.execute(
                query.order_by(version.c.captured_at, version.c.number)
            ).scalars()
        )
        return len(versions) > 1 and bool(Readings(self._connection).get(versions[0])[0].sections)
