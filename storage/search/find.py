"""Search the index for what reports say, said on a date, or no longer say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Row,
    Select,
    Subquery,
    and_,
    case,
    func,
    or_,
    select,
)

from reports.model.identity import ReportId
from reports.model.reading import Reading
from reports.search.excerpts import Excerpt
from reports.search.query import Query, find_marks, parse_query
from storage.database.full_text import matching
from storage.database.tables import passage, report, version
from storage.search.vocabulary import newest_words
from storage.texts.readings import Readings
from storage.texts.versions import REPORT_NAME

MOST_FOUND = 2000
"""Passages that one search reads; a query that matches more should be narrowed."""

_MOST_BLOCKS = 3
"""Paragraphs that one result shows."""


@dataclass(frozen=True)
class SearchScope:
    """Where and when to search; empty fields ask for any.

    ``as_of`` searches what was stored then; ``is_removed`` what is no longer said where it was.
    """

    source: str = ""
    edition: str = ""
    country: str = ""
    part: str | None = None
    summaries_only: bool = False
    as_of: datetime | None = None
    is_removed: bool = False


@dataclass(frozen=True)
class Hit:
    """One passage that fits: whose it is, from which version on and until when it was said."""

    report: ReportId
    title: str
    state: str
    part_number: int
    part_name: str
    from_version: int
    until_version: int | None
    from_at: datetime
    until_at: datetime | None
    excerpts: tuple[Excerpt, ...]


@dataclass(frozen=True)
class SearchResults:
    """One page of what fits, and how many passages do (``is_cut``: perhaps more)."""

    hits: tuple[Hit, ...]
    total: int
    is_cut: bool


class Search:
    """Searches the index on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._read: dict[tuple[int, int], Reading] = {}

    def find(
        self, query: Query, scope: SearchScope, *, limit: int | None, offset: int = 0
    ) -> SearchResults:
        """Return passages that fit, report by report, those of the newest editions first.

        Of an edition come first the reports in which most passages fit; in a report, headings with
        nothing below them come last. Without a limit all of them are read, however many.
        """
        most = None if limit is None else MOST_FOUND
        numbers = self._ordered(self._numbers(query, scope, most))
        is_cut = limit is not None and len(numbers) == MOST_FOUND
        shown = [self._hit(row, query) for row in self._rows(numbers[offset:][:limit])]
        return SearchResults(tuple(shown), len(numbers), is_cut)

    def did_you_mean(self, text: str, scope: SearchScope) -> list[str]:
        """Return queries like one that finds nothing, of which each finds something there."""
        from reports.search.suggestion import suggested_queries

        within = [report.c[name] == value for name, value in _names(scope)]
        likely = suggested_queries(text, newest_words(self._connection, within))
        return [each for each in likely if self.find(parse_query(each), scope, limit=1).total]

    def _numbers(self, query: Query, scope: SearchScope, most: int | None) -> Select[Any]:
        words = matching(self._connection, query)
        asked = select(passage.c.id).join(words, words.c.rowid == passage.c.id)
        if scope.is_removed or scope.source or scope.edition or scope.country:
            asked = asked.join(report, report.c.id == passage.c.report_id)
        asked = asked.where(*_conditions(scope))
        if scope.is_removed:
            said = _said_now(words)
            same = (said.c.report_id == passage.c.report_id, said.c.name == passage.c.name)
            asked = asked.outerjoin(said, and_(*same)).where(
                or_(report.c.state == "removed", said.c.report_id.is_(None))
            )
        # newest first, so that a cut leaves out the oldest
        return asked.order_by(passage.c.id.desc()).limit(most)

    def _ordered(self, numbers: Select[Any]) -> list[int]:
        """Return the numbers of passages in the order in which they are shown."""
        is_heading = case((passage.c.block_count == 0, 1), else_=0)
        texts = func.sum(1 - is_heading).over(partition_by=passage.c.report_id)
        query = (
            select(passage.c.id)
            .join(report, report.c.id == passage.c.report_id)
            .where(passage.c.id.in_(numbers))
            .order_by(
                report.c.edition.desc(),
                texts.desc(),
                report.c.source,
                report.c.title,
                report.c.id,
                is_heading,
                passage.c.part_number,
                passage.c.first_block,
                passage.c.from_at.desc(),
            )
        )
        return list(self._connection.execute(query).scalars())

    def _rows(self, numbers: Sequence[int]) -> Iterator[Row[Any]]:
        """Yield passages by their numbers, in the order given."""
        query = select(passage, *REPORT_NAME, report.c.title, report.c.state).join(
            report, report.c.id == passage.c.report_id
        )
        for chunk in (numbers[n : n + MOST_FOUND] for n in range(0, len(numbers), MOST_FOUND)):
            rows = self._connection.execute(query.where(passage.c.id.in_(chunk)))
            found = {row.id: row for row in rows}
            yield from (found[number] for number in chunk)

    def _hit(self, row: Row[Any], query: Query) -> Hit:
        return Hit(
            report=ReportId(row.source, row.edition, row.country, row.part),
            title=row.title,
            state=row.state,
            part_number=row.part_number,
            part_name=row.name,
            from_version=row.from_version,
            until_version=row.until_version,
            from_at=row.from_at,
            until_at=row.until_at,
            excerpts=tuple(islice(self._excerpts(row, query), _MOST_BLOCKS)),
        )

    def _excerpts(self, row: Row[Any], query: Query) -> Iterator[Excerpt]:
        for index, text in enumerate(self._blocks(row), row.first_block):
            if marks := find_marks(text, query.phrases):
                yield Excerpt(index, text, tuple(marks))

    def _blocks(self, row: Row[Any]) -> tuple[str, ...]:
        blocks = _part(self._reading(row.report_id, row.from_version), row.part_number)
        return blocks[row.first_block : row.first_block + row.block_count]

    def _reading(self, report_id: int, number: int) -> Reading:
        """Return a version's reading; several results of one page often are of one version."""
        key = (report_id, number)
        if key not in self._read:
            asked = (version.c.report_id == report_id, version.c.number == number)
            found = self._connection.execute(select(version.c.id).where(*asked)).scalar_one()
            self._read[key], _ = Readings(self._connection).get(found)
        return self._read[key]


def _part(value: Reading, number: int) -> tuple[str, ...]:
    return value.sections[number - 1].blocks if number else value.blocks


def _conditions(scope: SearchScope) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = [report.c[name] == value for name, value in _names(scope)]
    if scope.country and scope.part is not None:
        asked.append(report.c.part == scope.part)
    if scope.summaries_only:
        asked.append(passage.c.part_number == 0)
    if scope.is_removed:
        gone = or_(passage.c.until_version.is_not(None), report.c.state == "removed")
        return [*asked, gone]
    if scope.as_of is None:
        return [*asked, passage.c.until_version.is_(None)]
    then = or_(passage.c.until_at.is_(None), passage.c.until_at > scope.as_of)
    return [*asked, passage.c.from_at <= scope.as_of, then]


def _names(scope: SearchScope) -> list[tuple[str, str]]:
    """Return the columns of a report that a scope asks for, with their values."""
    names = ("source", "edition", "country")
    return [(name, getattr(scope, name)) for name in names if getattr(scope, name)]


def _said_now(words: CTE) -> Subquery:
    """Return the parts of reports that say it now, in whatever paragraph."""
    still = passage.alias("still")
    return (
        select(still.c.report_id, still.c.name)
        .join(words, words.c.rowid == still.c.id)
        .where(still.c.until_version.is_(None))
        .distinct()
        .subquery("said_now")
    )
