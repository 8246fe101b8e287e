"""How often one client may cause a letter to somebody. Counted in memory: a restart forgets it."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from threading import Lock

from fastapi import Request

from monitor.doors.authentication import client_of
from monitor.doors.login_throttle import CLIENTS, network_of
from reports.notices.subscription import SubscriptionFilter
from services.assembly import Parts
from services.notify import sign_up
from services.notify.subscription_filter import Timing

MOST = 5
HOUR = 3600.0


def ask_within_allowance(
    parts: Parts, request: Request, address: str, wanted: SubscriptionFilter, timing: Timing
) -> None:
    """Ask an address to confirm, unless the client asked often; raises as `sign_up.ask` does."""
    allowance: Allowance = request.app.state.letters
    client = client_of(request.scope)
    if allowance.is_spent(client):
        raise sign_up.TooMany(
            f"{MOST} addresses were entered from here within an hour; try again later"
        )
    sign_up.ask(parts, address, wanted, timing)
    allowance.spend(client)


class Allowance:
    """So many letters an hour for each client: one client cannot use up what is for all."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._clients: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def is_spent(self, client: str) -> bool:
        """Tell whether a client has caused as many letters as it may."""
        with self._lock:
            return len(self._recent(client)) >= MOST

    def spend(self, client: str) -> None:
        """Count one letter."""
        with self._lock:
            self._recent(client).append(self._clock())

    def _recent(self, client: str) -> deque[float]:
        name = network_of(client)
        recent = self._clients.setdefault(name, deque())
        self._clients.move_to_end(name)
        while len(self._clients) > CLIENTS:
            self._clients.popitem(last=False)
        while recent and self._clock() - recent[0] > HOUR:
            recent.popleft()
        return recent
