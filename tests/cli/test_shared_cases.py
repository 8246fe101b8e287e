"""Cases kept outside the project: each runs the project's own command and says what it saw."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CASES = (
    ROOT / os.environ.get("REPORTWATCH_CORPUS", "../shared/pages") / "../review/cases/pages"
).resolve()
NAMES = sorted(each.parent.name for each in CASES.glob("*/steps.py"))
MOST_SECONDS = 600


@pytest.mark.slow
@pytest.mark.skipif(
    not CASES.is_dir() or not (ROOT / ".venv/bin/reportwatch").exists(),
    reason="no cases; set REPORTWATCH_CORPUS to the pages beside them, and run `make setup`",
)
@pytest.mark.parametrize("name", NAMES or ["none"])
def test_case_ends_as_it_says_itself(name: str) -> None:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, str(CASES / name / "steps.py")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not CASES.is_dir(), reason="no cases; set REPORTWATCH_CORPUS")
def test_there_are_cases_to_run() -> None:
    assert len(NAMES) >= 15
