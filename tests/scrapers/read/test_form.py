"""What people see of a page that is no word: what tells two forms apart, and what must not."""

from __future__ import annotations

import gzip
import os
import re
from pathlib import Path

import pytest

from reports.compare.form import compare_forms
from reports.model.form import Form, FormKind
from reports.wording.appearance import difference_line
from scrapers.read.cut import cut_page
from scrapers.read.form import MOST_PARTS, form_of
from scrapers.read.page import blocks
from scrapers.read.targets import LinkTargets

HERE = "https://reports.example/2024/sarn/"
TARGETS = LinkTargets(HERE, ("reports.example", "old.reports.example"))
ROOT = Path(__file__).parents[3]
CORPUS = (ROOT / os.environ.get("REPORTWATCH_CORPUS", "../shared/pages")).resolve()
STATE = ("www.state.gov", "2021-2025.state.gov", "2017-2021.state.gov")


def read(markup: str) -> Form:
    return form_of(markup.encode(), TARGETS)


def words(markup: str) -> str:
    return " ".join(" ".join(block.text for block in blocks(markup.encode())).split())


TABLE = "<table><tr><td>mills</td><td>4</td></tr><tr><td>wells</td><td>9</td></tr></table>"
LIST = "<ol><li>Courts</li><li>Prisons</li></ol>"
PICTURE = '<img alt="The delta" src="/media/delta.jpg">'

SEEN = {
    "a link leads elsewhere": (
        '<p>See <a href="https://law.example/a">the annex</a>.</p>',
        '<p>See <a href="https://law.example/b">the annex</a>.</p>',
        "the link behind “the annex” now leads to https://law.example/b,"
        " before to https://law.example/a",
    ),
    "a link leads to another document of one program": (
        '<p><a href="/doc.php?id=7">Decree</a></p>',
        '<p><a href="/doc.php?id=8">Decree</a></p>',
        "the link behind “Decree” now leads to https://reports.example/doc.php?id=8,"
        " before to https://reports.example/doc.php?id=7",
    ),
    "a link to another place of the page": (
        '<p><a href="#courts">below</a></p>',
        '<p><a href="#prisons">below</a></p>',
        "the link behind “below” now leads to #prisons, before to #courts",
    ),
    "a link is added": (
        "<p>See the annex.</p>",
        '<p>See <a href="/annex">the annex</a>.</p>',
        "a link was added: “the annex” leads to https://reports.example/annex",
    ),
    "a link is taken away": (
        '<p>See <a href="/annex">the annex</a>.</p>',
        "<p>See the annex.</p>",
        "a link was removed: “the annex” leads to https://reports.example/annex",
    ),
    "a link stands behind other words": (
        '<p>See <a href="/annex">the annex</a> below.</p>',
        '<p>See the annex <a href="/annex">below</a>.</p>',
        "the link to https://reports.example/annex is now behind “below”,"
        " before behind “the annex”",
    ),
    "a picture is replaced": (
        PICTURE,
        '<img alt="The bridge" src="/media/bridge.jpg">',
        "a picture was replaced: “The bridge” (https://reports.example/media/bridge.jpg),"
        " before “The delta” (https://reports.example/media/delta.jpg)",
    ),
    "a picture is described otherwise": (
        PICTURE,
        PICTURE.replace("The delta", "The delta in March"),
        "the alternative text of the picture https://reports.example/media/delta.jpg is now"
        " “The delta in March”, before “The delta”",
    ),
    "a drawing is put in the page's own bytes": (
        "<p>Map</p>",
        '<p>Map<img src="data:image/png;base64,iVBORw0KGgo="></p>',
        None,
    ),
    "another film is shown": (
        '<iframe src="https://player.example/embed/a1"></iframe>',
        '<iframe src="https://player.example/embed/b2"></iframe>',
        "an embedded page or player was replaced: https://player.example/embed/b2,"
        " before https://player.example/embed/a1",
    ),
    "a sound is added": ("<p>A</p>", '<p>A</p><audio><source src="/a.mp3"></audio>', None),
    "the rows of a table are cut otherwise": (
        TABLE,
        TABLE.replace("</tr><tr>", ""),
        "the table that begins “mills 4 wells 9” has other rows or cells: a row of 4 cells,"
        " before 2 rows of 2 cells",
    ),
    "a cell spans two rows": (TABLE, TABLE.replace("<td>mills", '<td rowspan="2">mills'), None),
    "a table becomes paragraphs": (TABLE, "<p>mills</p><p>4</p><p>wells</p><p>9</p>", None),
    "a list begins at another number": (
        LIST,
        LIST.replace("<ol>", '<ol start="5">'),
        "the list that begins “Courts” is numbered differently: 2 items from 5,"
        " before 2 items from 1",
    ),
    "a list counts in letters": (LIST, LIST.replace("<ol>", '<ol type="a">'), None),
    "a list counts in letters by its style": (
        LIST,
        LIST.replace("<ol>", '<ol style="list-style-type: lower-alpha">'),
        None,
    ),
    "a list counts downwards": (LIST, LIST.replace("<ol>", "<ol reversed>"), None),
    "an item has a number of its own": (LIST, LIST.replace("<li>P", '<li value="9">P'), None),
    "two items become one": (LIST, LIST.replace("</li><li>", " "), None),
    "a numbered list becomes bullets": (LIST, LIST.replace("ol>", "ul>"), None),
    "an exponent moves": (
        "<p>12<sup>3</sup> boats</p>",
        "<p>1<sup>23</sup> boats</p>",
        "a superscript was replaced: “23” after “1”, before “3” after “12”",
    ),
    "an exponent is lowered": ("<p>10<sup>2</sup></p>", "<p>10<sub>2</sub></p>", None),
    "words on a button": (
        "<button>Read more</button>",
        "<button>This report was corrected</button>",
        "a button element now says “This report was corrected”, before “Read more”",
    ),
    "words in a form": ("<p>A</p>", "<p>A</p><form><p>Corrected in May</p></form>", None),
    "words in a drawing": ("<p>A</p>", "<p>A</p><svg><text>Corrected</text></svg>", None),
    "what a field holds": ('<input value="4 cases">', '<input value="5 cases">', None),
    "what a text field holds": ("<textarea>4</textarea>", "<textarea>5</textarea>", None),
    "what can be chosen": (
        "<select><option>A</option></select>",
        "<select><option>A</option><option>B</option></select>",
        None,
    ),
    "a formula": (
        "<math><msup><mi>x</mi><mn>2</mn></msup></math>",
        "<math><msub><mi>x</mi><mn>2</mn></msub></math>",
        None,
    ),
    "two pictures change places": (
        f'{PICTURE}<p>A</p><img src="/b.png">',
        f'<img src="/b.png"><p>A</p>{PICTURE}',
        "links, pictures or tables stand in another order",
    ),
    "a footnote's marker goes": (
        '<p>A<sup><a href="#fn1">1</a></sup> B<sup><a href="#fn2">2</a></sup></p>',
        '<p>A<sup><a href="#fn1">1</a></sup> B</p>',
        None,
    ),
}

