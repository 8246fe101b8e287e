"""Wait for what another program does, however busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 120
"""Seconds that anything may take on a machine with other work; what ends sooner costs nothing."""


def wait_for(what: Callable[[], Any], why: str, seconds: float = PATIENCE) -> Any:
    """Return the first true answer; fail with ``why`` where none comes."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.2)
    raise AssertionError(why)
