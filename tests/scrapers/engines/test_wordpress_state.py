"""How the engine of www.state.gov/reports/ finds, names and reads reports."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from deployments.replay import plain_list
from scrapers.registry import source_named
from scrapers.source import Link

SOURCE = source_named("us-state-hrr")
EXAMPLES = Path(__file__).parents[2] / "examples" / SOURCE.name
INDEX_2021 = SOURCE.index_url("2021")


def test_a_heading_that_broken_markup_hides_leaves_the_report_undecided() -> None:
    whole = (EXAMPLES / "slug-of-another-country-2020.html").read_bytes()
    body = whole.replace(b'id="breadcrumbs"', b'id="breadcrumbs" data-a=\'never closed')
    page = SOURCE.read(body, "")
    assert not page.reports
    assert page.undecided


def test_region_does_not_see_menus_scripts_and_metadata() -> None:
    body = (EXAMPLES / "plain-2021.html").read_bytes()
    noisy = (
        body.replace(b"0f3a9c77d1", b"ffffffffff")
        .replace(b"2025-01-03", b"2026-02-02")
        .replace(b"<li>", b"<li class='new'>")
        .replace(b"White House", b"New footer")
    )
    assert noisy != body
    assert SOURCE.region(noisy) == SOURCE.region(body)


def test_region_sees_every_word_of_the_report() -> None:
    body = (EXAMPLES / "plain-2021.html").read_bytes()
    edited = body.replace(b"All lamps were lit.", b"Most lamps were lit.")
    assert SOURCE.region(edited) != SOURCE.region(body)


def test_page_without_report_has_no_region() -> None:
    assert SOURCE.region(b"<html><body><h1>News</h1><p>Text</p></body></html>") == b""


def test_archived_address_decides_like_the_original() -> None:
    body = (EXAMPLES / "slug-decides-2018.html").read_bytes()
    url = (
        "https://web.archive.org/web/20190707120000id_/https://www.state.gov"
        "/reports/2018-country-reports-on-human-rights-practices/ghana/"
    )
    assert [str(found.report) for found in SOURCE.read(body, url).reports] == [
        "us-state-hrr/2018/GHA"
    ]


@pytest.mark.parametrize(
    ("path", "edition"),
    [
        ("/reports/2021-country-reports-on-human-rights-practices/iceland/", "2021"),
        ("/reports/2021-country-reports-on-human-rights-practices/iceland", "2021"),
        ("/reports/2022-country-reports-on-human-rights-practices/china/tibet/", "2022"),
        ("/reports/2022-country-reports-on-human-rights-practices/", "2022"),
        ("/reports/2022-country-reports-on-human-rights-practices/index.html", "2022"),
        ("/reports/2022-country-reports-on-human-rights-practices/iceland/index.html", "2022"),
        ("/Reports/2022-Country-Reports-on-Human-Rights-Practices/x/", "2022"),
        ("/reports/2021-report-on-international-religious-freedom/iceland/", ""),
        ("/reports/2021-country-reports-on-human-rights-practices-annex/x/", ""),
        ("/", ""),
    ],
)
def test_edition_is_read_from_the_address(path: str, edition: str) -> None:
    assert SOURCE.edition_of(f"https://www.state.gov{path}") == edition


def test_index_lists_each_report_once_whatever_way_it_is_linked() -> None:
    body = f"""
    <nav id="report-nav"><select>
      <option value="">Choose</option>
      <option value="{INDEX_2021}iceland/">Iceland</option>
      <option value="{INDEX_2021}norway">Norway</option>
      <option value="{INDEX_2021}__trashed/">Burundi</option>
      <option value="http://[broken/">Broken</option>
    </select></nav>
    <a href="{INDEX_2021}norway/#top">Norway again</a>
    <a href="/reports/2021-country-reports-on-human-rights-practices/Malaysia/">Malaysia</a>
    <a href="{INDEX_2021}">The index itself</a>
    <a href="https://www.state.gov/reports/2020-country-reports-on-human-rights-practices/x/">X</a>
    <a href="https://copies.example/reports/2021-country-reports-on-human-rights-practices/y/">Y</a>
    <a href="mailto:nobody@state.gov">Mail</a> <a href="javascript:void(0)">Script</a> <a>None</a>
    """.encode()
    assert SOURCE.read_index(body, "2021") == (
        Link(f"{INDEX_2021}iceland/", "Iceland"),
        Link(f"{INDEX_2021}norway", "Norway"),
        Link(f"{INDEX_2021}__trashed/", "Burundi"),
        Link(f"{INDEX_2021}Malaysia/", "Malaysia"),
    )


def test_collection_lists_editions_oldest_first() -> None:
    body = f"""
    <a class="collection-result__link" href="{SOURCE.index_url("2023")}">2023</a>
    <a class="collection-result__link" href="{SOURCE.index_url("2021")}">2021</a>
    <a href="{SOURCE.index_url("2023")}">2023 again</a> <a href="{INDEX_2021}iceland/">Iceland</a>
    <a href="/reports/2020-report-on-international-religious-freedom/">Another family</a>
    """.encode()
    assert SOURCE.read_collection(body) == ("2021", "2023")


def test_plain_lists_are_listings_it_reads() -> None:
    links = (
        Link(f"{INDEX_2021}iceland/", "Iceland"),
        Link(f"{INDEX_2021}cote-divoire/", 'Côte d\'Ivoire & "<friends>"'),
    )
    assert SOURCE.read_index(plain_list("2021", links), "2021") == links
    editions = [Link(SOURCE.index_url(each), each) for each in ("2016", "2021")]
    assert SOURCE.read_collection(plain_list("Editions", editions)) == ("2016", "2021")


def test_child_areas_are_the_pages_below_the_report_that_its_text_links() -> None:
    body = (EXAMPLES / "hub-2022.html").read_bytes()
    url = SOURCE.index_url("2022") + "china/"
    assert SOURCE.read(body, url).children == (f"{url}hong-kong/", f"{url}tibet/")


MENU = """<div class="report__content"><section><h2 class="report__section-title">{heading}</h2>
<p>{links}</p></section><section><h3 class="report__section-title">EXECUTIVE SUMMARY</h3>
<p>The rivers were high, as <a href="/reports/a-note/">a note</a> says.</p>
<p><a href="/reports/another-note/">Another note</a></p></section></div>"""
MENUS = [
    ("Read a Section: China", "{a}"),
    ("EXECUTIVE SUMMARY", "<b>READ A SECTION:</b> CHINA (BELOW) | {a}"),
]
AREAS = (
    "china-with-areas/hong-kong/",  # under the parent's other name
    "tibet/",  # beside the page
    "china/macau-4711/",
    "?p=4711",  # by number
)


@pytest.mark.parametrize(("heading", "row"), MENUS)
def test_every_link_of_a_hubs_menu_leads_to_a_part_of_the_report(heading: str, row: str) -> None:
    index = SOURCE.index_url("2022")
    targets = [f"{index}{area}" for area in AREAS]
    foreign = ["https://elsewhere.example/china/", f"{index}china/", "#report-toc__section-1"]
    links = " | ".join(f'<a href="{target}">Area</a>' for target in [*targets, *foreign])
    body = MENU.format(heading=heading, links=row.format(a=links)).encode()
    found = SOURCE.read(b"<main>" + body + b"</main>", f"{index}china/").children
    assert sorted(found) == sorted(targets)


def test_menu_of_a_hub_is_bounded() -> None:
    links = "".join(f'<a href="/reports/{n}/">{n}</a>' for n in range(500))
    body = MENU.format(heading="Read a Section: China", links=links).encode()
    assert len(SOURCE.read(b"<main>" + body + b"</main>", INDEX_2021 + "china/").children) == 50


def test_text_with_the_whole_title_names_its_report() -> None:
    text = """2021 Country Reports on Human Rights Practices: Iceland
    In this section / EXECUTIVE SUMMARY
    EXECUTIVE SUMMARY
    Section 1. Harbours
    EXECUTIVE SUMMARY

    The island has two harbours.

    Note: This report was updated.
    Section 1. Harbours
    Three were dredged.
    Build A Custom Report
    01 / Select a Year"""
    page = SOURCE.read_text(text, "")
    [found] = page.reports
    assert (str(found.report), found.how.value) == ("us-state-hrr/2021/ISL", "heading")
    assert found.reading.blocks == ("The island has two harbours.",)
    assert found.reading.notes == ("Note: This report was updated.",)
    assert [(each.number, each.blocks) for each in found.reading.sections] == [
        ("1", ("Three were dredged.",))
    ]
    assert page.undecided == ()


_WORDS = st.sampled_from(
    [
        b'<div class="report__content">',
        b'<h2 class="report__section-title">EXECUTIVE SUMMARY</h2>',
        b'<h1>2021 Country Reports on Human Rights Practices: Iceland</h1>',
        b'<div id="breadcrumbs"><a href="http://[x">',
        b'<link rel="canonical" href="http://[broken">',
        b'<meta property="og:url" content="https://www.state.gov/report/custom/0123456789/">',
        b"<p>", b"</p>", b"<script>", b"</h1>", b"</main>", b"Section 1. Life ", b"&#0;", b"\x00",
        b"\xff\xfe", b"<!--", b"<![CDATA[", b"class=report__content", b"<a href='http://[::1'>",
    ]
)  # fmt: skip
_HOSTILE = st.lists(st.one_of(_WORDS, st.binary(max_size=40)), max_size=30).map(b"".join)


@settings(max_examples=200)
@given(body=_HOSTILE)
@example(
    body=b"<main><h1>2021 Country Reports on Human Rights Practices: Iceland</h1>"
    b'<div class="report__content"><h2 class="report__section-title">EXECUTIVE SUMMARY</h2>'
    b"<p>The island has two harbours.</p></div></main>"
)
def test_reading_never_raises(body: bytes) -> None:
    page = SOURCE.read(body, "")
    SOURCE.read(SOURCE.region(body), INDEX_2021 + "iceland/")
    SOURCE.read_index(body, "2021")
    SOURCE.read_collection(body)
    for found in (*page.reports, *page.undecided):
        assert all(block.strip() for block in found.reading.blocks)


@settings(max_examples=100)
@given(text=st.text(max_size=500))
def test_reading_text_never_raises(text: str) -> None:
    SOURCE.read_text(f"Executive Summary\n{text}\nSection 1. Life\n{text}", "")


@pytest.mark.parametrize(
    "opening",
    [b"<div>", b"<p>", b"<h1>", b"<ul><li>", b"<section class='report__content'>", b"<table><td>"],
)
def test_ten_thousand_nested_tags_are_read_in_bounded_time(opening: bytes) -> None:
    body = (
        b'<div id="breadcrumbs">' + opening * 10_000 + b"</h1>"
        b'<div class="report__content">' + opening * 10_000 + b"<p>deep</p></main></html>"
    )
    SOURCE.read(body, INDEX_2021 + "iceland/")


@pytest.mark.parametrize("unit", [b' report__content"', b"<report__content ", b"og:url canonical "])
def test_a_megabyte_of_lures_is_read_in_bounded_time(unit: bytes) -> None:
    SOURCE.read(unit * (1_000_000 // len(unit)), "")


def test_markup_too_deep_to_parse_is_no_report_rather_than_half_a_report() -> None:
    body = (EXAMPLES / "plain-2021.html").read_bytes()
    deep = body.replace(b"<p>The harbour office", b"<div>" * 5_000 + b"<p>The harbour office")
    page = SOURCE.read(deep, "")
    assert (page.reports, page.undecided, page.children) == ((), (), ())
    assert page.canonical_url == f"{INDEX_2021}iceland/"


def test_shape_is_told_and_stays_the_same_whatever_the_words_are() -> None:
    body = (EXAMPLES / "plain-2021.html").read_bytes()
    edited = body.replace(b"All lamps were lit.", b"Most lamps were lit. Some were not.")
    other = body.replace(b"<h3 id=", b"<h2 id=").replace(b"</h3>", b"</h2>")
    assert SOURCE.read(body, "").shape == SOURCE.read(edited, "").shape != ""
    assert SOURCE.read(other, "").shape != SOURCE.read(body, "").shape


@pytest.mark.parametrize(
    ("label", "url", "key"),
    [
        ("Norway", f"{INDEX_2021}x/", "NOR"),
        ("2019 Country Report on Human Rights Practices: Dominican Republic", "", "DOM"),
        ("China - Tibet", "", "CHN/tibet"),
        ("Page 7", f"{INDEX_2021}norway/", "NOR"),
        ("", f"{INDEX_2021}china/tibet", "CHN/tibet"),
        ("Page 7", f"{INDEX_2021}china/nowhere/", ""),
    ],
)
def test_place_of_a_listed_link_is_its_labels_else_its_addresss(
    label: str, url: str, key: str
) -> None:
    place = SOURCE.place_of(url, label)
    assert (place.key if place else "") == key


def test_site_heading_before_the_reports_own_does_not_name_it() -> None:
    body = (EXAMPLES / "plain-2021.html").read_bytes()
    noisy = body.replace(b"<main>", b"<h1>Norway</h1><main>", 1)
    assert SOURCE.read(noisy, "").reports == SOURCE.read(body, "").reports
