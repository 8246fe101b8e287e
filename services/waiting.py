"""Wait for what another process does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def wait_for(check: Callable[[], Found], seconds: float, pause: float = 0.1) -> Found:
    """Return the first true answer of ``check``, or its last one once ``seconds`` have passed.

    It is asked at once, and again after each ``pause`` (seconds).
    """
    deadline = time.monotonic() + seconds
    while not (found := check()) and time.monotonic() < deadline:
        time.sleep(pause)
    return found
