"""Slips of the pen: what was meant is one link away, and nothing that was typed is lost."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from bs4 import BeautifulSoup
from fastapi.routing import APIRoute

from monitor.app import stateless_routers
from monitor.web.parameters import refuse_unknown

PAGES = {
    "/changes?kind=edited&edition=2023&country=Gandorria": "Gandoria",
    "/reports?source=sample-hrr&country=Gandorria&sort=words": "Gandoria",
    "/search?q=mistreatment&when=removed&country=Gandorria": "Gandoria",
    "/compare?country=Gandorria": "Gandoria",
    "/changes?country=Kazakstan": "Kazakhstan",
    "/search?q=tortrue": "torture",
    "/search?q=goverment&country=XAG&edition=2023": "government",
}


def _filled_in(page: BeautifulSoup) -> dict[str, str]:
    """Return what the page's form would send."""
    fields = page.select("main form.filters")[0]
    typed = {each["name"]: each.get("value", "") for each in fields.select("input[name]")}
    chosen = {
        each["name"]: option.get("value", option.get_text())
        for each in fields.select("select")
        if (option := each.select_one("option[selected]"))
    }
    return typed | chosen


def test_what_was_meant_is_one_link_away_and_everything_typed_is_kept(
    client: httpx.Client, subtests: pytest.Subtests
) -> None:
    assert len(PAGES) >= 7
    for path, meant in PAGES.items():
        with subtests.test(path=path):
            asked = dict(parse_qsl(urlsplit(path).query))
            page = BeautifulSoup(client.get(path).text, "html.parser")
            assert asked.items() <= _filled_in(page).items() | {("sort", asked.get("sort"))}
            link = page.find("main").find("a", string=meant)
            found = client.get(link["href"], follow_redirects=True)
            assert found.status_code == 200
            now = dict(parse_qsl(urlsplit(link["href"]).query))
            changed = {name for name in asked if now[name] != asked[name]}
            assert {now[name] for name in changed} == {meant}
            assert "No country" not in found.text
            assert "Nothing found" not in found.text


def test_a_name_like_no_country_is_said_and_kept(
    client: httpx.Client, subtests: pytest.Subtests
) -> None:
    for path in ("/changes", "/reports", "/search?q=torture", "/compare"):
        with subtests.test(path=path):
            answer = client.get(
                path, params={**dict(parse_qsl(urlsplit(path).query)), "country": "<b>Xyzzy"}
            )
            assert "Did you mean" not in answer.text
            page = BeautifulSoup(answer.text, "html.parser")
            assert page.select_one('input[name="country"]')["value"] == "<b>Xyzzy"
            assert page.select_one('datalist option[value="Kazakhstan"]')


def test_programs_are_told_what_was_meant(client: httpx.Client) -> None:
    refused = client.get("/api/v1/changes?country=Kazakstan")
    assert (refused.status_code, refused.json()["did_you_mean"]) == (404, ["Kazakhstan"])
    assert "did_you_mean" not in client.get("/api/v1/changes?country=Xyzzy").json()
    found = client.get("/api/v1/search?q=tortrue").json()
    assert (found["total"], found["did_you_mean"]) == (0, ["torture"])
    assert client.get("/api/v1/search?q=torture").json()["did_you_mean"] == []


def test_a_parameter_that_a_page_does_not_have_is_refused_with_the_way_on(
    client: httpx.Client, subtests: pytest.Subtests
) -> None:
    for path, without in [
        ("/search?q=torture&removed=1", "/search?q=torture"),
        ("/changes?countries=KAZ&edition=2023", "/changes?edition=2023"),
        ("/reports?county=Kazakhstan", "/reports"),
        ("/?q=torture", None),
        ("/subscribe?counry=KAZ", "/subscribe"),
        ("/topics?year=2023", "/topics"),
    ]:
        with subtests.test(path=path):
            answer = client.get(path)
            if without is None:
                assert answer.status_code == 200  # it can be asked nothing
                continue
            assert answer.status_code == 400
            page = BeautifulSoup(answer.text, "html.parser")
            assert [each["href"] for each in page.select("main a")] == [without]
            assert client.get(without).status_code == 200


def test_what_mail_programs_add_to_a_link_does_not_matter(client: httpx.Client) -> None:
    for extra in ("utm_source=mail", "fbclid=x", "gclid=x", "mc_cid=1"):
        assert client.get(f"/changes?edition=2023&{extra}").status_code == 200, extra


def test_every_page_that_can_be_asked_something_refuses_the_rest_but_those_of_mails() -> None:
    routes = [
        route
        for router in stateless_routers()
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in route.methods and not route.include_in_schema
    ]
    lenient = {
        route.path
        for route in routes
        if route.dependant.query_params
        and refuse_unknown not in [each.call for each in route.dependant.dependencies]
    }
    assert len(routes) > 30
    assert lenient == {"/confirm", "/manage", "/unsubscribe", "/login"}


def test_what_is_found_stands_report_by_report_and_each_report_once(client: httpx.Client) -> None:
    page = BeautifulSoup(client.get("/search?q=the").text, "html.parser")
    names = [each.get_text() for each in page.select(".results > li > h2 a")]
    passages = page.select(".results > li > h3")
    assert len(names) == len(set(names))
    assert len(passages) == 10
    assert 0 < len(names) < 10
