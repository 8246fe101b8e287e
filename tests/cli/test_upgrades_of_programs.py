"""What earlier programs imported is brought up to date by this one: nothing lost, no change."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from command import ROOT, reportwatch

CORPUS = (ROOT / os.environ.get("REPORTWATCH_CORPUS", "../shared/pages")).resolve()
EVERYTHING, ONE_EDITION = 454, 51
PROGRAMS = {
    "0001": ("4e9a5ffa", EVERYTHING),
    "0002": ("92f6ae41", ONE_EDITION),
    "0003": ("8515af38", ONE_EDITION),
    "0004": ("7ca03aff", ONE_EDITION),
    "0005": ("a3176dbe", ONE_EDITION),
    "0006": ("8a819f46", ONE_EDITION),
    "0007": ("604eb0ed", ONE_EDITION),
    "0008": ("6ffd8d53", ONE_EDITION),
    "0009": ("a4397cac", ONE_EDITION),
    "0014": ("fd065990", ONE_EDITION),
    "0016": ("1fab365f", ONE_EDITION),
    "0017": ("6cd13a20", ONE_EDITION),
    "0019": ("02f75e99", EVERYTHING),
}
"""By the newest schema that it knew, the last sound commit, and how many pages it is given.

Of other numbers no program ever was the newest: they came together, or a commit had them for
another schema, which got its number of today when it landed.
"""

KEPT = {
    "payload": "sha256, size",
    "report": "source, edition, country, part, title, state",
    "version": "id, report_id, number, payload_sha256, captured_at, first_seen_at, last_seen_at",
    "change": "id, report_id, kind, from_version, to_version, detected_at, is_baseline",
    "alert": "*",
    "subscriber": "id, address, channel, created_at",
    "location": "source, key, url",
    "run": "id, source, state, started_at, ended_at",
    "capture": "id, location_id, run_id, captured_at, payload_sha256",
    "reading": "version_id, reader_revision, text_sha256, words_sha256, report_sha256",
}

CONCLUSIONS = {"topic_vanished"}
"""What programs before 0005 did not conclude of whole editions, and this one does after a run."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (CORPUS / "EXPECTED.tsv").is_file(), reason="no real pages"),
]


@pytest.fixture
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder of an earlier program, from the history of this repository."""
    folder = tmp_path / "program"
    folder.mkdir()
    archive = subprocess.run(
        ["git", "-C", ROOT, "archive", request.param], capture_output=True, check=False
    )
    if archive.returncode:
        pytest.skip(f"the history does not reach back to {request.param}")
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
    return folder


def by(program: Path, *words: object) -> str:
    """Run an earlier program's command in this test's home."""
    home = Path(os.environ["REPORTWATCH_HOME"]).absolute()
    done = subprocess.run(
        [sys.executable, "-m", "cli", *map(str, words)],
        cwd=program,
        env={**os.environ, "REPORTWATCH_HOME": str(home), "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def stored(file: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(file)) as opened:
        return {
            table: sorted(opened.execute(f"SELECT {columns} FROM {table}"), key=repr)
            for table, columns in KEPT.items()
        }


@pytest.mark.parametrize(
    ("program", "pages"), PROGRAMS.values(), ids=PROGRAMS, indirect=["program"]
)
def test_what_an_earlier_program_imported_is_kept_by_an_upgrade(
    program: Path, pages: int, home: Path
) -> None:
    brought = CORPUS if pages == EVERYTHING else CORPUS / "2017"
    by(program, "subscribe", "reader@example.org")
    by(program, "import", brought)
    file = home / "reportwatch.sqlite"
    before = stored(file)
    assert len(before["version"]) == pages
    assert reportwatch("db", "upgrade").code == 0
    assert stored(file) == before
    assert reportwatch("verify", "--json").document["faults"] == []
    again = reportwatch("import", brought, "--json").document["counts"]
    assert {name: count for name, count in again.items() if count} == {
        "checked": pages,
        "unchanged": pages,
    }
    after = stored(file)
    kept = [each for each in ("payload", "version", "alert") if after[each] == before[each]]
    assert kept == ["payload", "version", "alert"]
    assert {change[2] for change in set(after["change"]) - set(before["change"])} <= CONCLUSIONS
    assert json.loads(reportwatch("alerts", "--json").out) == []
