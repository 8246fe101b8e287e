"""Mutations that alter no word of the report, only its bytes and what stands around it."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

from bench.fuzz.markup import Markup, spliced
from bench.fuzz.mutations import HTML, Broken, harmless, whole
from bench.fuzz.seeds import Seeds

_HIDDEN = (
    b'<nav><ul><li><a href="/a/">Travel Advisories</a></li><li>Newsroom index</li></ul></nav>',
    b'<form action="/build"><h4>Build a Custom Report</h4><p>01 / Select a Year</p></form>',
    b"<script>var a = '<h2 class=\"report__section-title\">Executive Summary</h2>';</script>",
    b"<script>if (a < b) { document.write('<p>Tracking pixel text</p>'); }</script>",
    b"<style>.report__content { content: 'Decorative words in a style' }</style>",
    b"<noscript>Please switch scripting on to see this site</noscript>",
    b"<template><p>Words of an unused template</p></template>",
    b"<select><option>Afghanistan</option><option>Zimbabwe</option></select>",
    b'<button type="button">Back to the top of everything</button>',
    b"<svg><title>A drawing of an arrow</title><text>Arrow label words</text></svg>",
    b'<iframe src="/x">Your browser shows no frames at all</iframe>',
)
_CHROME = (
    b'<div class="cookie-banner"><p>We use cookies to improve your visit to this site.</p>'
    b"<button>Accept all</button></div>",
    b'<div id="banner">An official website that uses only secure connections</div>',
    b'<div class="menu"><ul><li><a href="/p/">Policy Issues</a></li><li>Bureaus</li></ul></div>',
    b'<div class="survey"><p>Tell us what you think of this page in our short survey.</p></div>',
    b'<div id="wm-ipp-base"><p>This saved copy was taken on one day in spring.</p></div>',
    b"<div><h4>Edit Your Custom Report</h4><p>01 / Select a Year</p><p>02 / Select Sections</p>"
    b"</div>",
    b'<script type="application/json">{"html": "<p>Quoted words of a script</p>"}</script>',
)
_COMMENTS = (
    b"<!-- cached -->",
    b"<!-- </section></div></main> -->",
    b"<!-- <footer> -->",
    b'<!-- <div class="report__side"> -->',
    b'<!-- <h2 class="report__section-title">Executive Summary</h2><p>Old words</p> -->',
    b"<!---->",
    b"<!-- a > b < c -- d -->",
    b"<!-- </html> -->",
)
_ATTRIBUTES = (b' data-a="%s"', b" data-a='%s'", b' title="%s > %s"', b" onclick=\"a('%s')\"")
_TRICKS = (b"</main>", b"<footer>", b"&lt;p&gt;", b"</section>", b"class=report__side", b"--")
_ASCII_WORD = re.compile(rb"(?<![&#\w])[A-Za-z]{3,}(?![\w;])")
_ZERO_WIDTH = ("\u200b".encode(), "\ufeff".encode())
_SPACE = re.compile(rb"(?<=[a-z,]) (?=[a-z])")
_SPACES = (b"  ", b"\n", b"\t", b"\r\n", "\u00a0".encode(), "\u2009".encode(), b"&nbsp;", b"&#160;")


_CHARSET = re.compile(r"(?i)(charset=[\"']?)utf-8")
ENCODINGS = ("utf-16", "utf-16-le", "utf-32", "cp1252", "gb18030", "shift_jis", "koi8-r", "utf-7")


def _at_edges(body: bytes, rng: Random, new: bytes) -> bytes:
    edges = Markup(body).edges
    places = [rng.choice(edges) for _ in range(rng.randint(1, 3))] if edges else []
    return spliced(body, [(at, at, new) for at in sorted(set(places))])


@harmless
def hidden_in_region(body: bytes, rng: Random) -> bytes:
    """Put what no reader shows between two paragraphs."""
    return _at_edges(body, rng, rng.choice(_HIDDEN))


@harmless
def comment_in_region(body: bytes, rng: Random) -> bytes:
    """Put a comment between two paragraphs."""
    return _at_edges(body, rng, rng.choice(_COMMENTS))


@harmless
def chrome_around(body: bytes, rng: Random) -> bytes:
    """Put a banner, menu or form where the page's body begins or ends."""
    start, end = Markup(body).main
    at = rng.choice((start, end))
    return spliced(body, [(at, at, b"\n%s\n" % rng.choice(_CHROME))])


@harmless
def long_attribute(body: bytes, rng: Random) -> bytes:
    """Give a paragraph of the region an attribute, long or with markup in it."""
    edges = Markup(body).edges
    if not edges:
        return body
    at = body.index(b">", rng.choice(edges))
    value = rng.choice((rng.choice(_TRICKS), b"-" * rng.choice((10, 2_000, 60_000, 500_000))))
    pattern = rng.choice(_ATTRIBUTES)
    new = pattern.replace(b"%s", value)
    return spliced(body, [(at, at, new)])


