"""The matrix of reports: places by editions, a figure in each cell, whose colour says one thing."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from reports.model.identity import ReportId
from scrapers.registry import place_name
from storage.read.report_rows import MatrixEntry

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
class MatrixCell:
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
    cells: tuple[MatrixCell | None, ...]


def build_matrix(
    source: str, entries: Sequence[MatrixEntry], editions: Sequence[str], show: str
) -> list[MatrixRow]:
    """Return the rows of the matrix, by name of country, areas below theirs."""
    bounds = _bounds(entries, show)
    by_place: dict[tuple[str, str], dict[str, MatrixEntry]] = defaultdict(dict)
    for each in entries:
        by_place[each.country, each.part][each.edition] = each
    made = []
    for (country, part), held in by_place.items():
        name = place_name(ReportId(source, max(held), country, part))
        path = f"{country}/{part}" if part else country
        cells = tuple(
            _cell(held[each], f"/reports/{source}/{each}/{quote(path)}", show, bounds)
            if each in held
            else None
            for each in editions
        )
        made.append(MatrixRow(name, path, cells))
    countries = {row.key: row.name for row in made}

    def order(row: MatrixRow) -> tuple[str, str]:
        parent = row.key.partition("/")[0]
        return (countries.get(parent, parent), "" if row.key == parent else row.name)

    return sorted(made, key=order)


def _bounds(entries: Sequence[MatrixEntry], show: str) -> list[int]:
    """Return the values at which the next darker shade begins: a fifth of the reports in each."""
    if show == "state":
        return []
    values = sorted(value for each in entries if (value := _value(each, show)) is not None)
    marks = {values[len(values) * n // SHADES] for n in range(1, SHADES)} if values else set()
    return sorted(marks)


def _value(entry: MatrixEntry, show: str) -> int | None:
    value: int | None = getattr(entry, show)
    return value


def _cell(entry: MatrixEntry, path: str, show: str, bounds: Sequence[int]) -> MatrixCell:
    issues = _issues(entry)
    versions = "1 version" if entry.versions == 1 else f"{entry.versions} versions"
    words = f"{entry.state}, {versions}, {entry.words:,} words, {issues}"
    if show == "state":
        return MatrixCell(path, LETTERS.get(entry.state, entry.state), entry.state, words)
    value = _value(entry, show)
    if value is None:
        return MatrixCell(path, "\u2013", "none", words)
    plus = "+" if show == "issues" and entry.is_partial else ""
    return MatrixCell(path, f"{value:,}{plus}", f"h{bisect_right(bounds, value)}", words)


def _issues(entry: MatrixEntry) -> str:
    if entry.issues is None:
        return "issue list not read"
    read = "1 issue" if entry.issues == 1 else f"{entry.issues} issues"
    return f"issue list not read whole, {read} read" if entry.is_partial else read
