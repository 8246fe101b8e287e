"""The fingerprint of a template: what changes it and what must not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scrapers.read.page import blocks
from scrapers.read.shape import shape_from, shape_of

PAGE = """<div class="report__content"><section class="inner">
<h2 class="report__section-title">Summary</h2><p>One.</p></section><section class="inner">
<p class="report-toc-section">Section 1.</p><h2 class="report__section-title">Life</h2>
<div class="wrapper"><h3 class="report__section-subtitle">a. Boats</h3><p>Two.</p></div>
</section></div>"""


def shape(markup: str) -> str:
    return shape_of(blocks(markup.encode()))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("One.", "Another text, and a longer one."),
        ("<p>One.</p>", "<p>One.</p><p>Two.</p><ul><li>Three.</li></ul>"),
        ("<p>One.</p>", '<div class="pasted"><p class="lead">One <b>bold</b> word.</p></div>'),
        ("<p>Two.</p>", '<h4 class="own">Piers</h4><blockquote>Two.</blockquote>'),
        ('<p class="report-toc-section">', '<p id="s9" class="report-toc-section">'),
        (
            '<h3 class="report__section-subtitle">a. Boats</h3>',
            '<h3 class="report__section-subtitle">a. Boats</h3>' * 9,
        ),
        ("</section></div>", f"</section>{PAGE[PAGE.index('<section') :]}"),
        (' class="inner"', '\n  class="inner"\n  data-x="1"'),
    ],
)
def test_text_and_what_editors_put_into_it_leave_no_trace(old: str, new: str) -> None:
    assert old in PAGE
    assert shape(PAGE.replace(old, new)) == shape(PAGE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("h2", "h3"),
        ("report__content", "report__body"),
        ('<section class="inner">', "<section>"),
        ('<div class="wrapper">', '<div class="accordion">'),
        ('<div class="wrapper">', "<div>"),
        (' class="report__section-title"', ""),
        (' class="report-toc-section"', ""),
    ],
)
def test_other_markup_around_the_text_is_another_shape(old: str, new: str) -> None:
    assert shape(PAGE.replace(old, new)) != shape(PAGE)


def test_shape_is_sixteen_hexadecimal_digits() -> None:
    assert re.fullmatch(r"[0-9a-f]{16}", shape(PAGE))
    assert re.fullmatch(r"[0-9a-f]{16}", shape("<p>One.</p>"))
    assert shape("") == ""


def test_order_and_number_of_names_do_not_matter() -> None:
    assert shape_from(["a", "b", "a"]) == shape_from(["b", "a"]) != shape_from(["a"])


def test_pages_of_one_template_have_one_shape() -> None:
    examples = Path(__file__).parents[2] / "examples" / "us-state-hrr"
    accordion = [
        shape_of(blocks((examples / f"{name}.html").read_bytes()))
        for name in ("loose-text-2021", "stray-sections-2020")
    ]
    assert len(set(accordion)) == 1
