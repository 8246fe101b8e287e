"""What of the words around a report may be about it, and what is the site's furniture."""

from __future__ import annotations

import pytest

from reports.watch.surroundings import Surrounding
from scrapers.read.cut import cut_page
from scrapers.read.surroundings import LONGEST, MOST, read_surroundings

TITLE = "2021 Country Reports on Civic Conditions: Dorvania"
PAGE = f"""<!DOCTYPE html><html><head><title>{TITLE}</title></head><body class="single">@top@
<div id="page"><header class="site-header"><p>Official site</p><nav><a href="/">Home</a></nav>
@header@</header>
<main><article>@main@<div id="breadcrumbs">Home &gt; Reports &gt; <span>Dorvania</span></div>
@before@<h1 class="report-header__headline">{TITLE}</h1>@after@
<div class="report row"><section class="report__main">
<div id="report_content" class="report__content"><h2>EXECUTIVE SUMMARY</h2>
<p>Officials counted lamps.</p></div>
<div class="report__side">@side@</div></section></div>
</article></main>@below@
<footer class="site-footer"><p>Bureau of Lamps</p>@footer@</footer></div>@end@</body></html>@last@
"""
SLOTS = ("top", "main", "before", "after", "side", "below", "end", "last")
FURNISHED = ("header", "footer")
NOTICE = "WITHDRAWN: this report is no longer valid."
CHAD = "2021 Country Reports on Civic Conditions: Belvaria"


def page(**filled: str) -> str:
    text = PAGE
    for slot in (*SLOTS, *FURNISHED):
        text = text.replace(f"@{slot}@", filled.get(slot, ""))
    return text


def around(markup: str) -> list[Surrounding]:
    return list(read_surroundings(cut_page(markup.encode()).around).values())


def said(markup: str, slot: str = "after") -> list[str]:
    return [each.text for each in around(page(**{slot: markup}))]


def keys(markup: str) -> set[str]:
    return {each.key for each in around(markup)}


def test_a_page_without_notices_has_only_furniture() -> None:
    assert around(page()) == []


@pytest.mark.parametrize("slot", SLOTS)
def test_a_notice_is_read_wherever_it_stands(slot: str) -> None:
    assert said(f"<p>{NOTICE}</p>", slot) == [NOTICE]


@pytest.mark.parametrize("slot", FURNISHED)
def test_the_sites_own_header_and_footer_are_furniture(slot: str) -> None:
    assert said("<p>The lamp office moves.</p>", slot) == []


@pytest.mark.parametrize("slot", FURNISHED)
def test_a_word_that_says_what_became_of_a_report_is_read_in_furniture_too(slot: str) -> None:
    assert said(f"<p>{NOTICE}</p>", slot) == [NOTICE]
    assert said(f"<span class='tag'>{NOTICE}</span>") == [NOTICE]


@pytest.mark.parametrize(
    "markup",
    [
        f"<div>{NOTICE}</div>",
        f"{NOTICE}",
        f'<div class="banner"><span>{NOTICE}</span></div>',
        f'<div role="alert"><p>{NOTICE}</p></div>',
        f'<div role="banner"><p>{NOTICE}</p></div>',
        f'<aside class="box"><p>{NOTICE}</p></aside>',
        f'<section class="site-header-notice"><p>{NOTICE}</p></section>',
        f'<div class="menu-alert"><strong>{NOTICE}</strong></div>',
        f"<header><p>{NOTICE}</p></header>",
        f"<h2>{NOTICE}</h2>",
        f"<table><tr><td>{NOTICE}</td></tr></table>",
        f"<DIV><P>{NOTICE}</P></DIV>",
        "<p>WITHDRAWN: this report is no longer <a href='/why'>valid</a>.</p>",
        f"<p><a href='/why'>{NOTICE}</a></p>",
        f"<div class='box-alert'><a href='/why'>{NOTICE}</a></div>",
    ],
)
def test_a_notice_is_read_in_whatever_box(markup: str) -> None:
    assert said(markup) == [NOTICE]


@pytest.mark.parametrize(
    ("markup", "read"),
    [
        ("<button>Superseded in May</button>", ["Superseded in May"]),
        ("<form><p>Withdrawn in May</p><input value='x'></form>", ["Withdrawn in May"]),
        ("<p><svg><text>Withdrawn in May</text></svg></p>", ["Withdrawn in May"]),
        ("<p><img src='/seal.png' alt='Withdrawn in May'></p>", ["Withdrawn in May"]),
        ("<button>Print</button><img src='/a.png' alt='A lamp'><form>Find</form>", []),
        ("<button hidden>Superseded in May</button>", []),
        ("<form><select><option>Withdrawn reports</option></select></form>", []),
    ],
)
def test_what_became_of_a_report_is_read_of_pictures_buttons_and_forms(
    markup: str, read: list[str]
) -> None:
    assert said(markup) == read


def test_a_notice_of_several_paragraphs_is_read_in_order() -> None:
    box = "<div class='box'><h2>WITHDRAWN</h2><p>See the new text.</p></div>"
    assert said(box) == ["WITHDRAWN", "See the new text."]


