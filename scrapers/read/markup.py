"""Find tags in raw bytes as a parser would: not in comments, scripts or attributes' values.

Real pages are searched, not parsed, since most of their bytes are menus and scripts. A tag that
is in a comment is not a tag: taking it for one would cut a report off in silence. Every search is
linear in the page's length, whatever the page is made of.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from scrapers.read.page import LONGEST_TAG, find_element

_HIDING = re.compile(rb"<(!--|script\b)", re.I)
_ENDS = {b"!--": re.compile(rb"-->"), b"script": re.compile(rb"</script", re.I)}
_TAG_NAME = re.compile(rb"<([a-zA-Z][a-zA-Z0-9]*)\b")
_OPEN_QUOTE = re.compile(
    rb"""<[a-zA-Z/!][^<>"']*+(?:"[^"]*"[^<>"']*+|'[^']*'[^<>"']*+)*(?:"[^"]*+|'[^']*+)"""
)
LOOKED_BACK = 16
"""Signs "<" before an offset that may begin a tag in whose attribute the offset lies."""


class Markup:
    """The bytes of a page, and where its comments and scripts hide what looks like tags."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        spans = list(_hidden_spans(body))
        self._starts = [start for start, _ in spans]
        self._ends = [end for _, end in spans]

    def find_tag(self, tag: re.Pattern[bytes], start: int = 0, end: int | None = None) -> int:
        """Return the offset of the first match of a tag's pattern that is a tag, or -1."""
        stop = len(self._body) if end is None else end
        found = tag.search(self._body, start, stop)
        while found:
            onward = self._onward(found.start())
            if not onward:
                return found.start()
            found = tag.search(self._body, onward, stop)
        return -1

    def find_class(self, name: bytes, start: int = 0, end: int | None = None) -> int:
        """Return the offset of the first start tag with a class that is a tag, or -1."""
        at = find_element(self._body, name, start, end)
        while at >= 0:
            onward = self._onward(at)
            if not onward:
                return at
            at = find_element(self._body, name, onward, end)
        return -1

    def closing_of(self, start: int) -> int:
        """Return the offset of the end tag that closes the element beginning at ``start``, or -1.

        Only its own kind of tag is counted.
        """
        name = _TAG_NAME.match(self._body, start)
        if not name:
            return -1
        depth = 0
        for tag in re.compile(rb"<(/?)" + name[1] + rb"\b", re.I).finditer(self._body, start):
            if self._hidden_until(tag.start()):
                continue
            depth += -1 if tag[1] else 1
            if not depth:
                return tag.start()
        return -1

    def shown(self, start: int, end: int) -> bytes:
        """Return a piece of the page without its comments and scripts."""
        kept, last = [], start
        first = max(bisect_right(self._starts, start) - 1, 0)
        for hidden, closing in zip(self._starts[first:], self._ends[first:], strict=True):
            if hidden >= end:
                break
            kept.append(self._body[last:hidden])
            last = max(self._body.find(b">", closing) + 1 or len(self._body), start)
        return b"".join([*kept, self._body[last:end]])

    def _onward(self, at: int) -> int:
        """Return where to search on if an offset is not markup, 0 if it is."""
        return self._hidden_until(at) or (at + 1 if _is_in_attribute(self._body, at) else 0)

    def _hidden_until(self, at: int) -> int:
        """Return where the comment or script around an offset ends, 0 if there is none."""
        before = bisect_right(self._starts, at - 1) - 1
        return self._ends[before] if before >= 0 and at < self._ends[before] else 0


def without_hidden(body: bytes) -> bytes:
    """Return a page without its comments and scripts; ``b""`` if one is never closed."""
    kept, last = [], 0
    for start, end in _hidden_spans(body):
        if end == len(body):
            return b""
        kept.append(body[last:start])
        last = body.find(b">", end) + 1 or len(body)
    return b"".join([*kept, body[last:]])


def _hidden_spans(body: bytes) -> Iterator[tuple[int, int]]:
    """Yield where comments and scripts begin and end, in order; one never closed hides the rest."""
    found = _HIDING.search(body)
    while found:
        closing = _ENDS[found[1].lower()].search(body, found.end())
        at = closing.start() if closing else len(body)
        yield found.start(), at
        found = _HIDING.search(body, at)


def _is_in_attribute(body: bytes, at: int) -> bool:
    """Return whether an offset lies in the quoted value of a tag's attribute."""
    least, opening = max(at - LONGEST_TAG, 0), at
    for _ in range(LOOKED_BACK):
        opening = body.rfind(b"<", least, opening)
        if opening < 0:
            return False
        if _OPEN_QUOTE.fullmatch(body, opening, at):
            return True
    return False
