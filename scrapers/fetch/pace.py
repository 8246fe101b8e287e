"""Decide when a host may be asked: spacing between requests, and rest after failures."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LEFT_ALONE = "the host is left for this run"
"""How the reason of a page ends that was not asked for, since others of its host had failed."""


LONGEST_REST = 7 * 24 * 3600.0
"""Seconds for which a host is left alone at most, however long it asks for."""


class Pace:
    """Keeps the starts of requests to one host apart, over all threads.

    Each caller is given its own slot in the order of calling, then sleeps until it comes.
    """

    def __init__(
        self,
        delay: float,
        *,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._delay = delay
        self._sleep = sleep
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._delays: dict[str, float] = {}
        self._next: dict[str, float] = {}

    def wait(self, host: str) -> None:
        """Reserve the host's next slot and sleep until it comes."""
        with self._lock:
            now = self._monotonic()
            start = max(now, self._next.get(host, now))
            self._next[host] = start + self._delays.get(host, self._delay)
        if start > now:
            self._sleep(start - now)

    def delay(self, host: str) -> float:
        """Return the seconds between two requests to a host."""
        with self._lock:
            return self._delays.get(host, self._delay)

    def hold(self, host: str, seconds: float) -> None:
        """Give out no slot of a host before so many seconds from now."""
        with self._lock:
            until = self._monotonic() + seconds
            self._next[host] = max(until, self._next.get(host, until))

    def slow_down(self, host: str, delay: float) -> None:
        """Space a host's requests by ``delay`` seconds, if that is more than until now."""
        with self._lock:
            added = delay - self._delays.get(host, self._delay)
            if added > 0:
                self._delays[host] = delay
                if host in self._next:
                    self._next[host] += added


class Breaker:
    """Leaves a host alone that fails again and again, or asks to be left alone."""

    def __init__(self, failures: int, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._allowed = failures
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failures: Counter[str] = Counter()
        self._paused_until: dict[str, float] = {}

    def why_paused(self, host: str) -> str:
        """Return why a host must not be asked now, ``""`` if it may."""
        with self._lock:
            if self._failures[host] >= self._allowed:
                return f"{self._allowed} requests in a row failed; {LEFT_ALONE}"
            left = self._paused_until.get(host, 0.0) - self._monotonic()
        return f"the host asked to be left alone for {left:.0f} s more" if left > 0 else ""

    def pauses(self) -> dict[str, float]:
        """Return for how many seconds more hosts asked to be left alone."""
        with self._lock:
            now = self._monotonic()
            return {host: end - now for host, end in self._paused_until.items() if end > now}

    def record(self, host: str, *, is_failure: bool) -> None:
        """Count a failure; a success starts the count anew, unless the host is already left."""
        with self._lock:
            if self._failures[host] < self._allowed:
                self._failures[host] = self._failures[host] + 1 if is_failure else 0

    def leave(self, host: str) -> None:
        """Leave a host alone from now on, as if it had failed here."""
        with self._lock:
            self._failures[host] = self._allowed

    def left_hosts(self) -> set[str]:
        """Return the hosts that failed so often that they are left alone."""
        with self._lock:
            return {host for host, count in self._failures.items() if count >= self._allowed}

    def pause(self, host: str, seconds: float) -> None:
        """Leave a host alone for so many seconds."""
        with self._lock:
            self._paused_until[host] = self._monotonic() + seconds


def seconds_asked(retry_after: str, now: datetime) -> float:
    """Read Retry-After: seconds or an HTTP date (RFC 9110, section 10.2.3), else 0."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        then = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return 0.0
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return (then - now).total_seconds()
