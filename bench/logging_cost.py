"""What the transparency log costs a first crawl: ``python -m bench.logging_cost``.

The share of one run's CPU that goes into writing leaves, measured inside of it, so that neither
the machine nor its other work matters. Then what a checkpoint over them costs, and their bytes.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import text

from bench.__main__ import _corpus
from bench.services import PageServer, page_server
from reports.transparency.tiles import tiles_of
from services.assembly import Parts, open_parts
from services.ingest import ingest
from services.runs.run import IngestRequest
from services.settings import load_settings
from services.transparency.checkpoints import make_checkpoint
from storage.transparency import leaves

MOST = 0.05
"""The budget: logging may take so much of an ingest's CPU."""


class Meter:
    """CPU seconds inside one function."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._real = leaves.write_leaves

    def __enter__(self) -> Meter:
        def timed(*given: object) -> int:
            started = time.thread_time()
            try:
                return self._real(*given)  # type: ignore[arg-type]
            finally:
                self.seconds += time.thread_time() - started

        leaves.write_leaves = timed  # type: ignore[assignment]
        return self

    def __exit__(self, *_: object) -> None:
        leaves.write_leaves = self._real


def main() -> int:
    """Measure and print; return 1 if the budget is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=500)
    pages = parser.parse_args().pages
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="bench-log-")))
        site = opened.enter_context(page_server(_corpus(), pages, 0))
        home = folder / "home"
        home.mkdir()
        settings = load_settings(home=home, via=site.origins["plain"], delay=0)
        parts = opened.enter_context(open_parts(settings))
        return _measure(parts, site)


def _measure(parts: Parts, site: PageServer) -> int:
    with Meter() as meter:
        started = time.process_time()
        report = ingest(parts, IngestRequest("us-state-hrr", editions=tuple(site.editions)))
        whole = time.process_time() - started
    share = meter.seconds / whole
    started = time.process_time()
    head = make_checkpoint(parts)
    signed = time.process_time() - started
    with parts.store.read() as unit:
        packed = unit._connection.execute(text("SELECT sum(length(body)) FROM leaf")).scalar_one()
    print(f"{report.counts}")
    print(f"leaves: {head.size}, {packed / max(head.size, 1):.0f} bytes each packed")
    print(f"a first crawl: {whole:.2f} s of CPU, leaves {meter.seconds:.3f} s: {share:.1%}")
    print(f"budget {MOST:.0%}: {'kept' if share <= MOST else 'MISSED'}")
    print(f"a checkpoint over {head.size} leaves: {signed:.2f} s of CPU, ", end="")
    print(f"{len(list(tiles_of(head.size)))} files")
    return int(share > MOST)


if __name__ == "__main__":
    raise SystemExit(main())
