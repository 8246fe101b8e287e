"""Mutations that lose words, move them or bury them, and those that cut a page's end away."""

from __future__ import annotations

import re
from random import Random

from bench.fuzz.markup import Markup, Span, spliced
from bench.fuzz.mutations import blurring, breaking, cutting, stirring

_UNCLOSED = (
    b"<!--", b"<script>", b"<style>", b"<![CDATA[", b"<textarea>", b"<title>", b"<!", b"<?",
    b"<plaintext>", b"<noscript>", b"<svg>", b"<math>", b"<template>", b'<a href="',
    b"<div class='", b"<", b"</", b"<p", b"&", b"&#", b"&#x", b"]]>", b"-->", b"<table><tr>",
    b"<select>",
    b"<iframe>", b"<object>", b"<head>", b"<html>", b"<body>", b"<frameset>", b"</body></html>",
)  # fmt: skip
_NESTED = (b"<div>", b"<b>", b"<ul><li>", b"<table><tr><td>", b"<font>", b"<p>", b"<section>",
           b"<span>", b"<blockquote>", b"<a href='/'>", b"<h2>", b"<i><b>")  # fmt: skip
_FLOODS = (b"&nbsp;", b"&amp;", b"&#8203;", b"&lt;", b"&#xFEFF;", b"&#0;", b"&#55296;",
           b"&#1114112;", b"&#x3C;", b"&", b"&#", b";", b"&#128;")  # fmt: skip
_CONTROLS = (b"\x01", b"\x0b", b"\x0c", b"\x1b[2J", b"\x1f", b"\x7f", "\u0085".encode(),
             "\u2028".encode(), "\u202e".encode(), "\ufffe".encode(), "\u00ad".encode(),
             b"\xed\xa0\x80", "\U0001f600".encode(), b"\x08")  # fmt: skip
_WALLS = (
    "This content is currently unavailable. Please try again later.",
    "We use cookies to make this site work. Accept all cookies to continue.",
    "Please enable JavaScript to view this page.",
    "We are experiencing technical difficulties. We apologize for the inconvenience.",
    "Edit Your Custom Report 01 / Select a Year 02 / Select Sections 03 / Select Countries",
    "Loading",
)
_STRUCTURE = re.compile(
    rb"(?=<(?:header|nav|main|footer|aside|article|section|form)\b"
    rb"|<div (?:id|class)=|</main>|</body>)"
)
_NAMES = (b"p", b"div", b"section", b"h2", b"h3", b"h4", b"span", b"main", b"a", b"header", b"nav")
_SHARES = (0.01, 0.1, 0.5, 1.0)


def _some(rng: Random, tags: Markup, most: int = 8) -> list[Span]:
    chosen = rng.sample(tags.tags, min(len(tags.tags), rng.randint(1, most)))
    return [(tag.start, tag.end) for tag in chosen]


def anywhere(body: bytes, rng: Random) -> int:
    """Return a place: in the region twice of three times."""
    start, end = Markup(body).region if rng.random() < 2 / 3 else (0, len(body))
    return rng.randint(start, max(end, start))


def _parts(body: bytes) -> tuple[bytes, list[bytes], bytes]:
    """Cut a page's body where large parts begin; return also what stands before and after it."""
    start, end = Markup(body).main
    return body[:start], _STRUCTURE.split(body[start:end]), body[max(start, end) :]


@cutting
def cut(body: bytes, rng: Random) -> bytes:
    """End the page anywhere."""
    return body[: anywhere(body, rng)]


