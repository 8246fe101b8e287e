"""Read a data set back with a library that others use; run in an environment of its own.

Usage: read_back.py LIBRARY FOLDER prints one JSON object: rows by table, every value as text, null
for none.
"""

from __future__ import annotations

import csv
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FOLDER = Path(sys.argv[2])
PACKAGE = json.loads((FOLDER / "datapackage.json").read_text("utf-8"))
Rows = list[dict[str, Any]]


def text_of(value: Any, kind: str) -> str | None:
    """Return a value as every format must have it."""
    if value is None or value == "":
        return None
    if kind == "boolean":
        return str(value).lower()
    if kind == "integer":
        return str(int(value))
    if kind == "datetime":
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value)


def by_standard_library(path: Path, kind: str) -> Rows:
    if kind == "jsonl":
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    csv.field_size_limit(2**31 - 1)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_pandas(path: Path, kind: str) -> Rows:
    import pandas

    if kind == "csv":
        frame = pandas.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    elif kind == "jsonl":
        frame = pandas.read_json(path, lines=True, dtype=False, convert_dates=False)
    else:
        frame = pandas.read_parquet(path, dtype_backend="pyarrow")
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def by_duckdb(path: Path, kind: str) -> Rows:
    import duckdb

    duckdb.sql("SET TimeZone = 'UTC'")
    read = {
        "csv": "read_csv(?, header = true, all_varchar = true, max_line_size = 33554432)",
        "jsonl": "read_json(?, format = 'newline_delimited')",
        "parquet": "read_parquet(?)",
    }
    found = duckdb.execute(f"SELECT * FROM {read[kind]}", [str(path)])
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


READ = {"standard library": by_standard_library, "pandas": by_pandas, "duckdb": by_duckdb}


def main() -> None:
    found = {}
    for table in PACKAGE["resources"]:
        fields = table["schema"]["fields"]
        rows = []
        for row in READ[sys.argv[1]](FOLDER / table["path"], table["format"]):
            values = {each["name"]: text_of(row[each["name"]], each["type"]) for each in fields}
            for each in fields:
                value = values[each["name"]]
                if each.get("reportwatch:apostrophe") and value:
                    values[each["name"]] = value.removeprefix("'")
            rows.append(values)
        found[table["name"]] = rows
    sys.stdout.write(json.dumps(found))


main()