SAME = {
    "a token in a link": (
        '<a href="/a?page=2&amp;_wpnonce=41ab">A</a>',
        '<a href="/a?page=2&amp;_wpnonce=97cd">A</a>',
    ),
    "a session in a link": (
        '<a href="/a;jsessionid=1F2?sid=0123456789abcdef">A</a>',
        '<a href="/a;jsessionid=9C4?sid=fedcba9876543210">A</a>',
    ),
    "what a tracker adds": (
        '<a href="https://x.example/a">A</a>',
        '<a href="https://x.example/a?utm_source=mail&amp;fbclid=Iw4">A</a>',
    ),
    "a signature of storage": (
        '<a href="https://x.example/a.pdf?X-Amz-Signature=1&amp;X-Amz-Date=2">A</a>',
        '<a href="https://x.example/a.pdf?X-Amz-Signature=3&amp;X-Amz-Date=4">A</a>',
    ),
    "a short-lived signature": (
        '<a href="https://x.example/a.pdf?sv=1&amp;se=2026-05-01&amp;sig=a">A</a>',
        '<a href="https://x.example/a.pdf?sv=1&amp;se=2026-05-02&amp;sig=b">A</a>',
    ),
    "the version of a picture": ('<img src="/a.png?ver=1.2">', '<img src="/a.png?ver=1.3">'),
    "a picture in another size": ('<img src="/a.png">', '<img src="/a-300x200.png">'),
    "a picture scaled": ('<img src="/a.jpg">', '<img src="/a-scaled.jpg">'),
    "a picture in another format": ('<img src="/a.jpg">', '<img src="/a.jpg.webp">'),
    "a picture by way of another server": (
        '<img src="https://reports.example/a.jpg">',
        '<img src="https://i2.wp.com/reports.example/a.jpg?w=640&amp;ssl=1">',
    ),
    "a picture that is loaded late": (
        '<img src="/a.png">',
        '<img src="data:image/gif;base64,R0lG" data-src="/a.png" loading="lazy">'
        '<noscript><img src="/a.png"></noscript>',
    ),
    "a picture in several sizes": (
        '<img src="/a.png">',
        '<img src="/a.png" srcset="/a-300x200.png 300w, /a.png 900w" sizes="100vw">',
    ),
    "a dot that counts visitors": ("<p>A</p>", '<p>A<img src="//c.example/p?1" width="1"></p>'),
    "a frame of one dot": ("<p>A</p>", '<p>A<iframe src="//c.example/t" height="0"></iframe></p>'),
    "the archive's own address of a link": (
        '<a href="http://reports.example/annex/">A</a>',
        '<a href="https://web.archive.org/web/20240501120000/http://reports.example/annex/">A</a>',
    ),
    "the archive's own address of a picture": (
        '<img src="https://reports.example/a.png">',
        '<img src="/web/20240501120000im_/https://reports.example/a.png">',
    ),
    "another host of the publisher": (
        '<a href="https://reports.example/annex">A</a>',
        '<a href="http://old.reports.example/annex/index.html">A</a>',
    ),
    "an address written short": (
        '<a href="https://reports.example/2024/sarn/annex/">A</a>',
        '<a href="annex">A</a>',
    ),
    "a place on the page with its address": (
        '<a href="#courts">A</a>',
        '<a href="https://reports.example/2024/sarn/#courts">A</a>',
    ),
    "a place numbered by a program": (
        '<a href="#block-5f3a9c21">A</a>',
        '<a href="#block-77b0e4d2">A</a>',
    ),
    "footnotes that renumber": (
        '<p>A<sup><a href="#fn12">[12]</a></sup></p>',
        '<p>A<sup><a href="#fn13">[13]</a></sup></p>',
    ),
    "footnotes of another program": (
        '<p>A<a href="#_ftn1"><sup>1</sup></a></p>',
        '<p>A<a href="#footnote-1"><sup>1</sup></a></p>',
    ),
    "the order of attributes, classes and targets": (
        '<a class="x" target="_blank" href="/a">A</a>',
        '<a rel="noopener" href="/a" data-id="4711">A</a>',
    ),
    "an address hidden from harvesters": (
        '<a href="/cdn-cgi/l/email-protection#1a2b3c">write to us</a>',
        '<a href="/cdn-cgi/l/email-protection#4d5e6f">write to us</a>',
    ),
    "a hidden field": (
        '<form><p>Search</p><input type="hidden" value="41ab"></form>',
        '<form><p>Search</p><input type="hidden" value="97cd"></form>',
    ),
    "a link that nobody sees": (
        "<p>A</p>",
        '<p>A</p><div style="display:none"><a href="/b">B</a></div>',
    ),
    "a link that an attribute hides": ("<p>A</p>", '<p>A</p><p hidden><a href="/b">B</a></p>'),
    "a picture that nobody sees": ("<p>A</p>", '<p>A<img src="/b.png" style="opacity:0"></p>'),
    "rows of tags beside the text": (
        '<div class="report__content"><div class="entry-content"><p>A</p></div></div>',
        '<div class="report__content"><div class="entry-content"><p>A</p></div>'
        '<div class="report__tags">Tags <a href="/t/a">Sarn</a> <a href="/t/b">Rivers</a></div>'
        "</div>",
    ),
    "footnotes that a role names": (
        '<p>A<sup><a role="doc-noteref" href="#x4">12</a></sup></p>',
        '<p>A<sup><a role="doc-noteref" href="#x5">13</a></sup></p>',
    ),
    "an icon without words": ("<p>A</p>", '<p>A<svg><path d="M0 0"/><title>x</title></svg></p>'),
    "a script, a style and a template": (
        "<p>A</p>",
        "<p>A</p><script>var a='<a href=x>'</script><style>a{}</style>"
        "<template><a href='/x'>X</a></template>",
    ),
    "an anchor that leads nowhere": ("<p>A</p>", '<p><a name="a"></a><a href="#"></a>A</p>'),
    "a button by script": ("<p>A</p>", '<p><a href="javascript:print()">A</a></p>'),
    "a table's frame": (TABLE, TABLE.replace("<tr>", "<tbody><tr>", 1)),
    "paragraphs cut otherwise": (
        '<p>A <a href="/x">B</a></p>',
        '<p>A</p><p><a href="/x">B</a></p>',
    ),
}


