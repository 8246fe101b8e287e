"""What a template puts around a text is not the text, by its frame; a notice is."""

from __future__ import annotations

import pytest

from scrapers.read.page import blocks

TAGS = (
    '<div class="report__tags"><div class="related-tags"><p class="related-tags__label">Tags</p>'
    '<div class="related-tags__pills"><a class="button button--pill">Bureau of Harbours, Piers, and'
    ' Lamps</a><a class="button button--pill" href="/gandoria/">Gandoria</a></div></div></div>'
)
SECTION = '<section class="report__content__inner entry-content"><p>Boats left.</p>{}</section>'
TEXT = ["Boats left."]


def said(after: str = "", *, inside: str = "", behind: str = "") -> list[str]:
    holder = f'<div class="report__content">{SECTION.format(inside)}{after}</div>{behind}'
    return [block.text for block in blocks(holder.encode())]


@pytest.mark.parametrize(
    "furniture",
    [
        TAGS,
        '<div class="report__tags"></div>',
        '<div class="report__tags"><p>Tags</p><a>Gandoria</a></div>',
        '<div class="share"><span>Share</span><a href="#">Mail</a> <a href="#">Print</a></div>',
        '<ul><li><a href="/a">Gandoria</a></li><li><a href="/b">Belvaria</a></li></ul>',
        '<p><a href="#top">Back to Top</a></p>',
        '<aside class="sidebar" role="complementary"><p><a id="subnav-anchor"></a></p></aside>',
    ],
)
def test_links_alone_beside_the_sections_are_furniture(furniture: str) -> None:
    assert said(furniture) == TEXT
    assert said(behind=furniture) == TEXT


def test_a_piece_that_the_template_names_is_furniture_even_inside_an_open_section() -> None:
    assert said(inside=TAGS) == TEXT


@pytest.mark.parametrize(
    "words",
    [
        '<div class="report__notice"><p>This report was withdrawn.</p></div>',
        '<div class="report__notice"><p>Withdrawn: see <a href="/e">errata</a></p></div>',
        '<div class="report__notice"><a href="/e">This report was withdrawn.</a></div>',
        '<div class="report__tags"><a href="/e">This report was withdrawn</a></div>',
        "<p>Employers paid the least wage.</p>",
        '<div id="centerblock"><p>Employers paid the least wage.</p></div>',
    ],
)
def test_sentences_beside_the_sections_are_words(words: str) -> None:
    assert len(said(words)) == 2


def test_rows_of_links_inside_a_section_are_words_of_the_text() -> None:
    row = '<p><a href="/a">Gandoria</a> | <a href="/b">Belvaria</a></p>'
    assert said(inside=row) == [*TEXT, "Gandoria | Belvaria"]


def test_a_text_without_sections_has_no_place_beside_them() -> None:
    markup = '<div class="report__content"><p>Boats.</p><ul><li><a>A</a><li><a>B</a></ul></div>'
    assert [block.text for block in blocks(markup.encode())] == ["Boats.", "A", "B"]
