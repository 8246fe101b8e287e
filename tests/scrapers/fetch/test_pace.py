"""When a host may be asked: spacing, rest after failures, and threads that share one gate."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback_site import (
    FakeTime,
    Site,
    answer,
    closed_port,
    redirect,
)

from scrapers.fetch.errors import (
    HostPaused,
    Unreachable,
)
from scrapers.fetch.gate import FetchGate, FetchPolicy
from scrapers.fetch.pace import Breaker, Pace

MakeGate = Callable[..., FetchGate]
PAGE = b"<html><main><h1>Freedonia</h1></main></html>"


def test_requests_to_one_host_are_spaced_and_hosts_do_not_wait_for_each_other(
    site: Site, other_site: Site, make_gate: MakeGate, fake_time: FakeTime
) -> None:
    gate = make_gate(delay=5.0)
    gate.get(f"{site.origin}/")
    gate.get(f"{other_site.origin}/")
    assert fake_time.slept == []
    gate.get(f"{site.origin}/")
    assert fake_time.slept == [5.0]


def test_redirects_wait_for_their_turn_too(
    site: Site, make_gate: MakeGate, fake_time: FakeTime
) -> None:
    site.pages.update({"/a": redirect("/b"), "/b": answer(200, PAGE)})
    make_gate(delay=5.0).get(f"{site.origin}/a")
    assert fake_time.slept == [5.0]


def test_the_turn_among_programs_is_held_for_the_delay_that_the_site_asks_for(
    site: Site, fake_time: FakeTime
) -> None:
    site.pages["/robots.txt"] = answer(200, b"User-agent: *\nCrawl-delay: 20\n")
    site.pages["/"] = answer(200, PAGE)
    turns: list[float] = []

    def turn(_host: str, delay: float) -> float:
        turns.append(delay)
        return 0.0

    with FetchGate(
        FetchPolicy(delay=5.0, allow_private=True),
        turn=turn,
        clock=fake_time.clock,
        sleep=fake_time.sleep,
        monotonic=fake_time.monotonic,
    ) as gate:
        gate.get(f"{site.origin}/")
    assert turns == [5.0, 20.0]


@pytest.mark.parametrize(
    ("rest", "is_asked", "slept"), [(0.0, True, []), (90.0, True, [90.0]), (3600.0, False, [])]
)
def test_what_a_host_asked_of_another_program_meanwhile_holds_at_the_next_turn(
    site: Site, fake_time: FakeTime, rest: float, is_asked: bool, slept: list[float]
) -> None:
    site.pages["/"] = answer(200, PAGE)
    with FetchGate(
        FetchPolicy(delay=1.0, allow_private=True, obey_robots=False),
        turn=lambda _host, _delay: rest,
        clock=fake_time.clock,
        sleep=fake_time.sleep,
        monotonic=fake_time.monotonic,
    ) as gate:
        if is_asked:
            gate.get(f"{site.origin}/")
        else:
            with pytest.raises(HostPaused, match="left alone for 3600 s"):
                gate.get(f"{site.origin}/")
    assert gate.requests_made == is_asked
    assert fake_time.slept == slept


def test_threads_get_slots_of_their_own_in_order() -> None:
    waits: list[float] = []
    pace = Pace(2.0, sleep=waits.append, monotonic=lambda: 100.0)
    threads = [threading.Thread(target=pace.wait, args=("h",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(waits) == [2.0 * n for n in range(1, 8)]


@given(st.lists(st.floats(0, 20), min_size=2, max_size=30), st.floats(0.1, 10))
def test_starts_are_never_closer_than_the_delay(pauses: list[float], delay: float) -> None:
    now = [0.0]
    starts: list[float] = []

    def sleep(seconds: float) -> None:
        now[0] += seconds

    pace = Pace(delay, sleep=sleep, monotonic=lambda: now[0])
    for pause in pauses:
        now[0] += pause
        pace.wait("h")
        starts.append(now[0])
    assert len(starts) == len(pauses)
    assert all(b - a >= delay - 1e-6 for a, b in pairwise(starts))


def test_a_host_that_fails_in_a_row_is_left_for_the_run(
    site: Site, other_site: Site, make_gate: MakeGate
) -> None:
    site.pages["/"] = answer(403)
    gate = make_gate(breaker_failures=3)
    for _ in range(3):
        assert gate.get(f"{site.origin}/").status == 403
    with pytest.raises(HostPaused, match="3 requests in a row failed"):
        gate.get(f"{site.origin}/")
    assert len(site.asked) == 3
    assert gate.get(f"{other_site.origin}/").status == 404


def test_connections_that_fail_count_as_failures(make_gate: MakeGate) -> None:
    gate = make_gate(breaker_failures=2)
    url = f"http://127.0.0.1:{closed_port()}/"
    for expected in (Unreachable, Unreachable, HostPaused):
        with pytest.raises(expected):
            gate.get(url)


@pytest.mark.parametrize(
    ("outcomes", "is_left"),
    [
        ([True, True], False),
        ([True, True, True], True),
        ([True, True, False, True, True], False),
        ([True, True, True, False], True),
    ],
)
def test_a_success_in_between_starts_the_count_anew(outcomes: list[bool], is_left: bool) -> None:
    breaker = Breaker(3)
    for is_failure in outcomes:
        breaker.record("h", is_failure=is_failure)
    assert bool(breaker.why_paused("h")) is is_left
    assert breaker.why_paused("other") == ""


def test_threads_share_a_gate(site: Site, make_gate: MakeGate) -> None:
    bodies = {f"/{n}": (b"%d" % n) * 5000 for n in range(40)}
    site.pages.update({path: answer(200, body) for path, body in bodies.items()})
    gate = make_gate(obey_robots=True)
    got: dict[str, bytes] = {}

    def fetch(paths: list[str]) -> None:
        for path in paths:
            got[path] = gate.get(site.origin + path).body

    threads = [threading.Thread(target=fetch, args=(list(bodies)[n::8],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == bodies
    assert gate.requests_made == len(site.asked) == 41
    assert site.paths.count("/robots.txt") == 1
