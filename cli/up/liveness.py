"""Ask a program whether it lives, beside the supervisor's loop, and judge what it does not answer.

A program that hangs is found by three probes in a row without an answer. On a machine that has too
much to do a program may be that slow and well; it is then known by the processor time it uses, and
given longer. A program that is starting is given as long as it uses any.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

PROBE_SECONDS = 10.0
TIMEOUT_SECONDS = 5.0
MISSES = 3
"""So many probes in a row without an answer: the program hangs."""

MISSES_ON_A_LOADED_MACHINE = 12
"""So many where the machine has more to do than processors and the program gets some of them."""

IDLE_SHARE = 0.01
"""Who uses less of one processor than this is not slow: it is stopped, or waits for good."""

START_PROBE_SECONDS = 0.5
IDLE_START_SECONDS = 60.0
LONGEST_START_SECONDS = 900.0
"""A start that takes longer on a machine with nothing else to do goes in circles."""

Probe = Callable[[], bool]


class Broken(RuntimeError):
    """A probe found what makes waiting pointless; the message says what, after "because"."""


@dataclass(frozen=True)
class Limits:
    """How often a program is asked and how long it is waited for, in seconds and probes."""

    probe_seconds: float = PROBE_SECONDS
    start_probe_seconds: float = START_PROBE_SECONDS
    misses: int = MISSES
    misses_when_loaded: int = MISSES_ON_A_LOADED_MACHINE
    idle_start_seconds: float = IDLE_START_SECONDS
    longest_start_seconds: float = LONGEST_START_SECONDS


LIMITS = Limits()


class Watch:
    """What one process answers, from its start to its end.

    ``cpu`` returns the processor seconds the process has used, ``is_loaded`` whether the machine
    has more to do than it can.
    """

    def __init__(
        self,
        probe: Probe,
        cpu: Callable[[], float],
        limits: Limits = LIMITS,
        *,
        is_loaded: Callable[[], bool] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.has_answered = False
        self._probe = probe
        self._cpu = cpu
        self._limits = limits
        self._is_loaded = is_loaded or machine_is_loaded
        self._clock = clock
        self._started = clock()
        self._asked: float | None = None
        self._answer: _Answer | None = None
        self._misses = 0
        self._broken = ""
        self._heard = self._started
        self._since = (self._started, cpu())

    def fault(self) -> str:
        """Ask if it is time to, and return why the process must be killed, or "".

        Returns at once, whatever the probe does. To be called several times a second.
        """
        now = self._clock()
        self._collect(now)
        if self._answer is None and self._is_time(now):
            self._asked, self._answer = now, _Answer(self._probe)
        if self._broken:
            return self._broken
        return self._fault_at_work(now) if self.has_answered else self._fault_at_start(now)

    def _is_time(self, now: float) -> bool:
        limits = self._limits
        pause = limits.probe_seconds if self.has_answered else limits.start_probe_seconds
        return self._asked is None or now - self._asked >= pause

    def _collect(self, now: float) -> None:
        """Take what a probe answered; one that is not back by the next turn has missed."""
        answer = self._answer
        if answer is None or self._asked is None:
            return
        if answer.is_back:
            self._broken = answer.broken
            self._note(answer.is_well, now)
            self._answer = None
        elif now - self._asked >= self._limits.probe_seconds:
            self._note(False, now)
            self._answer = None  # its thread ends with the process it asks

    def _note(self, is_well: bool, now: float) -> None:
        if is_well:
            self.has_answered = True
            self._misses = 0
            self._heard = now
        elif self.has_answered:
            # From the first miss on: what it did before that says nothing of whether it does now.
            if not self._misses:
                self._since = (now, self._cpu())
            self._misses += 1

    def _fault_at_work(self, now: float) -> str:
        if self._misses < self._limits.misses:
            return ""
        most = self._limits.misses_when_loaded
        if self._misses < most and not self._is_idle(now) and self._is_loaded():
            return ""
        return f"has not answered for {now - self._heard:.0f} s"

    def _fault_at_start(self, now: float) -> str:
        limits = self._limits
        if now - self._since[0] >= limits.idle_start_seconds:
            if self._is_idle(now):
                return f"has done nothing for {now - self._since[0]:.0f} s of its start"
            self._since = (now, self._cpu())
        waited = now - self._started
        if waited >= limits.longest_start_seconds and not self._is_loaded():
            return f"has not come to answer in {waited:.0f} s"
        return ""

    def _is_idle(self, now: float) -> bool:
        when, used = self._since
        return self._cpu() - used < IDLE_SHARE * (now - when)


class _Answer:
    """A probe under way in a thread of its own."""

    def __init__(self, probe: Probe) -> None:
        self.is_back = False
        self.is_well = False
        self.broken = ""
        self._probe = probe
        threading.Thread(target=self._ask, name="probe", daemon=True).start()

    def _ask(self) -> None:
        try:
            self.is_well = self._probe()
        except Broken as error:
            self.broken = str(error)
        except Exception:
            self.is_well = False
        self.is_back = True


def http_probe(url: str) -> Probe:
    """Return a probe of a loopback address: any answer says that the program lives."""
    opener = build_opener(ProxyHandler({}))

    def ask() -> bool:
        try:
            with opener.open(url, timeout=TIMEOUT_SECONDS):
                return True
        except HTTPError as error:  # "stale", "log in": it answers
            error.close()
            return True
        except (OSError, HTTPException):
            return False

    return ask


class FilePulse:
    """A probe of a file that a program touches; each call answers whether it did since the last.

    Compares for being different, so that a clock that jumps makes nobody look dead.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = self._stamp()

    def __call__(self) -> bool:
        """Return whether the file was touched since the last call."""
        stamp = self._stamp()
        was_touched = stamp not in (0, self._seen)
        self._seen = stamp
        return was_touched

    def _stamp(self) -> int:
        try:
            return self._path.stat().st_mtime_ns
        except OSError:
            return 0


def cpu_seconds(pid: int) -> float:
    """Return the processor seconds a process has used; 0 if it or /proc is not there."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return 0.0


def machine_is_loaded() -> bool:
    """Return whether more was running or waiting for a disk, over a minute, than processors."""
    return os.getloadavg()[0] > (os.cpu_count() or 1)
