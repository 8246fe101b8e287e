"""Listings: what is found through them, and when they are not to be trusted."""

from __future__ import annotations

from typing import Any

import pytest
from walk_stage import HTML, SOURCE, Watch, counts, told

from deployments.sample_site import SiteResponse
from services.runs.run import DiscoveryFailed, Trigger

INDEX = "/reports/2023-country-reports-on-civic-conditions/"
COLLECTION = "/country-reports-on-civic-conditions/"


@pytest.mark.usefixtures("seen")
def test_a_listing_that_lost_a_fifth_of_its_links_is_not_trusted(watch: Watch) -> None:
    watch.subscribe()
    watch.site.unlist(2023, "2023/XAA", "2023/XAB", "2023/XAC")
    report = watch.run()
    (failure,) = report.failures
    assert failure["url"].endswith(INDEX)
    assert failure["reason"] == "the index lists 10 reports, the last good one listed 13"
    assert counts(report) == {"checked": 24, "unchanged": 24}  # all the known ones all the same
    assert watch.alerts() == []


@pytest.mark.usefixtures("seen")
def test_a_listing_that_lost_a_few_links_is_trusted(watch: Watch) -> None:
    watch.site.unlist(2023, "2023/XAA", "2023/XAB")
    report = watch.run()
    assert report.is_clean
    assert counts(report) == {"checked": 24, "unchanged": 24}


@pytest.mark.usefixtures("seen")
def test_a_short_listing_does_not_become_the_measure(watch: Watch) -> None:
    watch.site.unlist(2023, "2023/XAA", "2023/XAB", "2023/XAC")
    for _ in range(2):
        assert not watch.run().is_clean


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize(
    "answer",
    [
        SiteResponse(503, HTML, b"<h1>Service unavailable</h1>"),
        SiteResponse(403, HTML, b"<h1>Access Denied</h1>"),
        SiteResponse(404, HTML, b"<h1>Not found</h1>"),
        SiteResponse(200, HTML, b"<h1>Technical Difficulties</h1>"),
        SiteResponse(301, {"Location": "https://sample.reportwatch.example/"}, b""),
        SiteResponse(200, {"Content-Type": "application/pdf"}, b"%PDF-1.7"),
    ],
    ids=["503", "403", "404", "no links", "home page", "binary"],
)
def test_no_removal_is_concluded_while_the_listing_is_unwell(
    watch: Watch, answer: SiteResponse
) -> None:
    watch.subscribe()
    watch.site.alter(INDEX, lambda _: answer)
    watch.site.fail("2023/XAC", 404)
    for _ in range(3):
        report = watch.run()
        assert not report.is_clean
        assert counts(report) == {"checked": 24, "unchanged": 23, "suspected": 1}
    assert watch.alerts() == []
    del watch.site.altered[INDEX.rstrip("/")]
    assert told(watch.run()) == {}  # the first clean miss
    assert told(watch.run()) == {"removed": ("2023/XAC",)}


def test_a_removal_in_one_edition_waits_for_that_editions_listing_alone(each_watch: Watch) -> None:
    each_watch.at(0)
    each_watch.site.alter(INDEX, lambda _: SiteResponse(503, HTML, b""))
    each_watch.site.fail("2022/XAC", 404)
    each_watch.site.fail("2023/XAC", 404)
    each_watch.run()
    assert told(each_watch.run()) == {"removed": ("2022/XAC",)}


@pytest.mark.usefixtures("seen")
def test_a_new_edition_is_found_though_the_collection_page_is_silent(watch: Watch) -> None:
    """By trying the index of the year after the newest."""
    watch.site.alter(COLLECTION, lambda _: SiteResponse(404, HTML, b""))
    report = watch.at(8)
    assert counts(report)["published"] == 13
    assert report.is_clean


@pytest.mark.usefixtures("seen")
def test_a_new_edition_is_found_on_the_collection_page_alone(watch: Watch) -> None:
    watch.subscribe()
    watch.at(8)
    with watch.parts.store.read() as unit:
        assert unit.listings.editions(SOURCE) == ("2022", "2023", "2024")
    assert len(watch.alerts()) == 13


def test_an_edition_that_does_not_exist_fails_the_run(watch: Watch) -> None:
    with pytest.raises(DiscoveryFailed, match="1999"):
        watch.run(editions=("1999",))


@pytest.mark.usefixtures("seen")
def test_a_report_off_the_list_is_still_looked_at(watch: Watch) -> None:
    watch.site.unlist(2023, "2023/XAG")
    assert told(watch.at(2)) == {"edited": ("2023/XAG",)}


@pytest.mark.usefixtures("seen")
def test_robots_that_forbid_are_heeded_and_said(watch: Watch) -> None:
    text = {"Content-Type": "text/plain"}
    watch.site.alter(
        "/robots.txt", lambda _: SiteResponse(200, text, b"User-agent: *\nDisallow: /\n")
    )
    report = watch.run()
    assert counts(report) == {"checked": 24, "blocked": 24}
    assert any("robots" in failure["reason"] for failure in report.failures)
    assert told(report) == {}


def refused(_: SiteResponse) -> SiteResponse:
    return SiteResponse(403, HTML, b"<h1>Access Denied</h1>")


@pytest.mark.usefixtures("seen")
@pytest.mark.parametrize(
    ("asked", "refuses", "state"),
    [
        ({}, "all", "failed"),
        ({"countries": ("XAB",), "editions": ("2023",)}, "all", "failed"),
        ({}, "one", "done"),
        ({"editions": ("2022",)}, "one", "done"),  # what is refused is of another edition
        ({"trigger": Trigger.SCHEDULED}, "all", "done"),  # nothing was due
    ],
    ids=["every page", "the one page asked for", "one of many", "another edition's", "planned"],
)
def test_a_run_that_came_to_nothing_for_a_block_is_failed_and_says_so(
    watch: Watch, asked: dict[str, Any], refuses: str, state: str
) -> None:
    keys = [each.key for scene in watch.site.editions for each in scene.reports]
    assert len(keys) == 24
    for each in keys if refuses == "all" else ("2023/XAB",):
        watch.site.alter(watch.site.report(each).path, refused)
    report = watch.run(**asked)
    with watch.parts.store.read() as unit:
        row = unit.runs.get(report.run_id)
    assert row.state == state
    said = "the run came to nothing: " if state == "failed" else ""
    assert row.error.startswith(said) and report.fault.startswith(said)
    assert ("refuses the page with status 403" in row.error) is (state == "failed")
    assert bool(report.fault) is (state == "failed")
