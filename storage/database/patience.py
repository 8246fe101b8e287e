"""Wait for a database server that went away: a restart takes seconds, and no run need end by it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from storage.database.errors import ConnectionLost

BRIDGE_SECONDS = 30.0
"""How long a server may be away before what needs it fails."""

PAUSE = 0.5

Result = TypeVar("Result")


def patiently(work: Callable[[], Result]) -> Result:
    """Return what ``work`` returns, beginning it anew while the server is away.

    ``work`` must be whole transactions: what one of them did may be done again. Raises
    ConnectionLost once the server has been away for ``BRIDGE_SECONDS``.
    """
    deadline = time.monotonic() + BRIDGE_SECONDS
    while True:
        try:
            return work()
        except ConnectionLost:
            if time.monotonic() > deadline:
                raise
            time.sleep(PAUSE)
