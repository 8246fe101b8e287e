"""Inputs that would hold a worker: kinds of text and markup, at every place where such enters.

A kind is as long as it is asked to be; what it is made of is the smallest thing that makes some
program slow. ``table`` gives, by name, how an input is made and what is done with it.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path

from packing import record

from reports.compare.diff import compare_blocks, compare_readings
from reports.facts.read import read_facts
from reports.issues.read import read_issues
from reports.model.countries import fold as fold_name
from reports.model.countries import world
from reports.search.folding import folded_text, words_of
from reports.search.query import BadQuery, find_marks, parse_query
from reports.text.addresses import join_address, split_address
from reports.text.brackets import bracketed
from reports.text.canonical import canonical_block
from reports.text.misdecoded import is_badly_sent
from reports.text.plain import fully_visible, one_line
from reports.text.sentences import sentences
from reports.topics.classify import facets_of, find_topics
from scrapers.encodings import BadBody, unpacked
from scrapers.fetch.response import Response
from scrapers.fetch.robots import read_robots
from scrapers.judge.pages import judge, judge_listing
from scrapers.read.form import form_of
from scrapers.read.links import links_on
from scrapers.read.navigation import navigation_outline
from scrapers.read.page import decode
from scrapers.read.sanitize import inert
from scrapers.read.surroundings import read_surroundings
from scrapers.read.targets import LinkTargets
from scrapers.registry import source_named
from scrapers.saved.files import read_saved
from scrapers.saved.mhtml import read_mhtml
from scrapers.saved.page import WEB_TYPES, BadFile

EXAMPLES = Path(__file__).parent / "examples"
NOW = datetime(2025, 3, 1, tzinfo=UTC)
ADDRESS = "https://www.state.gov/reports/2021-country-reports-on-human-rights-practices/chad/"
BUILDER = "https://www.state.gov/report/custom/0123456789/"
OLD = "https://2009-2017.state.gov/j/drl/rls/hrrpt/2011/af/186184.htm"

Make = Callable[[int], str]


def _of(*pieces: str) -> Make:
    """Return what repeats pieces in turn up to a length."""
    ring = "".join(pieces)
    width = len(ring.encode())
    return lambda size: (ring * (size // width + 1))[: size * len(ring) // width]


def _drawn(letters: str, seed: int = 1) -> Make:
    """Return what draws words by chance: the same for a size."""

    def make(size: int) -> str:
        chance = random.Random(seed)
        return " ".join(chance.choice(letters) for _ in range(size // 2))

    return make


TEXTS: dict[str, Make] = {
    "marks of two classes": _of("\u0301\u0316"),
    "a letter and marks": _of("e" + "\u0316\u0301" * 40),
    "marks that become two": _of("\u0344\u0316"),
    "half-width marks": _of("\uff9e\u0316"),
    "jamo": _of("\u1100\u1161\u11a8"),
    "one long word": _of("a"),
    "spaces": _of(" \u00a0"),
    "unseen characters": _of("\u200b\u00ad\u200d"),
    "joiners between letters": _of("\u0628\u200d"),
    "selectors": _of("1\ufe0f"),
    "turning marks": _of("\u202e\u2066a"),
    "letters that unfold": _of("\ufdfa"),
    "four words by chance": _drawn("abcd"),
    "two words in turn": _of("of the "),
    "commas": _of("a, "),
    "semicolons and and": _of("killings; and "),
    "brackets that open": _of("("),
    "brackets in brackets": _of("(a) ["),
    "quotes": _of('"'),
    "typographic quotes": _of("\u201ca "),
    "full stops": _of("U.S. v. A. "),
    "sentences": _of("He said no. "),
    "colons": _of("included: "),
    "numbers": _of("1,234.5 "),
    "one number": _of("9"),
    "issues without end": _of("significant human rights issues included "),
    "denials": _of("There were no reports that "),
    "governments": _of("The government took steps to prosecute officials who committed abuses "),
    "including": _of("torture, including by police, "),
    "stars and minuses": _of("-a* OR "),
    "names of countries": _of("Chad Niger Mali "),
    "markup as text": _of("<p>&amp;"),
    "lines": _of("a\n"),
    "badly sent": _of("\u00e2\u20ac\u2122"),
}


def _parse(text: str) -> object:
    try:
        return parse_query(text)
    except BadQuery as refused:
        return str(refused)


def _compared(text: str) -> object:
    words = text.split()
    return compare_blocks([text], [" ".join(words[::-1])])


def _blocks(text: str) -> list[str]:
    return [canonical_block(text)]


_FORTY = parse_query('"a b" a* of ' + " ".join(f'"a {number}"' for number in range(37)))
"""As much as one query may ask for, most of it beginning with one word."""

ON_TEXT: dict[str, Callable[[str], object]] = {
    "canonical form": canonical_block,
    "folding for search": folded_text,
    "words for search": lambda text: sum(1 for _ in words_of(text)),
    "a query": _parse,
    "marks of a phrase": lambda text: find_marks(text, _FORTY.phrases),
    "a country's name": lambda text: (world().find(text), world().alike(text), fold_name(text)),
    "countries in a text": lambda text: world().mentions(text),
    "topics": lambda text: (find_topics(text), facets_of(text)),
    "sentences of": sentences,
    "brackets of": bracketed,
    "one line": lambda text: (one_line(text, 300), fully_visible(text)),
    "the issue list": lambda text: read_issues(_blocks(text)),
    "stock sentences": lambda text: read_facts(_blocks(text)),
    "a comparison": _compared,
    "a wrong decoding": lambda text: is_badly_sent([text[: len(text) // 2]], [text]),
    "a text saved": lambda text: source_named("us-state-hrr").read_text(text, ""),
    "an address": lambda text: _address(f"https://{text}/"),
}


def _address(text: str) -> object:
    try:
        return split_address(text), join_address("https://a.example/b/", text)
    except ValueError as refused:
        return str(refused)


MARKUP: dict[str, Make] = {
    "nested divisions": _of("<div>"),
    "nested emphasis": _of("<b><i>"),
    "nested lists": _of("<ul><li>a"),
    "nested tables": _of("<table><tr><td>a"),
    "nested quotes": _of("<blockquote><p>a"),
    "crossed elements": _of("<b><p><i></b></p>a"),
    "ends alone": _of("</p></div>"),
    "paragraphs": _of("<p>a</p>"),
    "breaks": _of("a<br>"),
    "headings": _of("<h2>Section 1</h2>"),
    "headings of a summary": _of("<h2>Executive Summary</h2><p>a</p>"),
    "links": _of("<a href=x>2019 Country Reports</a>"),
    "links of one's own": _of(f'<a href="{ADDRESS}">Chad</a>'),
    "links with marks": _of('<a href="//a' + "\u0301\u0316" * 400 + '/b">c</a>'),
    "links in links": _of("<div><a href=x>"),
    "links in links round a text": lambda size: "<div><a href=x>" * 200 + _of("a ")(size),
    "open links": _of("<a href=x>a"),
    "choices": _of("<option value=/a/>a"),
    "pictures": _of("<img src=a.png alt=b>"),
    "attributes": _of(" <p" + " a=b" * 400 + ">"),
    "one long attribute": lambda size: f'<p title="{"a " * (size // 2)}">a</p>',
    "classes": _of('<p class="' + "a " * 200 + '">a</p>'),
    "open tags": _of("<p "),
    "angles": _of("<"),
    "comments": _of("<!-- a -->b"),
    "open comments": _of("<!--"),
    "declarations": _of("<!DOCTYPE a>"),
    "instructions": _of("<?a "),
    "entities": _of("&amp;&#769;&#790;"),
    "broken entities": _of("&#"),
    "marks in a paragraph": lambda size: f"<p>a{_of(chr(0x301) + chr(0x316))(size)}</p>",
    "hidden words": _of("<span style='display:none'>a</span>"),
    "long styles": _of("<p style='" + "color:red;" * 40 + "'>a</p>"),
    "struck words": _of("<del>a</del><ins>b</ins>"),
    "notes": _of("<sup><a href=#_ftn1>[1]</a></sup>"),
    "superscripts": _of("<sup>1</sup>"),
    "scripts": _of("<script>a</script>"),
    "open scripts": _of("<script>a"),
    "sheets": _of("<style>a{b:c}</style>"),
    "a sheet of escapes": lambda size: f"<style>{_of(chr(92) + '75 ')(size)}</style>",
    "drawings": _of("<svg><text>a</text></svg>"),
    "forms": _of("<form><button>a</button><textarea>b</textarea></form>"),
    "definitions": _of("<dl><dt>a<dd>b"),
    "crumbs": _of('<div class="breadcrumb"><a href=/>Home</a>'),
    "regions": _of('<div class="entry-content">'),
    "one paragraph of four words": lambda size: f"<p>{_drawn('abcd')(size)}</p>",
    "sentences in a paragraph": lambda size: f"<p>{_of('The law prohibits it. ')(size)}</p>",
    "links deep inside": lambda size: "<div>" * 480 + _of("<a href=x>b</a> ")(size),
    "words deep inside": lambda size: "<div>" * 480 + _of("<b>b</b> ")(size),
    "paragraphs deep inside": lambda size: "<div>" * 480 + _of("<p>b</p>")(size),
    "pictures deep inside": lambda size: "<div>" * 480 + _of("<img src=a.png alt=b>")(size),
    "hidden words deep inside": lambda size: "<div>" * 480 + _of("<b hidden>b</b> ")(size),
    "hidden words in hidden ones": _of("<i style='color:red' hidden>a</i>"),
    "titles": _of("<title>a</title>"),
}


@cache
def _shell(name: str) -> tuple[str, str]:
    """Return what of an example page stands before and after its first paragraph's end."""
    page = (EXAMPLES / name).read_text()
    start = max(page.lower().find("executive summary"), 0)
    cut = page.find("</p>", start) + len("</p>")
    return page[:cut], page[cut:]


