"""Deliveries side by side: each holds a slot, whose lock dies with it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from storage.database.locks import Lock
from storage.store import Store

MOST_WORKERS = 8
"""Deliveries at once; more would only wait for the same database and mail server."""

LEASE = timedelta(minutes=15)
"""How long a message may be on its way: more than the longest dialogue with a mail server."""


@dataclass(frozen=True)
class Worker:
    """One delivery under way; its name stands at every message it has claimed."""

    name: str
    slot: int
    store: Store

    def is_alive(self, name: str) -> bool:
        """Return whether the worker of a name is still at work."""
        if name == self.name:
            return True
        slot, _, _ = name.partition(":")
        if not slot.isdigit() or int(slot) == self.slot:
            return False  # whoever had our slot before us is gone, or we would not have it
        return not self.store.is_free(lock_name(int(slot)))


@contextmanager
def take_slot(store: Store) -> Iterator[Worker | None]:
    """Give a slot to deliver from; None if all are taken."""
    slot, lock = _free_slot(store)
    if lock is None:
        yield None
        return
    try:
        yield Worker(f"{slot}:{uuid.uuid4().hex[:16]}", slot, store)
    finally:
        lock.release()


def _free_slot(store: Store) -> tuple[int, Lock | None]:
    for slot in range(1, MOST_WORKERS + 1):
        lock = store.lock(lock_name(slot))
        if lock is not None:
            return slot, lock
    return 0, None


def lock_name(slot: int) -> str:
    """Return the name of the lock of one slot."""
    return f"deliver-{slot}"
