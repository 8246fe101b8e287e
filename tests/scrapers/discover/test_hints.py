"""Asking a real server what was modified: WordPress's collection and site maps, well and unwell."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from loopback_site import Site, answer

from deployments.sample_site.wordpress import MAP_INDEX_PATH, REST_PATH, Post
from deployments.sample_site.wordpress import answer as wordpress_answer
from scrapers.discover.hints import HintsAbsent, HintsFailed, moment_token, of_listings
from scrapers.discover.rest_collection import PER_PAGE, ask_rest
from scrapers.discover.sitemaps import ask_site_maps
from scrapers.fetch.gate import FetchGate
from scrapers.registry import source_named
from scrapers.source import Link

MakeGate = Callable[..., FetchGate]
SOURCE = source_named("sample-hrr")
BASE = "https://sample.reportwatch.example/reports/2023-country-reports-on-civic-conditions"
OTHER = "https://sample.reportwatch.example/reports/2023-report-on-parks/arlen/"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
JSON = "application/json"


def post(number: int, hours: float = 0, url: str = "") -> Post:
    url = url or f"{BASE}/place-{number}/"
    return Post(number, url, "A & B", NOON, NOON + timedelta(hours=hours))


class WordPress(dict[str, Any]):
    """Answers every path as WordPress does."""

    def __init__(self, *posts: Post) -> None:
        super().__init__()
        self.posts = list(posts)

    def get(self, path: str, default: Any = None) -> Any:
        if path in self:
            return self[path]
        name, _, query = path.partition("?")
        reply = wordpress_answer(self.posts, name, query)
        if reply is None:
            return default

        def send(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(reply.status)
            length = {"Content-Length": str(len(reply.body))}
            for name, value in {**reply.headers, **length}.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(reply.body)

        return send


@pytest.fixture
def blog(site: Site) -> WordPress:
    site.pages = blog = WordPress(*(post(number) for number in range(1, 251)))
    return blog


@pytest.fixture
def gate(site: Site, make_gate: MakeGate) -> Iterator[FetchGate]:
    yield make_gate(via=site.origin, own_hosts=frozenset(SOURCE.hosts))


def test_the_collection_is_read_whole_at_first(
    blog: WordPress, site: Site, gate: FetchGate
) -> None:
    hints = ask_rest(gate, SOURCE)
    assert len(hints.modified) == hints.total == 250
    assert hints.is_whole
    assert hints.modified[f"{BASE}/place-7/"] == "2026-03-01T12:00:00Z"
    assert len(site.paths) == 3


def test_later_only_what_was_modified_since_is_asked_for(
    blog: WordPress, site: Site, gate: FetchGate
) -> None:
    first = ask_rest(gate, SOURCE)
    blog.posts[6] = post(7, hours=0.5)
    site.asked.clear()
    hints = ask_rest(gate, SOURCE, first.cursor, first.total)
    assert hints.modified[f"{BASE}/place-7/"] == "2026-03-01T12:30:00Z"
    assert not hints.is_whole
    last = ask_rest(gate, SOURCE, hints.cursor, hints.total)
    assert last.modified[f"{BASE}/place-7/"] == "2026-03-01T12:30:00Z"
    assert len(site.paths) == 8  # the number of entries, then three pages, twice
    assert "modified_after=2026-02-28T07%3A00%3A00" in site.paths[1]  # the site's own clock


def test_where_only_gmt_is_told_a_day_more_is_asked_for(
    blog: WordPress, site: Site, gate: FetchGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Post.as_json

    def without(self: Post) -> dict[str, Any]:
        return {name: value for name, value in plain(self).items() if name != "modified"}

    monkeypatch.setattr(Post, "as_json", without)
    first = ask_rest(gate, SOURCE)
    blog.posts[6] = post(7, hours=48)
    site.asked.clear()
    hints = ask_rest(gate, SOURCE, first.cursor, first.total)
    assert hints.modified[f"{BASE}/place-7/"] == "2026-03-03T12:00:00Z"
    assert "modified_after=2026-02-28T12%3A00%3A00" in site.paths[1]


@pytest.mark.parametrize("year", [1, 9999])
def test_a_moment_that_no_clock_shows_now_is_no_place_to_go_on_from(
    blog: WordPress, site: Site, gate: FetchGate, year: int
) -> None:
    odd = datetime(year, 6, 1, tzinfo=UTC)
    blog.posts[0] = Post(1, f"{BASE}/place-1/", "A & B", NOON, odd)
    first = ask_rest(gate, SOURCE)
    assert first.cursor == "site@2026-03-01T07:00:00"
    blog.posts[6] = post(7, hours=0.5)
    hints = ask_rest(gate, SOURCE, first.cursor, first.total)
    assert hints.modified[f"{BASE}/place-7/"] == "2026-03-01T12:30:00Z"


def test_an_entry_that_goes_while_the_collection_is_read_is_noticed_the_next_time(
    blog: WordPress, gate: FetchGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    get, asked = gate.get, []

    def going(url: str, *rest: Any) -> Any:
        asked.append(url)
        if len(asked) == 2:
            del blog.posts[0]
        return get(url, *rest)

    monkeypatch.setattr(gate, "get", going)
    first = ask_rest(gate, SOURCE)
    assert blog.posts[0].number == 2
    assert ask_rest(gate, SOURCE, first.cursor, first.total).is_whole


def test_an_entry_more_or_fewer_has_the_collection_read_whole(
    blog: WordPress, gate: FetchGate
) -> None:
    first = ask_rest(gate, SOURCE)
    gone = blog.posts.pop()
    hints = ask_rest(gate, SOURCE, first.cursor, first.total)
    assert hints.is_whole
    assert gone.url not in hints.modified
    assert hints.total == 249


def test_entries_of_other_families_and_hosts_are_no_hints(blog: WordPress, gate: FetchGate) -> None:
    blog.posts = [post(1), post(2, url=OTHER), post(3, url="https://elsewhere.example/reports/x/")]
    assert list(ask_rest(gate, SOURCE).modified) == [f"{BASE}/place-1/"]


def test_a_link_to_the_origin_that_is_asked_means_the_publishers_page(
    blog: WordPress, site: Site, gate: FetchGate
) -> None:
    blog.posts = [post(1, url=f"{BASE}/place-1/".replace(SOURCE.origin, site.origin))]
    assert list(ask_rest(gate, SOURCE).modified) == [f"{BASE}/place-1/"]


def rest(site: Site, sent: Any, page: int = 1, **headers: str) -> None:
    """Have the collection's page answer so, whatever its totals."""
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    query = f"per_page={PER_PAGE}&page={page}&_fields=id%2Clink%2Cmodified%2Cmodified_gmt"
    path = f"{REST_PATH}?{query}&orderby=id&order=asc"
    site.pages[path] = answer(200, body, content_type=JSON, **headers)


