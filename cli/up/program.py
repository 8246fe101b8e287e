"""Keep one program running: start it tied to our life, start it again when it dies, end it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.parent_death import tied

WELL_AFTER = 60.0
"""A program that lived this long starts again at once; one that dies sooner waits ever longer."""

LONGEST_WAIT = 60.0
KEPT_LOGS = 3


@dataclass
class Program:
    """One program that is kept running, with what it takes to start it."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    _child: subprocess.Popen[bytes] | None = None
    _started: float = 0.0
    _failures: int = 0
    _again_at: float = 0.0

    @property
    def is_running(self) -> bool:
        """Tell whether the program runs now."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Start the program, its output in its log.

        It dies with the thread that called this, so that a killed supervisor leaves nothing.
        """
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(  # noqa: S603 - our own programs
                tied(self.command),
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C at the terminal is for the supervisor alone
            )
        self._started = time.monotonic()

    def revive(self, say: Callable[[str], None]) -> None:
        """Start the program again where it died, after a wait that grows with every failure."""
        if self.is_running or self._child is None:
            return
        now = time.monotonic()
        if not self._again_at:
            self._failures = 0 if now - self._started > WELL_AFTER else self._failures + 1
            wait = min(LONGEST_WAIT, 2.0**self._failures - 1)
            say(
                f"{self.name} ended with {self._child.returncode}; starting it again in "
                f"{wait:.0f} s, its log is {self.log}"
            )
            self._again_at = now + wait
        if now >= self._again_at:
            self._again_at = 0.0
            self.start()

    def stop(self, seconds: float) -> None:
        """Ask the program to end; kill what is left of it and its own children after that."""
        if self._child is None:
            return
        if self.is_running:
            self._child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(seconds)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, signal.SIGKILL)
        self._child.wait()
        self._child = None


def rotate(log: Path) -> None:
    """Set the log of an earlier start aside, keeping a few."""
    for number in range(KEPT_LOGS, 0, -1):
        older = log if number == 1 else log.with_suffix(f".log.{number - 1}")
        if older.exists():
            older.replace(log.with_suffix(f".log.{number}"))