@cutting
def cut_at_a_tag(body: bytes, rng: Random) -> bytes:
    """End the page behind a tag, most often one of the report's."""
    start, end = Markup(body).region if rng.random() < 2 / 3 else (0, len(body))
    places = [tag.end for tag in Markup(body).tags if start <= tag.start < end]
    return body[: rng.choice(places)] if places else body[: end // 2]


@breaking
def delete_tags(body: bytes, rng: Random) -> bytes:
    """Delete some tags."""
    return spliced(body, [(a, b, b"") for a, b in _some(rng, Markup(body))])


@breaking
def delete_all_of_a_name(body: bytes, rng: Random) -> bytes:
    """Delete most tags of one name: starts, ends or both."""
    name, share, which = rng.choice(_NAMES), rng.choice(_SHARES), rng.choice((True, False, None))
    return spliced(
        body,
        [
            (tag.start, tag.end, b"")
            for tag in Markup(body).tags
            if tag.name == name and which in (None, tag.is_closing) and rng.random() < share
        ],
    )


@breaking
def rename_tags(body: bytes, rng: Random) -> bytes:
    """Make elements of one name elements of another."""
    old, new, share = rng.choice(_NAMES), rng.choice(_NAMES), rng.choice(_SHARES)
    edits = []
    for tag in Markup(body).tags:
        if tag.name == old and rng.random() < share:
            at = tag.start + (2 if tag.is_closing else 1)
            edits.append((at, at + len(old), new))
    return spliced(body, edits)


@breaking
def duplicate_tags(body: bytes, rng: Random) -> bytes:
    """Write some tags twice or often."""
    times = rng.choice((1, 1, 3, 200))
    return spliced(body, [(b, b, body[a:b] * times) for a, b in _some(rng, Markup(body))])


@stirring
def swap_tags(body: bytes, rng: Random) -> bytes:
    """Let tags change places."""
    places = _some(rng, Markup(body))
    turned = [*places[1:], *places[:1]]
    return spliced(body, [(a, b, body[c:d]) for (a, b), (c, d) in zip(places, turned, strict=True)])


@breaking
def swap_elements(body: bytes, rng: Random) -> bytes:
    """Let two elements change places: two of the report, or two outside it."""
    page = Markup(body)
    start, end = page.region
    within = rng.choice(((start, end), (0, start), (end, len(body))))
    one, other = sorted(page.any_element(rng, within) or (0, 0) for _ in range(2))
    if one[1] > other[0]:
        return body
    return spliced(body, [(*one, body[slice(*other)]), (*other, body[slice(*one)])])


@breaking
def delete_element(body: bytes, rng: Random) -> bytes:
    """Delete a whole element."""
    found = Markup(body).any_element(rng)
    return spliced(body, [(*found, b"")]) if found else body


@breaking
def duplicate_element(body: bytes, rng: Random) -> bytes:
    """Write a whole element twice."""
    found = Markup(body).any_element(rng)
    return spliced(body, [(found[1], found[1], body[slice(*found)])]) if found else body


@breaking
def strip_attributes(body: bytes, rng: Random) -> bytes:
    """Take the attributes from some tags or all."""
    share = rng.choice(_SHARES)
    chosen = [tag for tag in Markup(body).tags if not tag.is_closing and rng.random() < share]
    return spliced(body, [(tag.start, tag.end, b"<%s>" % tag.name) for tag in chosen])


@breaking
def upper_case(body: bytes, rng: Random) -> bytes:
    """Write some tags with all their attributes in another case."""
    share = rng.choice(_SHARES)
    chosen = [tag for tag in Markup(body).tags if rng.random() < share]
    turn = rng.choice((bytes.upper, bytes.swapcase, bytes.title))
    return spliced(body, [(t.start, t.end, turn(body[t.start : t.end])) for t in chosen])


@breaking
def nest_deeply(body: bytes, rng: Random) -> bytes:
    """Open many elements, and close them or not."""
    tag, times = rng.choice(_NESTED), rng.choice((20, 200, 255, 2_100, 20_000, 100_000))
    at = anywhere(body, rng)
    closed = re.sub(rb"<(\w+)[^>]*>", rb"</\1>", tag) * times if rng.random() < 0.5 else b""
    return spliced(body, [(at, at, tag * times + closed)])


@blurring
def flood_of_entities(body: bytes, rng: Random) -> bytes:
    """Write many character references in a row, whole ones and broken ones."""
    at = anywhere(body, rng)
    return spliced(body, [(at, at, rng.choice(_FLOODS) * rng.choice((5, 500, 20_000, 200_000)))])


@blurring
def null_bytes(body: bytes, rng: Random) -> bytes:
    """Put null bytes in one place or in many."""
    places = {anywhere(body, rng) for _ in range(rng.choice((1, 3, 30)))}
    return spliced(body, [(at, at, b"\x00" * rng.choice((1, 1, 500))) for at in places])


@blurring
def control_characters(body: bytes, rng: Random) -> bytes:
    """Put control characters, marks of direction and surrogates anywhere."""
    places = {anywhere(body, rng) for _ in range(rng.choice((1, 5, 50)))}
    return spliced(body, [(at, at, rng.choice(_CONTROLS)) for at in places])


@blurring
def broken_bytes(body: bytes, rng: Random) -> bytes:
    """Overwrite bytes with ones that are no UTF-8, or lose bytes."""
    broken = bytearray(body)
    for _ in range(rng.choice((1, 3, 30))):
        at = min(anywhere(body, rng), len(broken) - 1)
        broken[at : at + 1] = rng.choice((b"\xff", b"\xc3", b"\xe2\x80", b"\x80", b"", b"<", b">"))
    return bytes(broken)


@breaking
def huge_attribute(body: bytes, rng: Random) -> bytes:
    """Give any tag a huge attribute, well or badly quoted."""
    tags = Markup(body).tags
    if not tags:
        return body
    at = rng.choice(tags).end - 1
    value = rng.choice((b"a", b"<", b"&amp;", b" b=c", b"&quot;")) * rng.choice((500, 100_000))
    return spliced(body, [(at, at, rng.choice((b' x="%s"', b" x='%s", b" x=%s", b" %s")) % value)])


@breaking
def unclosed(body: bytes, rng: Random) -> bytes:
    """Open what is never closed."""
    places = {anywhere(body, rng) for _ in range(rng.choice((1, 1, 2)))}
    return spliced(body, [(at, at, rng.choice(_UNCLOSED)) for at in places])


@breaking
def move_region(body: bytes, rng: Random) -> bytes:
    """Put the report before the header, behind the footer, or anywhere between."""
    page = Markup(body)
    report = page.report
    if not report:
        return body
    outside = [tag.start for tag in page.tags if not report[0] <= tag.start < report[1]]
    at = rng.choice([at for at in outside if at >= page.main[0]] or [page.main[0]])
    return spliced(body, [(*report, b""), (at, at, body[slice(*report)])])


@stirring
def reorder_structure(body: bytes, rng: Random) -> bytes:
    """Let large parts of the page change places: header, menu, main region, footer, sections."""
    before, parts, after = _parts(body)
    for _ in range(rng.randint(1, 3)):
        one, other = rng.randrange(len(parts)), rng.randrange(len(parts))
        parts[one], parts[other] = parts[other], parts[one]
    return b"".join((before, *parts, after))


@breaking
def lose_structure(body: bytes, rng: Random) -> bytes:
    """Lose a large part of the page."""
    before, parts, after = _parts(body)
    del parts[rng.randrange(len(parts))]
    return b"".join((before, *parts, after))


@stirring
def wall(body: bytes, rng: Random) -> bytes:
    """Put a wall in the report's place: its headings may stay, its words go."""
    page = Markup(body)
    start, end = page.region
    said = rng.choice((b"<div>%s</div>", b"<p>%s</p>", b"%s")) % rng.choice(_WALLS).encode()
    if rng.random() < 0.5:
        heading = re.search(rb"<h2\b.*?</h2>", body[start:end], re.S)
        said = (heading[0] if heading else b"") + said
    return body[:start] + said + body[end:]
