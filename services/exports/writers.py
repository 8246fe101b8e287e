"""Write rows of a table one after another: what every format does, CSV and JSON lines."""

from __future__ import annotations

import csv
import json
from abc import ABC, abstractmethod
from enum import StrEnum
from typing import TextIO

from services.exports.cells import csv_cell, json_value
from services.exports.rows import Row
from services.exports.tables import ExportTable


class TableFormat(StrEnum):
    """The formats that a table can have; each is the ending of its files' names."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


class MissingExtra(Exception):
    """A library that only some need is not installed; the message says how it would be."""


class Writer(ABC):
    """Writes one table's rows, and counts them."""

    def __init__(self, table: ExportTable) -> None:
        self.table = table
        self.count = 0

    def write(self, row: Row) -> None:
        """Write one row."""
        self._put(row)
        self.count += 1

    @abstractmethod
    def _put(self, row: Row) -> None: ...

    def end(self) -> None:  # noqa: B027 - a writer of lines keeps nothing back
        """Write what is kept back."""


class CsvWriter(Writer):
    """RFC 4180, but for its line ends: each is one line feed."""

    def __init__(self, table: ExportTable, file: TextIO) -> None:
        super().__init__(table)
        self._rows = csv.writer(file, lineterminator="\n")
        self._rows.writerow(each.name for each in table.columns)

    def _put(self, row: Row) -> None:
        self._rows.writerow(
            csv_cell(row.get(each.name), is_quoted=each.is_quoted) for each in self.table.columns
        )


class JsonLinesWriter(Writer):
    """One JSON object a line, with every column."""

    def __init__(self, table: ExportTable, file: TextIO) -> None:
        super().__init__(table)
        self._file = file

    def _put(self, row: Row) -> None:
        line = {each.name: json_value(row.get(each.name)) for each in self.table.columns}
        self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
