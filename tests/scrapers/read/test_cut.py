"""Which bytes of a page are its report: never less in silence, never the page's frame."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.bounded import bounded
from scrapers.read.cut import cut_page

EXAMPLES = Path(__file__).parents[2] / "examples" / "us-state-hrr"
PAGE = (EXAMPLES / "plain-2021.html").read_bytes()
WHOLE = cut_page(PAGE)
SIDE = b'<div class="report__side">'
LAMPS = b"All lamps were lit."
REGION = b'<div class="report__content">'


def with_text(markup: bytes) -> bytes:
    return PAGE.replace(LAMPS, LAMPS + markup)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.html")), ids=lambda path: path.stem)
def test_region_cut_again_gives_the_same_parts(path: Path) -> None:
    cut = cut_page(path.read_bytes())
    if cut.main:
        assert cut_page(cut.region) == cut


@pytest.mark.parametrize(
    "markup",
    [
        b"<!-- </section></main> -->",
        b"<!-- <footer> -->",
        b'<!-- <div class="report__side"> -->',
        b'<span data-a="</main>"></span>',
        b"<span data-a='<footer >'></span>",
        b'<span title="<div class=report__side>"></span>',
        b'<script>var end = "</main><footer>";</script>',
        b"<SCRIPT>var end = '</main>';</SCRIPT>",
        b"</div>",
    ],
)
def test_what_only_looks_like_the_end_does_not_end_the_report(markup: bytes) -> None:
    cut = cut_page(with_text(markup))
    assert not cut.damage
    assert cut.main == WHOLE.main.replace(LAMPS, LAMPS + markup)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"</h1>", b"</h1 >"),
        (b"</h1>", b"</H1\n>"),
        (b"<h1 ", b"<H1 "),
        (b"</main>", b"</MAIN >"),
        (b"<footer", b"<FOOTER"),
        (b'id="breadcrumbs"', b"ID='breadcrumbs'"),
    ],
)
def test_case_and_white_space_of_tags_do_not_matter(old: bytes, new: bytes) -> None:
    cut = cut_page(PAGE.replace(old, new))
    assert cut.main == WHOLE.main
    assert cut.hero == WHOLE.hero.replace(old, new)


@pytest.mark.parametrize(
    "body",
    [
        PAGE.replace(b"report__side", b"side"),
        PAGE.replace(SIDE, b""),
        PAGE.replace(SIDE, b"").replace(b"</main>", b"").replace(b"<footer", b"<p"),
    ],
)
def test_report_ends_with_its_own_element_where_nothing_known_follows(body: bytes) -> None:
    cut = cut_page(body)
    assert not cut.damage
    assert LAMPS in cut.main
    assert b"report-nav" not in cut.main
    assert b"Build A Custom Report" not in cut.main


def test_report_that_stands_before_its_heading_ends_with_its_own_element() -> None:
    moved = PAGE.replace(WHOLE.main, b"").replace(b"<main>", b"<main>" + WHOLE.main + b"</div>", 1)
    cut = cut_page(moved)
    assert b"<h1" not in cut.main
    assert b"report-nav" not in cut.main


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (PAGE[: PAGE.index(LAMPS)], "truncated"),
        (PAGE[: PAGE.index(LAMPS)] + PAGE, "end of the report"),
        (PAGE[: PAGE.index(b"<section", PAGE.index(b"</h1>"))] + PAGE, "two pages"),
        (with_text(b"</body></html>"), "two pages"),
        (with_text(REGION), "two pages"),
        (with_text(b"<h4>Edit Your Custom Report</h4>"), "form"),
        (with_text(b'<div id="centerblock"><h2 id="page-title">Gandoria</h2>'), "two pages"),
        (with_text(b'<h1 class="report-header__headline">Gandoria</h1>'), "two pages"),
        (with_text(b"<nav><a>Home</a></nav>"), "navigation"),
        (with_text(b"<p>An official website of the United States Government</p>"), "banner"),
        (with_text(b'<ol class="report-toc__sections"></ol>'), "navigation"),
        (PAGE.replace(b"<main>", b"<footer></footer><main>", 1), "footer"),
        (
            PAGE.replace(LAMPS, LAMPS + b"</section></div><p>Loose.</p>").replace(SIDE, b"<div>"),
            "end of the report",
        ),
        (
            PAGE.replace(b"</div>\n</section>\n<!-- Sidebar", b"<!-- Sidebar").replace(SIDE, b""),
            "navigation",
        ),
    ],
)
def test_damaged_page_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    cut = cut_page(body)
    assert reason in cut.damage
    assert cut.region == b""


@pytest.mark.parametrize(
    "pasted",
    [
        b'<div id="centerblock" class="small-12 columns"></div>',
        b'<div id="centerblock"><p>Piers were mended.</p></div>',
        b'<aside class="sidebar" role="complementary"><p><a id="subnav-anchor"></a></p></aside>',
        b'<div class="l-more-info hide-for-print"></div><div id="page-title"></div>',
    ],
)
def test_a_pasted_piece_of_the_older_template_does_not_make_two_pages(pasted: bytes) -> None:
    cut = cut_page(with_text(pasted))
    assert not cut.damage
    assert pasted in cut.main


def test_a_heading_with_an_attribute_of_any_length_is_whole() -> None:
    cut = cut_page(PAGE.replace(b"<h1 ", b'<h1 data-a="' + b"x" * 100_000 + b'" ', 1))
    assert b"<h1 " in cut.hero
    assert cut.hero.endswith(b"</h1>")


def test_heading_of_a_page_without_a_report_is_told() -> None:
    cut = cut_page(b"<body><h1>Custom Report Excerpts</h1><p>Text</p>")
    assert (cut.hero, cut.region, cut.damage) == (b"<h1>Custom Report Excerpts</h1>", b"", "")


@pytest.mark.parametrize(
    "body",
    [
        REGION + b"<!-- " * 200_000,
        REGION + b"x</div>" + b" " * 500_000 + b"y" + SIDE,
        REGION + b"x</div>" + b"</p> " * 200_000 + b"y" + SIDE,
        b'<p a="<div class=report__content ' * 30_000,
        b"<!-- " + REGION * 30_000,
        REGION + b"<script " * 100_000 + b"</div></html>",
        REGION + b'<p a="</main>">' * 60_000,
        b"breadcrumbs " * 90_000 + b"<h1>x</h1>" + REGION,
    ],
)
def test_megabytes_of_lures_are_cut_in_bounded_time(body: bytes) -> None:
    with bounded():
        cut_page(body)
