"""Name a paragraph of a version for good: by section, number, and a short hash of its words.

``s2-p14-3f9a1c2b`` is the fourteenth paragraph of the second section, ``s0`` the summary. The hash
keeps the name from lying: if a better reader cuts the page otherwise, the name finds its words at
another number, or nothing.
"""

from __future__ import annotations

import re

from reports.model.reading import Reading
from reports.text.fingerprint import text_sha256

_ANCHOR = re.compile(r"s(\d{1,4})-p(\d{1,6})-([0-9a-f]{8})", re.ASCII)


def anchor_of(text: int, paragraph: int, block: str) -> str:
    """Return the name of a paragraph: ``text`` is 0 for the summary, else the section from 1 on."""
    return f"s{text}-p{paragraph}-{text_sha256([block])[:8]}"


def find_anchor(reading: Reading, anchor: str) -> tuple[int, int] | None:
    """Return section and paragraph that a name means in a reading; None if nothing has its words.

    Of several paragraphs with the same words the one at its number is meant, else the nearest one
    of its section, else the first.
    """
    found = _ANCHOR.fullmatch(anchor)
    if not found:
        return None
    text, paragraph = int(found[1]), int(found[2])
    texts = (reading.blocks, *(section.blocks for section in reading.sections))
    same = [
        (number, at)
        for number, blocks in enumerate(texts)
        for at, block in enumerate(blocks, 1)
        if text_sha256([block]).startswith(found[3])
    ]
    return min(same, key=lambda spot: (spot[0] != text, abs(spot[1] - paragraph)), default=None)
