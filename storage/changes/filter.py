"""Which changes are asked for: one set of conditions for pages, feeds and programs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from reports.model.identity import ReportId
from reports.model.values import ChangeKind
from storage.database.tables import change, change_topic, report
from storage.texts.aliases import named, of_part


@dataclass(frozen=True)
class ChangeConditions:
    """Whose changes are asked for; what is empty or None means any.

    ``part`` narrows a country to one area of it; without it, its areas are asked for as well.
    ``countries`` are codes, any of which may fit. ``until`` is the first moment no longer asked
    for. Topics are known of changes that were notified.
    """

    source: str = ""
    edition: str = ""
    country: str = ""
    part: str = ""
    countries: frozenset[str] = frozenset()
    report: ReportId | None = None
    topic: str = ""
    kinds: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    with_baseline: bool = True

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions on a change; the report's table is to be joined outer.

        A change of a whole edition is of its source, and of no report.
        """
        asked: list[ColumnElement[bool]] = [*self._of_place(), *self._in_time()]
        if self.source:
            asked.append(func.coalesce(report.c.source, change.c.source) == self.source)
        if self.edition:
            asked.append(func.coalesce(report.c.edition, change.c.edition) == self.edition)
        if self.report:
            asked += named(self.report)
        if self.topic:
            touching = select(change_topic.c.change_id).where(change_topic.c.topic == self.topic)
            asked.append(change.c.id.in_(touching))
        if self.kinds:
            asked.append(change.c.kind.in_(self.kinds))
        if not self.with_baseline:
            asked.append(change.c.is_baseline.is_(False))
        return asked

    @property
    def is_of_reports(self) -> bool:
        """Whether the report's table has to be joined."""
        return any((self.source, self.edition, self.country, self.countries, self.report))

    def _of_place(self) -> list[ColumnElement[bool]]:
        if self.part:
            return [and_(report.c.country == self.country, of_part(self.part))]
        codes = {self.country} if self.country else self.countries
        return [_in_countries(codes)] if codes else []

    def _in_time(self) -> list[ColumnElement[bool]]:
        asked: list[ColumnElement[bool]] = []
        if self.since:
            asked.append(change.c.detected_at >= self.since)
        if self.until:
            asked.append(change.c.detected_at < self.until)
        return asked


def _in_countries(codes: Collection[str]) -> ColumnElement[bool]:
    is_dropped = change.c.kind == ChangeKind.COUNTRY_DROPPED.value
    return or_(report.c.country.in_(codes), and_(is_dropped, change.c.subject.in_(codes)))
