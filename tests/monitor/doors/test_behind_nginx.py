"""The monitor behind a real nginx with TLS, set up as the documents say. Slow tier."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from authority import Authority
from browsing import open_browser
from login_form import hidden, log_in
from monitor_stage import monitor_over
from nginx import nginx_before
from playwright.sync_api import Browser

from monitor.doors.bounds import (
    MOST_BODY,
    MOST_COOKIE_BYTES,
    MOST_FIELDS,
    MOST_HEADERS,
    MOST_PATH,
)
from monitor.doors.login_throttle import FREE
from services.waiting import wait_for

pytestmark = pytest.mark.slow

NAME = "watch.example"
PASSWORD = "correct horse"
HERE, ELSEWHERE = "127.0.0.5", "127.0.0.6"
"""Addresses of loopback that are not the proxy's."""


class Stage:
    """A monitor, an nginx before it, and people who come through it."""

    def __init__(self, port: int, direct: str, authority: Authority, stack: ExitStack) -> None:
        self.port = port
        self.direct = direct
        self._context = ssl.create_default_context(cafile=str(authority.path))
        self._stack = stack

    def client(self, source: str = HERE, name: str = NAME) -> httpx.Client:
        transport = httpx.HTTPTransport(verify=self._context, local_address=source)
        made = httpx.Client(
            transport=transport,
            base_url=f"https://127.0.0.1:{self.port}",
            headers={"Host": name},
            timeout=30,
        )
        made.event_hooks["request"] = [_asking_for(NAME)]
        return self._stack.enter_context(made)

    def raw(self, request: bytes) -> bytes:
        """Send bytes through TLS, and return the first line that comes back."""
        with (
            socket.create_connection(("127.0.0.1", self.port), 10) as line,
            self._context.wrap_socket(line, server_hostname=NAME) as secret,
        ):
            secret.sendall(request)
            return secret.recv(65_536).partition(b"\r\n")[0]


def _asking_for(name: str) -> Callable[[httpx.Request], None]:
    def ask(request: httpx.Request) -> None:
        request.extensions = {**request.extensions, "sni_hostname": name}

    return ask


Open = Callable[..., Stage]


@pytest.fixture
def open_stage(tmp_path: Path) -> Iterator[Open]:
    with ExitStack() as stack:

        def opener(name: str = NAME, **settings: Any) -> Stage:
            facts = {"public_url": f"https://{NAME}", "proxies": "127.0.0.1", **settings}
            stranger, _ = stack.enter_context(monitor_over(tmp_path, **facts))
            authority = Authority(tmp_path)
            direct = str(stranger.base_url).rstrip("/")
            port = stack.enter_context(nginx_before(direct, authority.file(name), tmp_path))
            return Stage(port, direct, authority, stack)

        yield opener


def test_a_login_by_https_sets_cookies_that_travel_by_https_alone(open_stage: Open) -> None:
    client = open_stage(admin_password=PASSWORD).client()
    answer = log_in(client, PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookies = answer.headers.get_list("set-cookie")
    assert [each.partition("=")[0] for each in cookies] == [
        "__Host-reportwatch",
        "__Host-reportwatch-device",
    ]
    for each in cookies:
        facts = {fact.strip().lower() for fact in each.split(";")[1:]}
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= facts
        assert not any(fact.startswith("domain") for fact in facts)
    assert "max-age" in answer.headers["strict-transport-security"]
    page = client.get("/settings")
    assert page.status_code == 200
    client.post("/logout", data={"token": hidden(page.text, "/logout")})
    assert client.get("/settings").status_code == 401


@pytest.fixture
def browser() -> Iterator[Browser]:
    yield from open_browser()


def test_a_real_browser_logs_in_through_the_proxy(browser: Browser, open_stage: Open) -> None:
    stage = open_stage("localhost", admin_password=PASSWORD, public_url="https://localhost")
    page = browser.new_context(ignore_https_errors=True).new_page()
    page.goto(f"https://localhost:{stage.port}/login?next=/settings")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/settings")
    kept = {each["name"]: each for each in page.context.cookies()}
    assert set(kept) == {"__Host-reportwatch", "__Host-reportwatch-device"}
    assert all(each["secure"] and each["httpOnly"] for each in kept.values())


@pytest.mark.parametrize(
    ("proxies", "sees"), [("127.0.0.1", HERE), ("", "127.0.0.1"), ("10.0.0.1", "127.0.0.1")]
)
def test_the_proxys_word_counts_if_it_is_configured_and_nobody_elses(
    open_stage: Open, caplog: pytest.LogCaptureFixture, proxies: str, sees: str
) -> None:
    caplog.set_level("INFO", "monitor.access")
    stage = open_stage(admin_password=PASSWORD, proxies=proxies)
    claimed = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "http"}
    stage.client().get("/healthz", headers=claimed)
    direct = httpx.HTTPTransport(local_address=ELSEWHERE)
    with httpx.Client(transport=direct, base_url=stage.direct) as beside:
        beside.get("/healthz", headers=claimed)
    logged = wait_for(lambda: caplog.messages if len(caplog.messages) == 2 else None, 10)
    assert logged is not None
    assert [each.split()[0] for each in logged] == [sees, ELSEWHERE]


