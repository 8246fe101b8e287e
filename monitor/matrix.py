"""The matrix of reports: places by editions, a figure in each cell, whose colour says one thing."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from monitor.links import report_path
from monitor.rendering import place_name
from storage.report_list import ReportRow

SHADES = 5
SHOWS = {
    "state": "state",
    "versions": "versions",
    "words": "words of the report",
    "issues": "issues listed",
}
"""What the matrix can show, with its name for people."""

LETTERS = {"present": "✓", "suspected": "?", "removed": "✗"}


@dataclass(frozen=True)
class Cell:
    """One report: where it is, what is printed, the class of its colour, and all in words."""

    path: str
    shown: str
    kind: str
    words: str


@dataclass(frozen=True)
class MatrixRow:
    """One place, with a cell or None for each edition."""

    name: str
    key: str
    cells: tuple[Cell | None, ...]


def build_matrix(rows: Sequence[ReportRow], editions: Sequence[str], show: str) -> list[MatrixRow]:
    """Return the rows of the matrix, by name of place, areas below their countries."""
    bounds = _bounds(rows, show)
    by_place: dict[tuple[str, str], dict[str, ReportRow]] = defaultdict(dict)
    for row in rows:
        by_place[row.report.country, row.report.part][row.report.edition] = row
    made = []
    for (country, part), held in by_place.items():
        newest = held[max(held)]
        name = place_name(newest.report)
        cells = tuple(
            _cell(held[each], show, bounds) if each in held else None for each in editions
        )
        made.append(MatrixRow(name, f"{country}/{part}" if part else country, cells))
    countries = {row.key: row.name for row in made}

    def order(row: MatrixRow) -> tuple[str, str]:
        parent = row.key.partition("/")[0]
        return (countries.get(parent, parent), "" if row.key == parent else row.name)

    return sorted(made, key=order)


def _bounds(rows: Sequence[ReportRow], show: str) -> list[int]:
    """Return the values at which the next darker shade begins: a fifth of the reports in each."""
    if show == "state":
        return []
    values = sorted(value for row in rows if (value := _value(row, show)) is not None)
    marks = {values[len(values) * n // SHADES] for n in range(1, SHADES)} if values else set()
    return sorted(marks)


def _value(row: ReportRow, show: str) -> int | None:
    value: int | None = getattr(row, show)
    return value


def _cell(row: ReportRow, show: str, bounds: Sequence[int]) -> Cell:
    issues = "issue list not read" if row.issues is None else f"{row.issues} issues"
    words = (
        f"{place_name(row.report)} {row.report.edition}: {row.state}, "
        f"{row.versions} version{'s' if row.versions != 1 else ''}, {row.words:,} words, {issues}"
    )
    if show == "state":
        shown, kind = LETTERS.get(row.state, row.state), row.state
    else:
        value = _value(row, show)
        shown = "\u2013" if value is None else f"{value:,}"
        kind = "none" if value is None else f"h{bisect_right(bounds, value)}"
    return Cell(report_path(row.report), shown, kind, words)
