"""Describe a data set for programs: Data Package 2.0, every column, key and reference."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from reports.wording.citation import exact_stamp
from scrapers.registry import all_sources
from scrapers.source import Source
from services.exports.tables import TABLES, Column, ExportTable
from services.exports.writers import TableFormat

PACKAGE = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0"

DESCRIPTION = (
    "Versions of government reports as reportwatch saw them, what they said, and what changed. "
    "Bitemporal: valid_from and valid_to are when words stood, system_from and system_to when we "
    "knew. Rows with an empty system_to are what is known as of the export; filter them, or rows "
    "that were corrected count twice. Periods include their beginning and not their end. A topic "
    "that is missing from a report is not evidence that nothing happened."
)
QUOTED = (
    " In CSV one apostrophe stands before a text that begins with =, +, -, @, a tab or an "
    "apostrophe, so that no spreadsheet computes it: take away the first apostrophe of a cell "
    "that begins with one."
)
_MEDIA_TYPES = {
    TableFormat.CSV: "text/csv",
    TableFormat.JSONL: "application/jsonl",
    TableFormat.PARQUET: "application/vnd.apache.parquet",
}
_BLOCK = 2**20


def describe(
    folder: Path,
    as_format: TableFormat,
    as_of: datetime,
    counts: Mapping[str, int],
    sources: Sequence[str],
) -> str:
    """Return the text of ``datapackage.json`` for the files of a folder."""
    known = [all_sources()[name] for name in sources if name in all_sources()]
    document = {
        "$schema": f"{PROFILE}/datapackage.json",
        "name": "reportwatch",
        "title": f"Reports as known at {exact_stamp(as_of)}",
        "description": DESCRIPTION,
        "version": version("reportwatch"),
        "created": exact_stamp(as_of),
        "as_of": exact_stamp(as_of),
        "keywords": ["human rights", "government reports", "versions", "bitemporal"],
        **_rights(known),
        "sources": [
            {"title": f"{each.publisher}: {each.family}", "path": each.collection_url}
            for each in known
        ],
        "resources": [_resource(folder, each, as_format, counts[each.name]) for each in TABLES],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _rights(sources: Sequence[Source]) -> dict[str, Any]:
    """Return the licences under which publishers give their texts, as far as they say."""
    said = {each.licence for each in sources if each.licence}
    licences = [{"title": title, "path": path} for title, path in sorted(said)]
    return {"licenses": licences} if licences else {}


def _resource(
    folder: Path, table: ExportTable, as_format: TableFormat, count: int
) -> dict[str, Any]:
    path = folder / f"{table.name}.{as_format}"
    dialect = {"dialect": {"lineTerminator": "\n"}} if as_format is TableFormat.CSV else {}
    return {
        "name": table.name,
        "type": "table",
        "description": table.says,
        "path": path.name,
        "format": as_format.value,
        "mediatype": _MEDIA_TYPES[as_format],
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest(path)}",
        "row_count": count,
        **dialect,
        "schema": _schema(table, as_format),
    }


def _schema(table: ExportTable, as_format: TableFormat) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "$schema": f"{PROFILE}/tableschema.json",
        "fields": [_field(each, as_format) for each in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }
    if table.refers:
        schema["foreignKeys"] = [
            {
                "fields": list(each.columns),
                "reference": {"resource": each.table, "fields": list(each.columns)},
            }
            for each in table.refers
        ]
    return schema


def _field(column: Column, as_format: TableFormat) -> dict[str, Any]:
    is_covered = column.is_quoted and as_format is TableFormat.CSV
    field: dict[str, Any] = {"name": column.name, "type": column.kind}
    field["description"] = column.says + (QUOTED if is_covered else "")
    if is_covered:
        field["reportwatch:apostrophe"] = True
    return field


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    made = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            made.update(block)
    return made.hexdigest()
