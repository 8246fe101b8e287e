"""Wait for what another process does, or until one is told to stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
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


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait for some seconds, or less if ``stop`` is set meanwhile."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
