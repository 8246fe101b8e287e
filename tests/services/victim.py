"""A process to be killed: ``python victim.py ingest|deliver|checkpoint [STATEMENTS]``.

Says "ready", waits for a line, works, and says how many seconds and statements that took. With a
number of statements it kills itself just before one more. Of a checkpoint what is written to files
counts as well.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event

from services.assembly import open_parts
from services.ingest import ingest
from services.notify.delivery import deliver
from services.runs.run import IngestRequest
from services.settings import load_settings
from services.transparency.daily import checkpoint_now


class Fuse:
    """Counts statements and commits; kills the process when there have been enough."""

    def __init__(self, allowed: int | None) -> None:
        self.count = 0
        self._allowed = allowed

    def burn(self, *_: object) -> None:
        if self.count == self._allowed:
            os.kill(os.getpid(), signal.SIGKILL)
        self.count += 1


def burn_at_files(fuse: Fuse) -> None:
    """Count each file that is synced or takes its name."""
    for name in ("fsync", "replace"):
        real = getattr(os, name)

        def counted(*given: Any, real: Callable[..., Any] = real) -> Any:
            fuse.burn()
            return real(*given)

        setattr(os, name, counted)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(work: str, allowed: str = "") -> None:
    with open_parts(load_settings()) as parts:
        fuse = Fuse(int(allowed) if allowed else None)
        event.listen(Engine, "before_cursor_execute", fuse.burn)
        event.listen(Engine, "commit", fuse.burn)
        if work == "checkpoint":
            burn_at_files(fuse)
        say("ready")
        sys.stdin.readline()
        started = time.monotonic()
        if work == "ingest":
            ingest(parts, IngestRequest("sample-hrr"))
        elif work == "checkpoint":
            checkpoint_now(parts)
        else:
            deliver(parts)
        say(f"{time.monotonic() - started} {fuse.count}")


if __name__ == "__main__":
    main(*sys.argv[1:])
