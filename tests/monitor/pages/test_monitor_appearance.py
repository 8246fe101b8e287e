"""A change of appearance has a page of its own, and stands among the changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import feedparser
import httpx
import pytest
from browsing import keep, open_browser
from monitor_stage import Clock, monitor_over
from playwright.sync_api import Browser

from reports.model.identity import ReportId
from reports.model.reading import Reading
from reports.model.values import Evidence, Identified, Page
from reports.text.fingerprint import payload_sha256
from scrapers.read.form import form_of
from scrapers.read.targets import LinkTargets
from scrapers.registry import source_named
from services.assembly import Parts
from services.runs.run import Trigger, start_run
from storage.watch.locations import Sighting

NAME = ReportId("sample-hrr", "2023", "XAG")
URL = "https://sample.reportwatch.example/reports/trial/"
READING = Reading("Executive Summary", ("Courts kept to the decree of May.",))
BEFORE = '<p>Courts kept to <a href="https://law.example/7">the decree</a> of May.</p>'
AFTER = (
    '<p>Courts kept to <a href="https://law.example/&quot;><script>alert(1)</script>">'
    "the decree</a> of May.</p><button>Corrected <b>in June</b></button>"
)
HERE = f"/reports/{NAME}/appearance/2"


def see(parts: Parts, markup: str) -> None:
    recording = start_run(
        parts,
        source_named(NAME.source),
        trigger=Trigger.MANUAL,
        orchestrator="direct",
        flow_run="",
        parameters={},
    )
    body = markup.encode()
    found = Identified(NAME, Evidence.HEADING, "2023 Reports: Gandoria", READING)
    sighting = Sighting(
        URL,
        NAME.edition,
        parts.now(),
        page=Page((found,), form=form_of(body, LinkTargets(URL))),
        body=body,
        payload_sha256=payload_sha256(body),
        region_sha256=payload_sha256(body),
    )
    with parts.store.write() as unit:
        unit.recorder(recording).record([sighting])
        unit.runs.end(recording.run_id, "done", now=parts.now(), seconds=1)
        unit.commit()


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    """A monitor over one report of which a link and a button changed."""
    clock = Clock()
    with monitor_over(tmp_path, clock) as (client, parts):
        for markup in (BEFORE, AFTER):
            see(parts, markup)
            clock.now += timedelta(days=1)
        yield client


def test_its_page_says_what_changed_and_shows_both_pages(client: httpx.Client) -> None:
    answer = client.get(HERE)
    assert answer.status_code == 200
    page = answer.text
    assert "The link behind “the decree” now leads to https://law.example/" in page
    assert "Text on a button, form or drawing was added: a button element says “Corrected" in page
    assert "<script>alert(1)" not in page
    for side, markup in (("before", BEFORE), ("after", AFTER)):
        assert f"{HERE}/{side}/page" in page
        assert payload_sha256(markup.encode()) in page
        assert client.get(f"{HERE}/{side}/bytes").content == markup.encode()
        shown = client.get(f"{HERE}/{side}/page")
        assert "Courts kept to" in shown.text
        assert "sandbox" in shown.headers["Content-Security-Policy"]


def test_lists_of_changes_lead_to_it(client: httpx.Client, subtests: pytest.Subtests) -> None:
    for path in ("/changes", "/changes?kind=appearance", f"/reports/{NAME}", "/"):
        with subtests.test(path=path):
            assert f'href="{HERE}"' in client.get(path).text


def test_what_is_no_change_of_appearance_has_no_such_page(
    client: httpx.Client, subtests: pytest.Subtests
) -> None:
    for path in (
        f"/reports/{NAME}/appearance/1",
        f"/reports/{NAME}/appearance/77",
        f"/reports/{NAME}/appearance/2/beside/page",
        "/reports/sample-hrr/2022/XAG/appearance/2",
    ):
        with subtests.test(path=path):
            assert client.get(path).status_code in (400, 404)


def test_a_feed_has_it_for_those_who_ask(client: httpx.Client) -> None:
    everything = feedparser.parse(client.get("/feeds/changes.atom").content)
    asked = feedparser.parse(client.get("/feeds/changes.atom?kind=appearance").content)
    assert "appearance" not in [each.tags[0].term for each in everything.entries]
    [entry] = asked.entries
    assert entry.link.endswith(HERE)
    assert "the link behind “the decree” now leads to" in entry.title
    assert "Changed in appearance, the words unchanged" in entry.content[0].value


def test_the_api_gives_its_differences_and_its_hashes(client: httpx.Client) -> None:
    [change] = client.get("/api/v1/changes?kind=appearance").json()
    found = change["appearance"]
    assert (found["difference_count"], len(found["differences"])) == (2, 2)
    link = found["differences"][0]
    assert (link["part"], link["name_before"], link["before"]) == (
        "link",
        "the decree",
        "https://law.example/7",
    )
    assert found["before"]["payload_sha256"] == payload_sha256(BEFORE.encode())
    others = client.get("/api/v1/changes?kind=published").json()
    assert [each["appearance"] for each in others] == [None]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from open_browser()


def test_its_page_fits_the_screen(
    browser: Browser, client: httpx.Client, subtests: pytest.Subtests
) -> None:
    for width in (1280, 380):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(f"{client.base_url}{HERE}")
        with subtests.test(width=width):
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert page.locator("iframe").count() == 2
            shown = page.frame_locator("iframe >> nth=1").get_by_text("Courts kept to")
            assert shown.is_visible()
        keep(page, f"appearance-{width}")
