"""Find the places of a page's bytes where it can be broken: tags, elements, texts, regions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from random import Random

Span = tuple[int, int]

_TOKEN = re.compile(
    rb"<!--.*?-->|<(script|style|textarea|title)\b.*?</\1\s*>|(</?[a-zA-Z][^<>]*>)", re.S | re.I
)
_NAME = re.compile(rb"</?([a-zA-Z][a-zA-Z0-9]*)")
_REGION = re.compile(
    rb"""<[a-z]+\b[^<>]*\b(?:class=["'](?:[^"'<>]* )?report__content["' ]"""
    rb"""|id=["']centerblock["'])[^<>]*>"""
)
_REGION_END = re.compile(rb"""<[a-z]+\b[^<>]*\bclass=["']?report__side|</main>|<footer|</body>""")
_BODY = re.compile(rb"<body\b[^<>]*>", re.I)
_VOID = frozenset({b"br", b"hr", b"img", b"input", b"link", b"meta", b"wbr", b"source"})
_EDGES = frozenset({b"p", b"section", b"ul", b"ol", b"h1", b"h2", b"h3", b"h4", b"h5", b"h6"})


@dataclass(frozen=True)
class Tag:
    """One tag and where it stands."""

    start: int
    end: int
    name: bytes
    is_closing: bool


class Markup:
    """The places of one page; every offset is one of ``body``."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        """The tags outside comments and scripts, in order."""
        found = []
        for token in _TOKEN.finditer(self.body):
            name = _NAME.match(token[2]) if token[2] else None
            if name:
                is_closing = token[2].startswith(b"</")
                found.append(Tag(token.start(), token.end(), name[1].lower(), is_closing))
        return tuple(found)

    @cached_property
    def region(self) -> Span:
        """Where the report stands, or the whole body of a page without such an element."""
        start = _REGION.search(self.body)
        if not start:
            return self.main
        end = _REGION_END.search(self.body, start.end())
        return start.end(), end.start() if end else len(self.body)

    @cached_property
    def report(self) -> Span | None:
        """Where the element that carries the report stands, tags included."""
        found = _REGION.search(self.body)
        tags = (tag for tag in self.tags if found and tag.start == found.start())
        return next((self.element(tag) for tag in tags), None)

    @cached_property
    def main(self) -> Span:
        """What stands between the page's body tags."""
        start = _BODY.search(self.body)
        end = self.body.rfind(b"</body>")
        return start.end() if start else 0, end if end >= 0 else len(self.body)

    @cached_property
    def edges(self) -> tuple[int, ...]:
        """Offsets in the region where a paragraph or heading begins."""
        start, end = self.region
        return tuple(
            tag.start
            for tag in self.tags
            if start <= tag.start < end and tag.name in _EDGES and not tag.is_closing
        )

    @cached_property
    def texts(self) -> tuple[Span, ...]:
        """The texts between the region's tags that hold more than white space, no script's."""
        tokens = [found.span() for found in _TOKEN.finditer(self.body, *self.region)]
        spans = ((one[1], other[0]) for one, other in pairwise(tokens))
        return tuple((a, b) for a, b in spans if self.body[a:b].strip())

    def element(self, tag: Tag) -> Span | None:
        """Return where the element of a start tag stands, counting tags of its name."""
        if tag.is_closing or tag.name in _VOID:
            return None
        depth = 0
        for other in self.tags[self.tags.index(tag) :]:
            if other.name == tag.name:
                depth += -1 if other.is_closing else 1
                if not depth:
                    return tag.start, other.end
        return None

    def any_element(self, rng: Random, within: Span | None = None) -> Span | None:
        """Return some element, one inside a span where that is given."""
        start, end = within or (0, len(self.body))
        inner = [tag for tag in self.tags if start <= tag.start < end and not tag.is_closing]
        for _ in range(8):
            found = self.element(rng.choice(inner)) if inner else None
            if found and found[1] <= end:
                return found
        return None


def spliced(body: bytes, edits: Sequence[tuple[int, int, bytes]]) -> bytes:
    """Replace stretches that do not overlap, given in any order."""
    parts, at = [], 0
    for start, end, new in sorted(edits):
        if start >= at:
            parts += [body[at:start], new]
            at = end
    return b"".join((*parts, body[at:]))
