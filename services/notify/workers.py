"""Deliveries side by side: each holds a place, whose lock dies with it."""

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
    place: int
    store: Store

    def is_alive(self, name: str) -> bool:
        """Tell whether the worker of a name is still at work."""
        if name == self.name:
            return True
        place, _, _ = name.partition(":")
        if not place.isdigit() or int(place) == self.place:
            return False  # whoever had our place before us is gone, or we would not have it
        return not self.store.is_free(_lock_name(int(place)))


@contextmanager
def take_place(store: Store) -> Iterator[Worker | None]:
    """Give a place to deliver from; None where all are taken."""
    place, lock = _free_place(store)
    if lock is None:
        yield None
        return
    try:
        yield Worker(f"{place}:{uuid.uuid4().hex[:16]}", place, store)
    finally:
        lock.release()


def _free_place(store: Store) -> tuple[int, Lock | None]:
    for place in range(1, MOST_WORKERS + 1):
        lock = store.lock(_lock_name(place))
        if lock is not None:
            return place, lock
    return 0, None


def _lock_name(place: int) -> str:
    return f"deliver-{place}"
