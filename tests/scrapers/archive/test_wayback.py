"""The Internet Archive is asked through our gate alone, within its limits, and never trusted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from loopback_site import FakeTime, Site, answer
from wayback_site import WaybackSite, digest_of, wayback_site

from scrapers.archive.host import PLAY_SECONDS, SEARCH_SECONDS, archive_policy, is_same_page
from scrapers.archive.wayback import Archive, ArchivedCapture, ArchiveUnwell, Unlisted, Unplayable
from scrapers.fetch.errors import FetchError, HostPaused
from scrapers.fetch.gate import FetchGate

URL = "https://sample.example/reports/2023/gandoria/"
MAY = datetime(2025, 5, 1, 12, tzinfo=UTC)
PAGE = b"<html>Gandoria</html>"


@pytest.fixture
def web() -> Iterator[WaybackSite]:
    with wayback_site() as site:
        yield site


def opened(origin: str, fake_time: FakeTime, **facts: Any) -> Archive:
    def gate(delay: float) -> FetchGate:
        policy = archive_policy(origin, delay=delay, contact="", allow_private=False)
        return FetchGate(
            policy, clock=fake_time.clock, sleep=fake_time.sleep, monotonic=fake_time.monotonic
        )

    return Archive(gate(SEARCH_SECONDS), gate(PLAY_SECONDS))


@pytest.fixture
def archive(web: WaybackSite, fake_time: FakeTime) -> Iterator[Archive]:
    made = opened(web.origin, fake_time)
    yield made
    made.close()


def found(archive: Archive, **window: datetime) -> list[ArchivedCapture]:
    return list(archive.captures(URL, **window))


def capture(at: datetime = MAY, url: str = URL) -> ArchivedCapture:
    return ArchivedCapture(at, url, "", digest_of(PAGE), 200, "text/html")


def test_captures_are_listed_in_order_with_their_times_and_digests(
    web: WaybackSite, archive: Archive
) -> None:
    web.hold(MAY, URL, PAGE)
    web.hold(MAY + timedelta(days=1), URL, status="-", media_type="warc/revisit", digest="A" * 32)
    first, second = found(archive)
    assert first == ArchivedCapture(
        MAY,
        URL,
        f"https://web.archive.org/web/20250501120000/{URL}",
        digest_of(PAGE),
        200,
        "text/html",
    )
    assert (second.status, second.is_revisit, second.digest) == (None, True, "A" * 32)


def test_a_long_list_comes_in_pages_kept_apart_as_the_limits_ask(
    web: WaybackSite, archive: Archive, fake_time: FakeTime
) -> None:
    web.page_size = 2
    for hour in range(5):
        web.hold(MAY + timedelta(hours=hour), URL, PAGE)
    assert len(found(archive)) == 5
    assert len(web.searches) == 3
    assert sum(fake_time.slept) == pytest.approx(2 * SEARCH_SECONDS, abs=0.1)


def test_only_the_time_asked_for_is_listed(web: WaybackSite, archive: Archive) -> None:
    for day in range(5):
        web.hold(MAY + timedelta(days=day), URL, PAGE)
    listed = found(archive, since=MAY + timedelta(days=1), until=MAY + timedelta(days=2))
    assert [each.captured_at.day for each in listed] == [2, 3]


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ("http://sample.example:80/reports/2023/gandoria/", True),
        ("https://www.sample.example/Reports/2023/Gandoria", True),
        ("https://sample.example/reports/2023/gandoria/?print=1", False),
        ("https://elsewhere.example/reports/2023/gandoria/", False),
        ("https://[broken/", False),
    ],
)
def test_addresses_that_the_archive_takes_for_one_page(other: str, is_same: bool) -> None:
    assert is_same_page(other, URL) is is_same


def test_rows_of_other_pages_are_left_out(web: WaybackSite, archive: Archive) -> None:
    web.hold(MAY, "https://elsewhere.example/reports/2023/gandoria/", PAGE)
    assert found(archive) == []


@pytest.mark.parametrize("tail", ["#\x00", "#\x1b[31mred", "#\u202eevil", "#" + "x" * 2000])
def test_rows_whose_address_cannot_be_kept_or_shown_are_left_out(
    web: WaybackSite, archive: Archive, tail: str
) -> None:
    web.lines = [
        f"key 20250501110000 {URL}{tail} text/html 200 ABC 1",
        f"key 20250501120000 {URL} text/html 200 ABC 1",
    ]
    assert [each.captured_at for each in archive.captures(URL)] == [MAY]


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "key 2025 http://sample.example/ text/html 200 ABC 1",
        "key 20250501120000 http://sample.example/ text/html abc ABC 1",
        "\x1b[2J<script>alert(1)</script>",
        "org.archive.wayback.exception.RobotAccessControlException: Blocked By Robots",
    ],
)
def test_a_list_that_cannot_be_read_says_so_after_what_could(
    web: WaybackSite, archive: Archive, line: str
) -> None:
    web.lines = [
        f"key 20250501120000 {URL} text/html 200 ABC 1",
        line,
    ]
    rows = archive.captures(URL)
    assert next(rows).captured_at == MAY
    with pytest.raises(Unlisted) as refused:
        next(rows)
    assert "\x1b" not in str(refused.value)


def test_bytes_that_are_no_text_are_no_list(web: WaybackSite, archive: Archive) -> None:
    web.instead["/cdx"] = [(200, {}, b"\xff\xfe\n")]
    with pytest.raises(Unlisted):
        found(archive)


def test_a_list_without_end_is_left(web: WaybackSite, archive: Archive) -> None:
    web.instead["/cdx"] = [(200, {}, b"\n7")]
    with pytest.raises(Unlisted, match="more than 50,000"):
        found(archive)
    assert len(web.searches) == 50


@pytest.mark.parametrize(("headers", "waits"), [({"Retry-After": "7"}, 7), ({}, 60)])
def test_it_waits_as_long_as_the_archive_asks_else_a_minute(
    web: WaybackSite, archive: Archive, fake_time: FakeTime, headers: dict[str, str], waits: int
) -> None:
    row = web.hold(MAY, URL, PAGE)
    listing = (200, {}, row.line.encode())
    web.instead["/cdx"] = [(429, headers, b"slow down"), listing]
    assert len(found(archive)) == 1
    assert waits - 0.01 < sum(fake_time.slept) < waits + 5


@pytest.mark.parametrize("status", [429, 500, 503, 504])
def test_after_all_tries_the_archive_is_unwell(
    web: WaybackSite, archive: Archive, fake_time: FakeTime, status: int
) -> None:
    web.instead["/cdx"] = [(status, {}, b"")]
    with pytest.raises(ArchiveUnwell, match=f"status {status}"):
        found(archive)
    assert len(web.searches) == 5
    assert sum(fake_time.slept) > 20


def test_a_wait_too_long_ends_it(web: WaybackSite, archive: Archive) -> None:
    web.instead["/cdx"] = [(429, {"Retry-After": "4000"}, b"")]
    with pytest.raises(HostPaused, match="4000 s"):
        found(archive)


def test_a_capture_is_played_raw_with_its_own_headers(web: WaybackSite, archive: Archive) -> None:
    web.hold(MAY, URL, PAGE)
    played = archive.play(capture())
    assert played.body == PAGE
    assert played.headers["content-type"] == "text/html"
    assert played.headers["server"] == "fictional"
    assert web.asked == [f"/web/20250501120000id_/{URL}"]


def test_playing_stays_within_the_limit(
    web: WaybackSite, archive: Archive, fake_time: FakeTime
) -> None:
    web.hold(MAY, URL, PAGE)
    for _ in range(9):
        archive.play(capture())
    assert sum(fake_time.slept) == pytest.approx(8 * PLAY_SECONDS, abs=0.1)


def to(path: str) -> dict[str, str]:
    return {"Location": path}


@pytest.mark.parametrize(
    ("canned", "why"),
    [
        ((404, {}, b""), "never archived"),
        ((403, {"X-Archive-Wayback-Runtime-Error": "AdministrativeAccessControl"}, b""), "played"),
        ((503, {"X-Archive-Wayback-Runtime-Error": "ResourceNotAvailable"}, b""), "ResourceNot"),
        ((302, to("http://127.0.0.2:1/secret"), b""), "not on the public internet"),
        ((302, to("http://10.0.0.1/"), b""), "not on the public internet"),
        ((302, to("file:///etc/hostname"), b""), "only http and https"),
        ((302, to("/nowhere"), b""), "redirects? lead back|cannot play"),
        ((200, {"Content-Encoding": "compress", "Memento-Datetime": "x"}, b"x"), "encoding"),
    ],
)
def test_a_capture_that_cannot_be_had_says_why(
    web: WaybackSite, archive: Archive, canned: Any, why: str
) -> None:
    web.instead["/web/20250501120000id_/"] = [canned]
    web.instead["/nowhere"] = [(302, to("/nowhere"), b"")]
    with pytest.raises(Unplayable, match=why):
        archive.play(capture())


@pytest.mark.parametrize("status", [200, 202, 401, 403, 429, 503])
def test_an_answer_that_is_no_capture_says_nothing_of_the_capture(
    web: WaybackSite, archive: Archive, status: int
) -> None:
    """A wall before the Archive, or the Archive out of order: it may be had another time."""
    web.hold(MAY, URL, PAGE)
    web.instead["/web/"] = [(status, {}, b"<h1>Just a moment</h1>")]
    with pytest.raises(ArchiveUnwell, match=f"status {status}"):
        archive.play(capture())


@pytest.mark.parametrize(
    "other",
    [(MAY + timedelta(days=3), URL), (MAY, "https://sample.example/reports/2023/other/")],
)
def test_another_capture_in_its_place_is_none(
    web: WaybackSite, archive: Archive, other: tuple[datetime, str]
) -> None:
    at, url = other
    web.hold(at, url, PAGE)
    web.instead["/web/20250501120000id_/https://sample.example/reports/2023/gandoria"] = [
        (302, to(f"/web/{at:%Y%m%d%H%M%S}id_/{url}"), b"")
    ]
    with pytest.raises(Unplayable, match="another capture"):
        archive.play(capture())


def test_no_cookie_is_kept_and_nothing_is_asked_but_the_archive(
    web: WaybackSite, archive: Archive, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", site.origin)
    monkeypatch.setenv("HTTP_PROXY", site.origin)
    site.pages["/"] = answer(200)
    web.hold(MAY, URL, PAGE)
    archive.play(capture())
    found(archive)
    assert site.asked == []
    assert len(archive._session.cookies) == 0


def test_the_archive_itself_is_never_exempt_from_the_address_check(fake_time: FakeTime) -> None:
    """Only another origin that the operator names is."""
    policy = archive_policy("https://web.archive.org", delay=0, contact="", allow_private=False)
    inward = [(2, 1, 6, "", ("10.0.0.7", 443))]
    gate = FetchGate(policy, resolve=lambda *asked: inward)
    with pytest.raises(FetchError, match=r"leads to 10\.0\.0\.7"):
        gate.get("https://web.archive.org/cdx/search/cdx")
    gate.close()
