"""Older report pages: which pages are ones, what carries their words, and what they name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from reports.model.values import Page
from reports.watch.outcome import Outcome
from scrapers.engines import state_archive
from scrapers.fetch.response import Response
from scrapers.judge.pages import judge
from scrapers.registry import source_named

SOURCE = source_named("us-state-hrr")
EXAMPLES = Path(__file__).parents[2] / "examples" / "us-state-hrr"
ADDRESS = "https://2009-2017.state.gov/j/drl/rls/hrrpt/2010/eur/154430.htm"
TEXT = """<p>The boats sailed.</p><p>RESPECT FOR HUMAN RIGHTS</p>
<p>Section 1 Respect for the Integrity of the Person, Including Freedom From:</p><p>A.</p>"""


def page(text: str, over: str = "") -> bytes:
    center = f'<div id="centerblock">{text}</div>'
    return f"<html><head></head><body>{over}{center}</body></html>".encode()


def read(body: bytes, url: str = ADDRESS) -> Page:
    return SOURCE.read(body, url)


@pytest.mark.parametrize(
    ("url", "edition"),
    [
        ("http://2001-2009.state.gov/g/drl/rls/hrrpt/2004/41690.htm", "2004"),
        ("https://2009-2017.state.gov/j/drl/rls/hrrpt/2010/eur/154430.htm", "2010"),
        ("https://www.state.gov/j/drl/rls/hrrpt/2015/sca/252965.htm", "2015"),
        ("https://www.state.gov/g/drl/rls/hrrpt/2000/eap/684.htm?x=1", "2000"),
        (
            "https://web.archive.org/web/20050301000000/http://www.state.gov/g/drl/rls/hrrpt/2004/41690.htm",
            "2004",
        ),
        ("http://1997-2001.state.gov/www/global/human_rights/1998_hrp_report/iceland.html", "1998"),
        ("https://2009-2017.state.gov/j/drl/rls/hrrpt/2010/index.htm", ""),
        ("https://2009-2017.state.gov/j/drl/rls/hrrpt/2011humanrightsreport/index.htm", ""),
        (
            "https://2009-2017.state.gov/j/drl/rls/hrrpt/humanrightsreport/index.htm?year=2015&dlid=252965",
            "",
        ),
        ("https://2009-2017.state.gov/j/drl/rls/irf/2010/148690.htm", ""),
        (
            "https://www.state.gov/reports/2021-country-reports-on-human-rights-practices/malta/",
            "2021",
        ),
    ],
)
def test_address_names_the_edition_in_its_path_alone(url: str, edition: str) -> None:
    assert SOURCE.edition_of(url) == edition


def test_archive_hosts_are_the_publishers_own_but_never_the_canonical_one() -> None:
    assert SOURCE.owns(ADDRESS)
    assert SOURCE.hosts[0] == "www.state.gov"
    assert SOURCE.editions[0] == "2016"


def test_introduction_plays_the_summary_where_there_is_none() -> None:
    [found] = read(page(f'<h2 id="page-title">Iceland</h2>{TEXT}')).reports
    assert str(found.report) == "us-state-hrr/2010/ISL"
    assert (found.reading.heading, found.reading.blocks) == ("", ("The boats sailed.",))


def test_country_is_never_taken_from_a_document_number() -> None:
    [found] = read(page(TEXT)).undecided
    assert (found.country, found.edition) == ("", "2010")


def test_title_that_contradicts_the_address_leaves_the_page_undecided() -> None:
    body = page(f'<h2 id="page-title">2009 Human Rights Report: Iceland</h2>{TEXT}')
    [found] = read(body).undecided
    assert "heading says 2009, address says 2010" in found.why


def test_breadcrumb_outside_the_text_names_edition_and_country() -> None:
    crumbs = (
        '<ul class="l-breadcrumbs"><li>Home &gt; </li>'
        "<li>Country Reports on Human Rights Practices for 2012 &gt; </li><li>Iceland</li></ul>"
    )
    [found] = read(page(TEXT, crumbs), "").reports
    assert (str(found.report), found.how.value) == ("us-state-hrr/2012/ISL", "breadcrumb")


@pytest.mark.parametrize(
    "text",
    [
        "<h2>Iceland</h2><p>Remarks on boats.</p>",
        "<h2>Iceland</h2><p>Under Section 1 of the act, boats sail.</p>",
        "",
    ],
)
def test_page_of_another_kind_has_no_region(text: str) -> None:
    assert SOURCE.region(page(text)) == b""
    assert read(page(text)) == Page()


def test_page_of_todays_site_is_never_taken_for_an_older_one() -> None:
    body = page(f"<h2>Iceland</h2>{TEXT}", '<link href="/wp-content/themes/state.css">')
    assert state_archive.region(body) == b""


def test_report_of_another_family_is_none_of_ours() -> None:
    text = "<h2>Iceland</h2><p>Executive Summary</p><p>Chapels.</p><p>Section I. Demography</p>"
    url = "https://2009-2017.state.gov/j/drl/rls/irf/2012/eur/208332.htm"
    assert read(page(text), url) == Page()


def test_stray_end_tag_cuts_nothing_off_the_text() -> None:
    text = f"<h2>Iceland</h2>{TEXT}</div><p>Section 2 Respect for Civil Liberties</p><p>B.</p>"
    [found] = read(page(text)).reports
    assert [section.number for section in found.reading.sections] == ["", "1", "2"]


def test_what_follows_the_text_is_left_out() -> None:
    body = page(f"<h2>Iceland</h2>{TEXT}").replace(b"</body>", b"<p>Related links</p></body>")
    [found] = read(body).reports
    assert found.reading.sections[-1].blocks == ("A.",)


def test_viewer_page_is_an_empty_shell() -> None:
    body = (EXAMPLES / "old-viewer-2011.html").read_bytes()
    url = "https://2009-2017.state.gov/j/drl/rls/hrrpt/2011humanrightsreport/index.htm"
    html = {"content-type": "text/html"}
    now = datetime(2026, 1, 1, tzinfo=UTC)
    verdict = judge(Response(url, url, 200, html, body, now, (), ""), SOURCE)
    assert verdict.outcome is Outcome.EMPTY
    assert verdict.reason.startswith("a viewer page without text")
    assert SOURCE.read(body, url) == Page(canonical_url=url)


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.glob("old-*-[12]*.html")), ids=lambda path: path.stem
)
def test_older_page_with_text_passes_the_gate(path: Path) -> None:
    body = path.read_bytes()
    html, now = {"content-type": "text/html"}, datetime(2026, 1, 1, tzinfo=UTC)
    url = SOURCE.page_url(body)
    verdict = judge(Response(url, url, 200, html, body, now, (), ""), SOURCE)
    has_report = bool(SOURCE.read(body, url).reports or SOURCE.read(body, url).undecided)
    assert (verdict.outcome is None) == has_report


def test_page_without_an_address_passes_the_gate_by_its_lines() -> None:
    body = page(f"<h2>Iceland</h2><p>Country Reports on Human Rights Practices - 2004</p>{TEXT}")
    html, now = {"content-type": "text/html"}, datetime(2026, 1, 1, tzinfo=UTC)
    assert judge(Response("", "", 200, html, body, now, (), ""), SOURCE).outcome is None
    [found] = SOURCE.read(body, "").reports
    assert str(found.report) == "us-state-hrr/2004/ISL"


@pytest.mark.parametrize(
    "hostile",
    [
        b"<div id=centerblock>" + b"<" * 200_000,
        b"<div id=centerblock>" * 20_000 + b">Section 1 Life",
        b"<p>Section " * 50_000,
        b"breadcrumb" * 50_000 + b'<div id="centerblock">>Section 1. Life',
        b'<div id="centerblock">' + b"<br>" * 100_000 + b">Section 1. Life",
        b"Released by the Bureau of" + b" &nbsp;" * 100_000 + b">Section 1. Life",
        b'<div id="centerblock">' + b"2010 Human Rights Report: " * 5_000 + b">Section 1. Life",
    ],
)
def test_hostile_markup_is_read_within_bounds(hostile: bytes) -> None:
    page = SOURCE.read(hostile, ADDRESS)
    assert page.reports == ()


def test_plain_text_of_an_older_page_is_read_like_the_page() -> None:
    text = """2010 Human Rights Report: Iceland
Bureau of Democracy, Human Rights, and Labor
April 8, 2011
The boats sailed.
RESPECT FOR HUMAN RIGHTS
Section 1 Respect for the Integrity of the Person, Including Freedom From:
A."""
    [found] = SOURCE.read_text(text, "").reports
    assert (str(found.report), found.reading.blocks) == (
        "us-state-hrr/2010/ISL",
        ("The boats sailed.",),
    )
