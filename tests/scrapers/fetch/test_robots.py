"""What robots.txt means to us, read as a table and over the wire."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback_site import FakeTime, Site, answer, raw, redirect

from scrapers.fetch.errors import RobotsForbid
from scrapers.fetch.gate import FetchGate
from scrapers.fetch.robots import RobotsState, read_robots

MakeGate = Callable[..., FetchGate]
ALL = b"User-agent: *\n"
BLOCK_PAGE = b"\r\n <!DOCTYPE html><title>Technical Difficulties</title>"

READINGS = [
    (200, ALL + b"Disallow:", "ok", True),
    (200, ALL + b"Disallow: /", "ok", False),
    (200, ALL + b"Disallow: /private/", "ok", True),
    (200, ALL + b"Disallow: /reports/\nAllow: /reports/2022/", "ok", True),
    (200, b"User-agent: reportwatch\nDisallow: /\n" + ALL + b"Disallow:", "ok", False),
    (200, b"User-agent: otherbot\nDisallow: /", "ok", True),
    (200, b"\xef\xbb\xbf" + ALL + b"Disallow: /", "ok", False),
    (200, b"", "ok", True),
    (200, b"\xff\xfe\x00 garbage", "ok", True),
    (200, BLOCK_PAGE, "unreachable", True),
    (404, b"", "none", True),
    (410, b"", "none", True),
    (400, ALL + b"Disallow: /", "none", True),
    (401, ALL + b"Disallow: /", "unreachable", True),
    (403, BLOCK_PAGE, "unreachable", True),
    (429, b"", "unreachable", True),
    (500, b"", "unreachable", True),
    (503, b"", "unreachable", True),
    (304, b"", "unreachable", True),
]


@pytest.mark.parametrize(("status", "body", "state", "is_allowed"), READINGS)
def test_an_answer_for_robots_is_read_as(
    status: int, body: bytes, state: str, is_allowed: bool
) -> None:
    rules = read_robots(status, body)
    assert rules.state == state
    assert rules.allows("https://www.freedonia.example/reports/2022/sylvania/") is is_allowed


@given(st.binary(max_size=400), st.integers(200, 599))
def test_no_answer_for_robots_breaks_the_reader(noise: bytes, status: int) -> None:
    rules = read_robots(status, ALL + b"Disallow: /" + noise + b"\nCrawl-delay:" + noise)
    assert rules.allows("https://www.freedonia.example/") in (True, False)


@pytest.mark.parametrize(
    ("line", "delay"),
    [("9", 9.0), ("0.5", 0.5), ("86400", 60.0), ("inf", 0.0), ("-3", 0.0), ("often", 0.0)],
)
def test_a_crawl_delay_is_read_within_bounds(line: str, delay: float) -> None:
    assert read_robots(200, ALL + f"Crawl-delay: {line}".encode()).crawl_delay == delay


BEFORE_ANY_GROUP = [
    (b"Crawl-delay: 5\n" + ALL + b"Disallow:", 5.0),
    (b"# a note\r\n crawl-DELAY :7 # seconds\r\n" + ALL, 7.0),
    (b"Crawl-delay: 5\n" + ALL + b"Crawl-delay: 9", 9.0),
    (b"Crawl-delay: 9\n" + ALL + b"Crawl-delay: 5", 9.0),
    (b"Crawl-delay: 5\nUser-agent: otherbot\nDisallow: /", 5.0),
    (b"Crawl-delay: 5", 5.0),
    (b"Crawl-delay: 86400\n" + ALL, 60.0),
    (b"Crawl-delay: often\n" + ALL, 0.0),
    (b"User-agent: otherbot\nCrawl-delay: 5", 0.0),
]


@pytest.mark.parametrize(("body", "delay"), BEFORE_ANY_GROUP)
def test_a_crawl_delay_before_any_group_is_asked_of_everybody(body: bytes, delay: float) -> None:
    assert read_robots(200, body).crawl_delay == delay


def test_a_forbidden_page_is_not_asked_for(site: Site, make_gate: MakeGate) -> None:
    site.pages["/robots.txt"] = answer(200, ALL + b"Disallow: /private")
    gate = make_gate(obey_robots=True)
    with pytest.raises(RobotsForbid, match="robots"):
        gate.get(f"{site.origin}/private/a")
    gate.get(f"{site.origin}/public")
    assert site.paths == ["/robots.txt", "/public"]
    assert gate.robots_states()[site.host] is RobotsState.OK


def test_a_redirect_into_what_is_forbidden_is_not_followed(
    site: Site, other_site: Site, make_gate: MakeGate
) -> None:
    site.pages["/a"] = redirect(f"{other_site.origin}/b")
    other_site.pages["/robots.txt"] = answer(200, ALL + b"Disallow: /")
    with pytest.raises(RobotsForbid):
        make_gate(obey_robots=True).get(f"{site.origin}/a")
    assert other_site.paths == ["/robots.txt"]


@pytest.mark.parametrize(
    ("robots", "state"),
    [
        (answer(200, ALL), "ok"),
        (answer(404), "none"),
        (answer(403), "unreachable"),
        (raw(b""), "unreachable"),
        (redirect("/robots.txt"), "unreachable"),
        (redirect("/elsewhere.txt"), "none"),
        (answer(429, retry_after="9999"), "unreachable"),
    ],
)
def test_the_state_of_robots_is_kept(
    site: Site, make_gate: MakeGate, robots: Callable[..., None], state: str
) -> None:
    site.pages["/robots.txt"] = robots
    gate = make_gate(obey_robots=True)
    assert gate.robots_states() == {}
    try:
        gate.get(f"{site.origin}/a")
    except Exception as error:
        assert "left alone" in str(error)  # a host that wants rest is not asked for pages either
    assert gate.robots_states() == {site.host: state}


def test_robots_that_are_refused_do_not_stop_the_watch(site: Site, make_gate: MakeGate) -> None:
    """A 403 for robots.txt is the edge server's habit, no prohibition, and no sign of illness."""
    site.pages.update({"/robots.txt": answer(403), "/a": answer(200, b"page")})
    gate = make_gate(obey_robots=True, breaker_failures=1)
    assert gate.get(f"{site.origin}/a").body == b"page"


def test_robots_are_not_asked_where_the_policy_says_so(site: Site, make_gate: MakeGate) -> None:
    make_gate(obey_robots=False).get(f"{site.origin}/a")
    assert site.paths == ["/a"]


@pytest.mark.parametrize(("said", "expected"), [(10, [10.0, 10.0]), (2, [5.0, 5.0])])
def test_a_crawl_delay_slows_us_down_but_never_hurries_us(
    site: Site, make_gate: MakeGate, fake_time: FakeTime, said: int, expected: list[float]
) -> None:
    site.pages["/robots.txt"] = answer(200, ALL + f"Crawl-delay: {said}".encode())
    gate = make_gate(obey_robots=True, delay=5.0)
    gate.get(f"{site.origin}/a")
    gate.get(f"{site.origin}/b")
    assert fake_time.slept == expected
