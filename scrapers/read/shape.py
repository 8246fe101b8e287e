"""Fingerprint the markup around a page's text: equal for pages of one template and build.

The fingerprint names the elements in which titles, numbers and sub-headings stand. Text, its
length, how many sections there are and what editors put inside a text leave no trace; a renamed
class, another heading level or another frame does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from scrapers.read.outline import SECTION_NUMBER
from scrapers.read.page import Block
from scrapers.read.parts import SECTION_TITLE, SUBTITLE

_MARKS = frozenset({SECTION_TITLE, SECTION_NUMBER, SUBTITLE})
DIGITS = 16


def shape_of(flow: Sequence[Block]) -> str:
    """Return the shape of a page's main region, from its blocks; ``""`` if it has none."""
    if not flow:
        return ""
    return shape_from(block.around for block in flow if block.classes & _MARKS)


def shape_from(names: Iterable[str]) -> str:
    """Return the shape that the names of elements make, in 16 hexadecimal digits."""
    return hashlib.sha256("\n".join(sorted(set(names))).encode()).hexdigest()[:DIGITS]