@pytest.mark.parametrize(("proxies", "status"), [("127.0.0.1", 303), ("", 403)])
def test_https_is_the_proxys_to_say(open_stage: Open, proxies: str, status: int) -> None:
    stage = open_stage(admin_password=PASSWORD, proxies=proxies)
    ours = f"127.0.0.1:{stage.port}"
    client = stage.client(name=ours)
    client.headers["Origin"] = f"https://{ours}"
    assert log_in(client, PASSWORD).status_code == status


def test_a_guesser_behind_the_proxy_has_nobody_else_wait(open_stage: Open) -> None:
    stage = open_stage(admin_password=PASSWORD)
    guesser = stage.client(HERE)
    answers = [log_in(guesser, f"guess {n}").status_code for n in range(FREE + 1)]
    assert answers == [403] * FREE + [429]
    assert log_in(stage.client(ELSEWHERE), PASSWORD).status_code == 303


def test_a_monitor_without_a_password_shows_nothing_through_a_proxy(open_stage: Open) -> None:
    stage = open_stage()
    for name in (NAME, "127.0.0.1", "localhost"):
        answer = stage.client(name=name).get("/")
        assert answer.status_code == 403
        assert "has no password" in answer.text


HOSTS = (
    "evil.example",
    "watch.example.evil.example",
    "evil.example:443",
    "watch.example@evil.example",
    "watch.example, evil.example",
    "169.254.169.254",
)


@pytest.mark.parametrize("name", HOSTS)
def test_a_name_that_is_not_ours_is_refused_through_the_proxy(open_stage: Open, name: str) -> None:
    answer = open_stage(open_reading=True).client(name=name).get("/healthz")
    assert answer.status_code == 400


GET = b"GET /healthz HTTP/1.1\r\n"
POST = b"POST /login HTTP/1.1\r\nHost: watch.example\r\n"
RAW: dict[str, tuple[bytes, tuple[int, ...]]] = {
    "as people ask": (GET + b"Host: watch.example\r\n\r\n", (200, 503)),
    "no host": (GET + b"\r\n", (400,)),
    "two hosts": (GET + b"Host: watch.example\r\nHost: evil.example\r\n\r\n", (400,)),
    "a host in the address": (
        b"GET http://watch.example/healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        (400,),
    ),
    "a length and chunks": (
        POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        (400,),
    ),
    "two lengths": (POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", (400,)),
    "chunks of an unknown kind": (POST + b"Transfer-Encoding: xchunked\r\n\r\n", (400, 501)),
    "a line break in a header": (GET + b"Host: watch.example\r\nX: a\rb\r\n\r\n", (400, 200, 503)),
}


def test_what_two_readers_could_take_for_different_requests_is_refused(open_stage: Open) -> None:
    stage = open_stage(open_reading=True)
    answers = {name: int(stage.raw(sent).split()[1]) for name, (sent, _) in RAW.items()}
    assert len(answers) == 8
    assert {name: at for name, at in answers.items() if at not in RAW[name][1]} == {}


def test_what_is_too_large_is_refused_through_the_proxy(open_stage: Open) -> None:
    client = open_stage(open_reading=True).client()
    tried: dict[str, tuple[dict[str, Any], int]] = {
        "a long path": ({"url": "/" + "a" * MOST_PATH}, 414),
        "many fields": ({"params": "&".join(f"k{n}" for n in range(MOST_FIELDS + 1))}, 414),
        "many headers": ({"headers": {f"x-{n}": "1" for n in range(MOST_HEADERS)}}, 431),
        "large cookies": ({"headers": {"Cookie": "a=" + "b" * MOST_COOKIE_BYTES}}, 431),
        "a header that nginx takes": ({"headers": {f"x-{n}": "y" * 6000 for n in range(3)}}, 431),
        "a header that nginx refuses": ({"headers": {"x-long": "y" * 40_000}}, 400),
        "a body": ({"content": b"z" * (MOST_BODY + 1)}, 413),
        "a body that nginx refuses": ({"content": b"z" * (2 * 1024 * 1024)}, 413),
        "a body in chunks": ({"content": iter([b"z" * MOST_BODY, b"z"])}, 413),
    }
    answers = {
        name: client.request(
            "POST" if "content" in parts else "GET", **{"url": "/login", **parts}
        ).status_code
        for name, (parts, _) in tried.items()
    }
    assert len(answers) == 9
    assert answers == {name: status for name, (_, status) in tried.items()}
    assert client.get("/healthz").status_code in (200, 503)
