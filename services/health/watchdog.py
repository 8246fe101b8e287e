"""Check freshness from the runner's process if the scheduled check does not come.

Hangs on neither Prefect's server nor its scheduler: that they stop is what it is there for.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

from services.assembly import Parts
from services.health.freshness import INTERVAL, OVERDUE, Checked, check
from services.health.promises import CHECK_PULSE
from services.waiting import rest

POLL_SECONDS = 30.0
"""How often the watchdog looks for the scheduled check's pulse."""

log = logging.getLogger(__name__)


class Watchdog:
    """Runs the check itself once the scheduled one is overdue.

    Its patience begins anew after this machine slept: the scheduler slept too.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._awake_since = self._polled_at = parts.now()
        self._checked_at: datetime | None = None

    def check_if_overdue(self) -> Checked | None:
        """Check if the scheduled check is overdue; return what came of it, None if it is not."""
        now = self._parts.now()
        if abs(now - self._polled_at) > OVERDUE - INTERVAL:
            self._awake_since = now
        self._polled_at = now
        if not self._is_overdue(now):
            return None
        if self._checked_at and now - self._checked_at < INTERVAL:
            return None
        self._checked_at = now
        log.warning("no scheduled check for %s; checking from here", OVERDUE)
        return check(self._parts)

    def _is_overdue(self, now: datetime) -> bool:
        with self._parts.store.read() as unit:
            last = unit.heartbeats.last(CHECK_PULSE)
        return last is not None and now - max(last, self._awake_since) > OVERDUE


async def run_watchdog(parts: Parts, stop: asyncio.Event) -> None:
    """Check now and then, until ``stop`` is set."""
    watchdog = Watchdog(parts)
    while not stop.is_set():
        try:
            await asyncio.to_thread(watchdog.check_if_overdue)
        except Exception:
            log.exception("the watchdog could not check; trying again in %d s", POLL_SECONDS)
        await rest(stop, POLL_SECONDS)
