"""Tell a start as it goes: what is being started, for how long now, and what it waits for."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

SAID_AFTER = (2.0, 5.0, 10.0, 15.0, 20.0)
"""Seconds of waiting after which a line says so; later ones come every SAY_SECONDS."""

SAY_SECONDS = 30.0

BEGINS = (
    "starting the monitor, then Prefect, then the runner: within a minute as a rule, longer at the "
    "first start or on a busy machine"
)

DOES = {"prefect": "the Prefect server", "runner": "the runner, which registers the schedules"}


class StartProgress:
    """The seconds of one start, and what was said of them."""

    def __init__(
        self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._say, self._clock = say, clock
        self._began = clock()
        say(BEGINS)

    @property
    def seconds(self) -> float:
        """Return how long the start has taken so far."""
        return self._clock() - self._began

    def wait_for(self, name: str, log: Path) -> Wait:
        """Say that a part is waited for, and return what tells more of it."""
        self._say(f"waiting for {DOES.get(name, name)} ({self.seconds:.0f} s so far)")
        return Wait(self, self._say, self._clock, name, log)

    def ready(self) -> None:
        """Say that everything is there."""
        self._say(f"ready after {self.seconds:.0f} s")


class Wait:
    """One wait for one part: ``tell`` is called often, and speaks now and then."""

    def __init__(
        self,
        start: StartProgress,
        say: Callable[[str], None],
        clock: Callable[[], float],
        name: str,
        log: Path,
    ) -> None:
        self._start, self._say, self._clock = start, say, clock
        self._name, self._log = name, log
        self._began = clock()
        self._due = list(SAID_AFTER)

    def tell(self) -> str:
        """Say what is waited for if it is time to; return what was said, or ``""``."""
        waited = self._clock() - self._began
        if waited < self._due[0]:
            return ""
        past = self._due.pop(0)
        if not self._due:
            self._due.append(max(past, waited) + SAY_SECONDS)
        said = f"waiting for {self._name}, starting for {waited:.0f} s now"
        where = f"; its log is {self._log}" if waited >= SAY_SECONDS else ""
        self._say(f"{said} ({self._start.seconds:.0f} s in all){where}")
        return said
