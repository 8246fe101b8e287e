"""How bytes become headings and paragraphs."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reports.text.canonical import canonical_block
from scrapers.read.page import MOST_LINES, MOST_TAGS, blocks, decode, find_element, lines_of


@pytest.mark.parametrize(
    ("markup", "texts"),
    [
        ("<p>One</p><p>Two</p>", ["One", "Two"]),
        ("<p><p>One</p><p>Two</p></p>", ["One", "Two"]),
        ("<p>One<p>Two", ["One", "Two"]),
        ("<ul><li>One</li><li>Two <b>bold</b></li></ul>", ["One", "Two bold"]),
        ("<div>loose <p>One</p> tail</div>", ["loose", "One", "tail"]),
        ("<p>a<br>b<br/>c</p>", ["a b c"]),
        ("<p>wo<b>r</b>d</p>", ["word"]),
        ("<p>a&nbsp;b\u00a0\u2009c  d\n e</p>", ["a b c d e"]),
        ("<p>a\u200bb\ufeffc</p>", ["abc"]),
        ("<p> </p><p>&nbsp;</p><p>\u200b</p><p><b> </b></p>", []),
        ("<p>a<script>if (1 < 2) b()</script>c<style>p{}</style></p>", ["ac"]),
        ("<p>a<!-- b --><?php c ?>d</p>", ["ad"]),
        ("<nav>menu</nav><form>form</form><noscript>no</noscript><p>a</p>", ["a"]),
        ("<h3>Life <span><svg><title>icon</title></svg></span></h3>", ["Life"]),
        ("<table><tr><td>a</td><td>b</td></tr></table>", ["a", "b"]),
        ("<p>5 &lt; 6 &amp; &#8220;quoted&#8221;</p>", ["5 < 6 & “quoted”"]),
        ("<p>e\u0301</p>", ["\u00e9"]),
        ("", []),
        ("   ", []),
        ("</p></div>", []),
    ],
)
def test_markup_flows_into_paragraphs(markup: str, texts: list[str]) -> None:
    assert [block.text for block in blocks(markup.encode())] == texts


def test_headings_and_classes_are_kept_with_their_text() -> None:
    [title, para, lead] = blocks(b'<h2 class="a b">T</h2><p>P</p><p class="lead">L</p>')
    assert (title.tag, title.is_heading, title.classes) == ("h2", True, {"a", "b"})
    assert (para.tag, para.is_heading, para.classes) == ("", False, frozenset())
    assert lead.classes == {"lead"}


def test_block_with_a_class_tells_what_it_stands_in() -> None:
    markup = b'<div id="c9" class="b a"><a class="x"><h3 class="t">T</h3></a><p>P</p></div>'
    [title, para] = blocks(markup)
    assert title.around == "div#c0.a.b > a.x > h3.t"
    assert para.around == ""


def test_links_stay_with_the_paragraph_that_holds_them() -> None:
    [first, second] = blocks(b'<p><a href="/a">A</a> | <a href="/b">B</a></p><p><a>C</a></p>')
    assert first.links == ["/a", "/b"]
    assert second.links == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'<p>..</p><div class="report">', b'<div class="report">'),
        (b"<div class='a report b'>", b"<div"),
        (b"<div class=report>", b"<div"),
        (b'<div id="x"\n class="x\treport">', b"<div"),
        (b'<div class="report__x">', None),
        (b'<div data-name="report">', None),
        (b"<style>.report { } a .report{}</style>", None),
        (b'</div class="report">', None),
        (b'class="report"', None),
        (b"", None),
    ],
)
def test_element_is_found_by_a_whole_class_name(body: bytes, found: bytes | None) -> None:
    at = find_element(body, b"report")
    assert (at >= 0 and body[at:].startswith(found)) if found else at == -1


def test_element_is_found_only_between_start_and_end() -> None:
    body = b'<i class="x"><b class="x">'
    assert find_element(body, b"x", 1) == 13
    assert find_element(body, b"x", 1, 20) == -1


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("“curly” é".encode(), "“curly” é"),
        (b"\x93curly\x94 \xe9", "“curly” é"),
        ("“right” and ".encode() + b"\x92 stray", "“right” and \u2019 stray"),
        (b"\x81\x8d", "\ufffd\ufffd"),
        ("\ufeffmark".encode(), "\ufeffmark"),
    ],
)
def test_stray_bytes_never_change_the_rest(body: bytes, text: str) -> None:
    assert decode(body) == text


@settings(max_examples=200)
@given(markup=st.binary(max_size=300))
@example(markup=b"<p>One&nbsp; block</p><ul><li>and another</ul>")
def test_any_bytes_flow_into_canonical_blocks(markup: bytes) -> None:
    for block in blocks(markup):
        assert block.text
        assert block.text == canonical_block(block.text)


@pytest.mark.parametrize("depth", [100, 500])
def test_text_is_found_at_any_depth_that_browsers_show(depth: int) -> None:
    markup = b"<div>" * depth + b"<p>deep</p>" + b"</div>" * depth + b"<p>after</p>"
    assert [block.text for block in blocks(markup)] == ["deep", "after"]


@pytest.mark.parametrize("depth", [520, 1_000, 10_000])
def test_nothing_is_read_of_a_page_that_is_nested_deeper(depth: int) -> None:
    markup = b"<p>before</p>" + b"<div>" * depth + b"<p>deep</p>"
    assert blocks(markup) == []


def test_a_page_is_read_up_to_a_number_of_tags_and_not_beyond() -> None:
    assert len(blocks(b"<p>a</p>" * (MOST_TAGS // 2))) == MOST_TAGS // 2
    assert blocks(b"<p>a</p>" * (MOST_TAGS // 2 + 1)) == []


def test_a_saved_text_is_read_up_to_a_number_of_lines_and_not_beyond() -> None:
    assert lines_of("a  b\n\n" * (MOST_LINES // 2)) == ["a b"] * (MOST_LINES // 2)
    assert lines_of("a\n" * (MOST_LINES + 1)) == []