def _paged(name: str, markup: str) -> bytes:
    before, after = _shell(f"us-state-hrr/{name}.html")
    return f"{before}{markup}{after}".encode()


def _read(name: str, url: str, markup: str) -> object:
    return source_named("us-state-hrr").read(_paged(name, markup), url)


def _judged(markup: str) -> object:
    body = _paged("plain-2021", markup)
    answer = Response(ADDRESS, ADDRESS, 200, {"content-type": "text/html"}, body, NOW, (), "")
    source = source_named("us-state-hrr")
    return judge(answer, source), judge_listing(answer, source)


def _around(markup: str) -> object:
    source = source_named("us-state-hrr")
    page = _paged("plain-2021", "")
    cut = page.index(b">", page.index(b"<body")) + 1
    around = source.around(page[:cut] + markup.encode() + page[cut:])
    return read_surroundings(around) if around else None


def _shuffled(markup: str) -> str:
    """Return markup with its words in another order: the same for the same."""
    start, _, words = markup.partition(">")
    each = words.split(" ")
    random.Random(2).shuffle(each)
    return f"{start}>{' '.join(each)}"


def _read_twice(markup: str) -> object:
    """Compare a page with itself after its words were shuffled."""
    source = source_named("us-state-hrr")
    turned = _shuffled(markup)
    pages = [source.read(_paged("plain-2021", each), ADDRESS) for each in (markup, turned)]
    one, other = (page.reports[0].reading if page.reports else None for page in pages)
    return compare_readings(one, other) if one and other else None


