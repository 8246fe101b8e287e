"""Feeds hold what a subscriber is told, keep their ids, and can be read by any feed reader."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest
from monitor_stage import START, SUBSCRIBER, Clock, Open, monitor_over, record

from deployments.sample_site import SampleSite
from deployments.sample_site import serve as serve_site
from reports.model.identity import ReportId
from reports.model.reading import Issue, IssueList, IssueStatus, Reading
from services.assembly import Parts
from services.ingest import ingest
from services.runs.run import IngestRequest

ALL = "/feeds/changes.atom"
BELVARIA = ReportId("sample-hrr", "2023", "XAB")
SARN = ReportId("sample-hrr", "2023", "XAD", "lower-sarn")
NEW = ReportId("sample-hrr", "2025", "XAB")
FEEDS = {
    ALL: "All changes",
    "/feeds/sources/sample-hrr/changes.atom": "Country Reports on Civic Conditions",
    "/feeds/countries/XAB/changes.atom": "Belvaria",
    "/feeds/countries/XAD/lower-sarn/changes.atom": "Lower Sarn",
    f"/feeds/reports/{BELVARIA}/changes.atom": "Belvaria 2023",
    f"/feeds/reports/{SARN}/changes.atom": "Lower Sarn 2023",
    "/feeds/topics/torture_cidt/changes.atom": "(topic)",
}
HOSTILE = "<script>alert(1)</script>\x00\x1b\ufffe\u202e</content>]]><entry>&amp;"


def read(client: httpx.Client, path: str = ALL, **headers: str) -> Any:
    """Fetch a feed and read it as a feed reader would; it must find nothing wrong."""
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = feedparser.parse(answer.content, response_headers=dict(answer.headers))
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    return feed


def ids(feed: Any) -> list[str]:
    return [entry.id for entry in feed.entries]


SILENT = {
    "/feeds/reports/sample-hrr/2023/XAB/changes.atom",
    "/feeds/reports/sample-hrr/2023/XAD/lower-sarn/changes.atom",
}
"""Feeds of reports of which the sample site's timeline tells nothing."""


@pytest.mark.parametrize("path", FEEDS)
def test_every_feed_can_be_read(client: httpx.Client, path: str) -> None:
    feed = read(client, path)
    assert FEEDS[path] in feed.feed.title
    assert feed.feed.id.startswith("urn:uuid:")
    links = {link.rel: link.href for link in feed.feed.links}
    assert links["self"] == f"{client.base_url}{path}"
    assert client.get(links["alternate"]).status_code == 200
    assert len(feed.entries) >= (path not in SILENT)
    for entry in feed.entries:
        assert entry.id.startswith("urn:uuid:")
        assert entry.author == "Meridian Union, Bureau of Civic Reporting"
        assert entry.updated == entry.published
        assert entry.summary
        assert entry.content[0].type == "text/html"
        assert "\n" in entry.content[0].value and "U+000A" not in entry.content[0].value
        assert client.get(entry.link).status_code == 200


def test_ids_of_feeds_and_entries_differ(client: httpx.Client) -> None:
    feeds = [read(client, path) for path in FEEDS]
    assert len({feed.feed.id for feed in feeds}) == len(FEEDS)
    held = ids(feeds[0])
    assert len(set(held)) == len(held) > 10
    assert all(set(ids(feed)) <= set(held) for feed in feeds)


def test_the_feed_holds_exactly_what_a_subscriber_was_told(open_monitor: Open) -> None:
    client, parts = open_monitor(is_filled=True)
    with parts.store.read() as unit:
        told = [each for each in unit.alerts.all() if each.address == SUBSCRIBER]
    assert [entry.title for entry in read(client).entries] == [each.summary_line for each in told]


def test_an_entry_carries_its_redline_and_its_categories(client: httpx.Client) -> None:
    entry = next(each for each in read(client).entries if "returned to" in each.title)
    assert "<del" in entry.content[0].value
    assert "<ins" in entry.content[0].value
    assert [tag.term for tag in entry.tags] == ["edited", "torture_cidt"]
    assert entry.tags[1].label != "torture_cidt"
    assert "{+" in entry.summary


