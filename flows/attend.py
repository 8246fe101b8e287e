"""What an installation needs besides running flows: ``python -m flows.attend``.

Under `up` the runner does it. With workers of Prefect's own any number of these programs may be
started, on any machines: whoever holds the lock is at work, and the others wait to take its place.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial

from anyio import to_thread

from flows.courier import deliver_when_due, save_when_due
from flows.dead_runs import close_dead_runs
from flows.waiting_runs import keep_queue_short
from services.agreed_settings import is_agreed, require_agreed
from services.assembly import Parts, open_parts
from services.health.promises import ATTEND_PULSE
from services.health.watchdog import run_watchdog
from services.logs import log_what_ends_us, set_levels
from services.private_files import write_privately
from services.settings import BadSetting, load_settings
from services.waiting import rest
from storage.database.errors import DatabaseFailed, LockLost, StorageError
from storage.database.locks import Lock

BESIDE = (deliver_when_due, save_when_due, run_watchdog, keep_queue_short)
"""What is done beside the running of flows, each until its event is set."""

ATTEND = "attend"
"""The lock of whoever does it."""

ASK_SECONDS = 3.0
"""How often those who wait ask for the lock."""

CHECK_SECONDS = 2.0
"""How often whoever is at work looks whether the lock is still its own."""

BEAT_SECONDS = 5.0
SILENT_SECONDS = 40.0
"""Without a beat for so long the holder hangs or is stopped: its session with the database is
ended, and whatever it would still write is refused.
"""

log = logging.getLogger("flows.attend")  # not __main__, which is how this file is run


async def attend(parts: Parts, stop: asyncio.Event) -> None:
    """Wait for the lock and do the work under it, again and again until ``stop`` is set.

    Raises SettingsDiffer if other settings were agreed meanwhile.
    """
    while not stop.is_set():
        lock = await _wait_for_turn(parts, stop)
        if lock is None:
            return
        try:
            await to_thread.run_sync(partial(require_agreed, parts))
            await _work(parts, stop)
        except (DatabaseFailed, LockLost) as error:
            log.warning("waits again: %s", error)
            await rest(stop, ASK_SECONDS)
        finally:
            lock.release()


class Holder:
    """Watches from outside whether whoever holds the lock shows signs of life.

    By this program's own clock: those of two machines may differ.
    """

    def __init__(self, parts: Parts, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._parts = parts
        self._monotonic = monotonic
        self._beat: object = None
        self._seen = monotonic()
        self._told = ""

    def look(self) -> None:
        """Say who holds the lock, if that is new; end the session of one that is silent."""
        holder = self._parts.store.holder(ATTEND)
        if holder != self._told:
            log.info("waits: %s attends already", holder)
            self._told, self._seen = holder, self._monotonic()
        with self._parts.store.read() as unit:
            beat = unit.heartbeats.last(ATTEND_PULSE)
        if beat != self._beat:
            self._beat, self._seen = beat, self._monotonic()
        if self._monotonic() - self._seen > SILENT_SECONDS:
            log.warning("%s has shown no sign of life for %d s", holder, SILENT_SECONDS)
            if not self._parts.store.end_holder(ATTEND):
                log.warning("end that process (kill -9), for this one to take its place")
            self._seen = self._monotonic()


async def _wait_for_turn(parts: Parts, stop: asyncio.Event) -> Lock | None:
    """Return the lock once it is free, None if ``stop`` is set before."""
    holder = Holder(parts)
    while not stop.is_set():
        try:
            lock = await to_thread.run_sync(partial(parts.store.lock, ATTEND))
            if lock is not None:
                return lock
            await to_thread.run_sync(holder.look)
        except StorageError as error:
            log.warning("the lock could not be asked for: %s", error)
        await rest(stop, ASK_SECONDS)
    return None


async def _work(parts: Parts, stop: asyncio.Event) -> None:
    """Do the work until ``stop`` is set or the lock is lost."""
    log.info("attends: closes dead runs, keeps the queue short, delivers, watches the check")
    over = asyncio.Event()
    jobs = [
        asyncio.create_task(each(parts, over))
        for each in (*BESIDE, close_dead_runs, show_attendance)
    ]
    while not (stop.is_set() or over.is_set()):
        try:
            await to_thread.run_sync(parts.store.check_locks)
        except LockLost as error:
            log.warning("steps down: %s", error)
            over.set()
        except StorageError as error:
            log.warning("the database does not answer: %s", error)
        await rest(stop, CHECK_SECONDS)
    over.set()
    await asyncio.gather(*jobs)
    log.info("attends no more")


async def show_attendance(parts: Parts, stop: asyncio.Event) -> None:
    """Show in the database that somebody attends, until ``stop`` is set."""

    def beat() -> None:
        with parts.store.write() as unit:
            unit.heartbeats.beat(ATTEND_PULSE, parts.now())
            unit.commit()

    while not stop.is_set():
        try:
            await to_thread.run_sync(beat)
        except StorageError as error:
            log.warning("no sign of life could be written: %s", error)
        await rest(stop, BEAT_SECONDS)


async def _serve(parts: Parts) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await attend(parts, stop)


def main() -> int:
    """Attend until asked to stop; return the exit code."""
    write_privately()
    log_what_ends_us()
    settings = load_settings()
    set_levels(settings.log_level, {"flows": "INFO", "services": "INFO"})
    if not os.environ.get("PREFECT_API_URL"):
        log.error("PREFECT_API_URL is not set: name the Prefect server of your workers")
        return 3
    try:
        with open_parts(settings) as parts:
            if not is_agreed(parts):
                log.error(
                    "nothing was deployed with this database: run `reportwatch deploy` first, or "
                    "name its database in REPORTWATCH_DATABASE_URL"
                )
                return 3
            require_agreed(parts)
            asyncio.run(_serve(parts))
    except (BadSetting, StorageError) as error:
        log.error("%s", error)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
