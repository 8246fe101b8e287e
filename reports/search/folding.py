"""Words as a search sees them: without case, accents or punctuation, and where they are."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from reports.text.normal_form import normalized
from reports.text.unseen import UNSEEN

LONGEST_WORD = 100
"""Characters of a word that count; what is longer is no word of any language."""

_UNSEEN = re.compile(f"[{UNSEEN}]+")
_LETTERS = re.compile(r"[^\W_]+")
_WORD = re.compile(rf"[^\W_]+(?>(?:[{UNSEEN}]+[^\W_]+)*)")
_TOO_LONG = re.compile(rf"( [^ ]{{{LONGEST_WORD}}})[^ ]+")
_BEYOND_ASCII = "reportwatch.folding"
"""The name under which encoding finds what to make of letters beyond ASCII."""

_ASCII = bytes(
    byte if byte > 127 else ord(chr(byte).lower() if chr(byte).isalnum() else " ")
    for byte in range(256)
)
"""What becomes of each byte of UTF-8: letters small, marks spaces; those of other letters stay."""


class Word(NamedTuple):
    """One word of a text: folded, and the characters it takes there."""

    folded: str
    start: int
    end: int


def words_of(text: str) -> Iterator[Word]:
    """Yield the words of a text in order; an accent written apart belongs to its letter."""
    for found in _WORD.finditer(_composed(text)):
        folded = fold(found.group())
        if folded:
            yield Word(folded, found.start(), found.end())


def fold(word: str) -> str:
    """Return a word as it is compared: "Çôte" and "cote" are one."""
    if word.isascii():
        return word.lower()[:LONGEST_WORD]
    return "".join(_LETTERS.findall(plain(word)))[:LONGEST_WORD]


def seen(text: str) -> str:
    """Return a text without the characters that nobody sees."""
    return text if text.isascii() else _UNSEEN.sub("", text)


def plain(text: str) -> str:
    """Return a text in small letters without accents; every word's folded form stands in it.

    What nobody sees is left out: it parts no word.
    """
    if text.isascii():
        return text.lower()
    # Twice over: a letter of a style of its own has a small form only once it is a plain one.
    small = normalized("NFKD", seen(text)).casefold()
    apart = normalized("NFKD", small)
    return "".join(each for each in apart if not unicodedata.combining(each))


def folded_text(text: str) -> str:
    """Return the folded words of a text with spaces between: those of ``words_of``, all at once.

    A page has ten thousand words, and folding looks at single characters: a table does for ASCII,
    and what is beyond it is looked at by itself.
    """
    nearly = f" {_composed(text)}".encode("ascii", _BEYOND_ASCII)
    return _TOO_LONG.sub(r"\1", nearly.translate(_ASCII).decode())[1:]


def _composed(text: str) -> str:
    """Return a text with its accents on their letters, if every letter keeps its place by that."""
    composed = normalized("NFC", text)
    return composed if len(composed) == len(text) else text


def _folded_letters(found: UnicodeError) -> tuple[bytes, int]:
    """Fold the letters at which encoding to ASCII stopped, and say where it goes on."""
    assert isinstance(found, UnicodeEncodeError)
    letters = found.object[found.start : found.end]
    return "".join(map(_folded_letter, letters)).encode(), found.end


@cache
def _folded_letter(letter: str) -> str:
    """Return a letter as it is compared: a space if it is none, nothing if nobody sees it."""
    if _LETTERS.match(letter):
        return fold(letter)
    return "" if _UNSEEN.match(letter) else " "


codecs.register_error(_BEYOND_ASCII, _folded_letters)
