"""Copy a whole database into an empty one, and compare both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, func, select, text

from reports.search.folding import folded_text
from storage.audit.rows import row_faults
from storage.database.encryption import MARK
from storage.database.engine import connected, open_engine, shown_address, sqlite_file
from storage.database.errors import DatabaseUnusable
from storage.database.full_text import add_words
from storage.database.migrate import current_revision
from storage.database.migrations import HEAD
from storage.database.seals import seal_all, sealed_tables
from storage.database.tables import passage, report_index, subscriber
from storage.search.index import SearchIndex
from storage.transfer.target import CALLED, Writer, target_connection
from storage.transfer.values import TableSum, copied_tables, rows_of

REPORTS_AT_ONCE = 20
"""Reports whose words are made searchable at once."""

_OFTEN = 500
"""Progress is told once for so many rows."""

Progress = Callable[[str, int, int], None]
"""Is given what is being done, how much of it is done and how much there is."""


@dataclass(frozen=True)
class Copied:
    """What was copied: both addresses without passwords, the schema, each table's rows."""

    source: str
    target: str
    revision: str
    tables: dict[str, TableSum]
    encrypted: int
    """Addresses that only the home's own secret can read."""


def transfer(source: str, target: str, folder: Path, progress: Progress) -> Copied:
    """Copy all rows of a database, make their seals and the words of the search, compare.

    Copied is one snapshot, but what comes after it is lost: the caller sees to it that nobody is at
    work. Raises DatabaseUnusable if the source is of another schema, holds rows that the program
    did not write, or the target is not empty; nothing is copied then.
    """
    with ExitStack() as opened:
        there, here = open_engine(source), open_engine(target, CALLED)
        opened.callback(there.dispose)
        opened.callback(here.dispose)
        return _transfer(there, here, folder, progress)


def _transfer(source: Engine, target: Engine, folder: Path, progress: Progress) -> Copied:
    _refuse_other_schema(source)
    frozen = source
    if sqlite_file(source) is None:
        frozen = source.execution_options(isolation_level="REPEATABLE READ")
    with connected(frozen, writes=False) as reading, target_connection(target, folder) as writing:
        work = _Work(reading, progress)
        work.check()
        sums = work.copy(writing)
        work.index(writing)
        seal_all(writing)
        work.compare(writing, sums)
        return Copied(shown_address(source), shown_address(target), HEAD, sums, _encrypted(reading))


class _Work:
    """The steps of one copy, and how far it is."""

    def __init__(self, source: Connection, progress: Progress) -> None:
        self._source = source
        self._progress = progress
        self._done = 0
        counts = (select(func.count()).select_from(each) for each in copied_tables())
        self._total = sum(source.execute(each).scalar_one() for each in counts)

    def check(self) -> None:
        """Raise DatabaseUnusable if rows are not as they were written: the copy would seal them."""
        found: list[str] = []
        self._done = 0
        for table, key in sealed_tables(self._source.dialect.name).items():
            found += row_faults(self._source, table, key, lambda: self._tick("checking"))
        if found:
            raise DatabaseUnusable(
                f"nothing was copied: {len(found)} rows are not as reportwatch wrote them "
                f"({found[0]}), and a copy would hide that; `reportwatch verify` names all, "
                "`reportwatch db restore` puts a sound backup in their place"
            )

    def copy(self, target: Connection) -> dict[str, TableSum]:
        """Copy every table and give its numbers on; return what each holds, by name."""
        self._done = 0
        return {each.name: self._copy(each, target) for each in copied_tables()}

    def _copy(self, table: Table, target: Connection) -> TableSum:
        summed = TableSum()

        def seen() -> Iterator[Row[Any]]:
            for row in rows_of(self._source, table):
                summed.add(row)
                self._tick("copying")
                yield row

        Writer(target, table).write(seen())
        _go_on_counting(self._source, target, table)
        return summed

    def index(self, target: Connection) -> None:
        """Make the passages that were copied searchable: their words are cut from the texts again.

        A report that the index is behind with keeps what still fits, and is cut anew by the next
        run.
        """
        reports = target.execute(select(report_index.c.report_id).order_by("report_id"))
        known = list(reports.scalars())
        for first in range(0, len(known), REPORTS_AT_ONCE):
            some = known[first : first + REPORTS_AT_ONCE]
            self._progress("indexing", first, len(known))
            rows = target.execute(select(passage).where(passage.c.report_id.in_(some))).all()
            numbers = {(row.report_id, row.sha256, row.from_version): row.id for row in rows}
            words = [
                (numbers.get((report, each.passage.sha256, each.from_version)), each.words)
                for report, periods in SearchIndex(target).periods(some).items()
                for each in periods
            ]
            add_words(target, sorted((n, folded_text(each)) for n, each in words if n is not None))

    def compare(self, target: Connection, sums: dict[str, TableSum]) -> None:
        """Read the copy back; raises DatabaseUnusable if it holds anything else."""
        self._done = 0
        for table in copied_tables():
            found = TableSum()
            for row in rows_of(target, table):
                found.add(row)
                self._tick("comparing")
            if found != sums[table.name]:
                raise DatabaseUnusable(
                    f"nothing was copied: {table.name} has {sums[table.name].rows} rows, and "
                    f"{found.rows} in the copy, or their values differ"
                )

    def _tick(self, what: str) -> None:
        self._done += 1
        if self._done % _OFTEN == 0 or self._done == self._total:
            self._progress(what, self._done, self._total)


def _refuse_other_schema(source: Engine) -> None:
    file = sqlite_file(source)
    if file is not None and not file.exists():
        raise DatabaseUnusable(f"there is no database {file}")
    revision = current_revision(source)
    if revision == HEAD:
        return
    if not revision:
        raise DatabaseUnusable(f"{shown_address(source)} is empty: there is nothing to copy")
    remedy = "update the program" if revision > HEAD else "run `reportwatch db upgrade` before"
    raise DatabaseUnusable(
        f"{shown_address(source)} has the schema {revision}, this program copies {HEAD}; {remedy}"
    )


def _encrypted(source: Connection) -> int:
    is_encrypted = subscriber.c.address.startswith(MARK, autoescape=True)
    query = select(func.count()).select_from(subscriber).where(is_encrypted)
    return int(source.execute(query).scalar_one())


def _go_on_counting(source: Connection, target: Connection, table: Table) -> None:
    """Let the target give no number that the source gave already, also to rows that are gone."""
    if "id" not in table.columns:
        return
    last = max(_last_given(source, table), _highest(source, table))
    if not last:
        return
    if target.dialect.name != "sqlite":
        target.execute(
            text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
            {"name": table.name, "last": last},
        )
    elif _counts_apart(table):
        values = {"name": table.name, "last": last}
        target.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
        target.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :last)"), values)


def _last_given(source: Connection, table: Table) -> int:
    if source.dialect.name != "sqlite":
        query = "SELECT last_value FROM pg_sequences WHERE sequencename = :name"
        return source.execute(text(query), {"name": f"{table.name}_id_seq"}).scalar() or 0
    if not _counts_apart(table):
        return 0
    query = "SELECT seq FROM sqlite_sequence WHERE name = :name"
    return source.execute(text(query), {"name": table.name}).scalar() or 0


def _counts_apart(table: Table) -> bool:
    """Tell whether SQLite keeps the last number of a table beside it, and not with its rows."""
    return bool(table.dialect_options["sqlite"]["autoincrement"])


def _highest(source: Connection, table: Table) -> int:
    return int(source.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one())