@harmless
def upper_case_tags(body: bytes, rng: Random) -> bytes:
    """Write names of tags in upper case: all of them, or some."""
    share = rng.choice((0.1, 0.5, 1.0))
    chosen = [tag for tag in Markup(body).tags if rng.random() < share]
    return spliced(body, [_upper(body, tag.start, len(tag.name)) for tag in chosen])


def _upper(body: bytes, start: int, length: int) -> tuple[int, int, bytes]:
    at = start + (2 if body[start + 1 : start + 2] == b"/" else 1)
    return at, at + length, body[at : at + length].upper()


@harmless
def other_quotes(body: bytes, rng: Random) -> bytes:
    """Write the region's class attributes in single quotes, without any, or with spaces."""
    new = rng.choice((rb"class='\1'", rb"class=\1 ", rb'class = "\1"', rb'CLASS="\1"'))
    start, end = Markup(body).region
    region = re.sub(rb'\bclass="([\w-]+)"', new, body[start:end])
    return body[:start] + region + body[end:]


@harmless
def spaces_in_tags(body: bytes, rng: Random) -> bytes:
    """Put white space before the ends of tags."""
    share, space = rng.choice((0.05, 1.0)), rng.choice((b" ", b"\n", b"\t "))
    chosen = [tag.end - 1 for tag in Markup(body).tags if rng.random() < share]
    return spliced(body, [(at, at, space) for at in chosen if body[at - 1 : at] != b"/"])


@harmless
def other_white_space(body: bytes, rng: Random) -> bytes:
    """Write spaces of the report's text as other white space."""
    return _in_texts(body, rng, _SPACE, lambda _: rng.choice(_SPACES))


@harmless
def zero_width(body: bytes, rng: Random) -> bytes:
    """Put zero-width spaces and byte-order marks into words."""
    return _in_texts(
        body, rng, _ASCII_WORD, lambda word: word[:2] + rng.choice(_ZERO_WIDTH) + word[2:]
    )


@harmless
def character_references(body: bytes, rng: Random) -> bytes:
    """Write letters of the report's text as references."""
    form = rng.choice((b"&#%d;", b"&#x%x;", b"&#%06d;"))
    return _in_texts(body, rng, _ASCII_WORD, lambda word: word[:1] + form % word[1] + word[2:])


@harmless
def split_words(body: bytes, rng: Random) -> bytes:
    """Put inline tags and comments into words."""
    new = rng.choice((b"<b>%s</b>", b"<span>%s", b"<!-- -->%s", b"<wbr>%s", b"<a id=x></a>%s"))
    return _in_texts(body, rng, _ASCII_WORD, lambda word: word[:2] + new % word[2:])


def _in_texts(body: bytes, rng: Random, what: re.Pattern[bytes], new: object) -> bytes:
    """Replace some of what a pattern finds in some of the report's texts."""
    texts = Markup(body).texts
    edits = []
    for start, end in rng.sample(texts, min(len(texts), rng.choice((1, 5, 40)))):
        found = list(what.finditer(body, start, end))
        for one in rng.sample(found, min(len(found), 3)):
            edits.append((one.start(), one.end(), new(one[0])))  # type: ignore[operator]
    return spliced(body, edits)


@harmless
def line_ends(body: bytes, rng: Random) -> bytes:
    """End lines as other systems do."""
    return body.replace(b"\r\n", b"\n").replace(b"\n", rng.choice((b"\r\n", b"\r", b"\n\n\n")))


@harmless
def byte_order_mark(body: bytes, rng: Random) -> bytes:
    """Begin with a byte-order mark, or with white space."""
    return rng.choice((b"\xef\xbb\xbf", b"\n\n", b"  \r\n", b"<?xml version='1.0'?>")) + body


@harmless
def not_closed(body: bytes, rng: Random) -> bytes:
    """Leave out end tags that HTML lets one leave out, where white space or a block follows."""
    return re.sub(
        rb"</p>(?=\s*<(?:p|h[1-6]|ul|ol|section|div)\b)", b"", body, count=rng.choice((0, 1))
    )


@whole(is_harmless=True)
def declared_encoding(page: Broken, rng: Random, _seeds: Seeds, _number: int) -> Broken:
    """Send the page in another encoding, as the server says or, where it says none, the page."""
    name, text = rng.choice(ENCODINGS), decoded(page.body)
    if not text or page.content_type != HTML:
        return page
    told = f"text/html; charset={name}"
    if rng.random() < 0.5 and _CHARSET.search(text):
        text, told = _CHARSET.sub(rf"\1{name}", text), "text/html"
    return replace(page, body=text.encode(name, "xmlcharrefreplace"), content_type=told)


@whole(is_harmless=True)
def western_encoding(page: Broken, rng: Random, _seeds: Seeds, _number: int) -> Broken:
    """Send the page in Windows-1252 or Latin-1, which nobody says."""
    name, text = rng.choice(("latin-1", "cp1252")), decoded(page.body)
    if not text or page.content_type != HTML:
        return page
    return replace(page, body=text.encode(name, "xmlcharrefreplace"), content_type="text/html")


def decoded(body: bytes) -> str:
    """Return the text of a page, ``""`` of one that another mutation has left in no UTF-8."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return ""
