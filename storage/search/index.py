"""The search index: reports made searchable.

The index is made from what is stored and can always be made again. A report is brought up to date
as a whole, since a version captured earlier may come later; a passage whose text and neighbours in
time stay the same keeps its number and its words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select

from reports.search.folding import folded_text
from storage.database.full_text import add_words
from storage.database.tables import passage, reading, report_index, version
from storage.search.passages import PassagePeriod, passage_periods
from storage.texts.readings import Readings

RULES = "2"
"""Raised when cutting or folding changes, so that every report is cut again."""


class SearchIndex:
    """The search index on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def may_be_behind(self) -> bool:
        """Tell cheaply whether ``behind`` may find any: by totals, without looking at each."""
        known = select(
            func.coalesce(func.sum(report_index.c.version_count), 0),
            func.coalesce(func.max(report_index.c.reading_id), 0),
            func.count().filter(report_index.c.rules != RULES),
        )
        versions, newest, other_rules = self._connection.execute(known).one()
        stored = select(func.count()).select_from(version).scalar_subquery()
        last = select(func.coalesce(func.max(reading.c.id), 0)).scalar_subquery()
        count, reading_id = self._connection.execute(select(stored, last)).one()
        return bool(other_rules) or (versions, newest) != (count, reading_id)

    def behind(self) -> list[int]:
        """Return reports whose versions or readings the index does not know yet."""
        stored = (
            select(
                version.c.report_id,
                func.count(version.c.id.distinct()).label("versions"),
                func.max(reading.c.id).label("reading_id"),
            )
            .join(reading, reading.c.version_id == version.c.id)
            .group_by(version.c.report_id)
            .subquery("counts")
        )
        query = (
            select(stored.c.report_id)
            .outerjoin(report_index, report_index.c.report_id == stored.c.report_id)
            .where(
                or_(
                    report_index.c.report_id.is_(None),
                    report_index.c.version_count != stored.c.versions,
                    report_index.c.reading_id != stored.c.reading_id,
                    report_index.c.rules != RULES,
                )
            )
            .order_by(stored.c.report_id)
        )
        return list(self._connection.execute(query).scalars())

    def update(self, report_ids: Sequence[int]) -> None:
        """Make every version of some reports searchable, in a few statements for all of them."""
        versions = self._versions(report_ids)
        self._replace(self._cut(versions))
        self._note({report_id: len(rows) for report_id, rows in versions.items()})

    def periods(self, report_ids: Sequence[int]) -> dict[int, list[PassagePeriod]]:
        """Return the passages of reports, cut anew from the latest readings of their versions."""
        return self._cut(self._versions(report_ids))

    def _cut(self, versions: Mapping[int, Sequence[Row[Any]]]) -> dict[int, list[PassagePeriod]]:
        readings = Readings(self._connection)
        return {
            report_id: passage_periods((row, readings.get(row.id)[0]) for row in rows)
            for report_id, rows in versions.items()
        }

    def _versions(self, report_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
        """Return the versions of reports, each report's in order of capture."""
        query = (
            select(version.c.report_id, version.c.id, version.c.number, version.c.captured_at)
            .where(version.c.report_id.in_(report_ids))
            .order_by(version.c.captured_at, version.c.number)
        )
        found: dict[int, list[Row[Any]]] = {each: [] for each in report_ids}
        for row in self._connection.execute(query):
            found[row.report_id].append(row)
        return found

    def _note(self, counts: Mapping[int, int]) -> None:
        """Record how far reports are searchable, by the number of their versions."""
        newest = (
            select(version.c.report_id, func.max(reading.c.id))
            .join(reading, reading.c.version_id == version.c.id)
            .where(version.c.report_id.in_(counts))
            .group_by(version.c.report_id)
        )
        facts = [
            {
                "report_id": report_id,
                "version_count": counts[report_id],
                "reading_id": reading_id,
                "rules": RULES,
            }
            for report_id, reading_id in self._connection.execute(newest)
        ]
        self._connection.execute(delete(report_index).where(report_index.c.report_id.in_(counts)))
        if facts:
            self._connection.execute(insert(report_index), facts)

    def _replace(self, periods: Mapping[int, Sequence[PassagePeriod]]) -> None:
        """Put reports' passages in the place of those stored, keeping what did not change."""
        query = select(passage).where(passage.c.report_id.in_(periods))
        stored = {_key(row): row for row in self._connection.execute(query)}
        fresh = {}
        for report_id, each in ((name, each) for name, some in periods.items() for each in some):
            key = (report_id, each.passage.sha256, each.from_version)
            row = stored.pop(key, None)
            if row is None:
                fresh[key] = each
            elif row.until_version != each.until_version:
                self._connection.execute(
                    passage.update()
                    .where(passage.c.id == row.id)
                    .values(until_version=each.until_version, until_at=each.until_at)
                )
        gone = [row.id for row in stored.values()]
        if gone:
            self._connection.execute(delete(passage).where(passage.c.id.in_(gone)))
        self._add(fresh)

    def _add(self, periods: Mapping[_Key, PassagePeriod]) -> None:
        if not periods:
            return
        made = self._connection.execute(
            insert(passage).returning(
                passage.c.id, passage.c.report_id, passage.c.sha256, passage.c.from_version
            ),
            [
                {"report_id": report_id, **period.columns}
                for (report_id, _, _), period in periods.items()
            ],
        )
        numbers = sorted((row.id, _key(row)) for row in made)
        add_words(
            self._connection, [(number, folded_text(periods[key].words)) for number, key in numbers]
        )


_Key = tuple[int, str, int]
"""What distinguishes passages: the report, the hash of the words, the version they came with."""


def _key(row: Row[Any]) -> _Key:
    return row.report_id, row.sha256, row.from_version
