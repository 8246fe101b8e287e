"""A captured page is shown where it can do nothing, and its bytes are those that are cited."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import httpx
import pytest
from browsing import open_browser
from monitor_stage import Open
from playwright.sync_api import Browser
from traps import trap

from scrapers.read.sanitize import inert

HOSTILE = """<!doctype html><html><head><title>x</title>
<base href="{trap}"><meta http-equiv="refresh" content="0;url={trap}/refresh">
<link rel="preconnect" href="{trap}"><link rel="dns-prefetch" href="{trap}">
<link rel="stylesheet" href="{trap}/style"><style>@import url("{trap}/import");</style>
<style>p {{ background: url({trap}/background) }}</style><script src="{trap}/x"></script></head>
<body onload="alert(1)" background="{trap}/body"><p style="background:url({trap}/inline)">Kept.</p>
<script>alert(2); fetch("{trap}/fetch"); top.location = "{trap}/top"</script>
<img src="{trap}/img" onerror="alert(3)" alt="A picture" srcset="{trap}/set 2x">
<svg onload="alert(4)"><script>alert(5)</script><image href="{trap}/svg"/></svg>
<iframe src="{trap}/frame"></iframe><object data="{trap}/object"></object>
<form action="{trap}/form"><button autofocus formaction="{trap}/button">Send</button></form>
<video src="{trap}/video" autoplay></video><a href="{trap}/link" ping="{trap}/ping">Away</a>
<p>Tail.</p></body></html>"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from open_browser()


def test_a_hostile_page_does_nothing_and_asks_nobody(browser: Browser, open_monitor: Open) -> None:
    client, parts = open_monitor(is_filled=True)
    with trap() as trapped:
        address, came = trapped.url, trapped.came
        body = HOSTILE.format(trap=address).encode()
        with parts.store.read() as unit:
            held = unit.reports.find(country="XAG", edition="2023", part="")[0].report
        path = f"{client.base_url.join('/reports')}/{held}/v/1/captured"
        page = browser.new_page()
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: dialogs.append(dialog.message))
        page.route(
            "**/captured/page",
            lambda route: route.fulfill(
                body=inert(body), headers=dict(route.fetch().headers), status=200
            ),
        )
        page.goto(path)
        frame = page.frame_locator("iframe")
        assert frame.get_by_text("Kept.").is_visible()
        assert frame.get_by_text("Tail.").is_visible()
        page.wait_for_timeout(500)
        assert came == []
        page.route(  # without our cleaning the sandbox and its policy hold by themselves
            "**/captured/page",
            lambda route: route.fulfill(body=body, headers=dict(route.fetch().headers), status=200),
        )
        page.goto(path)
        assert frame.get_by_text("Kept.").is_visible()
        page.wait_for_timeout(500)
        assert dialogs == []
        page.wait_for_timeout(500)
        page.close()
    assert set(came) <= {""}  # a bare connection is what no policy forbids


def test_nothing_that_acts_is_left_of_a_page() -> None:
    shown = inert(HOSTILE.format(trap="http://trap.example").encode())
    assert b"trap.example" not in shown
    assert b"alert" not in shown
    assert b"Kept." in shown and b"Tail." in shown


@pytest.mark.parametrize("body", [b"", b"\0", b"<", b"\xff\xfe", b"<!-- -->", b"text alone"])
def test_whatever_was_captured_can_be_shown(body: bytes) -> None:
    assert inert(body).startswith(b"<!doctype html>")


def test_the_bytes_given_are_those_that_are_cited(client: httpx.Client) -> None:
    shown = client.get("/api/v1/reports/sample-hrr/2023/XAG?version=2").json()
    answer = client.get("/reports/sample-hrr/2023/XAG/v/2/captured/bytes")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert hashlib.sha256(answer.content).hexdigest() == shown["payload_sha256"]


def test_the_frame_has_a_policy_of_its_own(client: httpx.Client) -> None:
    outer = client.get("/reports/sample-hrr/2023/XAG/v/1/captured")
    assert "frame-src 'self'" in outer.headers["content-security-policy"]
    assert 'sandbox src="/reports/sample-hrr/2023/XAG/v/1/captured/page"' in outer.text
    inner = client.get("/reports/sample-hrr/2023/XAG/v/1/captured/page")
    assert inner.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
