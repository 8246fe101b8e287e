"""What breadcrumb and main heading of a page say."""

from __future__ import annotations

import pytest

from scrapers.read.header import Header, is_heading_lost, read_header

CRUMBS = '<div id="breadcrumbs"><a href="/">Home</a> <a href="/r/">2023 Reports</a>'


@pytest.mark.parametrize(
    ("hero", "header"),
    [
        ("<h1>Dorvania</h1>", Header("Dorvania", (), "")),
        ("<h1>Site</h1><h1>Dorvania</h1>", Header("Dorvania", (), "")),
        (
            "<h1>2023 <b>Re</b>ports:<br>Dor<i>vania</i>&nbsp; </h1>",
            Header("2023 Reports: Dorvania", (), ""),
        ),
        (
            "<h1>Dor<!-- a --><script>var a;</script><style>b{}</style>vania</h1>",
            Header("Dorvania", (), ""),
        ),
        (
            f'{CRUMBS}<span class="bc_carat bc_current">Dorvania</span></div>',
            Header("", ("Home", "2023 Reports"), "Dorvania"),
        ),
        (f"{CRUMBS}<a>Dorvania</a>", Header("", ("Home", "2023 Reports", "Dorvania"), "")),
        ('<b class="bc_currently">Dorvania</b>', Header("", (), "")),
        ("<title><h1>Dorvania</h1>", Header("", (), "")),
        ("<h1>Dor\x00vania", Header("Dorvania", (), "")),
        ("", Header("", (), "")),
        ("<b>" * 4000 + "<h1>Dorvania</h1>", Header("", (), "")),
    ],
)
def test_a_header_is_the_last_heading_the_links_and_the_page_s_own_name(
    hero: str, header: Header
) -> None:
    assert read_header(hero.encode()) == header


@pytest.mark.parametrize(
    ("hero", "is_lost"),
    [
        ("<title><h1>Dorvania</h1>", True),
        ("<b>" * 4000 + "<h1>Dorvania</h1>", True),
        ("<h1>Dorvania</h1>", False),
        ("<h1> <b>1</b></h1>", False),
        ("<p>no heading</p>", False),
    ],
)
def test_a_heading_that_no_parser_sees_is_told(hero: str, is_lost: bool) -> None:
    raw = hero.encode()
    assert is_heading_lost(raw, read_header(raw)) is is_lost
