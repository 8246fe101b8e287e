"""The religious freedom reports: what the site's engine makes of their listings and pages."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from deployments.replay import plain_list
from reports.model.reading import NO_LISTS
from reports.watch.rhythm import Rhythm
from scrapers.fetch.response import Response
from scrapers.judge.pages import judge
from scrapers.registry import source_named
from scrapers.source import Link

SOURCE = source_named("us-state-irf")
RIGHTS = source_named("us-state-hrr")
EXAMPLES = Path(__file__).parents[1] / "examples"
INDEX = SOURCE.index_url("2022")


def answer(body: bytes, url: str) -> Response:
    return Response(url, url, 200, {}, body, datetime(2026, 3, 1, tzinfo=UTC), (), "")


def test_sample_of_dominica_is_left_out_beside_dominica() -> None:
    links = (
        Link(f"{INDEX}2022sampleirf/dominica/", "Dominica"),
        Link(f"{INDEX}djibouti/", "Djibouti"),
        Link(f"{INDEX}dominica/", "Dominica"),
    )
    body = plain_list("2022", links)
    assert SOURCE.read_index(body, "2022") == links[1:]


def test_sample_that_is_the_only_page_of_dominica_is_dominicas() -> None:
    links = (Link(f"{INDEX}2022sampleirf/dominica/", "Dominica"),)
    body = plain_list("2022", links)
    assert SOURCE.read_index(body, "2022") == links


@pytest.mark.parametrize(
    ("slug", "key"),
    [
        ("china/tibet/", "CHN/tibet"),
        ("china/hong-kong/", "CHN/hong-kong"),
        ("china/macau/", "CHN/macau"),
        ("china/xinjiang/", "CHN/xinjiang"),
        ("israel-west-bank-and-gaza/", "ISR"),
        ("israel/west-bank-and-gaza/", "ISR/west-bank-and-gaza"),
        ("israel-west-bank-and-gaza/west-bank-and-gaza/", "ISR/west-bank-and-gaza"),
        ("ukraine/crimea/", "UKR/crimea"),
        (
            "cyprus/area-administered-by-turkish-cypriots/",
            "CYP/area-administered-by-turkish-cypriots",
        ),
        ("norway/", "NOR"),
    ],
)
@pytest.mark.parametrize("edition", SOURCE.editions)
def test_addresses_name_countries_and_areas(slug: str, key: str, edition: str) -> None:
    place = SOURCE.place_of(SOURCE.index_url(edition) + slug, "")
    assert place and place.key == key


def test_hub_links_its_areas() -> None:
    body = (EXAMPLES / SOURCE.name / "hub-2022.html").read_bytes()
    areas = [each.removeprefix(INDEX) for each in SOURCE.read(body, "").children]
    assert areas == ["china/hong-kong/", "china/macau/", "china/tibet/", "china/xinjiang/"]


@pytest.mark.parametrize("name", ["human-rights-page-elsewhere", "human-rights-page-without-names"])
def test_page_of_the_human_rights_family_is_refused_by_name(name: str) -> None:
    body = (EXAMPLES / SOURCE.name / f"{name}.html").read_bytes()
    verdict = judge(answer(body, SOURCE.page_url(body)), SOURCE)
    assert verdict.outcome == "unreadable"
    assert verdict.reason == (
        "there is no report of this source: a page of another family: "
        "Country Reports on Human Rights Practices"
    )


def test_its_own_pages_are_refused_by_the_human_rights_source() -> None:
    body = (EXAMPLES / SOURCE.name / "plain-2023.html").read_bytes()
    url = SOURCE.page_url(body)
    assert judge(answer(body, url), SOURCE).outcome is None
    assert judge(answer(body, url), RIGHTS).outcome == "unreadable"


def test_nothing_is_said_of_issues() -> None:
    pages = [SOURCE.read(path.read_bytes(), "") for path in (EXAMPLES / SOURCE.name).glob("*.html")]
    found_in_all = [found for page in pages for found in (*page.reports, *page.undecided)]
    assert len(found_in_all) == 7
    for found in found_in_all:
        assert found.reading.issues == NO_LISTS


def test_release_window_is_where_the_known_releases_lie() -> None:
    rhythm: Rhythm = SOURCE.rhythm
    assert set(rhythm.releases) == set(SOURCE.editions)
    for day in rhythm.releases.values():
        assert rhythm.is_release_time(datetime(day.year, day.month, day.day, 16, tzinfo=UTC))
