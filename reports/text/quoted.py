"""Words as they are quoted: equal whatever quotation marks, dashes and white space are used."""

from __future__ import annotations

import re
from typing import NamedTuple

from reports.text.canonical import canonical_block

_FOLDED = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4`\u2039\u203a", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    }
)
_UNIT = re.compile(r"\w+|[^\w\s]")


class Unit(NamedTuple):
    """A word or a mark of punctuation, folded, and where it stands in its text."""

    text: str
    start: int
    end: int


def folded(text: str) -> str:
    """Return a text with one kind of quotation marks and dashes; every letter keeps its place."""
    return text.translate(_FOLDED)


def units(text: str) -> list[Unit]:
    """Cut a canonical text into words and marks; every one keeps its place."""
    return [Unit(each[0], each.start(), each.end()) for each in _UNIT.finditer(folded(text))]


def folded_words(text: str) -> list[str]:
    """Return the words and marks of any text as they are compared: none at its two ends.

    Which mark follows a quotation is the business of what it is quoted in.
    """
    found = [each.text for each in units(canonical_block(text))]
    while found and not found[0].isalnum():
        del found[0]
    while found and not found[-1].isalnum():
        del found[-1]
    return found


def same_words(one: str, other: str) -> bool:
    """Tell whether two texts say the same; white space and typography do not count."""
    return folded_words(one) == folded_words(other)
