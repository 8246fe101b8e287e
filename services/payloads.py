"""Move the bytes of payloads between the database, folders and buckets, while runs go on.

A run writes what it captures into the database, in its own transaction, whatever place is set: no
bucket that is slow or away can hold a run up or fail it. From there they are put away, some at a
time: written to the place, read back, and only then named by a transaction.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import Lock

from storage.database.errors import PlaceFailed, StorageError
from storage.operate.payload_moves import Moving
from storage.store import Store
from storage.texts.places import place_at, shown
from storage.unit import Unit

STRAY_FOR = timedelta(days=1)
"""How long an object stays that no payload names: somebody may be about to name it, or to read it
in a transaction that began before its payload was moved.
"""

EVERY_SECONDS = 30.0
"""How often what a program recorded is put away while it goes on."""

AGAIN_SECONDS = 600.0
"""The same, once the place could not be used."""

_PARCEL = 500

log = logging.getLogger(__name__)


@dataclass
class Moved:
    """What a move came to: payloads, their packed bytes, and what is wrong with those that stay."""

    payloads: int = 0
    bytes: int = 0
    faults: list[str] = field(default_factory=list)


def move(
    store: Store,
    address: str,
    now: Callable[[], datetime],
    *,
    only_new: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Moved:
    """Move all payloads to a place (``""``: into the database), or only those that lie in it.

    Broken off at any moment, it leaves every payload readable, and the next one goes on. Payloads
    that do not read back whole stay where they are. Raises StorageError, PlaceFailed if a place
    cannot be used: what was moved by then stays moved.
    """
    _begin(store, address)
    moved, after = Moved(), ""
    while True:
        with store.read() as unit:
            moving = unit.payload_moves.read(address, after, only_new=only_new)
        if moving is None:
            return moved
        after = moving.last
        moved.faults += moving.faults
        count = _put(store, address, moving, now)
        moved.payloads += count
        moved.bytes += moving.size if count else 0
        if progress:
            progress(moved.payloads)


def sweep(store: Store, now: Callable[[], datetime]) -> int:
    """Remove the objects that no payload has named for a day; return how many.

    Raises StorageError, PlaceFailed if a place cannot be used: the next one goes on.
    """
    before = now() - STRAY_FOR
    count = 0
    for address, names in store.transact(
        lambda unit: unit.payload_moves.claim_strays(before)
    ).items():
        for start in range(0, len(names), _PARCEL):
            parcel = names[start : start + _PARCEL]
            place_at(address).remove(parcel)
            store.transact(partial(_forget, address, parcel))
            count += len(parcel)
    return count


def tidy(store: Store, address: str, now: Callable[[], datetime]) -> None:
    """Put away what lies in the database, and sweep. Never raises: the next one does it."""
    try:
        if address:
            put_away(store, address, now)
        if count := sweep(store, now):
            log.info("%d objects that no payload names were removed", count)
    except StorageError as error:
        log.warning("payloads are tidied by the next check: %s", error)


def put_away(store: Store, address: str, now: Callable[[], datetime]) -> None:
    """Move what lies in the database to the place that is set; raises StorageError."""
    with store.read() as unit:
        if not unit.payload_moves.left(address, only_new=True)[0]:
            return
    moved = move(store, address, now, only_new=True)
    log.info("%d payloads were moved to %s", moved.payloads, shown(address))
    for fault in moved.faults:
        log.warning("not moved to %s: %s", shown(address), fault)


class PutAway:
    """Puts away what one program records, in passing and at its end. It raises nothing.

    A place that cannot be used is tried again later: the bytes stay in the database until then.
    """

    def __init__(
        self,
        store: Store,
        address: str,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._address = address
        self._now = now
        self._monotonic = monotonic
        self._at_work = Lock()
        self._has_more = False
        self._due = monotonic() + EVERY_SECONDS

    def in_passing(self) -> None:
        """Note that something was recorded, and put away what there is if it is time."""
        self._has_more = True
        if not self._at_work.acquire(blocking=False):
            return  # by another thread, or by the very transactions that put away
        try:
            if self._monotonic() >= self._due:
                self._put_away()
        finally:
            self._at_work.release()

    def at_end(self) -> None:
        """Put away the rest of what this program recorded."""
        with self._at_work:
            if self._has_more:
                self._put_away()

    def _put_away(self) -> None:
        wait, self._has_more = EVERY_SECONDS, False
        try:
            put_away(self._store, self._address, self._now)
        except StorageError as error:
            wait = AGAIN_SECONDS
            log.warning("captured pages stay in the database for now: %s", error)
        self._due = self._monotonic() + wait


def _begin(store: Store, address: str) -> None:
    """Prepare a place that was never used: one that was is not marked anew if its disk is away."""
    with store.read() as unit:
        is_known = not address or unit.payload_moves.place(address) is not None
    if not is_known:
        place_at(address).prepare()
        store.transact(lambda unit: unit.payload_moves.add_place(address))


def _forget(address: str, names: Sequence[str], unit: Unit) -> None:
    unit.payload_moves.forget_strays(address, names)


def _put(store: Store, address: str, moving: Moving, now: Callable[[], datetime]) -> int:
    """Write objects, read them back, and have their payloads name them."""
    names: dict[str, str] = {}
    if address and moving.packed:
        place = place_at(address)
        names = store.transact(lambda unit: unit.payload_moves.note(address, moving.packed, now()))
        objects = {names[digest]: packed for digest, packed in moving.packed.items()}
        place.put(objects)
        if place.get(list(objects)) != objects:
            raise PlaceFailed(
                f"{shown(address)} does not give back what was written to it; nothing was moved"
            )
    return store.transact(lambda unit: unit.payload_moves.settle(moving, address, names, now()))
