"""Canonical text: the one form in which words are hashed, compared and cited.

Unicode NFC; U+200B and U+FEFF removed; every run of white space (no-break spaces included)
becomes one space; one block per paragraph or list item, empty blocks dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

REVISION = 1
"""Raised whenever the same markup would yield another canonical text."""

_ZERO_WIDTH = ("\u200b", "\ufeff")
_SURROGATE = re.compile("[\ud800-\udfff]")  # no character, and not to be encoded: never hashable


def canonical_block(text: str) -> str:
    """Return the canonical form of one paragraph; ``""`` if it holds no words."""
    if text.isascii():
        return " ".join(text.split())
    for character in _ZERO_WIDTH:
        text = text.replace(character, "")
    text = _SURROGATE.sub("\ufffd", text)
    return " ".join(unicodedata.normalize("NFC", text).split())


def canonical_blocks(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the canonical blocks of a text in document order, empty ones dropped."""
    return tuple(block for block in map(canonical_block, texts) if block)


def words(blocks: Iterable[str]) -> list[str]:
    """Return the words of canonical blocks; paragraph borders leave no trace."""
    return [word for block in blocks for word in block.split(" ") if word]
