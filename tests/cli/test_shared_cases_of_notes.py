"""Cases of a watch over GOV.UK, kept outside the project, run by the project's own command."""

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
NAMES = (
    "01-note-replaced-by-redirect",
    "03-note-added-in-a-minor-change",
    "18-bulletin-with-summary",
    "19-names-the-publisher-prints",
    "20-next-edition-under-a-new-id",
)


@pytest.mark.slow
@pytest.mark.skipif(
    not CASES.is_dir() or not (ROOT / ".venv/bin/reportwatch").exists(),
    reason="no cases; set REPORTWATCH_CORPUS to the pages beside them, and run `make setup`",
)
@pytest.mark.parametrize("name", NAMES)
def test_case_ends_as_it_says_itself(name: str) -> None:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, str(CASES / name / "steps.py")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
