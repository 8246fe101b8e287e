"""Give every program that asks a host its turn, through the database that they share.

Requests of all runs, commands and machines stay apart by the host's delay. Nothing is reserved: a
program that dies while it waits keeps nobody waiting.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta

from storage.database.errors import DatabaseFailed
from storage.store import Store

_log = logging.getLogger(__name__)


class HostTurns:
    """Waits for hosts' turns. If the database fails just then, nothing is waited for."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._now = now
        self._sleep = sleep
        self._lock = threading.Lock()
        self._queues: dict[str, threading.Lock] = defaultdict(threading.Lock)

    def __call__(self, host: str, delay: float, via: str = "") -> float:
        """Return when it is this program's turn, ``delay`` seconds after that of another.

        Returns for how many seconds the host asked any program to be left alone, or ``via`` that is
        asked in its place: 0 if it did not. Threads of one program queue up here, so that each
        program waits with one request only.
        """
        with self._lock:
            queue = self._queues[host]
        with queue:
            try:
                while left := self._take(host, timedelta(seconds=delay)):
                    self._sleep(left.total_seconds())
                return self._rest(host, via)
            except DatabaseFailed as error:
                _log.warning("no turn at %s, so at our own pace: %s", host, error)
        return 0.0

    def _take(self, host: str, delay: timedelta) -> timedelta:
        with self._store.write(is_guarded=False) as unit:
            left = unit.hosts.take_turn(host, delay, self._now)
            unit.commit()
        return left

    def _rest(self, host: str, via: str) -> float:
        now = self._now()
        with self._store.read() as unit:
            until = unit.hosts.rests(now, via).get(host, now)
        return (until - now).total_seconds()