@pytest.mark.parametrize(("before", "after", "said"), SEEN.values(), ids=SEEN)
def test_what_people_see_tells_two_forms_apart(before: str, after: str, said: str | None) -> None:
    old, new = read(before), read(after)
    assert old.sha256 != new.sha256
    differences = compare_forms(old, new)
    assert differences
    assert said is None or difference_line(differences[0]) == said
    assert compare_forms(new, old)


@pytest.mark.parametrize(("before", "after"), SAME.values(), ids=SAME)
def test_what_changes_by_itself_leaves_the_form_as_it_is(before: str, after: str) -> None:
    assert read(before) == read(after)
    assert read(before).sha256 == read(after).sha256
    assert compare_forms(read(before), read(after)) == ()


def test_a_form_is_read_back_as_it_was_written() -> None:
    form = read(f"{TABLE}{LIST}{PICTURE}<p>10<sup>2</sup></p>")
    assert Form.of(form.as_rows()) == form
    assert [part.kind for part in form.parts] == [
        FormKind.TABLE,
        FormKind.LIST,
        FormKind.PICTURE,
        FormKind.RAISED,
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("A short text of 12", "A short text of 12"),
        ("The parliamentary democracy of about 90,", "democracy of about 90,"),
        ("Towns of more than 24 letters on 9,", "than 24 letters on 9,"),
        ("a" * 40, "a" * 25),
    ],
)
def test_a_superscript_is_found_by_whole_words_before_it(text: str, name: str) -> None:
    [raised] = read(f"<p>{text}<sup>3</sup> boats</p>").parts
    assert raised.name == name


