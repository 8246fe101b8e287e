"""Open the file of a table in any format."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from services.exports.tables import ExportTable
from services.exports.writers import CsvWriter, JsonLinesWriter, TableFormat, Writer


@contextmanager
def text_writer(table: ExportTable, as_format: TableFormat, file: TextIO) -> Iterator[Writer]:
    """Give a writer to an open text file, for CSV and JSON lines."""
    kind = CsvWriter if as_format is TableFormat.CSV else JsonLinesWriter
    writer = kind(table, file)
    yield writer
    writer.end()


@contextmanager
def file_writer(table: ExportTable, as_format: TableFormat, path: Path) -> Iterator[Writer]:
    """Give a writer to a new file. Raises MissingExtra for Parquet without its library."""
    if as_format is TableFormat.PARQUET:
        from services.exports.parquet import parquet_writer

        with parquet_writer(table, path) as writer:
            yield writer
        return
    with (
        path.open("w", encoding="utf-8", newline="") as file,
        text_writer(table, as_format, file) as writer,
    ):
        yield writer
