"""Keep one program running: tied to our life, started again if it dies or hangs, and ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cli.up.liveness import Probe, Watch, cpu_seconds
from cli.up.logs import Log
from services.parent_death import tied

WELL_AFTER = 60.0
"""A program that lived this long starts again at once; one that dies sooner waits ever longer."""

LONGEST_WAIT = 30.0
KILL_SECONDS = 5.0
OBSTACLE_SECONDS = 1.0
"""How often is looked whether what stood in the way of a start is gone."""

LOG_SECONDS = 1.0
"""How long the last words of a program that ended are waited for."""


@dataclass
class Program:
    """One program that is kept running, with what it takes to start it.

    ``probe`` asks whether it lives; ``prepare`` is called before every start but the first, with
    whether it had answered before it ended, and returns whether it mended what ended it;
    ``obstacle`` says why it cannot start again now, "" if it can.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Log
    probe: Probe | None = None
    prepare: Callable[[bool], bool] | None = None
    obstacle: Callable[[], str] | None = None
    _child: subprocess.Popen[bytes] | None = None
    _watch: Watch | None = None
    _started: float = 0.0
    _failures: int = 0
    _again_at: float = 0.0
    _was_hung: bool = False
    _obstacle: str = ""

    @property
    def is_running(self) -> bool:
        """Tell whether the program runs now."""
        return self._child is not None and self._child.poll() is None

    @property
    def has_answered(self) -> bool:
        """Tell whether the program, as it was started last, has answered its probe."""
        return self._watch is not None and self._watch.has_answered

    def start(self) -> None:
        """Start the program, its output in its log.

        It dies with the thread that called this, so that a killed supervisor leaves nothing.
        """
        child = subprocess.Popen(  # noqa: S603 - our own programs
            tied(self.command),
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C at the terminal is for the supervisor alone
        )
        assert child.stdout is not None
        self.log.take(child.stdout)
        self._child = child
        self._was_hung = False
        self._started = time.monotonic()
        self._watch = Watch(self.probe, lambda: cpu_seconds(child.pid)) if self.probe else None

    def end_if_hung(self, say: Callable[[str], None]) -> None:
        """Kill the program if it hangs; returns at once."""
        if self.is_running and self._watch and (fault := self._watch.fault()):
            say(f"{self.name} {fault}; it is killed, its log is {self.log.path}")
            self._was_hung = True
            self.kill()

    def revive(self, say: Callable[[str], None]) -> None:
        """Kill the program if it hangs, and start it again if it has ended.

        After a wait that grows with every failure. Returns at once; to be called often.
        """
        if self._child is None:
            return
        if self.is_running:
            self.end_if_hung(say)
            return
        now = time.monotonic()
        if not self._again_at:
            self.kill()  # what it had started itself
            self._failures = 0 if now - self._started > WELL_AFTER else self._failures + 1
            wait = min(LONGEST_WAIT, 2.0**self._failures - 1)
            say(
                f"{self.name} ended with {self._child.returncode}; starting it again in "
                f"{wait:.0f} s, its log is {self.log.path}"
            )
            self._again_at = now + wait
        if now >= self._again_at:
            if self._must_wait(say):
                self._again_at = now + OBSTACLE_SECONDS
                return
            self._again_at = 0.0
            self.log.finish(LOG_SECONDS)
            if self.prepare:
                self.prepare(self.has_answered)
            self.start()

    def _must_wait(self, say: Callable[[str], None]) -> bool:
        """Return whether something stands in the way of a start, and say what, once."""
        found = self.obstacle() if self.obstacle else ""
        if found and found != self._obstacle:
            say(f"{self.name} cannot be started again: {found}; it starts once that has ended")
        self._obstacle = found
        return bool(found)

    def start_again_if_mended(self) -> bool:
        """Start a program that ended while starting, if it hung or what ended it was mended."""
        is_mended = self.prepare is not None and self.prepare(self.has_answered)
        if not (is_mended or self._was_hung):
            return False
        self.start()
        return True

    def kill(self) -> None:
        """End the program with its children at once; it is started again by ``revive``."""
        if self._child is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._child.pid, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):  # it may wait for a dead disk
                self._child.wait(KILL_SECONDS)

    def stop(self, seconds: float) -> None:
        """Ask the program to end; kill what is left of it and its own children after that."""
        if self._child is None:
            return
        if self.is_running:
            self._child.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(seconds)
        self.kill()
        self.log.finish(LOG_SECONDS)
        self._child = None
