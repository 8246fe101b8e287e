"""Assemble the real parts from the settings: the one place that does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from services.encryption import HomeCipher
from services.host_turns import HostTurns
from services.private_files import tighten, write_privately
from services.settings import BadSetting, Settings
from storage.store import Store, open_store


def utc_now() -> datetime:
    """Return the time, aware of its zone."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Parts:
    """The parts a run is made of.

    ``turn`` waits for a host's turn among all programs that ask it, and says for how long it asked
    to be left alone (services.host_turns); ``sleep`` and ``monotonic`` are the clock that waits go
    by.
    """

    settings: Settings
    store: Store
    now: Callable[[], datetime]
    turn: Callable[[str, float, str], float] | None = None
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic


@contextmanager
def open_parts(
    settings: Settings,
    now: Callable[[], datetime] = utc_now,
    say: Callable[[str], None] | None = None,
) -> Iterator[Parts]:
    """Open the database and give the parts; raises storage.database.errors.DatabaseUnusable.

    From then on this program writes files that no other user can read: workers of one's own run
    flows without a command that would have seen to it.
    """
    write_privately()
    store = open_store(settings.database, settings.home.absolute(), say, HomeCipher(settings), now)
    try:
        # Turns are for programs that go by the clock on the wall, as all do but some tests.
        turn = HostTurns(store, now) if now is utc_now else None
        parts = Parts(settings, store, now, turn)
        if not settings.payloads:
            yield parts
            return
        from services.payloads import PutAway

        away = PutAway(store, settings.payloads, now)
        store.do_afterwards(away.in_passing)
        yield parts
        away.at_end()
    finally:
        store.close()


def ensure_home(home: Path) -> None:
    """Make the data folder, private to its owner; raises BadSetting if that cannot be done."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise BadSetting(f"REPORTWATCH_HOME: {home} cannot be used: {error.strerror}") from None
    tighten(home)
