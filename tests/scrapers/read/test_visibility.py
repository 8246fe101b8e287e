"""What a page says is what people see: words that its markup hides or strikes are marked."""

from __future__ import annotations

import pytest

from bench.bounded import bounded
from reports.model.reading import Marked, MarkKind
from scrapers.read.page import MOST_MARKED, blocks, marked_in

STRUCK, HIDDEN = MarkKind.STRUCK, MarkKind.HIDDEN
BEFORE, AFTER = "Boats left", "at noon."


def seen(markup: str) -> list[str]:
    return [block.text for block in blocks(markup.encode())]


def marked(markup: str) -> list[Marked]:
    return list(marked_in(blocks(markup.encode())))


@pytest.mark.parametrize("tag", ["del", "s", "strike", "DEL"])
def test_struck_elements_say_nothing_and_are_marked(tag: str) -> None:
    markup = f"<p>{BEFORE} <{tag}>the <b>old</b> pier</{tag}> {AFTER}</p>"
    assert seen(markup) == [f"{BEFORE} {AFTER}"]
    assert marked(markup) == [Marked(STRUCK, "the old pier", f"{BEFORE} {AFTER}", 2)]


@pytest.mark.parametrize(
    ("style", "kind"),
    [
        ("text-decoration: line-through", STRUCK),
        ("TEXT-DECORATION:underline LINE-THROUGH red", STRUCK),
        ("text-decoration-line:line-through", STRUCK),
        ("display:none", HIDDEN),
        ("color:red;display : none !important; display:inline", HIDDEN),
        ("display/* so */:none", HIDDEN),
        ("visibility:hidden", HIDDEN),
        ("visibility: collapse", HIDDEN),
        ("content-visibility:hidden", HIDDEN),
        ("opacity:0", HIDDEN),
        ("opacity: 0.0", HIDDEN),
        ("opacity:0%", HIDDEN),
        ("font-size:0", HIDDEN),
        ("font-size: 0px", HIDDEN),
        ("font-size:.5pt", HIDDEN),
        ("zoom:0", HIDDEN),
        ("transform:scale(0)", HIDDEN),
        ("transform: scale(0, 1)", HIDDEN),
        ("position:absolute;left:-9999px", HIDDEN),
        ("position:fixed; top:-200vh", HIDDEN),
        ("position: absolute; right: -999em", HIDDEN),
        ("position:absolute;clip:rect(0 0 0 0)", HIDDEN),
        ("position:absolute;clip:rect(1px, 1px, 1px, 1px)", HIDDEN),
        ("clip-path: inset(50%)", HIDDEN),
        ("text-indent:-9999px", HIDDEN),
        ("margin-left:-5000px", HIDDEN),
        ("transform:translateX(-9999px)", HIDDEN),
        ("height:0;overflow:hidden", HIDDEN),
        ("max-height: 0px; overflow-y: clip", HIDDEN),
        ("width:1px;height:1px;overflow:hidden", HIDDEN),
        ("color:#fff;background:#fff", HIDDEN),
        ("color: white; background-color: rgb(255, 255, 255)", HIDDEN),
        ("color:transparent", HIDDEN),
        ("color:rgba(0,0,0,0)", HIDDEN),
        ("color:rgb(0 0 0 / 0)", HIDDEN),
        ("color:#fff0", HIDDEN),
        ("color:#00000000", HIDDEN),
        ("font:0/0 a", HIDDEN),
        ("font: italic 0px serif", HIDDEN),
        ("scale:0", HIDDEN),
        ("translate:-9999px", HIDDEN),
        ("position:absolute;left:99999px", HIDDEN),
        ("filter:opacity(0)", HIDDEN),
        ("clip-path:inset(0 100% 0 0)", HIDDEN),
        ("clip-path: polygon(0px 0px, 0px 0px)", HIDDEN),
        ("transform:rotateX(90deg)", HIDDEN),
        ("text-indent:100%;overflow:hidden", HIDDEN),
        ("line-height:0;overflow:hidden", HIDDEN),
        ("d\\69 splay:none", HIDDEN),
    ],
)
def test_inline_styles_that_hide_or_strike(style: str, kind: MarkKind) -> None:
    markup = f'<p>{BEFORE} <span style="{style}">the old pier</span> {AFTER}</p>'
    assert seen(markup) == [f"{BEFORE} {AFTER}"]
    assert marked(markup) == [Marked(kind, "the old pier", f"{BEFORE} {AFTER}", 2)]