def test_a_page_with_endless_parts_is_read_to_a_bound() -> None:
    nested = "<sup><table><tr><td>" * 80 + '<a href="/x">x</a>' * (2 * MOST_PARTS)
    assert 0 < len(read(nested).parts) <= MOST_PARTS
    assert len(read(f'<a href="/{"a1" * 100_000}">x</a>').parts[0].value) < 100


def corpus(step: int) -> list[bytes]:
    """Return the main part of each page, or of one in so many."""
    files = sorted(CORPUS.glob("20*/*.html.gz"))[::step]
    return [cut_page(gzip.decompress(file.read_bytes())).main for file in files]


@pytest.mark.skipif(
    not (CORPUS / "MANIFEST.tsv").is_file(),
    reason=f"no real pages in {CORPUS}; set REPORTWATCH_CORPUS to their folder",
)
@pytest.mark.parametrize("step", [16, pytest.param(1, marks=pytest.mark.slow)])
def test_no_real_page_gets_another_form_where_an_archive_or_a_cache_rewrites_it(step: int) -> None:
    """Real pages as the Archive, the publisher's archive hosts and caches would serve them."""
    pages = corpus(step)
    assert len(pages) >= 400 // step
    live = LinkTargets("https://www.state.gov/reports/2022-x/sarn/", STATE)
    moved = LinkTargets("https://2021-2025.state.gov/reports/2022-x/sarn/index.html", STATE)
    archived = b'="https://web.archive.org/web/20240501120000/'
    for page in pages:
        form = form_of(page, live)
        assert form.parts
        for rewritten, targets in (
            (re.sub(rb'="(?=https?://(?!web\.archive))', archived, page), live),
            (page.replace(b'"http://', b'"https://'), live),
            (page.replace(b'="https://www.state.gov/', b'="/'), live),
            (page.replace(b'="https://www.state.gov', b'="https://2021-2025.state.gov'), moved),
            (re.sub(rb'(href="https?://[^"?#]+)"', rb'\1?utm_source=a"', page), live),
        ):
            assert compare_forms(form, form_of(rewritten, targets)) == ()
