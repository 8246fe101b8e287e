"""Stop what may have no end: for text that was made to be slow to read."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

ENDLESS = 20.0
"""Seconds of CPU after which work that should take less than one has no end worth waiting for."""


class Overlong(Exception):
    """Work was stopped since it might never have ended."""


@contextmanager
def bounded(seconds: float = ENDLESS) -> Iterator[None]:
    """Stop the block when it takes more CPU; a pattern that backtracks can be stopped too.

    A guard and no measure: far above what the work takes on a busy machine, far below what it takes
    where its time grows with the square of the text. In the main thread only.

    Raises
    ------
    Overlong
        Within the block, after so many seconds of CPU.
    """

    def stop(*_: object) -> None:
        raise Overlong(f"more than {seconds:g} s of CPU")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
