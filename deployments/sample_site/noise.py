"""Make the raw bytes of a page differ at every request while its words stay the same."""

from __future__ import annotations

import hashlib
import itertools
import re
from enum import StrEnum

_SLOT = re.compile(rb"%%([a-z_]+)%%")
_REGIONS = ("us", "de", "za", "in", "br", "jp")
_PROMOS = (
    "A Century of the Union: see the exhibition",
    "Apply now for the Civic Fellows program",
    "New: the Meridian podcast on public service",
)

Pressed = tuple[bytes, ...]
"""A page cut at its slots: literal bytes at even places, names of slots at odd ones."""


class NoiseLevel(StrEnum):
    """Whether pages carry noise."""

    NONE = "none"
    SOME = "some"


class Noise:
    """Fills the slots of pages: nonces, stamps, a region code, a promotion, a cache's comment.

    With ``NONE`` every request gets the same values. With ``SOME`` each request gets its own,
    and two sites asked in the same order answer alike.
    """

    def __init__(self, level: NoiseLevel) -> None:
        self._level = level
        self._requests = itertools.count(1)

    def fill(self, page: Pressed) -> bytes:
        """Return the page's bytes with its slots filled."""
        request = next(self._requests) if self._level is NoiseLevel.SOME else 0
        values = _values(request)
        return b"".join(
            piece if place % 2 == 0 else values[piece] for place, piece in enumerate(page)
        )


def press(page: str) -> Pressed:
    """Cut a rendered page at its slots (``%%name%%``)."""
    return tuple(_SLOT.split(page.encode()))


def _values(request: int) -> dict[bytes, bytes]:
    digest = hashlib.sha256(b"request %d" % request).hexdigest()
    number = int(digest[:8], 16)
    values = {
        "builder_nonce": digest[:10],
        "api_nonce": digest[10:20],
        "stamp": str(1_741_000_000 + number % 9_000_000),
        "region": _REGIONS[number % len(_REGIONS)],
        "promo": _PROMOS[number % len(_PROMOS)],
        "objects": str(20_000 + number % 9_000),
    }
    return {name.encode(): value.encode() for name, value in values.items()}
