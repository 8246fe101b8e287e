"""Assemble the real parts from the settings: the one place that does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from scrapers.archive.host import archive_policy
from scrapers.fetch.budget import Budget
from scrapers.fetch.gate import FetchGate
from scrapers.fetch.policy import FetchPolicy
from scrapers.source import Source
from services.settings import BadSetting, Settings
from storage.store import Store, open_store


def utc_now() -> datetime:
    """Return the time, aware of its zone."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Parts:
    """The parts a run is made of.

    ``turn`` waits for a host's turn among all programs that ask it; ``sleep`` and ``monotonic``
    are the clock that waits go by.
    """

    settings: Settings
    store: Store
    now: Callable[[], datetime]
    turn: Callable[[str, float], None] | None = None
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic

    def fetch_gate(
        self,
        source: Source,
        *,
        via: str = "",
        delay: float | None = None,
        budget: Budget | None = None,
    ) -> FetchGate:
        """Return a fetch gate for one run of a source; raises BadSetting."""
        return FetchGate(
            self._policy(source, via, delay),
            budget=budget,
            turn=self.turn,
            clock=self.now,
            sleep=self.sleep,
            monotonic=self.monotonic,
        )

    def probing_gate(self, source: Source) -> FetchGate:
        """Return a gate that asks a source's site once and does not try again."""
        policy = replace(self._policy(source, "", None), retries=0)
        return FetchGate(policy, clock=self.now, sleep=self.sleep, monotonic=self.monotonic)

    def switch_gate(self) -> FetchGate:
        """Return a gate for the dead man's switch: one short question that no log repeats."""
        settings = self.settings
        policy = FetchPolicy(
            contact=settings.contact,
            delay=0,
            allow_private=settings.allow_private,
            connect_timeout=10,
            read_timeout=10,
            total_timeout=20,
            max_bytes=64 * 1024,
            retries=0,  # a retry is logged with the address, which is a secret
            obey_robots=False,
        )
        return FetchGate(policy, clock=self.now)

    def hook_gate(self, *, is_ours: bool = False) -> FetchGate:
        """Return a gate for webhooks: one question each, soon answered or given up for now.

        ``is_ours``: for an address of the operator's own, which may be a private one.
        """
        settings = self.settings
        policy = FetchPolicy(
            contact=settings.contact,
            delay=0,
            allow_private=settings.allow_private or is_ours,
            connect_timeout=10,
            read_timeout=15,
            total_timeout=30,
            max_bytes=64 * 1024,
            retries=0,  # the outbox tries again
            obey_robots=False,
        )
        return FetchGate(policy, clock=self.now, sleep=self.sleep, monotonic=self.monotonic)

    def _policy(self, source: Source, via: str, delay: float | None) -> FetchPolicy:
        settings = self.settings
        try:
            return FetchPolicy(
                contact=settings.contact,
                delay=settings.delay if delay is None else delay,
                via=via or settings.via,
                own_hosts=frozenset(source.hosts),
                allow_private=settings.allow_private,
                robots_when_unreachable=settings.robots_unreachable == "allow",
            )
        except ValueError as error:
            raise BadSetting(str(error)) from None

    def archive_gate(self, delay: float) -> FetchGate:
        """Return a gate to the web archive's interface, ``delay`` seconds between requests."""
        settings = self.settings
        policy = archive_policy(
            settings.wayback_url,
            delay=delay,
            contact=settings.contact,
            allow_private=settings.allow_private,
        )
        return FetchGate(policy, clock=self.now, sleep=self.sleep, monotonic=self.monotonic)


@contextmanager
def open_parts(
    settings: Settings,
    now: Callable[[], datetime] = utc_now,
    say: Callable[[str], None] | None = None,
) -> Iterator[Parts]:
    """Open the database and give the parts; raises storage.database.errors.DatabaseUnusable."""
    store = open_store(settings.database, settings.home.absolute(), say)
    try:
        yield Parts(settings, store, now)
    finally:
        store.close()


def ensure_home(home: Path) -> None:
    """Make the data folder; raises BadSetting where that cannot be done."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise BadSetting(f"REPORTWATCH_HOME: {home} cannot be used: {error.strerror}") from None
