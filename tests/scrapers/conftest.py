"""Loopback sites, and gates that are always closed."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from loopback_site import FakeTime, Site

from scrapers.fetch.gate import FetchGate, FetchPolicy


@pytest.fixture
def site() -> Iterator[Site]:
    yield from _served()


@pytest.fixture
def other_site() -> Iterator[Site]:
    yield from _served()


def _served() -> Iterator[Site]:
    with Site() as site:
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield site
        site.shutdown()
        thread.join()


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def make_gate(fake_time: FakeTime) -> Iterator[Callable[..., FetchGate]]:
    """Make gates that may ask loopback, without delay and robots unless told otherwise."""
    gates: list[FetchGate] = []

    def make(
        resolve: Any = socket.getaddrinfo,
        monotonic: Callable[[], float] | None = None,
        **policy: Any,
    ) -> FetchGate:
        chosen = {"delay": 0.0, "allow_private": True, "obey_robots": False, "retries": 0}
        gate = FetchGate(
            FetchPolicy(**{**chosen, **policy}),
            clock=fake_time.clock,
            sleep=fake_time.sleep,
            monotonic=monotonic or fake_time.monotonic,
            resolve=resolve,
        )
        gates.append(gate)
        return gate

    yield make
    for gate in gates:
        gate.close()
