"""Give every program that asks a host its turn, by Prefect's global concurrency limits.

A limit of one slot for each host: who wants to ask takes it, keeps it for the delay and then asks,
so that requests of all workers and runs stay apart, whatever machine they are on. Prefect's rate
limits were tried first: one slot that decays leaves 1.5 to 2 times the delay between requests
(measured), since what is refused starts the decay anew. A killed holder's slot comes back when its
lease ends.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable

from prefect.client.orchestration import get_client
from prefect.concurrency.sync import concurrency

LEASE_SECONDS = 60.0
"""The shortest lease that Prefect gives: so long a killed holder keeps others waiting."""

_log = logging.getLogger(__name__)


class HostTurns:
    """Waits for hosts' turns. If Prefect does not answer, nothing is waited for."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep
        self._lock = threading.Lock()
        self._queues: dict[str, threading.Lock] = {}

    def __call__(self, host: str, delay: float) -> None:
        """Return when nobody has asked the host for ``delay`` seconds, and nobody else may now.

        Threads of one program queue up here, so that only one of them waits at the server.
        """
        with self._queue(host):
            try:
                with concurrency(_limit(host), occupy=1, lease_duration=LEASE_SECONDS + delay):
                    self._sleep(delay)
            except Exception as error:
                _log.warning("no turn at %s from Prefect, so at our own pace: %s", host, error)

    def _queue(self, host: str) -> threading.Lock:
        with self._lock:
            if host not in self._queues:
                self._queues[host] = threading.Lock()
                _make_limit(host)
            return self._queues[host]


def _limit(host: str) -> str:
    return f"host-{re.sub(r'[^a-z0-9]+', '-', host.lower())}"


def _make_limit(host: str) -> None:
    """Make a host's limit if there is none; without it Prefect lets everybody pass."""
    try:
        with get_client(sync_client=True) as client:
            client.upsert_global_concurrency_limit_by_name(_limit(host), 1)
    except Exception as error:
        _log.warning("Prefect takes no limit for %s: %s", host, error)
