"""Rights: who may read, who may change, and that a stranger may do neither."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import pytest
from every_route import METHODS, every_path, every_route
from login_form import hidden, log_in
from monitor_stage import SUBSCRIBER, Clock, Open, monitor_over

from monitor.app import create_app
from monitor.doors.login_throttle import FREE, LONGEST, Attempts
from monitor.doors.rights import (
    ADD_CHECKPOINT,
    OPEN,
    OPERATORS,
    READERS_POST,
    SAFE,
    SIGNED,
    right_needed,
)
from services.access import Right, hash_password, make_token
from services.assembly import Parts
from services.waiting import wait_for

OPERATOR, READER = "correct horse", "battery staple"


@pytest.fixture(scope="module")
def guarded(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[httpx.Client, Parts]]:
    """A monitor with a password for operators (hashed) and one for readers."""
    settings = {"admin_password": hash_password(OPERATOR), "reader_password": READER}
    with monitor_over(tmp_path_factory.mktemp("guarded"), **settings) as opened:
        yield opened


def contents(parts: Parts) -> str:
    """Return a digest of all that a database holds."""
    if not parts.store.is_file:
        return _contents_of_postgresql(parts.settings.database)
    path = parts.settings.database.removeprefix("sqlite:///")
    with sqlite3.connect(path) as held:
        return hashlib.sha256("\n".join(held.iterdump()).encode()).hexdigest()


def _contents_of_postgresql(url: str) -> str:
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    with psycopg.connect(url) as held:
        names = [name for (name,) in held.execute(tables)]
        assert len(names) > 20
        rows = [held.execute(f"SELECT each::text FROM {n} AS each ORDER BY 1") for n in names]
        digests = [hashlib.sha256(repr(each.fetchall()).encode()).hexdigest() for each in rows]
    return " ".join(digests)


def test_a_person_logs_in_reads_and_logs_out(guarded: tuple[httpx.Client, Parts]) -> None:
    address = str(guarded[0].base_url)
    with httpx.Client(base_url=address, headers={"Accept": "text/html"}) as browser:
        sent = browser.get("/changes?kind=edited")
        assert sent.status_code == 303
        assert sent.headers["location"] == "/login?next=%2Fchanges%3Fkind%3Dedited"
        assert 'value="/changes?kind=edited"' in browser.get(sent.headers["location"]).text
        answer = log_in(browser, OPERATOR, "/changes?kind=edited")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/changes?kind=edited"
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=lax" in cookie
        page = browser.get("/")
        assert page.status_code == 200
        assert page.headers["cache-control"] == "private, no-cache"
        held = dict(browser.cookies)
        browser.post("/logout", data={"token": hidden(page.text, "/logout")})
        assert browser.get("/").status_code == 303
        browser.cookies.update(held)  # the session has ended, whoever kept its key
        assert browser.get("/").status_code == 303


@pytest.mark.parametrize(
    ("password", "path", "status"),
    [
        (READER, "/changes", 200),
        (READER, "/alerts", 403),
        (READER, "/api/v1/subscriptions", 403),
        (OPERATOR, "/changes", 200),
        (OPERATOR, "/alerts", 200),
        (OPERATOR, "/api/v1/subscriptions", 200),
    ],
)
def test_a_reader_reads_and_an_operator_sees_addresses_too(
    guarded: tuple[httpx.Client, Parts], password: str, path: str, status: int
) -> None:
    with httpx.Client(base_url=str(guarded[0].base_url)) as client:
        assert client.get(path, auth=("any", password)).status_code == status
        log_in(client, password)
        assert client.get(path).status_code == status


@pytest.mark.parametrize(
    "onward", ["//evil.example/", "https://evil.example/", "/\\evil.example", "x", "", "/\n/x"]
)
def test_a_login_leads_nowhere_else(guarded: tuple[httpx.Client, Parts], onward: str) -> None:
    with httpx.Client(base_url=str(guarded[0].base_url)) as client:
        assert log_in(client, READER, onward).headers["location"] == "/"


def test_a_session_ends_by_itself_and_with_its_password(open_monitor: Open) -> None:
    clock = Clock()
    client, parts = open_monitor(clock=clock, admin_password=OPERATOR)
    log_in(client, OPERATOR)
    assert client.get("/").status_code == 200
    with monitor_over(parts.settings.home, clock, admin_password="changed") as (other, _):
        other.cookies.update(dict(client.cookies))
        assert other.get("/").status_code == 401
    clock.now += timedelta(hours=12)
    assert client.get("/").status_code == 401


def test_cookies_travel_by_https_alone_where_people_come_by_it(open_monitor: Open) -> None:
    client, _ = open_monitor(admin_password=OPERATOR, public_url="https://watch.example")
    answer = log_in(client, OPERATOR)
    cookies = answer.headers.get_list("set-cookie")
    assert [each.partition("=")[0] for each in cookies] == [
        "__Host-reportwatch",
        "__Host-reportwatch-device",
    ]
    assert all("; Path=/; SameSite=lax; Secure" in each for each in cookies)
    assert all("HttpOnly" in each and "Domain" not in each for each in cookies)
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_whoever_guesses_waits_even_with_the_right_password(open_monitor: Open) -> None:
    client, _ = open_monitor(admin_password=OPERATOR)
    answers = [client.get("/", auth=("a", f"guess {i}")).status_code for i in range(FREE + 1)]
    assert answers == [401] * FREE + [429]
    refused = client.get("/", auth=("a", OPERATOR))
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert log_in(client, OPERATOR).status_code == 429


def test_each_wrong_password_doubles_the_wait_up_to_a_quarter_of_an_hour() -> None:
    now = [0.0]
    attempts = Attempts(lambda: now[0])
    waits = []
    for _ in range(FREE + 14):
        now[0] += attempts.wait("192.0.2.1")
        attempts.failed("192.0.2.1")
        waits.append(attempts.wait("192.0.2.1"))
    assert waits[: FREE - 1] == [0.0] * (FREE - 1)
    assert waits[FREE - 1 : FREE + 3] == [1.0, 2.0, 4.0, 8.0]
    assert waits[-1] == LONGEST
    assert attempts.wait("192.0.2.2") == 0.0
    attempts.succeeded("192.0.2.1")
    assert attempts.wait("192.0.2.1") == 0.0


def test_a_network_of_version_six_counts_as_one_client() -> None:
    attempts = Attempts(lambda: 1.0)
    for end in range(FREE):
        attempts.failed(f"2001:db8::{end:x}")
    assert attempts.wait("2001:db8::ffff") > 0
    assert attempts.wait("2001:db8:0:1::1") > 0
    assert attempts.wait("2001:db8:1::1") == 0


def test_whoever_never_failed_is_let_in_while_a_thousand_guess() -> None:
    now = [0.0]
    attempts = Attempts(lambda: now[0])
    looked_at = 0
    for guess in range(1_000):
        client = f"198.51.{guess % 20}.{guess % 10}"
        if not attempts.wait(client):
            attempts.failed(client)
            looked_at += 1
        now[0] += 0.1
        assert attempts.wait(f"203.0.113.{guess % 250}") == 0.0
    assert looked_at < 20 * FREE * 2 + 120


@pytest.mark.parametrize(
    ("proxies", "client"),
    [
        ("", "127.0.0.1"),
        ("10.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.7"),
        ("10.0.0.1, 127.0.0.0/8", "203.0.113.7"),
    ],
)
def test_a_forwarded_address_counts_from_configured_proxies_alone(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, proxies: str, client: str
) -> None:
    caplog.set_level("INFO", "monitor.access")
    with monitor_over(tmp_path, proxies=proxies) as (stranger, _):
        stranger.get("/healthz", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"})
        stranger.get("/healthz", headers={"X-Forwarded-For": "203.0.113.7"})
        logged = wait_for(lambda: caplog.messages[1:], 5)
    assert logged[-1].split()[0] == client


@pytest.mark.parametrize(("may_operate", "sees"), [(False, 403), (True, 200)])
def test_a_token_opens_the_api_until_it_ends(
    open_monitor: Open, may_operate: bool, sees: int
) -> None:
    clock = Clock()
    client, parts = open_monitor(clock=clock, admin_password=OPERATOR)
    made = make_token(parts, "notebook", may_operate=may_operate, days=1)
    headers = {"Authorization": f"Bearer {made.key}"}
    assert client.get("/api/v1/reports", headers=headers).status_code == 200
    assert client.get("/api/v1/subscriptions", headers=headers).status_code == sees
    wrong = {"Authorization": f"Bearer {made.key[:-1]}"}
    assert client.get("/api/v1/reports", headers=wrong).status_code == 401
    clock.now += timedelta(days=1)
    refused = client.get("/api/v1/reports", headers=headers)
    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"


def test_open_reading_lets_strangers_read_and_nothing_else(open_monitor: Open) -> None:
    client, _ = open_monitor(is_filled=True, admin_password=OPERATOR, open_reading=True)
    assert client.get("/changes").status_code == 200
    assert client.get("/alerts").status_code == 403
    vouched = {"address": "x@law.example", "vouched": True}
    assert client.post("/api/v1/subscriptions", json=vouched).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
def test_no_page_of_another_site_changes_anything(
    open_monitor: Open, headers: dict[str, str]
) -> None:
    client, parts = open_monitor(is_filled=True)
    before = contents(parts)
    asked = [each for each in every_route(create_app(parts)) if each.method not in SAFE]
    assert len(asked) == 16
    for route in asked:
        path = route.filled()
        answer = client.request(route.method, path, headers=headers, json={"vouched": True})
        assert answer.status_code >= 400, route
        if path not in SIGNED:
            assert answer.status_code == 403, route
    assert contents(parts) == before


def test_no_form_is_taken_without_its_token(open_monitor: Open) -> None:
    client, parts = open_monitor(is_filled=True)
    before = contents(parts)
    posted = [each for each in every_route(create_app(parts)) if each.method == "POST"]
    apart = ("/api/", ADD_CHECKPOINT)  # which takes what a log signed, and no form
    forms = [each.filled() for each in posted if not each.path.startswith(apart)]
    assert len(forms) == 13
    named = {"address": "x@law.example", "letter": "1", "do": "drop"}
    for path in forms:
        for token in ({}, {"token": ""}, {"token": "0" * 64}):
            answer = client.post(path, params={**named, **token}, data={**named, **token})
            assert answer.status_code == 403, (path, token, answer.status_code)
    assert contents(parts) == before


@pytest.mark.parametrize("who", ["nobody", "somebody who guesses", "a reader"])
def test_a_stranger_walking_every_route_changes_nothing_and_sees_nothing_private(
    open_monitor: Open, last_read_at: datetime, who: str
) -> None:
    passwords = {"admin_password": OPERATOR, "reader_password": READER}
    clock = Clock(last_read_at + timedelta(hours=1))  # a clock that is behind makes all stale
    client, parts = open_monitor(is_filled=True, clock=clock, **passwords)
    auth = {"a reader": ("any", READER), "somebody who guesses": ("any", "guess")}.get(who)
    allowed = Right.READ if who == "a reader" else Right.NONE
    before = contents(parts)
    asked = every_path(create_app(parts))
    assert len(asked) >= 80 * len(METHODS)
    for route in asked:
        method, path = route.method, route.filled()
        answer = client.request(method, path, auth=auth)
        assert SUBSCRIBER not in answer.text, route
        assert answer.status_code < 500, route
        if right_needed(method, path) > allowed:
            assert answer.status_code in (401, 403, 429), (route, answer.status_code)
        if method not in SAFE:
            assert answer.status_code >= 400, route
    assert contents(parts) == before


def test_what_an_operator_sees_and_nobody_else_is_there_to_be_seen(open_monitor: Open) -> None:
    client, parts = open_monitor(is_filled=True)
    routes = [each for each in every_route(create_app(parts)) if each.method == "GET"]
    shown = {each.path for each in routes if SUBSCRIBER in client.get(each.filled()).text}
    assert shown == {
        "/alerts",
        "/api/v1/alerts",
        "/subscriptions",
        "/api/v1/subscriptions",
    }


def test_every_right_is_decided_for_a_route_that_there_is(
    guarded: tuple[httpx.Client, Parts],
) -> None:
    routes = {each.path for each in every_route(create_app(guarded[1]))}
    named = {*OPEN, *OPERATORS, *READERS_POST}
    assert len(named) == 21
    assert named <= routes


def test_what_is_not_named_is_for_operators_to_change_and_readers_to_read() -> None:
    assert right_needed("POST", "/something/new") is Right.OPERATE
    assert right_needed("GET", "/something/new") is Right.READ
    assert right_needed("GET", "/alerts/1") is Right.OPERATE
    assert right_needed("GET", "/alertsx") is Right.READ
    assert right_needed("get", "/reports") is Right.OPERATE
    assert {right_needed("POST", path) for path in OPEN} == {Right.NONE}
    assert {right_needed("POST", path) for path in READERS_POST} == {Right.READ}


def test_only_digests_of_keys_are_stored(tmp_path: Path) -> None:
    with monitor_over(tmp_path, admin_password=OPERATOR) as (client, parts):
        log_in(client, OPERATOR)
        made = make_token(parts, "notebook", may_operate=False, days=None)
        path = parts.settings.database.removeprefix("sqlite:///")
        with sqlite3.connect(path) as held:
            dump = "\n".join(held.iterdump())
        assert made.key not in dump
        assert client.cookies["reportwatch"] not in dump
        assert OPERATOR not in dump