@pytest.mark.parametrize(
    "style",
    [
        *("display:block", "display:none;display:block", "display:none;display:block!important"),
        *("text-decoration:underline", "visibility:visible", "opacity:0.9", "opacity:1"),
        *("font-size:14px", "font-size:0.9em", "font-size:1.2rem", "zoom:1.0"),
        *("transform:scale(0.9)", "transform:translateY(-50%)", "left:-9999px", "top:-10px"),
        *("position:absolute;left:-10px", "position:relative;top:-0.5em", "text-indent:-20px"),
        *("margin-left:-100%", "height:0", "overflow:hidden", "height:100px;overflow:hidden"),
        *("clip:auto", "clip-path:none", "color:#fff", "color:#fff;background:#003366"),
        *(
            "color:rgba(0,0,0,0.5)",
            "background:#fff",
            "color:rgb(0,0,0)",
            "quotes:none",
            "color:#fff1",
            "color:#102000",
            "font:bold 700 12px/1.2 serif",
            "font:inherit",
            "scale:1",
            "translate:0 -2px",
            "position:absolute;left:400px",
            "filter:opacity(0.5)",
            "clip-path:inset(0 10% 0 0)",
            "clip-path:polygon(0 0, 100% 0, 0 100%)",
            "transform:rotate(90deg)",
            "text-indent:5%;overflow:hidden",
            "line-height:1;overflow:hidden",
            "content:'\\2014'",
            ":;",
            ";;",
        ),
    ],
)
def test_inline_styles_that_hide_nothing(style: str) -> None:
    markup = f'<p>{BEFORE} <span style="{style}">the old pier</span> {AFTER}</p>'
    assert seen(markup) == [f"{BEFORE} the old pier {AFTER}"]
    assert not marked(markup)


@pytest.mark.parametrize(
    ("markup", "said", "gone"),
    [
        ("<p>a</p><p hidden>b</p><p>c</p>", ["a", "c"], ["b"]),
        ("<p>a</p><p popover>b</p><p>c</p>", ["a", "c"], ["b"]),
        ('<div hidden="until-found"><p>b</p><p>c</p></div><p>a</p>', ["a"], ["b", "c"]),
        ('<p hidden style="display:block">a</p>', ["a"], []),
        ("<dialog><p>b</p></dialog><dialog open><p>a</p></dialog>", ["a"], ["b"]),
        ("<noframes>b</noframes>a", ["a"], ["b"]),
        (
            "<details><summary>a</summary>b<p>c</p><summary>d</summary></details>e",
            ["a", "e"],
            ["b", "c", "d"],
        ),
        ("<details open><summary>a</summary><p>b</p></details>", ["a", "b"], []),
        (
            "<details>b<details open><summary>c</summary>d</details></details><p>a</p>",
            ["a"],
            ["b c d"],
        ),
        ('<div style="visibility:hidden">b<p style="visibility:visible">a</p></div>', ["a"], ["b"]),
        ('<div style="display:none">b<p style="display:block">c</p></div>a', ["a"], ["b", "c"]),
        ('<div style="font-size:0">b<p style="font-size:12px">a</p></div>', ["a"], ["b"]),
        ('<div style="font-size:0">b<p style="font-size:2em">c</p></div>a', ["a"], ["b", "c"]),
        ('<div style="background:#fff"><p style="color:#FFFFFF">b</p>a</div>', ["a"], ["b"]),
        (
            '<table style="background:white"><td><font color="#ffffff">b</font>a</table>',
            ["a"],
            ["b"],
        ),
        ("<p><del>b</del> a <del>c</del></p>", ["a"], ["b", "c"]),
        ('<p>a</p><div aria-hidden="true">b</div>', ["a", "b"], []),
    ],
)
def test_what_an_element_or_an_attribute_hides(
    markup: str, said: list[str], gone: list[str]
) -> None:
    assert seen(markup) == said
    assert " ".join(each.text for each in marked(markup)) == " ".join(gone)


@pytest.mark.parametrize(
    "control",
    [
        '<a class="accordion-title" href="#s"><h3>Life</h3></a>',
        '<button aria-expanded="false">Life</button>',
        '<h3><button aria-controls="s">Life</button></h3>',
    ],
)
def test_what_a_control_right_before_it_opens_is_said(control: str) -> None:
    closed = '<div id="s" style="display: none;"><p>Boats left.</p></div>'
    assert "Boats left." in seen(control + closed)
    assert "Boats left." not in seen(control + "<p>Open.</p>" + closed)


def test_marked_words_of_whole_paragraphs_stand_beside_nothing() -> None:
    markup = "<p hidden>b</p><p>a</p><p hidden>c</p>"
    assert marked(markup) == [Marked(HIDDEN, "b"), Marked(HIDDEN, "c")]


@pytest.mark.parametrize(
    "markup",
    [
        "<del>" * 100_000,
        '<p style="' + "display:none;" * 100_000 + '">',
        '<p style="' + "/*" * 200_000 + '">',
        '<p style="' + "rgba(" * 100_000 + '">',
        '<p style="transform:' + "-1" * 200_000 + '">',
        "<p hidden>x</p>" * 50_000,
        "<details><summary>x</summary>" * 20_000,
        "<details>" + "<summary>x</summary>" * 50_000,
        "<sup>" * 50_000 + "<a href=#fn1>1</a>",
        "<sup>" + "<a href=#fn1>1</a>" * 50_000 + "</sup>",
        "<a href=#fn" + "x" * 100_000 + ">" + "1," * 100_000 + "</a>",
        '<div class="report__content"><p class="entry-content">x</p>'
        + "<div><a>x</a></div>" * 50_000,
        '<div class="report__content"><p class="entry-content">x</p>'
        + '<div class="report__x"><a>x</a>' * 20_000,
    ],
    ids=lambda markup: markup[:24],
)
def test_hostile_markup_costs_no_more_than_its_length(markup: str) -> None:
    with bounded(seconds=5):
        flow = blocks(markup.encode())
    assert len(marked_in(flow)) <= MOST_MARKED
