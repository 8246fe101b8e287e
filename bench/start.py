"""Measure a start: a command that reads, beside a program that imports what it is made with."""

from __future__ import annotations

import os
import statistics
import sys
from pathlib import Path

from bench.child import run
from deployments.sample_site import SampleSite, serve

COMMAND = ("reports", "--json")
IMPORTS = "import sqlalchemy, requests, typer, rich"
PAIRS = 15
SOURCE = "sample-hrr"


def start_cpu(home: Path) -> dict[str, float]:
    """Return CPU seconds of ``reports --json`` over the sample site's reports, and of its imports.

    Both are run in turn; the ratio is the median of the pairs' own.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith("REPORTWATCH_")}
    environment |= {"REPORTWATCH_HOME": str(home), "REPORTWATCH_DELAY": "0"}
    ours = [sys.executable, "-m", "cli", *COMMAND]
    imports = [sys.executable, "-c", IMPORTS]
    with serve(SampleSite()) as origin:
        run([sys.executable, "-m", "cli", "ingest", SOURCE, "--via", origin], environment)
    for command in (ours, imports):
        run(command, environment)  # not counted: it compiles what is imported
    pairs = [
        (run(ours, environment)[0].cpu, run(imports, environment)[0].cpu) for _ in range(PAIRS)
    ]
    return {
        "command": statistics.median(one for one, _ in pairs),
        "imports": statistics.median(other for _, other in pairs),
        "ratio": statistics.median(one / other for one, other in pairs),
    }
