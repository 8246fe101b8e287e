"""Attacks: every route by every method for whoever asks, and hostile values at every address."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import pytest
from every_route import METHODS, PATHS, every_path, every_route
from monitor_stage import SUBSCRIBER, Clock, Open
from test_monitor_bounds import FIELDS
from test_monitor_rights import contents

from monitor.app import create_app
from monitor.doors.rights import SAFE, right_needed
from services.access import Right, hash_password
from services.assembly import Parts

PATIENCE = 60.0
"""Seconds for an answer: a busy machine is slow, and what hangs is found all the same."""

OPERATOR, READER = "correct horse", "battery staple"
FORGED = "0" * 64
WHO = {
    "a stranger": (None, "", Right.NONE),
    "a reader": (("any", READER), "", Right.READ),
    "an operator without a token": (("any", OPERATOR), "", Right.OPERATE),
    "an operator with a forged token": (("any", OPERATOR), FORGED, Right.OPERATE),
}
HOSTILE = (
    *("", "%00", "a%00b", "%ED%A0%80", "%FF%FE", "%C0%AF", "%25%32%65", "%2e%2e%2f%2e%2e%2fetc"),
    *("%E2%80%AE", "%E2%81%A6x", "%F0%9F%98%80", "%0d%0aX-Set%3A+1", "%1b%5b2J", "%", "%zz"),
    *(
        "%22",
        "%22a%22+NEAR(",
        "a+AND+OR+NOT",
        "*",
        "title%3A%5E",
        "(((((((",
        "%27%3B+DROP+TABLE+runs",
    ),
    *(
        "%27+OR+1%3D1--",
        "1+UNION+SELECT+1",
        "eyJhIjoxfQ%3D%3D",
        "bnVsbA",
        "-1",
        "0",
        "1e309",
        "NaN",
    ),
    *("9" * 30, "9" * 1_500, "-" + "9" * 20, "0x10", "9999-12-31T23%3A59%3A59Z", "0000-00-00"),
    *("[" * 500, "%7B%22a%22%3A" * 50, "%C2%A0", "x" * 1_500, "%2B%3D%40", "true", "null", "%5C"),
)
BODIES = (
    *(b"", b"\x00", b"\xff\xfe{", b"null", b"[]", b"1e999", b"NaN", b'"x"', b"[" * 2_000),
    *(
        b'{"address":%s}' % each
        for each in (b"null", b"1", b"[]", b"{}", b'"\\ud800"', b'"\\u0000"')
    ),
    *(b'{"address":"a@b.example","countries":%s}' % each for each in (b"{}", b'[["KAZ"]]', b"9")),
)


@pytest.mark.slow
@pytest.mark.parametrize("who", WHO)
def test_no_route_fails_changes_or_leaks_whoever_asks(open_filled: Open, who: str) -> None:
    auth, token, allowed = WHO[who]
    client, parts = open_filled(admin_password=hash_password(OPERATOR), reader_password=READER)
    client.timeout = httpx.Timeout(PATIENCE)
    before = contents(parts)
    tried = 0
    answered = every_route(create_app(parts))
    programs = {each for each in answered if each.path.startswith("/api/")}
    for route in every_path(create_app(parts)):
        method, path = route.method, route.filled()
        if method not in SAFE and route in programs and allowed is Right.OPERATE:
            continue  # a program that gives the password may change: only forms have tokens
        form = {"data": {"token": token}} if token and method not in SAFE else {}
        answer = client.request(method, path, auth=auth, **form)
        tried += 1
        assert answer.status_code < 500, route
        if method not in SAFE:
            assert answer.status_code >= 400, route
        if right_needed(method, path) > allowed:
            assert answer.status_code in (401, 403, 429), route
        if allowed is not Right.OPERATE:
            assert SUBSCRIBER not in answer.text, route
    assert tried >= PATHS * len(METHODS)
    assert contents(parts) == before


def held_against(client: httpx.Client, asked: list[tuple[str, str, bytes]]) -> int:
    """Return how many were refused; each is answered in few words, and others meanwhile."""
    refused = 0
    for number, (method, path, body) in enumerate(asked):
        headers = {"Content-Type": "application/json"} if body else {}
        answer = client.request(method, path, content=body, headers=headers)
        assert answer.status_code < 500, (method, path, body)
        if answer.status_code >= 400:
            refused += 1
            assert len(answer.content) < 2_000, (method, path, body)
        if number % 25 == 0:
            assert client.get("/healthz").status_code == 200
    return refused


def attacks(paths: list[str], names: list[str]) -> list[tuple[str, str, bytes]]:
    """Return every hostile value in every field, in every name of a path, and in a body."""
    pairs = [(field, value) for field in FIELDS for value in HOSTILE]
    queries = [
        ("GET", f"{paths[number % len(paths)]}?{field}={value}", b"")
        for number, (field, value) in enumerate(pairs)
    ]
    named = [("GET", f"{name}/{value}", b"") for name in names for value in HOSTILE]
    return queries + named + [("POST", "/api/v1/subscriptions", body) for body in BODIES]


API_NAMES = ["/api/v1/reports", "/api/v1/reports/sample-hrr", "/api/v1/reports/sample-hrr/2023"]


@pytest.mark.slow
def test_hostile_values_to_the_api_are_refused_in_few_words(open_filled: Open) -> None:
    assert_held(*open_filled(), step=1)


def test_some_hostile_values_to_the_api_are_refused_in_few_words(
    open_monitor: Open, last_read_at: datetime
) -> None:
    clock = Clock(last_read_at + timedelta(hours=1))
    assert_held(*open_monitor(is_filled=True, clock=clock), step=23)


def assert_held(client: httpx.Client, parts: Parts, step: int) -> None:
    """Ask every so many-th hostile question; nothing fails, and nothing is changed."""
    client.timeout = httpx.Timeout(PATIENCE)
    before = contents(parts)
    routes = every_route(create_app(parts))
    read = [each for each in routes if each.method == "GET" and each.path.startswith("/api/v1/")]
    asked = attacks([each.filled() for each in read], API_NAMES)[::step]
    assert len(asked) >= 1_000 // step
    assert held_against(client, asked) > len(asked) // 10  # a field that a route has not is let be
    assert contents(parts) == before