@pytest.mark.parametrize(
    "markup",
    [
        "<ul><li><a href='/a'>Lamps</a></li><li><a href='/b'>Ferries</a></li></ul>",
        "<p><a href='/a'>Lamps</a> | <a href='/b'>Ferries</a></p>",
        "<h3>Related reports</h3><ul><li><a href='/a'>Belvaria</a></li></ul>",
        "<p class='label'>Tags</p><div><a href='/a'>Lamps</a> <a href='/b'>Oil</a></div>",
        "<p>Share this page on:</p><p><a href='https://s.example/'>S</a></p>",
        f"<p>{TITLE}</p>",
        "<p>Dorvania</p>",
        "<p>12 March 2021</p>",
        "<p>1,234</p>",
        "<p>Tuesday, 3 p.m. UTC</p>",
        "<nav><p>Sections</p></nav>",
        "<div role='navigation'><p>Sections</p></div>",
        "<div class='breadcrumb-trail'>Home / Reports</div>",
        "<div class='share-links'>Share it</div>",
        "<div id='site-footer'>Contact us</div>",
        "<div class='cookie-bar'><p>Choose what we keep.</p></div>",
        "<div id='cmplz-cookiebanner-container'><p>Choose what we keep.</p></div>",
        "<p>We use cookies to count visitors.</p>",
        "<noscript><p>Turn on scripts.</p></noscript>",
        "<script>document.write('<p>Hello</p>')</script>",
        "<style>.a{}</style>",
        "<!-- <p>Hello</p> -->",
        "<form><p>Was this page helpful?</p></form>",
        "<button>Close</button>",
        "<svg><text>Menu</text></svg>",
        "<select><option>Belvaria</option></select>",
        "<span class='screen-reader-text'>Opens in a new window</span>",
        "<p> · </p>",
        "<a class='skip' href='#content'>Go to the text</a>",
    ],
)
def test_furniture_says_nothing(markup: str) -> None:
    assert said(markup) == []


def test_a_link_alone_is_read_in_a_box_for_notices() -> None:
    link = "<a href='/new'>A newer report is there.</a>"
    assert said(f"<div class='alert'>{link}</div>") == ["A newer report is there."]
    assert said(f"<div class='more'>{link}</div>") == []


@pytest.mark.parametrize(
    "markup",
    [f"<p hidden>{NOTICE}</p>", f"<div style='display:none'><p>{NOTICE}</p></div>"],
)
def test_what_nobody_sees_says_nothing(markup: str) -> None:
    assert said(markup) == []


def test_a_box_that_is_named_like_furniture_is_read_if_the_report_stands_in_it() -> None:
    markup = page(after=f"<p>{NOTICE}</p>").replace('<div id="page">', '<div class="nav menu">')
    assert [each.text for each in around(markup)] == [NOTICE]


def test_a_form_around_the_whole_page_hides_nothing() -> None:
    markup = page(after=f"<p>{NOTICE}</p>").replace('<div id="page">', '<div><form id="aspnet">')
    markup = markup.replace("</body>", "</form></body>")
    assert [each.text for each in around(markup)] == [NOTICE]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Last updated 3 May 2021 at 9:15 am", "Last updated 14 June 2022 at 11:40 pm"),
        ("Updated 3 minutes ago", "Updated 2 hours ago"),
        ("Read by 1,204 people", "Read by 77 people"),
        ("REVISED EDITION", "Revised edition"),
        ("Revised edition.", "Revised — edition"),
    ],
)
def test_figures_dates_and_signs_make_no_other_text(one: str, other: str) -> None:
    assert keys(page(after=f"<p>{one}</p>")) == keys(page(after=f"<p>{other}</p>")) != set()


def test_words_make_another_text() -> None:
    assert keys(page(after="<p>Revised</p>")) != keys(page(after="<p>Withdrawn</p>"))


@pytest.mark.parametrize("text", [f"You are reading {TITLE}", "More about Dorvania and its lamps"])
def test_the_pages_own_name_makes_no_other_text(text: str) -> None:
    dorvania = page(after=f"<p>{text}</p>")
    assert keys(dorvania) == keys(dorvania.replace("Dorvania", "Belvaria")) != set()


def test_a_place_is_where_in_the_markup_a_text_stands() -> None:
    [one] = around(page(after="<div class='note post-12'><p>Revised</p></div>"))
    [same] = around(page(after="<div class='note post-9'><p>Withdrawn</p></div>"))
    [other] = around(page(after="<div class='text'><p>Withdrawn</p></div>"))
    [below] = around(page(below="<div class='note post-9'><p>Withdrawn</p></div>"))
    assert one.place == same.place
    assert len({one.place, other.place, below.place}) == 3
    assert one.place not in keys(page(after="<p>Revised</p>"))


def test_bytes_around_a_report_are_the_same_whatever_scripts_and_menus_say() -> None:
    noisy = page(
        top="<script>var nonce = 'a1';</script><!-- served as no. 1 -->",
        header="<nav><ul><li>Promotion</li></ul></nav>",
        side="<select><option>Belvaria</option></select>",
        end="<form><input name='token' value='77'></form>",
    )
    assert cut_page(noisy.encode()).around == cut_page(page().encode()).around


def test_what_is_read_is_bounded() -> None:
    words = ("a" * (number + 1) for number in range(3 * MOST))
    found = around(page(after="".join(f"<p>{word} lamps</p>" for word in words)))
    assert len(found) == MOST
    [long] = around(page(after=f"<p>{'lamp ' * 2000}</p>"))
    assert len(long.text) == LONGEST


@pytest.mark.parametrize(
    "piece",
    [
        "<form>",
        "<form>withdrawn",
        "<svg><text>withdrawn</text></svg>",
        "<div class=b><p>x y</p>",
        "<b>x y",
        "<nav ",
        "<div>",
        "<!--",
        "<a href=x>",
        "</div>",
    ],
)
def test_broken_markup_around_a_report_is_read_in_linear_time(piece: str) -> None:
    around(page(below=piece * 20_000))


def test_pages_without_a_reports_element_have_no_surroundings() -> None:
    assert cut_page(b"<html><body><p>Lamps</p></body></html>").around == b""
