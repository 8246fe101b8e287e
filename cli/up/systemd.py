"""Tell the service manager how `up` is: ready, at work, or what it waits for (sd_notify(3))."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress

BEAT_SECONDS = 10.0
"""How often the supervisor's loop says that it turns; the unit's WatchdogSec is far above."""

MORE_SECONDS = 60
"""By how much a start is prolonged each time it says that it goes on."""


class ServiceManager:
    """The manager behind NOTIFY_SOCKET; without one, nothing is said to anybody.

    Takes the variable out of the environment: what `up` starts has no part in it.
    """

    def __init__(self) -> None:
        self._address = os.environ.pop("NOTIFY_SOCKET", "")
        self._beat = 0.0

    def starting(self, status: str) -> None:
        """Say what the start waits for, and that it goes on."""
        self._say(f"STATUS={status}\nEXTEND_TIMEOUT_USEC={MORE_SECONDS * 1_000_000}")

    def ready(self) -> None:
        """Say that everything answers."""
        self._say("READY=1\nSTATUS=running")

    def alive(self) -> None:
        """Say that the loop turns; may be called at every turn."""
        now = time.monotonic()
        if now - self._beat >= BEAT_SECONDS or not self._beat:
            self._beat = now
            self._say("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that the end has begun."""
        self._say("STOPPING=1\nSTATUS=stopping")

    def _say(self, text: str) -> None:
        if not self._address:
            return
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setblocking(False)  # a manager that does not listen must not stop us
            out.sendto(text.encode(), address)
