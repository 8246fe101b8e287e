"""Measure how long an edit takes from the close of its run to a mail server's hands."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from alerts.sink import Sink
from bench.child import BenchFailed, run
from bench.contest import Product
from bench.services import PageServer, running

PATIENCE = 60.0
QUIET = 3.0
"""Seconds without another mail after which the last one is taken for the last."""


def seconds_to_mail(site: PageServer, home: Path) -> float:
    """Return seconds from the run's close to the last of its mails, under ``reportwatch up``."""
    product = Product(home)
    with Sink(home / "mail") as sink:
        environment = {
            **product.environment(),
            "REPORTWATCH_SMTP_URL": sink.url,
            "REPORTWATCH_PORT": "0",
            "REPORTWATCH_PREFECT_PORT": "0",
            # Nothing outside is ever asked, whatever is scheduled meanwhile.
            "REPORTWATCH_VIA": site.origins["plain"],
        }
        up = [sys.executable, "-m", "cli", "up", "--json"]
        with running(up, environment, stdout=subprocess.PIPE) as child:
            assert child.stdout
            if not child.stdout.readline():
                raise BenchFailed("`reportwatch up` does not start")
            run(product.command(site.origins["plain"], site.editions, ()), environment)
            run([sys.executable, "-m", "cli", "subscribe", "reader@example.org"], environment)
            run(product.command(site.origins["edited"], site.editions, ()), environment)
            return _last_mail(sink) - _last_close(product.database)


def _last_mail(sink: Sink) -> float:
    """Return when the last mail arrived (seconds since the epoch)."""
    began = time.monotonic()
    kept: list[Path] = []
    changed = began
    while not kept or time.monotonic() - changed < QUIET:
        if time.monotonic() - began > PATIENCE:
            raise BenchFailed(f"no mail within {PATIENCE:.0f} s of the run's close")
        if len(found := sink.mails()) > len(kept):
            kept, changed = found, time.monotonic()
        time.sleep(0.05)
    return kept[-1].stat().st_mtime


def _last_close(database: Path) -> float:
    connection = sqlite3.connect(database)
    ended = connection.execute("SELECT max(ended_at) FROM run").fetchone()[0]
    connection.close()
    return datetime.fromisoformat(ended).replace(tzinfo=UTC).timestamp()
