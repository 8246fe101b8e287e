"""Data sets read back by pandas, DuckDB and the standard library alike, and by frictionless."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import sqlite_url
from walk_stage import Watch, watching

from services.exports.dataset import export_all, settled
from services.exports.writers import TableFormat

ROOT = Path(__file__).parents[3]
READERS = ROOT / ".venv-readers" / "bin"
SCRIPT = Path(__file__).with_name("read_back.py")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (READERS / "frictionless").is_file(),
        reason="what reads data sets is not installed: `make readers` does",
    ),
]

LIBRARIES = {
    TableFormat.CSV: ("standard library", "pandas", "duckdb"),
    TableFormat.JSONL: ("standard library", "pandas", "duckdb"),
    TableFormat.PARQUET: ("pandas", "duckdb"),
}
ROWS = 1200

ODD = "=HYPERLINK(1), \"quoted\"; 'twice' — \u00e9\u4e2d\U0001f600"
"""Words with which a text begins that a spreadsheet or a parser would take for something else."""


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Watch]:
    home = tmp_path_factory.mktemp("home")
    with watching(sqlite_url(home), home) as found:
        paragraph = found.site.report("2023/XAG").paragraphs[0]
        for step in range(8):
            found.at(step)
        for start in (ODD, "'tis", "-1", "@all", "+1"):
            found.site.edit("2023/XAG", paragraph[:20], f"{start} {paragraph[:20]}")
            found.run()
        yield found


@pytest.fixture(scope="module")
def folders(watch: Watch, tmp_path_factory: pytest.TempPathFactory) -> dict[TableFormat, Path]:
    made = {}
    as_of = settled(watch.parts, None)
    for kind in TableFormat:
        made[kind] = tmp_path_factory.mktemp(f"as-{kind}")
        export_all(watch.parts, kind, made[kind], as_of)
    return made


def read(library: str, folder: Path) -> dict[str, list[dict[str, Any]]]:
    ran = subprocess.run(
        [READERS / "python", SCRIPT, library, folder], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    found: dict[str, list[dict[str, Any]]] = json.loads(ran.stdout)
    return found


def test_every_format_is_read_alike_by_every_library(folders: dict[TableFormat, Path]) -> None:
    expected = read("standard library", folders[TableFormat.JSONL])
    assert sum(map(len, expected.values())) >= ROWS
    begins = {row["text"][:1] for row in expected["sections"] if row["text"]}
    assert begins >= set("='-@+")
    others = [(kind, name) for kind, names in LIBRARIES.items() for name in names]
    assert len(others) == 8
    for kind, library in others:
        found = read(library, folders[kind])
        for table, rows in expected.items():
            assert found[table] == rows, (kind, library, table)


def validate(folder: Path) -> str:
    ran = subprocess.run(
        [READERS / "frictionless", "validate", "datapackage.json"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


def test_frictionless_finds_nothing(folders: dict[TableFormat, Path]) -> None:
    assert validate(folders[TableFormat.CSV]) == ""


@pytest.mark.parametrize(
    ("file", "before", "after", "said"),
    [
        ("versions.csv", b",2023,XAG,", b",2023,XAH,", "hash"),
        ("issues.csv", b"/2023/XAG,", b"/2023/XXX,", "foreign"),
        ("datapackage.json", b'"name": "issue_count",\n            "type": "integer"',
         b'"name": "issue_count",\n            "type": "boolean"', "type"),
    ],
)  # fmt: skip
def test_frictionless_finds_what_is_wrong(
    folders: dict[TableFormat, Path],
    tmp_path: Path,
    file: str,
    before: bytes,
    after: bytes,
    said: str,
) -> None:
    files = list(folders[TableFormat.CSV].iterdir())
    assert len(files) == 10
    for each in files:
        body = each.read_bytes()
        if each.name == file:
            assert before in body
            body = body.replace(before, after)
        (tmp_path / each.name).write_bytes(body)
    assert said in validate(tmp_path).casefold()
