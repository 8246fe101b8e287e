"""Words as a search sees them: without case, accents or punctuation, and where they stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST_WORD = 100
"""Characters of a word that count; what is longer is no word of any language."""

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Word:
    """One word of a text: folded, and the characters it takes there."""

    folded: str
    start: int
    end: int


def words_of(text: str) -> Iterator[Word]:
    """Yield the words of a text in order; an accent written apart belongs to its letter."""
    composed = text if text.isascii() else unicodedata.normalize("NFC", text)
    if len(composed) != len(text):  # offsets must be the given text's own
        composed = text
    for found in _WORD.finditer(composed):
        folded = fold(found.group())
        if folded:
            yield Word(folded, found.start(), found.end())


def fold(word: str) -> str:
    """Return a word as it is compared: "Çôte" and "cote" are one."""
    if word.isascii():
        return word.lower()[:LONGEST_WORD]
    return "".join(_WORD.findall(plain(word)))[:LONGEST_WORD]


def plain(text: str) -> str:
    """Return a text in small letters without accents; every word's folded form stands in it."""
    if text.isascii():
        return text.lower()
    # Twice over: a letter of a style of its own has a small form only once it is a plain one.
    small = unicodedata.normalize("NFKD", text).casefold()
    apart = unicodedata.normalize("NFKD", small)
    return "".join(each for each in apart if not unicodedata.combining(each))


def folded_text(text: str) -> str:
    """Return the folded words of a text with one space between."""
    return " ".join(word.folded for word in words_of(text))