def _note(markup: str) -> object:
    """Put markup in the place of a note's text."""
    item = json.loads((EXAMPLES / "uk-cpin/note-with-summary.page.json").read_text())
    item["details"]["body"] = markup
    return source_named("uk-cpin").read(json.dumps(item).encode(), "")


ON_MARKUP: dict[str, Callable[[str], object]] = {
    "a page": partial(_read, "plain-2021", ADDRESS),
    "an old page": partial(_read, "old-basic-text-2011", OLD),
    "a built page": partial(_read, "builder-two-countries", BUILDER),
    "a note": _note,
    "the gate": _judged,
    "around the report": _around,
    "the form": lambda markup: form_of(markup.encode(), LinkTargets(ADDRESS, ("www.state.gov",))),
    "an index": lambda markup: source_named("us-state-hrr").read_index(markup.encode(), "2021"),
    "a collection": lambda markup: source_named("us-state-hrr").read_collection(markup.encode()),
    "links": lambda markup: list(links_on(markup.encode(), ADDRESS)),
    "the menu": lambda markup: navigation_outline(markup.encode()),
    "a captured page": lambda markup: inert(markup.encode()),
}


def _unpacked(coding: str, body: bytes) -> object:
    try:
        return len(unpacked(body, coding, 10**6))
    except BadBody as refused:
        return str(refused)


