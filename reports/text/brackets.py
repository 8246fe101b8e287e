"""Find the brackets of a text, so that no list is cut inside them."""

from __future__ import annotations

import re
from bisect import bisect_right

# The bracket of "2)" closes none.
_BRACKET = re.compile(r"\(|(?<! \d)\)")
_LONGEST = 300  # characters; a bracket that is never closed must not swallow a list

Span = tuple[int, int]


def bracketed(text: str) -> list[Span]:
    """Return where a text's outermost closed brackets begin and end, in order."""
    if "(" not in text:
        return []
    open_at: list[int] = []
    closed: list[Span] = []
    for found in _BRACKET.finditer(text):
        if found.group() == "(":
            open_at.append(found.start())
        elif open_at and found.start() - (start := open_at.pop()) <= _LONGEST:
            while closed and closed[-1][0] > start:
                closed.pop()
            closed.append((start, found.start()))
    return closed


def is_within(place: int, spans: list[Span]) -> bool:
    """Return whether a place lies inside one of the spans, which are in order."""
    before = bisect_right(spans, (place, place)) - 1
    return before >= 0 and place < spans[before][1]
