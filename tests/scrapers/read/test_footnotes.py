"""Markers of footnotes are links to notes, and no words; typed numbers are words."""

from __future__ import annotations

import pytest

from scrapers.read.page import blocks


def said(markup: str) -> str:
    return " | ".join(block.text for block in blocks(markup.encode()))


@pytest.mark.parametrize(
    "marker",
    [
        '<sup id="fnref:1"><a href="#fn:1" class="footnote">1</a></sup>',
        '<sup id="fnref:12" role="doc-noteref"><a href="#fn:12" class="footnote" rel="footnote">'
        "[footnote 12]</a></sup>",
        '<a role="doc-noteref" href="#n4">four</a>',
        '<sup><a href="#fn3">3</a></sup>',
        '<sup>[<a href="https://www.example.org/report/#fn3">3</a>]</sup>',
        '<sup><a href="#fn1">1</a>, <a href="#fn2">2</a></sup>',
        '<a href="#_ftn1" name="_ftnref1">[1]</a>',
        '<a href="#_ftn1"><sup>1</sup></a>',
        '<a href="#note-iv">iv</a>',
        '<a class="footnote-ref" href="#n">*</a>',
        '<sup class="footnote">7</sup>',
        '<a href="#fnref:1" class="reversefootnote">\u21a9</a>',
        '<a href="#back" role="doc-backlink" aria-label="Back to content">\u21a9\ufe0e</a>',
        '<a href="#ref2">^</a>',
        '<a href="#_ftnref1" name="_ftn1">[1]</a>',
    ],
)
def test_markers_and_arrows_back_are_no_words(marker: str) -> None:
    assert said(f"<p>Lamps were lit.{marker} Boats left.</p>") == "Lamps were lit. Boats left."


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("12<sup>3</sup> ferries", "123 ferries"),
        ("the 3<sup>rd</sup> pier", "the 3rd pier"),
        ('<a href="#section-2">Section 2</a>', "Section 2"),
        ('paragraph <a href="#s5">5.2.6</a>', "paragraph 5.2.6"),
        ('see <a href="#p12">12</a>', "see 12"),
        ('<a href="https://www.example.org/fn1">1</a>', "1"),
        ('<sup><a href="https://www.example.org/">pdf</a></sup>', "pdf"),
        ('<a href="#fn1">the harbour law</a>', "the harbour law"),
        ('<p class="footnote">Lamps of 2021.</p>', "Lamps of 2021."),
        ('<div class="footnotes"><ol><li id="fn:1">Note one.</li></ol></div>', "Note one."),
        ("5.2.6 Boats left.", "5.2.6 Boats left."),
        ("[1] Boats left.", "[1] Boats left."),
    ],
)
def test_what_is_typed_and_what_a_link_says_stay_words(markup: str, words: str) -> None:
    assert said(markup) == words


def test_an_inserted_footnote_renumbers_no_word() -> None:
    def page(*notes: str) -> list[str]:
        text = "".join(
            f'<p>Pier {each}.<sup><a href="#fn:{n}">[footnote {n}]</a></sup></p>'
            for n, each in enumerate(notes, 1)
        )
        listed = "".join(
            f'<li id="fn:{n}">Note on {each}. <a href="#fnref:{n}">\u21a9</a></li>'
            for n, each in enumerate(notes, 1)
        )
        return said(f"{text}<ol>{listed}</ol>").split(" | ")

    before, after = page("East", "West"), page("East", "North", "West")
    assert [each for each in before if each not in after] == []
    assert [each for each in after if each not in before] == ["Pier North.", "Note on North."]
