"""The gates that the program asks others through: what each may ask, and how patiently."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from scrapers.archive.host import archive_policy
from scrapers.fetch.budget import Budget
from scrapers.fetch.gate import FetchGate
from scrapers.fetch.policy import FetchPolicy
from scrapers.source import Source
from services.assembly import Parts
from services.settings import BadSetting, Settings
from storage.database.errors import StorageError

log = logging.getLogger(__name__)


def fetch_gate(
    parts: Parts,
    source: Source,
    *,
    via: str = "",
    delay: float | None = None,
    budget: Budget | None = None,
    despite_rest: bool = False,
) -> FetchGate:
    """Return a fetch gate for one run of a source; raises BadSetting.

    ``despite_rest`` asks hosts too that asked before to be left alone for longer than until now.
    """
    policy = _policy(parts.settings, source, via, delay)
    return FetchGate(
        policy,
        budget=budget,
        turn=_turn(parts, policy, despite_rest=despite_rest),
        rests={} if despite_rest else current_rests(parts, policy.via),
        on_rest=_noting(parts, policy),
        clock=parts.now,
        sleep=parts.sleep,
        monotonic=parts.monotonic,
    )


def probing_gate(parts: Parts, source: Source) -> FetchGate:
    """Return a gate that asks a source's site once and does not try again."""
    return _patient_gate(parts, replace(_policy(parts.settings, source), retries=0))


def switch_gate(parts: Parts) -> FetchGate:
    """Return a gate for the dead man's switch: one short question that no log repeats."""
    settings = parts.settings
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
    return FetchGate(policy, clock=parts.now)


def hook_gate(parts: Parts, *, is_ours: bool = False) -> FetchGate:
    """Return a gate for webhooks: one question each, soon answered or given up for now.

    ``is_ours``: for an address of the operator's own, which may be a private one.
    """
    settings = parts.settings
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
    return _plain_gate(parts, policy)


def archive_gate(parts: Parts, delay: float) -> FetchGate:
    """Return a gate to the web archive's interface, ``delay`` seconds between requests."""
    settings = parts.settings
    policy = archive_policy(
        settings.wayback_url,
        delay=delay,
        contact=settings.contact,
        allow_private=settings.allow_private,
    )
    return _patient_gate(parts, policy)


def current_rests(parts: Parts, via: str) -> dict[str, float]:
    """Return the seconds for which hosts asked to be left alone, or ``via`` in their place."""
    now = parts.now()
    with parts.store.read() as unit:
        rests = unit.hosts.rests(now, via)
    return {host: (until - now).total_seconds() for host, until in rests.items()}


def _turn(
    parts: Parts, policy: FetchPolicy, *, despite_rest: bool
) -> Callable[[str, float], float] | None:
    """Return what waits for a host's turn, and learns what other programs were asked meanwhile."""
    take = parts.turn
    if take is None:
        return None

    def turn(host: str, delay: float) -> float:
        rest = take(host, delay, policy.via)
        return 0.0 if despite_rest else rest

    return turn


def _noting(parts: Parts, policy: FetchPolicy) -> Callable[[str, float], None]:
    """Return what records that a host asked to be left alone, for every run to come."""

    def note(host: str, seconds: float) -> None:
        now = parts.now()
        try:
            with parts.store.write() as unit:
                unit.hosts.rest(host, now, now + timedelta(seconds=seconds), policy.via)
                unit.commit()
        except StorageError as error:  # this run keeps to it all the same
            log.warning("how long %s is to be left alone is not recorded: %s", host, error)

    return note


def _plain_gate(parts: Parts, policy: FetchPolicy) -> FetchGate:
    return FetchGate(policy, clock=parts.now, sleep=parts.sleep, monotonic=parts.monotonic)


def _patient_gate(parts: Parts, policy: FetchPolicy) -> FetchGate:
    return FetchGate(
        policy,
        rests=current_rests(parts, policy.via),
        on_rest=_noting(parts, policy),
        clock=parts.now,
        sleep=parts.sleep,
        monotonic=parts.monotonic,
    )


def _policy(
    settings: Settings, source: Source, via: str = "", delay: float | None = None
) -> FetchPolicy:
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
