"""Aliases: identifiers that later editions of a stored document bore, beside its first one's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, or_, select

from reports.model.identity import ReportId
from storage.database.tables import report, report_alias


def of_part(part: str) -> ColumnElement[bool]:
    """Return the condition that selects reports by their own part or that of an edition of them."""
    own = report.c.part == part
    if not ReportId("", "", "", part).is_document:
        return own
    aliased = select(report_alias.c.report_id).where(report_alias.c.part == part)
    return or_(own, report.c.id.in_(aliased))


def named(name: ReportId) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that select one report."""
    return (
        report.c.source == name.source,
        report.c.edition == name.edition,
        report.c.country == name.country,
        of_part(name.part),
    )


class Aliases:
    """The aliases on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, report_id: int, part: str) -> None:
        """Have a report known by a later edition's part as well."""
        self._connection.execute(report_alias.insert(), {"report_id": report_id, "part": part})

    def stored(self, names: Sequence[ReportId]) -> dict[ReportId, ReportId]:
        """Return the names of stored reports by the aliases among some names of one source."""
        wanted = {(each.edition, each.country, each.part): each for each in names}
        query = (
            select(report, report_alias.c.part.label("alias"))
            .join(report_alias, report_alias.c.report_id == report.c.id)
            .where(
                report.c.source.in_({each.source for each in names}),
                report_alias.c.part.in_({each.part for each in names}),
            )
        )
        found = {}
        for row in self._connection.execute(query):
            asked = wanted.get((row.edition, row.country, row.alias))
            if asked:
                found[asked] = ReportId(row.source, row.edition, row.country, row.part)
        return found

    def of(self, source: str) -> dict[ReportId, set[str]]:
        """Return the aliases of a source's reports, by their names."""
        query = (
            select(report, report_alias.c.part.label("alias"))
            .join(report_alias, report_alias.c.report_id == report.c.id)
            .where(report.c.source == source)
        )
        found: dict[ReportId, set[str]] = {}
        for row in self._connection.execute(query):
            name = ReportId(row.source, row.edition, row.country, row.part)
            found.setdefault(name, set()).add(row.alias)
        return found
