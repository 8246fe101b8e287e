"""Canonical text: the one form in which words are hashed, compared and cited.

Unicode NFC; what nobody sees removed (``reports/text/unseen.py``), ligatures read as their letters;
every run of white space (no-break spaces included) becomes one space; one block per paragraph or
list item, empty blocks dropped. A letter keeps thirty marks (``reports/text/normal_form.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from reports.text.normal_form import is_normalized, normalized
from reports.text.unseen import PRINTABLE, without_unseen

REVISION = 2
"""Raised whenever the same markup would yield another canonical text."""

_SURROGATE = re.compile("[\ud800-\udfff]")  # no character, and not to be encoded: never hashable
_LETTERS = ("ff", "fi", "fl", "ffi", "ffl", "st", "st")
_LIGATURES = {0xFB00 + at: letters for at, letters in enumerate(_LETTERS)}


def canonical_block(text: str) -> str:
    """Return the canonical form of one paragraph; ``""`` if it holds no words."""
    flat = " ".join(text.split())
    if flat.isascii() or _is_plain(flat):
        return flat
    seen = without_unseen(_SURROGATE.sub("\ufffd", flat).translate(_LIGATURES))
    return " ".join(normalized("NFC", seen).split())


def _is_plain(flat: str) -> bool:
    """Tell at little cost that there is nothing to do: nearly all paragraphs are so.

    What nobody sees is not printable, but for a few characters; a ligature is not NFKC.
    """
    return (
        flat.isprintable()
        and is_normalized("NFKC", flat)
        and not any(each in flat for each in PRINTABLE)
    )


def canonical_blocks(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the canonical blocks of a text in document order, empty ones dropped."""
    return tuple(block for block in map(canonical_block, texts) if block)


def words(blocks: Iterable[str]) -> list[str]:
    """Return the words of canonical blocks; paragraph borders leave no trace."""
    return [word for block in blocks for word in block.split(" ") if word]
