"""A release: a data set under a name, with checksums and how to cite it, never written twice."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from reports.wording.citation import exact_stamp
from services.exports.dataset import NotToExport, export_all
from services.exports.package import DESCRIPTION, PACKAGE, QUOTED, digest
from services.exports.tables import TABLES, ExportTable
from services.exports.writers import TableFormat

if TYPE_CHECKING:
    from services.assembly import Parts

CHECKSUMS = "SHA256SUMS"
CITATION = "CITATION.cff"
READ_ME = "README.md"

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Release:
    """What was released: where, as of when, how many rows of each table, and the checksums' own."""

    folder: Path
    as_of: datetime
    rows: dict[str, int]
    sha256: str


def release(
    parts: Parts, name: str, folder: Path, as_format: TableFormat, as_of: datetime
) -> Release:
    """Freeze a data set in a new folder of its name.

    The same name, format, moment and version of the program make the same bytes. Raises
    NotToExport if the name cannot be one or the folder is there already.
    """
    if not _NAME.fullmatch(name):
        raise NotToExport(
            f"{name!r} cannot name a release: up to 64 small letters, digits, dots and hyphens"
        )
    target = folder / name
    if target.exists():
        raise NotToExport(f"{target} is there already: a release is never overwritten")
    if not folder.is_dir():
        raise NotToExport(f"there is no folder {folder}")
    partial = folder / f"{name}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir()
        rows = export_all(parts, as_format, partial, as_of)
        (partial / READ_ME).write_text(_read_me(name, as_format, as_of, rows), encoding="utf-8")
        (partial / CITATION).write_text(_citation(name, as_of), encoding="utf-8")
        sums = _checksums(partial)
        (partial / CHECKSUMS).write_text(sums, encoding="utf-8")
        made = digest(partial / CHECKSUMS)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return Release(target, as_of, rows, made)


def _checksums(folder: Path) -> str:
    """Return the lines that ``sha256sum --check`` reads."""
    files = sorted(each for each in folder.iterdir())
    return "".join(f"{digest(each)}  {each.name}\n" for each in files)


def _citation(name: str, as_of: datetime) -> str:
    """Return how to cite a release: Citation File Format 1.2.0."""
    lines = (
        "cff-version: 1.2.0",
        "message: If you use this data set, please cite it, and the reports by their publishers.",
        "type: dataset",
        f'title: "reportwatch, release {name}: reports as known at {exact_stamp(as_of)}"',
        "authors:",
        "  - name: The operator of this installation of reportwatch",
        f'version: "{name}"',
        f"date-released: {as_of:%Y-%m-%d}",
        "keywords:",
        "  - human rights",
        "  - government reports",
        "  - versions",
        "abstract: >-",
        "  Versions of government reports as one installation of reportwatch saw them, what they",
        "  said, and what changed. The texts are their publishers'.",
    )
    return "\n".join(lines) + "\n"


def _read_me(name: str, as_format: TableFormat, as_of: datetime, rows: dict[str, int]) -> str:
    as_of_text = exact_stamp(as_of)
    parts = [
        f"# Release {name}",
        f"As known at {as_of_text}, by reportwatch {version('reportwatch')}. `reportwatch release "
        f"NAME --as-of {as_of_text}` makes the same files, in the same installation and version.",
        DESCRIPTION,
        f"`sha256sum --check {CHECKSUMS}` checks the files; `{PACKAGE}` describes them for "
        f"programs (Data Package 2.0); `{CITATION}` says how to cite this release.",
    ]
    if as_format is TableFormat.CSV:
        parts.append(
            QUOTED.strip() + " Such columns are marked (*) below. A cell may be longer than "
            "131,072 characters: in Python set `csv.field_size_limit(2**31 - 1)`."
        )
    parts += [_described(each, as_format, rows[each.name]) for each in TABLES]
    return "\n\n".join(parts) + "\n"


def _described(table: ExportTable, as_format: TableFormat, count: int) -> str:
    rows = [
        f"| `{each.name}`{' (*)' if each.is_quoted else ''} | {each.kind} | {each.says} |"
        for each in table.columns
    ]
    head = f"## {table.name}.{as_format}\n\n{table.says} {count:,} rows; "
    head += f"key: {', '.join(f'`{each}`' for each in table.key)}."
    return "\n".join((head, "", "| column | type | what it says |", "|---|---|---|", *rows))
