"""Put a backup in place of the database while nothing else is at work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from pathlib import Path

from scrapers.registry import all_sources
from services.assembly import open_parts
from services.backups.daily import LOCK as BACKUP_LOCK
from services.health.freshness import LOCK as CHECK_LOCK
from services.notify.workers import MOST_WORKERS, lock_name
from services.prune import LOCK as PRUNE_LOCK
from services.settings import Settings
from services.waiting import wait_for
from storage.database.engine import open_engine
from storage.database.errors import DatabaseUnusable, StorageError
from storage.database.locks import Lock, acquire_file, holder_of_file
from storage.database.restore import restore as put_in_place
from storage.store import Store

LOCK_SECONDS = 0.5
"""Time for somebody who only looks whether a lock is free to let it go."""

OF_SOURCE = "source-"
MOMENTARY = ("migrate", "secret")
"""Locks that those who need them wait for: whoever holds one is done in a moment."""


class StillAtWork(DatabaseUnusable):
    """Something works on the database that is to be replaced; the message names it."""


def restore(settings: Settings, backup: Path, *, is_held: bool = False) -> Path | None:
    """Put a backup in place of the database; return where what was there is kept, if anything was.

    ``is_held`` holds all news from then on (``storage.outbox.hold``), before anybody can deliver.

    Raises StillAtWork while anything works on the database, and
    storage.database.errors.DatabaseUnusable for a file that is no sound backup.
    """
    home = settings.home.absolute()
    with nothing_at_work(settings):
        kept = put_in_place(settings.database, home, backup)
        if is_held:
            with open_parts(settings) as parts, parts.store.write() as unit:
                unit.hold.begin(parts.now())
                unit.commit()
        return kept


@contextmanager
def nothing_at_work(
    settings: Settings, done: str = "restored", again: str = "restore"
) -> Iterator[None]:
    """Hold every lock of `up`, runs, deliveries and checks; raises StillAtWork if one is taken.

    ``done`` and ``again`` name in its message what is not done, and what to try again.
    """
    home = settings.home.absolute()
    with ExitStack() as held, closing(Store(open_engine(settings.database), home)) as store:
        if busy := _hold_all(store, home, held):
            raise StillAtWork(f"nothing was {done}: {busy}, and {again} again")
        yield


def _hold_all(store: Store, home: Path, held: ExitStack) -> str:
    """Take every lock; return who has one of them and what to do about it, ``""`` if nobody."""
    up_lock = home / "up.lock"
    lock = acquire_file(up_lock)
    if lock is None:
        return f"`reportwatch up` runs for {home} ({holder_of_file(up_lock)}); stop it"
    held.callback(lock.release)
    last: Lock | None = None
    for name in _lock_names(store, home):
        last = wait_for(partial(store.lock, name, last), LOCK_SECONDS)
        if last is None:
            who = f"{_work(store, name)} ({store.holder(name)})"
            return f"{who}; wait for its end or stop it"
        held.callback(last.release)
    if not wait_for(lambda: not store.strangers(), LOCK_SECONDS) and store.strangers():
        who = f"{store.strangers()} of the database's server holds a lock"
        return f"{who}; wait for its end or stop it"
    return ""


def _lock_names(store: Store, home: Path) -> list[str]:
    """Return the locks that anything may hold: those known, and those that were ever taken here."""
    sources = set(all_sources())
    if store.exists:
        with suppress(StorageError), store.read() as unit:  # it may be damaged
            sources |= {each.source for each in unit.runs.latest()}
    known = {
        "bind",
        BACKUP_LOCK,
        CHECK_LOCK,
        PRUNE_LOCK,
        "save-pages",
        *(lock_name(slot) for slot in range(1, MOST_WORKERS + 1)),
        *(f"{OF_SOURCE}{source}" for source in sources),
    }
    taken = {each.stem for each in (home / "locks").glob("*.lock")} - set(MOMENTARY)
    # Runs first: one that ends while others are asked would be lost with what it has just found.
    return sorted(known | taken, key=lambda name: (not name.startswith(OF_SOURCE), name))


def _work(store: Store, name: str) -> str:
    """Say what somebody does who holds a lock."""
    if name.startswith(OF_SOURCE):
        source = name.removeprefix(OF_SOURCE)
        with suppress(StorageError), store.read() as unit:
            if found := unit.runs.open_run(source):
                return f"run {found.id} of {source} is under way since {found.started_at:%H:%M} UTC"
        return f"a run of {source} is under way"
    if name.startswith(lock_name(1)[:-1]) or name == "bind":
        return "a delivery is under way"
    return f"“{name}” is under way"
