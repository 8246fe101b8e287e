"""Count what each host is asked, and stop once a day's budget is spent."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Spent:
    """What a host was asked: requests sent, and bytes that came, as they travelled."""

    requests: int = 0
    bytes: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(self.requests + other.requests, self.bytes + other.bytes)

    def __sub__(self, other: Spent) -> Spent:
        return Spent(self.requests - other.requests, self.bytes - other.bytes)


@dataclass(frozen=True)
class Limits:
    """What one host may be asked in a day; 0 sets no limit."""

    requests: int = 0
    bytes: int = 0


class Budget:
    """The accounts of all hosts in one run, safe to use from several threads.

    ``before`` is what was spent earlier on the same day.
    """

    def __init__(
        self, limits: Limits = Limits(), before: Mapping[str, Spent] | None = None
    ) -> None:
        self._limits = limits
        self._before = dict(before or {})
        self._lock = threading.Lock()
        self._spent: dict[str, Spent] = defaultdict(Spent)

    def start_from(self, before: Mapping[str, Spent]) -> None:
        """Take what others spent on the same day, or what a new day begins with."""
        with self._lock:
            self._before = dict(before)

    def why_spent(self, host: str) -> str:
        """Return why a host must not be asked again today, ``""`` if it may."""
        with self._lock:
            return self._why_spent(host)

    def take(self, host: str) -> str:
        """Count one request to a host; return why there is none left, and count nothing then."""
        with self._lock:
            why = self._why_spent(host)
            if not why:
                self._spent[host] += Spent(requests=1)
            return why

    def add_bytes(self, host: str, count: int) -> None:
        """Count bytes that came from a host."""
        with self._lock:
            self._spent[host] += Spent(bytes=count)

    def spent(self) -> dict[str, Spent]:
        """Return what this run has asked of each host."""
        with self._lock:
            return dict(self._spent)

    def _why_spent(self, host: str) -> str:
        total = self._before.get(host, Spent()) + self._spent[host]
        if self._limits.requests and total.requests >= self._limits.requests:
            return f"the day's {self._limits.requests} requests to {host} are spent"
        if self._limits.bytes and total.bytes >= self._limits.bytes:
            return f"the day's {self._limits.bytes // 1_000_000} MB from {host} are spent"
        return ""
