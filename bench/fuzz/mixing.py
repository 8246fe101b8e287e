"""Mutations that bring in what is not the page's own: other pages, encodings and words."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from bench.fuzz.breaking import anywhere
from bench.fuzz.harmless import ENCODINGS, decoded
from bench.fuzz.markup import Markup, spliced
from bench.fuzz.mutations import Broken, whole
from bench.fuzz.seeds import Seeds, letters


@whole()
def merge_two_pages(page: Broken, rng: Random, seeds: Seeds, number: int) -> Broken:
    """Let another page follow in the midst of this one or behind it, whole or in part."""
    other = seeds.pick(number, turn=1)
    at = rng.choice((len(page.body), anywhere(page.body, rng)))
    begin = rng.choice((0, anywhere(other.body, rng)))
    rest = rng.choice((b"", page.body[at:]))
    return replace(
        page, body=page.body[:at] + other.body[begin:] + rest, seeds=(*page.seeds, other)
    )


@whole()
def swap_regions(page: Broken, rng: Random, seeds: Seeds, number: int) -> Broken:
    """Put another page's report in the place of this one's, or both."""
    other = seeds.pick(number, turn=2)
    mine, others = Markup(page.body).report, Markup(other.body).report
    if not (mine and others):
        return page
    (start, end), theirs = mine, other.body[slice(*others)]
    ours = rng.choice((b"", page.body[start:end]))
    return replace(
        page,
        body=page.body[:start] + ours + theirs + page.body[end:],
        seeds=(*page.seeds, other),
    )


@whole()
def write_words(page: Broken, rng: Random, _seeds: Seeds, _number: int) -> Broken:
    """Write a paragraph into the report, as an edit would."""
    edges = Markup(page.body).edges
    if not edges:
        return page
    at = rng.choice(edges)
    words = rng.choice(("Section 1.", "Executive Summary", "The ferry ran late; and the bridge.",
                        "Note: This page was updated 1/02/23.", "; ".join(["fog"] * 2_000),
                        "(" * 3_000, "Significant human rights issues included: fog"))  # fmt: skip
    tag = rng.choice((b"p", b"div", b"h2", b"h3", b"li", b"td"))
    new = b"<%s>%s</%s>" % (tag, words.encode(), tag)
    return replace(
        page,
        body=spliced(page.body, [(at, at, new)]),
        inserted=page.inserted + letters(words),
    )


@whole(is_blurring=True)
def undeclared_encoding(page: Broken, rng: Random, _seeds: Seeds, _number: int) -> Broken:
    """Send the page in another encoding than the server says."""
    text = decoded(page.body)
    body = text.encode(rng.choice(ENCODINGS), "xmlcharrefreplace")
    return replace(page, body=body) if text else page