def _mhtml(contents: bytes) -> object:
    try:
        return read_mhtml(contents, WEB_TYPES)
    except BadFile as refused:
        return str(refused)


def _saved(folder: Path, name: str, contents: bytes) -> object:
    path = folder / name
    path.write_bytes(contents)
    return list(read_saved([path]))


_PARTS = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n"
BYTES: dict[str, Callable[[int], bytes]] = {
    "zeros": bytes,
    "letters": lambda size: b"a" * size,
    "lines": lambda size: b"a: b\r\n" * (size // 6),
    "going on": lambda size: b"a: b\r\n" + b" c\r\n" * (size // 4),
    "gzip heads": lambda size: b"\x1f\x8b\x08" * (size // 3),
    "gzip members": lambda size: gzip.compress(b"", mtime=0) * (size // 20),
    "a bomb": lambda size: gzip.compress(bytes(size * 100), mtime=0),
    "warc records": lambda size: record() * (size // len(record()) + 1),
    "warc starts": lambda size: b"WARC/1.0\r\n" * (size // 10),
    "a warc line": lambda size: b"WARC/1.0\r\nA: " + b"a" * size,
    "parts": lambda size: _PARTS + b"--b\r\n\r\na\r\n" * (size // 10),
    "parts in parts": lambda size: _PARTS + (b"--b\r\n" + _PARTS) * (size // len(_PARTS)),
    "soft line ends": lambda size: (
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + b"=\r\n" * (size // 3)
    ),
    "utf-16": lambda size: b"\xff\xfe" + b"a\x00" * (size // 2),
    "broken utf-8": lambda size: b"\xe2\x82" * (size // 2),
    "braces": lambda size: b'{"a":' * (size // 5),
    "brackets": lambda size: b"[" * size,
    "robots": lambda size: b"User-agent: *\nDisallow: /*a*b*c$\n" * (size // 33),
    "stars": lambda size: b"User-agent: *\nDisallow: /" + b"*a" * (size // 2),
}


def on_bytes(folder: Path) -> dict[str, Callable[[bytes], object]]:
    """Return where bytes enter; files are written to a folder."""
    return {
        "decoding": decode,
        "gzip": partial(_unpacked, "gzip"),
        "deflate": partial(_unpacked, "deflate"),
        "brotli": partial(_unpacked, "br"),
        "zstandard": partial(_unpacked, "zstd"),
        "a single file": _mhtml,
        "a saved file": partial(_saved, folder, "a.html.gz"),
        "a web archive": partial(_saved, folder, "a.warc"),
        "a packed web archive": partial(_saved, folder, "a.warc.gz"),
        "a note's item": lambda body: source_named("uk-cpin").read(body, ""),
        "a set of links": lambda body: source_named("uk-cpin").read_index(body, "current"),
        "robots.txt": lambda body: read_robots(200, body).allows(f"https://a.example/{'a' * 2000}"),
    }


def table(folder: Path) -> dict[str, tuple[Callable[[int], object], Callable[[object], object]]]:
    """Return every kind at every place, by name: how it is made, and what is done with it."""
    found: dict[str, tuple[Callable[..., object], Callable[..., object]]] = {}
    for kinds, places in ((TEXTS, ON_TEXT), (MARKUP, ON_MARKUP), (BYTES, on_bytes(folder))):
        for kind, make in kinds.items():
            found |= {f"{place}: {kind}": (make, work) for place, work in places.items()}
    for kind in ("one paragraph of four words", "sentences in a paragraph", "paragraphs"):
        found[f"a page read twice: {kind}"] = (MARKUP[kind], _read_twice)
    return found
