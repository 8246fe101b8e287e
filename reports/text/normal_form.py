"""Unicode's normal forms at a cost that grows with the length: the one place that asks for them.

Normalising sorts the marks of each letter, and that takes the square of their number. Marks beyond
the thirtieth are left out first (UAX #15, Stream-Safe Text Format, puts a joiner between them: our
canonical form leaves joiners out, and would undo that). No language writes more than a handful.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Literal

MOST_MARKS = 30
"""Marks that one letter keeps: UAX #15 says why no text needs more."""

_FIRST_MARK, _BEYOND_MARKS = 0x300, 0x20000
_BECOME_MARKS = "\u0f73\u0f75\u0f81\uff9e\uff9f"
"""No marks themselves, and in a normal form nothing else."""

_Form = Literal["NFC", "NFKC", "NFKD"]


def normalized(form: _Form, text: str) -> str:
    """Return a text in a normal form, its letters with at most 30 marks each."""
    if text.isascii():
        return text
    # A few marks become two of them: what is over then is left out as well.
    return stream_safe(unicodedata.normalize(form, stream_safe(text)))


def is_normalized(form: _Form, text: str) -> bool:
    """Return whether a text is in a normal form, its letters with at most 30 marks each."""
    return text.isascii() or (not _may_be_too_many(text) and unicodedata.is_normalized(form, text))


def stream_safe(text: str) -> str:
    """Return a text without the marks that follow thirty others."""
    return _too_many().sub(r"\1", text) if _may_be_too_many(text) else text


def _may_be_too_many(text: str) -> bool:
    """Tell at little cost that no run of marks is too long: such a run has a mark at every step."""
    sample = text[:: MOST_MARKS + 1]
    return not sample.isascii() and bool(_mark().search(sample)) and bool(_too_many().search(text))


@cache
def _mark() -> re.Pattern[str]:
    return re.compile(f"[{_marks()}]")


@cache
def _too_many() -> re.Pattern[str]:
    return re.compile(f"([{_marks()}]{{{MOST_MARKS}}})[{_marks()}]+")


@cache
def _marks() -> str:
    """Return the characters that any normal form makes a mark, as written in a pattern."""
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in _ranges())


def _ranges() -> Iterator[tuple[int, int]]:
    """Yield the first and the last of neighbours that are marks."""
    first = last = _FIRST_MARK
    for each in range(_FIRST_MARK, _BEYOND_MARKS):
        if unicodedata.combining(chr(each)) or chr(each) in _BECOME_MARKS:
            if each > last + 1:
                yield first, last
                first = each
            last = each
    yield first, last
