"""Slow down whoever guesses passwords. Counted in memory: a restart forgets it."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

FREE = 5
"""Wrong passwords of one client before it has to wait."""

FREE_FOR_ALL = 200
"""Wrong passwords of all clients, before those who failed wait a second between two attempts.

Whoever never failed is not refused: else anybody could lock the operator out. So somebody with many
addresses has one guess for each of them, and one a second with all that failed.
"""

LONGEST = 15 * 60.0
"""Seconds: the longest wait, and how long a wrong password counts."""

CLIENTS = 10_000


@dataclass
class _Failures:
    count: int = 0
    last: float = 0.0


class Attempts:
    """Wrong passwords by client; each after the first few doubles the wait."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._clients: OrderedDict[str, _Failures] = OrderedDict()
        self._all = _Failures()
        self._lock = Lock()

    def wait(self, client: str, *, is_known: bool = False) -> float:
        """Return the seconds a client must wait before its password is looked at, 0 for none.

        One that is known waits for its own failures alone.
        """
        with self._lock:
            now = self._clock()
            own = self._clients.get(network_of(client))
            if own is None:
                return 0.0
            waits = _wait(own, FREE, LONGEST, now)
            return waits if is_known else max(waits, _wait(self._all, FREE_FOR_ALL, 1.0, now))

    def failed(self, client: str) -> None:
        """Count a wrong password."""
        with self._lock:
            now = self._clock()
            name = network_of(client)
            self._clients[name] = _counted(self._clients.get(name, _Failures()), now)
            self._clients.move_to_end(name)
            while len(self._clients) > CLIENTS:
                self._clients.popitem(last=False)
            self._all = _counted(self._all, now)

    def succeeded(self, client: str) -> None:
        """Forget a client's wrong passwords."""
        with self._lock:
            self._clients.pop(network_of(client), None)


def _counted(held: _Failures, now: float) -> _Failures:
    is_old = now - held.last > LONGEST
    return _Failures(1 if is_old else held.count + 1, now)


def _wait(held: _Failures, free: int, longest: float, now: float) -> float:
    if held.count < free or now - held.last > LONGEST:
        return 0.0
    pause = min(longest, 2.0 ** min(held.count - free, 20))
    return max(0.0, held.last + pause - now)


def network_of(client: str) -> str:
    """Return what counts as one client: an address, or a network of IPv6 as one site has it."""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if address.version == 6:
        return str(ipaddress.ip_network((address, 48), strict=False))
    return str(address)
