"""The hashes: of bytes, of blocks for citing, and of words for deciding."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable


def payload_sha256(payload: bytes) -> str:
    """Return the SHA-256 of raw bytes, in hex."""
    return hashlib.sha256(payload).hexdigest()


def text_sha256(blocks: Iterable[str]) -> str:
    """Return the SHA-256 of canonical blocks joined by one line feed, in hex."""
    return hashlib.sha256("\n".join(blocks).encode()).hexdigest()


def words_sha256(blocks: Iterable[str]) -> str:
    """Return the SHA-256 of the words alone: equal before and after a re-paragraphing.

    Canonical blocks hold single spaces between words and nowhere else, so joining them by one
    more space gives the words in a row.
    """
    return hashlib.sha256(" ".join(filter(None, blocks)).encode()).hexdigest()
