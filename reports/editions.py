"""Guess the edition of a text that does not name it, and say why.

The stock sentences changed from edition to edition; the table below is data measured over the
2016-2024 editions of the Country Reports on Human Rights Practices. A guess is shown to the
operator as a guess and never decides an identity.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")

_STOCK = (
    (r"most significant human rights (?:problems|abuses)", 2011, 2016),
    (r"most significant human rights issues included", 2017, 2017),
    (r"(?<!significant )human rights issues included(?! credible)", 2017, 2018),
    (r"significant human rights issues included:? (?!credible)", 2019, 2020),
    (r"members of the security forces committed (?:some|numerous|few) abuses", 2020, 2020),
    (r"significant human rights issues included credible reports of", 2021, 2024),
    (r"credible reports that members of the security forces committed", 2021, 2022),
    (r"maintained effective control over the security forces", 2011, 2022),
    (r"no significant changes in the human rights situation", 2023, 2024),
    (r"took (?:some )?credible steps to identify and punish", 2023, 2024),
)
_PATTERNS = tuple((re.compile(p, re.I), first, last) for p, first, last in _STOCK)


@dataclass(frozen=True)
class EditionGuess:
    """A guessed edition (``""`` where nothing points anywhere) and the evidence in words."""

    edition: str
    why: str


def guess_edition(blocks: Sequence[str]) -> EditionGuess:
    """Guess the year a summary covers from its stock sentences and the years it names."""
    text = " ".join(blocks)
    first, last = 0, 9999
    reasons = []
    for pattern, start, end in _PATTERNS:
        found = pattern.search(text)
        if found and max(first, start) <= min(last, end):
            first, last = max(first, start), min(last, end)
            reasons.append(f"{found.group()!r} is the wording of {_span(start, end)}")
    years = [int(year) for year in _YEAR.findall(text)]
    if years:
        latest = max(years)
        reasons.append(f"the latest year it names is {latest}")
        if latest <= last:
            first = max(first, latest)
    if not reasons:
        return EditionGuess("", "nothing in the text points to an edition")
    return EditionGuess(_choose(first, last), "; ".join(reasons))


def _choose(first: int, last: int) -> str:
    """Take the earliest edition that fits: reports name few years after the one they cover."""
    return str(first) if first and last != 9999 else ""


def _span(start: int, end: int) -> str:
    return str(start) if start == end else f"{start}-{end}"
