"""Bounds: no part of a request is larger than any that is needed, whatever the route."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import httpx
import pytest
from every_route import every_route
from monitor_stage import Open, monitor_over
from starlette.exceptions import HTTPException

from monitor.app import create_app
from monitor.doors.bounds import (
    MOST_BODY,
    MOST_COOKIE_BYTES,
    MOST_FIELDS,
    MOST_HEADER_BYTES,
    MOST_HEADERS,
    MOST_NESTED,
    MOST_PATH,
    MOST_QUERY,
    Nesting,
)
from monitor.web.problems import MOST_REPEATED
from services.access import hash_password
from services.assembly import Parts
from services.waiting import wait_for

OPERATOR = "correct horse"
PATHS = ("/login", "/changes", "/healthz", "/search", "/api/v1/reports", "/static/style.css", "/no")

TOO_LARGE = {
    "fields": ({"params": "&".join(f"k{n}" for n in range(MOST_FIELDS + 1))}, 414),
    "a long field": ({"params": "q=" + "x" * MOST_QUERY}, 414),
    "many headers": ({"headers": {f"x-{n}": "1" for n in range(MOST_HEADERS + 1)}}, 431),
    "a long header": ({"headers": {"x-long": "y" * MOST_HEADER_BYTES}}, 431),
    "cookies": ({"headers": {"Cookie": "a=" + '\\"' * MOST_COOKIE_BYTES}}, 431),
    "a length": ({"content": b"z" * (MOST_BODY + 1)}, 413),
}


Opened = tuple[httpx.Client, Parts]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    settings = {"admin_password": hash_password(OPERATOR), "open_reading": True}
    with monitor_over(tmp_path_factory.mktemp("bounds"), **settings) as made:
        yield made


@pytest.fixture
def guarded(opened: Opened) -> httpx.Client:
    return opened[0]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("part", TOO_LARGE)
def test_what_is_too_large_is_refused_before_any_route(
    guarded: httpx.Client, path: str, part: str
) -> None:
    parts, status = TOO_LARGE[part]
    answer = guarded.request("POST" if "content" in parts else "GET", path, **parts)
    assert answer.status_code == status
    assert answer.headers["connection"] == "close"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert len(answer.text) < 4000


def test_a_long_path_is_refused(guarded: httpx.Client) -> None:
    assert guarded.get("/" + "a" * MOST_PATH).status_code == 414


def test_what_ours_send_fits(guarded: httpx.Client) -> None:
    fields = "&".join(f"k{n}=v" for n in range(MOST_FIELDS))
    assert guarded.get("/healthz", params=fields).status_code < 500
    assert guarded.get("/healthz", headers={"Cookie": "a" * 3000}).status_code < 500


def test_a_body_without_a_length_ends_at_the_bound(opened: Opened) -> None:
    guarded, parts = opened
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 300 * MOST_BODY:
            sent += MOST_BODY // 4
            yield b"x" * (MOST_BODY // 4)

    routes = {each.filled() for each in every_route(create_app(parts)) if each.method == "POST"}
    assert len(routes) >= 10
    for path in sorted(routes):
        sent = 0
        try:
            answer = guarded.post(path, content=endless(), auth=("", OPERATOR))
        except httpx.WriteError:
            continue  # refused and closed before all was sent
        assert answer.status_code in (303, 400, 403, 404, 405, 413), path
        assert len(answer.text) < 4000


NESTED = b'{"a":' * 5_000 + b"1" + b"}" * 5_000
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "body",
    [
        NESTED,
        b"[" * 60_000,
        b'{"address":"a@b.example","countries":[' + b",".join([b'"KAZ"'] * 5_000) + b"]}",
        b'{"address":"' + b"a" * 60_000 + b'@b.example"}',
        b'{"address":"a@b.example","' + b"k" * 60_000 + b'":1}',
        b'{"address":"a@b.example","digest_hour":' + b"9" * 50_000 + b"}",
        b'{"address":"a@b.example","every":"' + b"w" * 1_000 + b'"}',
    ],
    ids=("nested", "open", "list", "address", "key", "number", "choice"),
)
def test_json_that_is_too_much_is_refused_in_few_words(guarded: httpx.Client, body: bytes) -> None:
    answer = guarded.post("/api/v1/subscriptions", content=body, headers=JSON)
    assert answer.status_code in (400, 413, 422)
    assert len(answer.text) < 2_000


HOSTS = {
    "127.0.0.1": True,
    "127.0.0.1:80": True,
    "localhost": True,
    "LOCALHOST:1": True,
    "[::1]": True,
    "[::1]:8080": True,
    "127.0.0.1:80, evil.example": False,
    "127.0.0.1,evil.example": False,
    "[::1].evil": False,
    "[::1]evil": False,
    "evil.example@127.0.0.1": False,
    "127.0.0.1:80@evil.example": False,
    "127.0.0.1#evil.example": False,
    "127.0.0.1/evil.example": False,
    "127.0.0.1?evil.example": False,
    "127.0.0.1\\evil.example": False,
    "127.0.0.1:": False,
    "127.0.0.1:x": False,
    "127.0.0.1:123456": False,
    "localhost.evil.example": False,
    "localhost.": False,
    "evil.example": False,
    "": False,
    "[::1": False,
    "::1": False,
    "2130706433": False,
    "0x7f000001": False,
}


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_is_one_of_ours_in_the_syntax_of_hosts(guarded: httpx.Client, host: str) -> None:
    status = guarded.get("/healthz", headers={"Host": host}).status_code
    assert (status != 400) is HOSTS[host]


def test_words_of_a_link_are_no_message_of_ours(open_monitor: Open) -> None:
    client, _ = open_monitor()
    for path in ("/subscriptions", "/alerts", "/reviews", "/alarms"):
        for sign in ("", "&sign=", "&sign=" + "0" * 64, "&sign=%F0%9F%98%80"):
            answer = client.get(f"{path}?done=Send+your+password{sign}")
            assert answer.status_code == 200
            assert "Send your password" not in answer.text


LONG = [
    "zq" * 40 + "”" + "zq" * 30 + "'" + "zq" * 50,
    pytest.param("zq" * 95, marks=pytest.mark.slow),
]
FIELDS = (
    *("source", "edition", "country", "region", "topic", "kind", "since", "until", "as_of"),
    *("state", "outcome", "address", "view", "show", "sort", "order", "against", "when", "where"),
    *("q", "cursor", "limit", "offset", "page", "format", "token", "next", "done", "sign"),
)


@pytest.mark.parametrize("value", LONG)
def test_no_error_repeats_more_than_a_little_of_what_was_sent(
    open_monitor: Open, value: str
) -> None:
    client, parts = open_monitor()
    refused = 0
    named = dict.fromkeys(("source", "edition", "country", "part", "topic"), value)
    routes = [each for each in every_route(create_app(parts)) if each.method == "GET"]
    for route in routes:
        asked = (f"{route.filled()}?{each}={value}" for each in FIELDS)
        for path in (route.filled(**named), *asked):
            answer = client.get(path)
            assert answer.status_code < 500, path
            if answer.status_code >= 400:
                refused += 1
                said = answer.text.replace("&#39;", "'")
                assert value[: MOST_REPEATED + 1] not in said, path
                assert value[-MOST_REPEATED - 1 :] not in said, path
    assert refused > 300


def test_no_secret_of_a_request_is_logged(
    guarded: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "TOKEN-THAT-IS-SECRET"
    guarded.get("/manage", params={"address": "ann@law.example", "token": secret})
    guarded.get("/unsubscribe", params={"token": secret})
    guarded.get("/changes", headers={"Authorization": f"Bearer {secret}"})
    guarded.get("/changes", headers={"Cookie": f"reportwatch={secret}"})
    guarded.post("/login", data={"password": secret})
    guarded.get("/search", params={"q": secret})
    guarded.get("/%0a%1b[2J")

    def ours() -> list[str]:
        return [each.getMessage() for each in caplog.records if each.name == "monitor.access"]

    assert wait_for(lambda: len(ours()) == 7, 5)  # a line is written when its answer was sent
    assert any("/manage" in each for each in ours())
    theirs = ("httpx", "httpcore", "uvicorn")
    logged = [each.getMessage() for each in caplog.records if not each.name.startswith(theirs)]
    assert secret not in "".join(logged)
    assert "\x1b" not in "".join(ours())


def nested(levels: int) -> list[bytes]:
    """Return bodies of JSON that are nested so deep, whole and as they begin."""
    lists, objects = b"[" * levels, b'{"a":' * levels
    return [
        lists + b"]" * levels,
        objects + b"1" + b"}" * levels,
        lists,
        b'{"address":' + lists[:-1],
        b'"\\"]]" ' + lists,
    ]


DEEP = [*nested(MOST_NESTED + 1), *nested(5_000)]
FLAT = [*nested(MOST_NESTED), b"[]" * 5_000, b'"' + b"[" * 5_000 + b'"', b'"\\"' + b"[" * 5_000]


@pytest.mark.parametrize("kind", ["application/json", "application/problem+json", "text/plain", ""])
def test_json_nested_deeper_than_any_of_ours_is_refused(guarded: httpx.Client, kind: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    assert len(DEEP) == 10
    for body in DEEP:
        answer = guarded.post("/api/v1/subscriptions", content=body, headers=headers)
        assert answer.status_code == 413, body[:50]
        assert "deeper than 20 levels" in answer.text
        assert len(answer.content) < 500
    for body in FLAT:
        answer = guarded.post("/api/v1/subscriptions", content=body, headers=headers)
        assert answer.status_code != 413, body[:50]
    for encoding in ("utf-16", "utf-16-le", "utf-32-be"):
        body = ("[" * 5_000).encode(encoding)
        answer = guarded.post("/api/v1/subscriptions", content=body, headers=headers)
        assert answer.status_code == 400, encoding


def test_json_is_as_deep_however_it_is_cut() -> None:
    assert (len(DEEP), len(FLAT)) == (10, 8)
    for body in FLAT:
        nesting = Nesting()
        for place in range(len(body)):
            nesting.add(body[place : place + 1])
    for body in DEEP:
        nesting = Nesting()
        with pytest.raises(HTTPException, match="deeper"):
            for place in range(len(body)):
                nesting.add(body[place : place + 1])
