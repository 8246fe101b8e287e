"""Whether the search index holds what reports say: its passages, and the words of each.

Nothing keeps a digest of the index, since it can be made again: what it should hold is cut from
the stored readings once more, and compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, Row, select, text

from reports.search.folding import folded_text
from storage.audit.fts5 import WordPlaces
from storage.audit.texts import UNREADABLE
from storage.database.full_text import TABLE
from storage.database.seals import raw_connection
from storage.database.tables import passage, report_index
from storage.search.index import SearchIndex
from storage.search.passages import PassagePeriod

_BATCH = 200
"""Passages whose words are compared at once."""


class _Index(Protocol):
    """The search engine's own index."""

    def differing(self, words: Mapping[int, str]) -> Iterator[int]:
        """Yield the numbers of passages of which it holds other words than these."""


def indexed_reports(connection: Connection) -> Sequence[int]:
    """Return the reports that are searchable as they stand: others will be cut anew."""
    behind = set(SearchIndex(connection).behind())
    known = connection.execute(select(report_index.c.report_id)).scalars()
    return [each for each in known if each not in behind]


def passage_faults(
    connection: Connection, report_ids: Sequence[int], tick: Callable[[], None]
) -> Iterator[str]:
    """Name the passages, and the reports, of which the search index holds something else."""
    is_sqlite = connection.dialect.name == "sqlite"
    places = WordPlaces(raw_connection(connection)) if is_sqlite else None
    if places:
        yield from places.read()
    index: _Index = places or _Vectors(connection)
    words: dict[int, str] = {}
    for report_id in report_ids:
        tick()
        yield from _of_report(connection, report_id, words)
        if len(words) >= _BATCH or report_id == report_ids[-1]:
            for number in index.differing(words):
                yield f"passage {number}: the search index does not hold its words"
            words.clear()


def _of_report(connection: Connection, report_id: int, words: dict[int, str]) -> Iterator[str]:
    """Compare a report's passages with its text; ``words`` takes what the index should hold."""
    rows = connection.execute(select(passage).where(passage.c.report_id == report_id)).all()
    try:
        periods = SearchIndex(connection).periods([report_id])[report_id]
    except UNREADABLE as error:
        yield f"report_index {report_id}: its passages cannot be cut from its text ({error})"
        return
    cut = {(each.passage.sha256, each.from_version): each for each in periods}
    for row in rows:
        period = cut.pop((row.sha256, row.from_version), None)
        if period is None:
            yield f"passage {row.id}: report {report_id} does not say it, or not from then on"
            continue
        words[row.id] = folded_text(period.words)
        yield from _end(row, period)
    for period in cut.values():
        part = f"version {period.from_version}, {period.passage.name}"
        yield f"report_index {report_id}: a passage cannot be searched ({part})"


def _end(row: Row[Any], period: PassagePeriod) -> Iterator[str]:
    if row.until_version != period.until_version:
        yield f"passage {row.id}: it does not end with the version that its report's text says"


class _Vectors:
    """The words of passages on PostgreSQL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def differing(self, words: Mapping[int, str]) -> Iterator[int]:
        """Yield the numbers of passages of which the index holds other words than these."""
        query = text(
            "SELECT said.id FROM unnest(CAST(:ids AS integer[]), CAST(:words AS text[])) "  # noqa: S608
            f"AS said (id, words) LEFT JOIN {TABLE} AS held ON held.rowid = said.id "
            "WHERE held.words IS DISTINCT FROM to_tsvector('simple', said.words) ORDER BY 1"
        )
        values = {"ids": list(words), "words": list(words.values())}
        yield from self._connection.execute(query, values).scalars()
