"""What people see change on a page, the watch records; what it cannot see, the limits name.

The browser shows that each way of ``ways_to_change`` is one: people see another picture, read
other words or are led elsewhere. The walk shows what the watch says of it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from browsing import open_browser
from playwright.sync_api import Browser, Page
from walk_stage import AlteredSite, Watch, key
from ways_to_change import FRAMES, LIMIT, NOTHING, WAYS, Way

from deployments.sample_site import SiteResponse
from deployments.sample_site.editions import SampleReport

READING = Path(__file__).parents[3] / "docs" / "reading.md"
OTHERWISE = ("2023/XAD", "2022/XAD", "2022/XAG", "2023/XAJ")
"""Two hubs, which begin with a menu, a summary without words, and a page of another template."""
TARGETS = """[...document.querySelectorAll("a, area, img, source, iframe, object, video")].map(
    each => [
        each.tagName, each.href, each.src, each.srcset, each.poster, each.alt, each.data
    ].join(" ")
).join("\\n")"""
PICTURE = base64.b64decode("R0lGODdhAQABAIAAAP///////ywAAAAAAQABAAACAkQBADs=")


def put(site: AlteredSite, ways: Sequence[Way], *, is_after: bool) -> None:
    """Show each way on a report of its own."""
    for report, way in zip(pages(site), ways, strict=False):
        site.alter(report.path, altered(way, is_after=is_after))


def pages(site: AlteredSite) -> list[SampleReport]:
    """Return the reports on pages of the template whose text begins with their summary."""
    online = [each for scene in site.editions for each in scene.reports]
    return [each for each in online if each.key not in OTHERWISE]


def altered(way: Way, *, is_after: bool):
    def change(answer: SiteResponse) -> SiteResponse:
        return SiteResponse(200, answer.headers, way.page(answer.body, is_after=is_after))

    return change


def recorded(watch: Watch, ways: Sequence[Way]) -> dict[str, list[str]]:
    """Look at a site with as many ways as it has reports before and after; return the kinds."""
    put(watch.site, ways, is_after=False)
    watch.run()
    put(watch.site, ways, is_after=True)
    watch.run()
    with watch.parts.store.read() as unit:
        news = [each for each in unit.changes.find() if not each.is_baseline]
    by_report = {report.key: way.name for report, way in zip(pages(watch.site), ways, strict=False)}
    found: dict[str, list[str]] = {way.name: [] for way in ways}
    for each in news:
        found.setdefault(by_report.get(key(each.report), key(each.report)), []).append(
            str(each.kind)
        )
    return found


STAGES = 11
"""Sites among which the ways are shared out: so each page has siblings that stay as they are."""


@pytest.mark.parametrize("stage", range(STAGES))
def test_what_people_see_change_is_recorded_as_what_it_is(watch: Watch, stage: int) -> None:
    ways = [way for way in WAYS if not way.told.startswith(LIMIT)][stage::STAGES]
    assert len(ways) <= len(pages(watch.site)) / 2 + 1
    assert recorded(watch, ways) == {way.name: [way.told] for way in ways}


def test_there_are_at_least_seventy_ways_and_forty_frames() -> None:
    assert len({way.name for way in WAYS}) == len(WAYS) >= 70
    assert len({way.name for way in FRAMES}) == len(FRAMES) >= 40


def test_what_cannot_be_seen_is_named_in_the_limits(watch: Watch) -> None:
    limits = READING.read_text("utf-8").partition("\nNot seen, and so never reported:")[2].lower()
    ways = [way for way in WAYS if way.told.startswith(LIMIT)]
    for way in ways:
        assert way.told.removeprefix(LIMIT) in limits, way.name
    assert recorded(watch, ways) == {way.name: [] for way in ways}


def test_what_changes_nothing_is_not_recorded(watch: Watch) -> None:
    assert recorded(watch, NOTHING) == {way.name: [] for way in NOTHING}


def test_a_change_of_the_frame_on_all_pages_is_told_to_nobody(watch: Watch) -> None:
    watch.run(editions=("2023",))
    for way in FRAMES:
        for report in pages(watch.site):
            watch.site.alter(report.path, altered(way, is_after=True))
        watch.run(editions=("2023",))
        with watch.parts.store.read() as unit:
            news = [each for each in unit.changes.find() if not each.is_baseline]
        assert news == [], way.name


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    yield from open_browser()


SKELETON = b"""<!doctype html><html><head><meta charset="utf-8"></head><body>
<header></header><h1>Aldermark</h1><h2 id="report-toc__exec-summary">Executive Summary</h2>
<div class="report__side"></div><footer></footer></body></html>"""
"""A page with the places that ways are put in: a picture of a whole report takes a second."""


def differs(page: Page, way: Way, look: Callable[[Page], object]) -> bool:
    """Look at a way's page before and after."""
    found = []
    for is_after in (False, True):
        page.set_content(way.page(SKELETON, is_after=is_after).decode())
        found.append(look(page))
    return found[0] != found[1]


def reads(page: Page) -> tuple[str, str]:
    """Return what people read, and where they are led."""
    return page.evaluate("document.body.innerText"), page.evaluate(TARGETS)


def test_people_see_each_way_and_nothing_of_what_is_none(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 600, "height": 400})
    page.route("**/*", lambda route: route.fulfill(body=PICTURE, content_type="image/gif"))
    looks = (reads, Page.screenshot)
    unseen = {way.name for way in WAYS if not any(differs(page, way, each) for each in looks)}
    seen = {way.name for way in NOTHING if differs(page, way, Page.screenshot)}
    assert (unseen, seen) == (set(), set())
