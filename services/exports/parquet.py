"""Write a table as Parquet, a bounded number of rows and letters at a time (pyarrow, an extra)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from services.exports.cells import value_of
from services.exports.rows import Row
from services.exports.tables import ExportTable
from services.exports.writers import MissingExtra, Writer

MOST_ROWS = 10_000
MOST_LETTERS = 4 * 2**20
"""Rows, and letters in them, of a row group: what is kept in memory of a table."""


def require_pyarrow() -> tuple[Any, Any]:
    """Return pyarrow and its Parquet module; raises MissingExtra."""
    try:
        import pyarrow as arrow
        from pyarrow import parquet
    except ImportError:
        raise MissingExtra(
            "Parquet needs pyarrow, which is not installed: install reportwatch with the extra "
            "`data` (`uv sync --extra data`, `pip install 'reportwatch[data]'`)"
        ) from None
    return arrow, parquet


class ParquetWriter(Writer):
    """Keeps rows until they make a row group."""

    def __init__(self, table: ExportTable, path: Path) -> None:
        super().__init__(table)
        self._arrow, parquet = require_pyarrow()
        arrow = self._arrow
        kinds = {
            "string": arrow.string(),
            "integer": arrow.int64(),
            "boolean": arrow.bool_(),
            "datetime": arrow.timestamp("us", tz="UTC"),
        }
        self._schema = arrow.schema([(each.name, kinds[each.kind]) for each in table.columns])
        self.file = parquet.ParquetWriter(path, self._schema, compression="zstd")
        self._empty()

    def _empty(self) -> None:
        self._kept: dict[str, list[Any]] = {each.name: [] for each in self.table.columns}
        self._letters = 0

    def _put(self, row: Row) -> None:
        for name, values in self._kept.items():
            value = value_of(row.get(name))
            values.append(value)
            self._letters += len(value) if isinstance(value, str) else 8
        rows = len(next(iter(self._kept.values())))
        if rows >= MOST_ROWS or self._letters >= MOST_LETTERS:
            self._write_group()

    def _write_group(self) -> None:
        self.file.write_table(self._arrow.table(self._kept, schema=self._schema))
        self._empty()

    def end(self) -> None:
        """Write the last row group; a table without rows has its columns all the same."""
        if self._letters or not self.count:
            self._write_group()


@contextmanager
def parquet_writer(table: ExportTable, path: Path) -> Iterator[Writer]:
    """Give a writer to a new file; raises MissingExtra."""
    writer = ParquetWriter(table, path)
    try:
        yield writer
        writer.end()
    finally:
        writer.file.close()