def test_ids_stay_over_a_new_start_and_at_another_address(
    filled_home: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(filled_home, home)
    with monitor_over(home) as (client, _):
        first = read(client)
    moved = {"public_url": "https://elsewhere.example/watch", "mail_from": "new@name.example"}
    with monitor_over(home, **moved) as (client, _):
        second = read(client)
    assert (first.feed.id, ids(first)) == (second.feed.id, ids(second))
    assert len(second.entries) == 19
    assert all(
        entry.link.startswith("https://elsewhere.example/watch/reports/")
        for entry in second.entries
    )
    assert second.feed.links[0].href == f"https://elsewhere.example/watch{ALL}"


def test_ids_stay_when_the_pages_are_read_again(filled_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(filled_home, home)
    clock = Clock(START + timedelta(days=60))
    with monitor_over(home, clock) as (client, parts):
        first, answer = read(client), client.get(ALL)
        site = SampleSite()
        site.advance(len(site.timeline.steps) - 1)
        with serve_site(site) as origin:
            ingest(parts, IngestRequest("sample-hrr", via=origin))
        assert ids(read(client)) == ids(first)
        assert client.get(ALL).content == answer.content


@pytest.mark.parametrize("path", [ALL, "/feeds/topics/privacy/changes.atom"])
def test_an_empty_feed_is_a_feed(open_monitor: Open, path: str) -> None:
    client, parts = open_monitor()
    feed = read(client, path)
    assert feed.entries == []
    with parts.store.read() as unit:
        made_at = unit.installation.made_at
    assert feed.feed.updated == made_at.isoformat()


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/sources/nobody/changes.atom",
        "/feeds/countries/QQQ/changes.atom",
        "/feeds/countries/XAD/upper-sarn/changes.atom",
        "/feeds/countries/%00/changes.atom",
        "/feeds/reports/sample-hrr/1901/XAB/changes.atom",
        "/feeds/reports/sample-hrr/2023/XAB/nowhere/changes.atom",
        "/feeds/topics/weather/changes.atom",
        "/feeds/topics/%3Cscript%3E/changes.atom",
        "/feeds/other.atom",
    ],
)
def test_what_is_not_known_has_no_feed(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<script" not in answer.text


@pytest.mark.parametrize("name", ["Belvaria", "belvaria", "xab"])
def test_another_name_of_a_country_leads_to_its_feed(client: httpx.Client, name: str) -> None:
    answer = client.get(f"/feeds/countries/{name}/changes.atom")
    assert answer.is_redirect
    assert answer.headers["location"] == "/feeds/countries/XAB/changes.atom"


def _etag(answer: httpx.Response) -> dict[str, str]:
    return {"If-None-Match": answer.headers["etag"]}


def _later(answer: httpx.Response, seconds: int) -> dict[str, str]:
    when = parsedate_to_datetime(answer.headers["last-modified"]) + timedelta(seconds=seconds)
    return {"If-Modified-Since": format_datetime(when, usegmt=True)}


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (_etag, 304),
        (lambda answer: {"If-None-Match": f'"x", W/{answer.headers["etag"]}'}, 304),
        (lambda _: {"If-None-Match": "*"}, 304),
        (lambda _: {"If-None-Match": '"x"'}, 200),
        (lambda answer: {**_later(answer, 0), "If-None-Match": '"x"'}, 200),
        (lambda answer: _later(answer, 0), 304),
        (lambda answer: _later(answer, 60), 304),
        (lambda answer: _later(answer, -1), 200),
        (lambda _: {"If-Modified-Since": "yesterday"}, 200),
    ],
)
def test_what_the_asker_holds_is_not_sent_again(
    client: httpx.Client, ask: Callable[[httpx.Response], dict[str, str]], status: int
) -> None:
    held = client.get(ALL)
    answer = client.get(ALL, headers=ask(held))
    assert answer.status_code == status
    assert answer.headers["etag"] == held.headers["etag"]
    assert answer.headers["last-modified"] == held.headers["last-modified"]
    assert (answer.content == b"") == (status == 304)
    assert client.head(ALL).headers["etag"] == held.headers["etag"]


def test_news_makes_the_held_feed_old(open_monitor: Open) -> None:
    clock = Clock(START + timedelta(days=60))
    client, parts = open_monitor(is_filled=True, clock=clock)
    held = client.get(ALL)
    record(parts, NEW, Reading("Executive Summary", ("New.",)))
    answer = client.get(ALL, headers=_etag(held))
    assert answer.status_code == 200
    assert client.get(ALL, headers=_later(held, 0)).status_code == 200
    assert len(read(client).entries) == len(feedparser.parse(held.content).entries) + 1


