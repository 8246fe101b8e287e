"""The fetch gate, against real servers on loopback."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from loopback_site import (
    FakeTime,
    Site,
    answer,
    closed_port,
    in_turn,
    loopback_names,
    raw,
    redirect,
)

from scrapers.fetch.errors import (
    FetchError,
    HostPaused,
    RequestRefused,
    TooManyRedirects,
    Truncated,
    Unreachable,
)
from scrapers.fetch.gate import FetchGate, FetchPolicy, Validators

MakeGate = Callable[..., FetchGate]
PAGE = b"<html><main><h1>Freedonia</h1></main></html>"


# --- what an answer looks like


def test_an_answer_tells_what_came_from_where_and_when(site: Site, make_gate: MakeGate) -> None:
    site.pages["/a?b=c"] = answer(200, PAGE, content_type="Text/HTML; charset=utf-8", etag='"1"')
    got = make_gate().get(f"{site.origin}/a?b=c#part")
    assert (got.status, got.body, got.content_type) == (200, PAGE, "text/html")
    assert got.url == f"{site.origin}/a?b=c#part"
    assert got.final_url == f"{site.origin}/a?b=c"
    assert (got.redirects, got.exchanges[0].remote_address) == ((), "127.0.0.1")
    assert got.fetched_at == datetime(2026, 3, 1, tzinfo=UTC)
    assert got.headers["etag"] == '"1"'
    assert not got.is_unchanged


@pytest.mark.parametrize("status", [403, 404, 410, 451, 500, 503])
def test_a_final_status_is_an_answer_and_no_error(
    site: Site, make_gate: MakeGate, status: int
) -> None:
    site.pages["/"] = answer(status, b"sorry")
    got = make_gate().get(site.origin)
    assert (got.status, got.body) == (status, b"sorry")


def test_the_request_names_us_and_the_operator(site: Site, make_gate: MakeGate) -> None:
    make_gate(contact="https://freedonia.example/watch").get(f"{site.origin}/")
    sent = site.asked[0][1]
    assert sent["user-agent"].startswith("Mozilla/5.0 (compatible; reportwatch/")
    assert sent["user-agent"].endswith("; +https://freedonia.example/watch)")
    assert sent["accept"].startswith("text/html,application/xhtml+xml")
    assert sent["accept-encoding"] == "gzip, deflate"
    assert sent["host"] == site.host


def test_cookies_are_neither_kept_nor_sent(site: Site, make_gate: MakeGate) -> None:
    site.pages["/"] = answer(200, PAGE, set_cookie="session=1; Path=/")
    gate = make_gate()
    gate.get(f"{site.origin}/")
    gate.get(f"{site.origin}/")
    assert "cookie" not in site.asked[1][1]


def test_the_environments_proxies_are_not_used(
    site: Site, make_gate: MakeGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    site.pages["/"] = answer(200, PAGE)
    assert make_gate().get(f"{site.origin}/").body == PAGE


def test_connections_and_lookups_are_shared_by_requests(site: Site, make_gate: MakeGate) -> None:
    lookups: list[str] = []

    def resolve(host: str, *rest: Any) -> list[Any]:
        lookups.append(host)
        return socket.getaddrinfo(host, *rest)

    site.pages.update({"/": answer(200, PAGE), "/old": redirect("/")})
    gate = make_gate(resolve=resolve)
    for path in ("/", "/", "/old", "/"):
        assert gate.get(site.origin + path).body == PAGE
    assert lookups == ["127.0.0.1"]
    assert gate.requests_made == 5


# --- conditional requests


def test_validators_make_a_request_conditional(site: Site, make_gate: MakeGate) -> None:
    stamp = "Sun, 01 Mar 2026 00:00:00 GMT"
    site.pages["/"] = in_turn(answer(200, PAGE, etag='W/"7"', last_modified=stamp), answer(304))
    gate = make_gate()
    first = gate.get(f"{site.origin}/")
    again = gate.get(f"{site.origin}/", first.validators)
    assert (again.status, again.body, again.is_unchanged) == (304, b"", True)
    sent = site.asked[1][1]
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('W/"7"', stamp)


def test_the_validators_of_a_page_are_not_shown_to_what_it_redirects_to(
    site: Site, make_gate: MakeGate
) -> None:
    site.pages.update({"/": redirect("/home"), "/home": answer(200, PAGE)})
    make_gate().get(f"{site.origin}/", Validators('"1"'))
    assert [("if-none-match" in headers) for _, headers in site.asked] == [True, False]


def test_not_modified_without_a_condition_is_no_answer(site: Site, make_gate: MakeGate) -> None:
    site.pages["/"] = answer(304)
    with pytest.raises(Unreachable, match="304"):
        make_gate().get(f"{site.origin}/", Validators())


# --- redirects


def test_redirects_are_followed_and_told(site: Site, make_gate: MakeGate) -> None:
    site.pages.update(
        {
            "/a": redirect("/b#top", 301),
            "/b": redirect(f" \t{site.origin}/c%20d \t ", 308),
            "/c%20d": answer(200, PAGE),
        }
    )
    got = make_gate().get(f"{site.origin}/a")
    assert got.redirects == (f"{site.origin}/b", f"{site.origin}/c%20d")
    assert (got.url, got.final_url) == (f"{site.origin}/a", f"{site.origin}/c%20d")


def test_a_location_in_raw_utf8_is_quoted(site: Site, make_gate: MakeGate) -> None:
    site.pages["/a"] = raw(
        "HTTP/1.1 302 Found\r\nLocation: /réport\r\nContent-Length: 0\r\n\r\n".encode()
    )
    site.pages["/r%C3%A9port"] = answer(200, PAGE)
    assert make_gate().get(f"{site.origin}/a").final_url == f"{site.origin}/r%C3%A9port"


@pytest.mark.parametrize("status", [300, 304, 200])
def test_a_location_beside_another_status_leads_nowhere(
    site: Site, make_gate: MakeGate, status: int
) -> None:
    site.pages["/"] = answer(status, location="/elsewhere")
    assert make_gate().get(f"{site.origin}/", Validators('"1"')).status == status
    assert site.paths == ["/"]


def test_redirects_in_a_circle_end_at_once(site: Site, make_gate: MakeGate) -> None:
    site.pages.update({"/a": redirect("/b"), "/b": redirect("/a?secret=1")})
    site.pages["/a?secret=1"] = redirect("/b")
    with pytest.raises(TooManyRedirects, match="lead back") as error:
        make_gate().get(f"{site.origin}/a")
    assert len(site.asked) == 3
    assert "secret" not in str(error.value)


def test_redirects_without_end_are_given_up(site: Site, make_gate: MakeGate) -> None:
    site.pages.update({f"/{n}": redirect(f"/{n + 1}") for n in range(9)})
    with pytest.raises(TooManyRedirects, match="more than 5"):
        make_gate().get(f"{site.origin}/0")
    assert len(site.asked) == 6


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "ftp://h.example/", "http://u:p@h.example/", "http://[x"]
)
def test_a_redirect_to_what_we_do_not_fetch_is_refused(
    site: Site, make_gate: MakeGate, location: str
) -> None:
    site.pages["/"] = redirect(location)
    with pytest.raises(RequestRefused):
        make_gate().get(f"{site.origin}/")


def test_a_huge_body_of_a_redirect_is_not_read(site: Site, make_gate: MakeGate) -> None:
    site.pages["/a"] = raw(
        b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 4096
    )
    site.pages["/b"] = answer(200, PAGE)
    assert make_gate().get(f"{site.origin}/a").body == PAGE


# --- retries


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_passing_failures_are_retried_with_growing_waits(
    site: Site, make_gate: MakeGate, fake_time: FakeTime, status: int
) -> None:
    site.pages["/"] = in_turn(*[answer(status)] * 3, answer(200, PAGE))
    assert make_gate(retries=3).get(f"{site.origin}/").body == PAGE
    assert len(site.asked) == 4
    for wait, least in zip(fake_time.slept, (1.0, 2.0, 4.0), strict=True):
        assert least <= wait <= least * 1.5


def test_after_the_last_retry_the_answer_stands(site: Site, make_gate: MakeGate) -> None:
    site.pages["/"] = answer(503, b"later")
    got = make_gate(retries=2).get(f"{site.origin}/")
    assert (got.status, got.body, len(site.asked)) == (503, b"later", 3)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 501])
def test_other_failures_are_not_retried(site: Site, make_gate: MakeGate, status: int) -> None:
    site.pages["/"] = answer(status)
    make_gate(retries=3).get(f"{site.origin}/")
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    ("said", "least"),
    [
        ("7", 7.0),
        ("Sun, 01 Mar 2026 00:00:09 GMT", 9.0),
        ("soon", 1.0),
        ("Sun, 01 Mar 99999999999999999999 00:00:00 GMT", 1.0),
    ],
)
def test_retry_after_is_waited_for(
    site: Site, make_gate: MakeGate, fake_time: FakeTime, said: str, least: float
) -> None:
    site.pages["/"] = in_turn(answer(503, retry_after=said), answer(200, PAGE))
    assert make_gate(retries=1).get(f"{site.origin}/").body == PAGE
    assert least - 1e-9 <= sum(fake_time.slept) <= least + 1.5


def test_retry_after_holds_back_every_request_to_the_host(
    site: Site, make_gate: MakeGate, fake_time: FakeTime
) -> None:
    site.pages.update({"/": answer(429, retry_after="30"), "/b": answer(200, PAGE)})
    gate = make_gate(retries=0)
    gate.get(f"{site.origin}/")
    gate.get(f"{site.origin}/b")
    assert fake_time.slept == [30.0]


def test_a_host_that_wants_long_rest_gets_it(
    site: Site, make_gate: MakeGate, fake_time: FakeTime
) -> None:
    site.pages.update({"/": answer(429, retry_after="3600"), "/b": answer(200, PAGE)})
    gate = make_gate(retries=3)
    with pytest.raises(HostPaused, match="3600"):
        gate.get(f"{site.origin}/")
    with pytest.raises(HostPaused, match="left alone"):
        gate.get(f"{site.origin}/b")
    assert (site.paths, fake_time.slept) == (["/"], [])
    fake_time.sleep(3600)
    assert gate.get(f"{site.origin}/b").body == PAGE


def test_a_broken_connection_is_retried(site: Site, make_gate: MakeGate) -> None:
    site.pages["/"] = in_turn(raw(b""), answer(200, PAGE))
    assert make_gate(retries=1).get(f"{site.origin}/").body == PAGE


@pytest.mark.parametrize(
    ("url", "says", "waits"),
    [
        ("http://127.0.0.1:{port}/?key=hidden", "refused", 2),
        ("http://nowhere.example/?key=hidden", "cannot be resolved", 0),
    ],
)
def test_what_cannot_be_reached_says_so_in_a_sentence(
    make_gate: MakeGate, fake_time: FakeTime, url: str, says: str, waits: int
) -> None:
    gate = make_gate(resolve=loopback_names(), retries=2)
    with pytest.raises(Unreachable, match=says) as error:
        gate.get(url.format(port=closed_port()))
    assert "hidden" not in str(error.value)
    assert error.value.__suppress_context__
    assert len(fake_time.slept) == waits


@pytest.mark.parametrize(
    "wire", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Le"]
)
def test_an_answer_without_a_head_is_unreachable(
    site: Site, make_gate: MakeGate, wire: bytes
) -> None:
    site.pages["/"] = raw(wire)
    with pytest.raises((Unreachable, Truncated)):
        make_gate().get(f"{site.origin}/")


# --- another origin


def _via(site: Site, make_gate: MakeGate, **policy: Any) -> FetchGate:
    own = frozenset({"www.freedonia.example", "2009.freedonia.example"})
    return make_gate(via=site.origin, own_hosts=own, allow_private=False, **policy)


def test_via_asks_another_origin_and_reports_the_publishers_address(
    site: Site, make_gate: MakeGate
) -> None:
    site.pages["/reports/sylvania?x=1"] = answer(200, PAGE)
    url = "https://www.freedonia.example/reports/sylvania?x=1"
    got = _via(site, make_gate).get(url)
    assert (got.url, got.final_url, got.body) == (url, url, PAGE)
    assert site.asked[0][1]["host"] == site.host


@pytest.mark.parametrize(
    ("location", "final_url"),
    [
        ("/new", "https://www.freedonia.example/new"),
        ("{origin}/new", "https://www.freedonia.example/new"),
        ("//{host}/new", "https://www.freedonia.example/new"),
        ("https://www.freedonia.example/new", "https://www.freedonia.example/new"),
        ("http://2009.freedonia.example/new", "http://2009.freedonia.example/new"),
    ],
)
def test_via_keeps_the_publishers_address_through_redirects(
    site: Site, make_gate: MakeGate, location: str, final_url: str
) -> None:
    site.pages["/old"] = redirect(location.format(origin=site.origin, host=site.host))
    site.pages["/new"] = answer(200, PAGE)
    got = _via(site, make_gate).get("https://www.freedonia.example/old")
    assert (got.final_url, got.redirects, got.body) == (final_url, (final_url,), PAGE)


def test_via_does_not_lift_the_rule_for_other_hosts(
    site: Site, other_site: Site, make_gate: MakeGate
) -> None:
    site.pages["/old"] = redirect(f"{other_site.origin}/secret")
    with pytest.raises(RequestRefused, match="not on the public internet"):
        _via(site, make_gate).get("https://www.freedonia.example/old")
    assert other_site.asked == []


def test_via_spaces_by_the_publishers_hosts(
    site: Site, make_gate: MakeGate, fake_time: FakeTime
) -> None:
    gate = _via(site, make_gate, delay=5.0)
    gate.get("https://www.freedonia.example/a")
    gate.get("https://2009.freedonia.example/a")
    assert fake_time.slept == []
    gate.get("https://WWW.Freedonia.example:443/b")
    assert fake_time.slept == [5.0]


def test_via_asks_for_robots_there_too(site: Site, make_gate: MakeGate) -> None:
    site.pages["/robots.txt"] = answer(200, b"User-agent: *\nDisallow:")
    gate = _via(site, make_gate, obey_robots=True)
    gate.get("https://www.freedonia.example/a")
    assert site.paths == ["/robots.txt", "/a"]
    assert gate.robots_states() == {"www.freedonia.example": "ok"}


# --- manners of speaking


def test_queries_stay_out_of_logs(
    site: Site, make_gate: MakeGate, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    site.pages["/a?token=s3cret"] = in_turn(answer(503), raw(b""), answer(200, PAGE))
    make_gate(retries=2).get(f"{site.origin}/a?token=s3cret")
    site.pages["/b?token=s3cret"] = raw(b"HTTP/1.1 200 OK\r\nno colon\r\n\r\nx")
    make_gate().get(f"{site.origin}/b?token=s3cret")
    assert "/a" in caplog.text
    assert "s3cret" not in caplog.text


def test_what_a_server_writes_into_an_error_is_shown_harmlessly(
    site: Site, make_gate: MakeGate
) -> None:
    site.pages["/"] = raw(b"\x1b[2J\x07evil\r\n\r\n")
    with pytest.raises(FetchError) as error:
        make_gate().get(f"{site.origin}/")
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    "wrong",
    [
        {"via": "ftp://mirror.example"},
        {"via": "mirror.example:80"},
        {"via": "http://mirror.example/path"},
        {"contact": "line\nbreak"},
        {"contact": "büro@freedonia.example"},
    ],
)
def test_a_policy_that_cannot_work_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"via|contact"):
        FetchPolicy(**wrong)  # type: ignore[arg-type]