def entries(count: int, start: int = 1) -> list[dict[str, Any]]:
    return [post(number).as_json() for number in range(start, start + count)]


def test_without_totals_pages_are_read_until_a_short_one(site: Site, gate: FetchGate) -> None:
    rest(site, entries(PER_PAGE))
    rest(site, entries(3, 101), page=2)
    assert len(ask_rest(gate, SOURCE).modified) == 103


def test_without_totals_the_error_of_a_page_too_many_is_the_end(
    site: Site, gate: FetchGate
) -> None:
    rest(site, entries(PER_PAGE))
    path = next(iter(site.pages)).replace("&page=1", "&page=2")
    beyond = {"code": "rest_post_invalid_page_number", "data": {"status": 400}}
    site.pages[path] = answer(400, json.dumps(beyond).encode(), content_type=JSON)
    assert len(ask_rest(gate, SOURCE).modified) == PER_PAGE


def test_a_collection_that_shows_less_than_it_counts_is_not_believed(
    site: Site, gate: FetchGate
) -> None:
    rest(site, entries(3), x_wp_total="5", x_wp_totalpages="1")
    with pytest.raises(HintsFailed, match="showed 3 of 5"):
        ask_rest(gate, SOURCE)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (404, b"<h1>Not found</h1>", HintsAbsent),
        (404, b'{"code":"rest_no_route"}', HintsAbsent),
        (401, b'{"code":"rest_forbidden"}', HintsAbsent),
        (403, b'{"code":"rest_forbidden"}', HintsAbsent),
        (403, b"<h1>Access Denied</h1>", HintsFailed),
        (200, b"<h1>Technical Difficulties</h1>", HintsFailed),
        (200, b"", HintsFailed),
        (200, b"[[[", HintsFailed),
        (200, b'["a"]', HintsFailed),
        (200, b"[" * 100_000, HintsFailed),
        (500, b"[]", HintsFailed),
    ],
)
def test_what_is_no_collection_is_told_apart(
    site: Site, gate: FetchGate, status: int, body: bytes, error: type[Exception]
) -> None:
    rest(site, b"")
    [path] = site.pages
    site.pages[path] = answer(status, body)
    with pytest.raises(error):
        ask_rest(gate, SOURCE)


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"link": None, "modified_gmt": None},
        {"link": 7, "modified_gmt": []},
        {"link": "http://[", "modified_gmt": "2026-03-01T12:00:00"},
        {"link": "javascript:alert(1)", "modified_gmt": "2026-03-01T12:00:00"},
        {"link": f"{BASE}/place-1/"},
    ],
)
def test_an_entry_that_says_nothing_is_passed_over(
    site: Site, gate: FetchGate, entry: dict[str, Any]
) -> None:
    rest(site, [entry, *entries(1, 2)])
    assert list(ask_rest(gate, SOURCE).modified) == [f"{BASE}/place-2/"]


