"""Two walls round a captured page, and each holds without the other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from browsing import open_browser
from captured_payloads import SAID, captured_payloads
from playwright.sync_api import Browser
from traps import trap

from monitor.pages.captured import SANDBOX
from scrapers.read.sanitize import inert

WAYS = list(captured_payloads(""))
SOME = WAYS[::15]
WALLS = ("both", "cleaning alone", "policy alone")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from open_browser()


@contextmanager
def served(pages: list[bytes]) -> Iterator[str]:
    """Serve pages as the monitor does, or with one of the walls taken away."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wall, _, number = self.path[1:].partition("/")
            body = pages[int(number)] if number.isdigit() else b""
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if wall != "cleaning%20alone":
                self.send_header("Content-Security-Policy", SANDBOX)
            self.end_headers()
            self.wfile.write(body if wall == "policy%20alone" else inert(body))

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def requests_of(browser: Browser, names: list[str], walls: tuple[str, ...]) -> list[str]:
    """Return which pages asked elsewhere, behind which wall."""
    found = []
    with trap() as trapped:
        pages = captured_payloads(trapped.url)
        with served([pages[name] for name in names]) as site:
            view = browser.new_page()
            for number, name in enumerate(names):
                for wall in walls:
                    trapped.came.clear()
                    view.goto(f"{site}/{wall.replace(' ', '%20')}/{number}", wait_until="load")
                    if wall != "policy alone":
                        assert view.get_by_text(SAID).count() == 1, name
                    view.wait_for_timeout(60)
                    found += [f"{name}, {wall}: {asked}" for asked in trapped.came if asked]
            view.close()
    return found


def test_captured_pages_ask_nobody_behind_either_wall(browser: Browser) -> None:
    assert len(SOME) == 5
    assert requests_of(browser, SOME, WALLS) == []


@pytest.mark.slow
def test_seventy_five_captured_pages_ask_nobody_behind_either_wall(browser: Browser) -> None:
    assert len(WAYS) == 75
    assert requests_of(browser, WAYS, WALLS) == []


def test_hostile_pages_do_ask_where_there_is_no_wall(browser: Browser) -> None:
    with trap() as trapped:
        view = browser.new_page()
        for name in ("an escaped letter of url", "a comment in a drawing's sheet"):
            view.set_content(captured_payloads(trapped.url)[name].decode(), wait_until="load")
        view.wait_for_timeout(100)
        view.close()
    assert len([each for each in trapped.came if each.startswith("GET /a.")]) == 2


def test_no_address_elsewhere_is_left_of_any_of_them() -> None:
    pages = captured_payloads("http://elsewhere.example")
    assert len(pages) == 75
    left = [name for name, page in pages.items() if b"elsewhere.example" in inert(page)]
    assert left == []


def test_styles_that_ask_for_nothing_stay() -> None:
    page = (
        b"<style>p{color:red} q::before{content:'\\201C'}</style>"
        b"<p style='margin:0' title='image (1)'>Quiet.</p><img alt='A url(x) in words'>"
    )
    shown = inert(page)
    assert b"content:'\\201C'" in shown
    assert b"margin:0" in shown
    assert b"A url(x) in words" in shown
    assert b"image (1)" in shown
