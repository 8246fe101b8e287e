"""A data set: every table as of a moment, a file each, and a description of all of them.

An export as of a moment is the same bytes whenever it is made, by the same version of the program.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from services.exports.package import PACKAGE, describe
from services.exports.rows import (
    change_row,
    report_rows,
    section_code_rows,
    taxonomy_rows,
)
from services.exports.table_files import file_writer, text_writer
from services.exports.tables import OF_REPORTS, TABLES, ExportTable
from services.exports.writers import TableFormat, Writer

if TYPE_CHECKING:
    from services.assembly import Parts
    from storage.read.known_history import KnownHistory
    from storage.store import Store


class NotToExport(Exception):
    """An export that is not made; the message says why and what to do."""


def settled(parts: Parts, as_of: datetime | None) -> datetime:
    """Return the moment of an export, by default now, from which on it always says the same.

    Waits for what is being written. Raises NotToExport for a moment that is yet to come.
    """
    now = parts.now()
    moment = as_of or now
    if moment > now:
        raise NotToExport(f"{moment.isoformat()} is yet to come; nothing is known as of then")
    parts.store.settle(moment)
    return moment


def export_table(
    parts: Parts, table: ExportTable, as_format: TableFormat, to: Path | TextIO, as_of: datetime
) -> int:
    """Write one table to a file; return how many rows it has."""
    opened = (
        file_writer(table, as_format, to)
        if isinstance(to, Path)
        else text_writer(table, as_format, to)
    )
    with opened as writer:
        _fill(parts.store, {table.name: writer}, as_of)
    return writer.count


def export_all(
    parts: Parts, as_format: TableFormat, folder: Path, as_of: datetime
) -> dict[str, int]:
    """Write every table and the description into a folder that is there and empty.

    Returns how many rows each table has. Raises MissingExtra for Parquet without its library.
    """
    with ExitStack() as stack:
        writers = {
            table.name: stack.enter_context(
                file_writer(table, as_format, folder / f"{table.name}.{as_format}")
            )
            for table in TABLES
        }
        sources = _fill(parts.store, writers, as_of)
    counts = {name: writer.count for name, writer in writers.items()}
    described = describe(folder, as_format, as_of, counts, sorted(sources))
    (folder / PACKAGE).write_text(described, encoding="utf-8")
    return counts


@contextmanager
def replacing_folder(folder: Path) -> Iterator[Path]:
    """Give an empty folder to fill, which then takes the place of an earlier export.

    Raises NotToExport if there is something else.
    """
    _refuse_other(folder)
    partial = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir()
        yield partial
        if folder.exists():
            shutil.rmtree(folder)
        partial.replace(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _refuse_other(folder: Path) -> None:
    if not folder.absolute().parent.is_dir():
        raise NotToExport(f"{folder} cannot be made: name a folder in one that exists")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise NotToExport(f"{folder} is a file: a data set is a folder; --table T gives a file")
    ours = {PACKAGE, *(f"{table.name}.{kind}" for table in TABLES for kind in TableFormat)}
    others = sorted(each.name for each in folder.iterdir() if each.name not in ours)
    if others:
        raise NotToExport(f"{folder} holds {others[0]}, which is of no export: name another folder")


def _fill(store: Store, writers: Mapping[str, Writer], as_of: datetime) -> set[str]:
    """Write the rows of some tables; return the sources of the reports among them."""
    sources: set[str] = set()
    with store.read(is_snapshot=True) as unit:
        known = unit.known_history(as_of)
        if any(table.name in writers for table in OF_REPORTS):
            sources = _fill_from_reports(known, writers, as_of)
        if changes := writers.get("changes"):
            _fill_changes(known, changes)
    for name, rows in (("section_codes", section_code_rows), ("taxonomy", taxonomy_rows)):
        if writer := writers.get(name):
            for row in rows():
                writer.write(row)
    return sources


def _fill_from_reports(
    known: KnownHistory, writers: Mapping[str, Writer], as_of: datetime
) -> set[str]:
    sources = set()
    for each in known.reports():
        sources.add(each.report.source)
        for name, row in report_rows(each, as_of):
            if writer := writers.get(name):
                writer.write(row)
    return sources


def _fill_changes(known: KnownHistory, writer: Writer) -> None:
    for _, states in groupby(known.changes(), key=lambda each: each.change.id):
        for position, state in enumerate(states, start=1):
            writer.write(change_row(state, position))


def table_named(name: str, tables: Sequence[ExportTable] = TABLES) -> ExportTable | None:
    """Return the table of a name."""
    return next((each for each in tables if each.name == name), None)