def test_site_maps_tell_of_every_page(blog: WordPress, site: Site, gate: FetchGate) -> None:
    blog.posts = [post(number) for number in range(1, 1200)] + [post(1200, url=OTHER)]
    hints = ask_site_maps(gate, SOURCE)
    assert len(hints.modified) == 1199
    assert hints.is_whole
    assert site.paths == [MAP_INDEX_PATH, "/state_report-sitemap.xml", "/state_report-sitemap2.xml"]


def test_site_maps_of_posts_and_of_other_hosts_are_not_read(site: Site, gate: FetchGate) -> None:
    names = ["/post-sitemap.xml", "https://elsewhere.example/report-sitemap.xml"]
    site.pages[MAP_INDEX_PATH] = answer(200, sitemap("sitemapindex", "sitemap", names))
    with pytest.raises(HintsAbsent):
        ask_site_maps(gate, SOURCE)
    assert site.paths == [MAP_INDEX_PATH]


def test_one_site_map_without_an_index_will_do(site: Site, gate: FetchGate) -> None:
    site.pages[MAP_INDEX_PATH] = answer(200, sitemap("urlset", "url", [f"{BASE}/place-1/"]))
    assert dict(ask_site_maps(gate, SOURCE).modified) == {
        f"{BASE}/place-1/": "2026-03-01T12:00:00Z"
    }


def sitemap(kind: str, entry: str, urls: list[str]) -> bytes:
    rows = [
        f"<{entry}><loc>{url}</loc><lastmod>2026-03-01T14:00:00+02:00</lastmod></{entry}>"
        for url in urls
    ]
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f'<{kind} xmlns="{space}">{"".join(rows)}</{kind}>'.encode()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (404, b"", HintsAbsent),
        (403, b"<h1>Access Denied</h1>", HintsFailed),
        (200, b"<h1>Technical Difficulties", HintsFailed),
        (200, b"<urlset/>", HintsAbsent),
        (
            200,
            b'<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
            b"<urlset><url><loc>&b;&c;</loc><lastmod>&c;</lastmod></url></urlset>",
            HintsAbsent,
        ),
    ],
)
def test_what_is_no_site_map_is_told_apart(
    site: Site, gate: FetchGate, status: int, body: bytes, error: type[Exception]
) -> None:
    site.pages[MAP_INDEX_PATH] = answer(status, body)
    with pytest.raises(error):
        ask_site_maps(gate, SOURCE)


@pytest.mark.parametrize(
    ("told", "token"),
    [
        ("2026-03-01T12:00:00", "2026-03-01T12:00:00Z"),
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z"),
        ("2026-03-01T14:00:00+02:00", "2026-03-01T12:00:00Z"),
        ("2026-03-01", "2026-03-01T00:00:00Z"),
    ],
)
def test_equal_moments_are_equal_tokens(told: str, token: str) -> None:
    assert moment_token(told) == token


@pytest.mark.parametrize(
    "told",
    ["last Tuesday", "x" * 500, "\ud800", "\x00", "0001-01-01T00:00:00+14:00", "a:"],
)
def test_what_is_no_moment_is_a_token_that_any_database_takes(told: str) -> None:
    token = moment_token(told)
    assert token.isalnum()
    assert token.isascii()
    assert len(token) == 40
    assert token != moment_token(told + "!")


def test_listings_that_tell_of_modifications_are_hints() -> None:
    links = (Link("https://a.example/", "A", "2026-03-01"), Link("https://b.example/", "B"))
    assert dict(of_listings(links).modified) == {"https://a.example/": "2026-03-01T00:00:00Z"}