@pytest.fixture
def hostile(open_monitor: Open) -> tuple[httpx.Client, Parts]:
    client, parts = open_monitor(is_filled=True)
    issues = IssueList(IssueStatus.LISTED, (Issue(HOSTILE, ("privacy",)),))
    readings = (
        Reading(f"Summary {HOSTILE}", (HOSTILE,), issues=issues),
        Reading(f"Summary {HOSTILE}", (HOSTILE, f"{HOSTILE} more"), notes=(HOSTILE,)),
    )
    record(parts, NEW, *readings, title=f"{HOSTILE} Belvaria", url="javascript:alert(1)")
    return client, parts


def test_hostile_text_is_shown_and_does_nothing(hostile: tuple[httpx.Client, Parts]) -> None:
    client, _ = hostile
    answer = client.get(ALL)
    feed = feedparser.parse(answer.content, sanitize_html=False)
    assert not feed.bozo
    entries = [each for each in feed.entries if "2025" in each.link]
    assert [entry.tags[0].term for entry in entries] == ["edited", "published"]
    for entry in entries:
        text = entry.content[0].value
        assert "<script" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "javascript:" not in "".join(re.findall(r'(?:href|src)="([^"]*)"', text))
        assert not re.search("[\u202a-\u202e\ufffe\x00-\x08\x1b]", text + entry.title)
        assert entry.link.startswith(f"{client.base_url}/reports/sample-hrr/2025/XAB")


def test_pages_name_their_feeds(client: httpx.Client) -> None:
    report = f"/reports/{BELVARIA}"
    found = {
        path: re.findall(
            r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)">',
            client.get(path).text.partition("</head>")[0],
        )
        for path in ("/", "/changes", "/topics", report, f"{report}/v/1", "/topics/privacy")
    }
    own = [f"/feeds/reports/{BELVARIA}/changes.atom", "/feeds/countries/XAB/changes.atom"]
    assert found == {
        "/": [ALL],
        "/changes": [ALL],
        "/topics": [ALL],
        report: own,
        f"{report}/v/1": own,
        "/topics/privacy": ["/feeds/topics/privacy/changes.atom"],
    }
    feeds = [path for paths in found.values() for path in paths]
    assert len(feeds) == 8
    assert all(client.get(path).status_code == 200 for path in feeds)


@pytest.mark.parametrize(
    ("path", "feed"),
    [
        ("/", ALL),
        ("/sources", "/feeds/sources/sample-hrr/changes.atom"),
        ("/changes", ALL),
        (f"/reports/{SARN}", f"/feeds/reports/{SARN}/changes.atom"),
        (f"/reports/{SARN}", "/feeds/countries/XAD/lower-sarn/changes.atom"),
        ("/topics/privacy", "/feeds/topics/privacy/changes.atom"),
    ],
)
def test_people_find_the_feeds_too(client: httpx.Client, path: str, feed: str) -> None:
    assert f'<a href="{feed}" type="application/atom+xml">' in client.get(path).text


def test_a_feed_reader_gives_the_password(open_monitor: Open) -> None:
    client, _ = open_monitor(admin_password="secret")
    assert client.get(ALL).status_code == 401
    assert client.get(ALL, auth=httpx.BasicAuth("reader", "secret")).status_code == 200


def test_no_feed_holds_more_than_fifty(open_monitor: Open) -> None:
    clock = Clock(START + timedelta(days=60))
    client, parts = open_monitor(is_filled=True, clock=clock)
    for number in range(52):
        clock.now += timedelta(hours=1)
        record(parts, NEW, Reading("Executive Summary", (f"Text number {number} of it.",)))
    feed = read(client, f"/feeds/reports/{NEW}/changes.atom")
    assert len(feed.entries) == 50
    assert "{+51+}" in feed.entries[0].summary


def test_a_filter_has_a_feed_of_its_own(client: httpx.Client) -> None:
    asked = "?kind=edited&country=Gandoria&since=2026-03-04"
    page = client.get(f"/changes{asked}").text
    path = "/feeds/changes.atom?country=Gandoria&kind=edited&since=2026-03-04"
    assert f'href="{path.replace("&", "&amp;")}"' in page
    found = feedparser.parse(client.get(path).content)
    assert [each.title for each in found.entries] == [
        "Gandoria 2023: text returned to the words of version 1 (+11 \u22124 words)"
    ]
    assert found.feed.id != feedparser.parse(client.get(ALL).content).feed.id
    json_path = path.replace("/feeds/changes.atom", "/api/v1/changes")
    assert [each["change"] for each in client.get(json_path).json()]
    assert client.get("/feeds/changes.atom?kind=sold").status_code == 400
    assert client.get("/feeds/changes.atom?country=Atlantis").status_code == 404
