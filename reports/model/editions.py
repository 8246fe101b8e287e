"""Infer the edition of a text that does not name it, and say from what.

A guess is shown to the operator as a guess and never decides an identity. Three kinds of evidence
speak: wording (stock sentences changed from edition to edition; ``editions.toml`` says how often
each one uses which), the years the text names, and events dated without a year, which lie in the
year a report covers: these decide nothing here but show a reader what to look up.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

FIRST, LAST, COUNTED = 2011, 2024, 2016
"""The editions that may be guessed, and the first whose sentences were counted."""

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_DATED = re.compile(
    rf"\b(?:[Oo]n|[Ii]n|[Ss]ince|[Uu]ntil)\s+{_MONTH}(?:\s+\d{{1,2}})?\b(?!,?\s+(?:of\s+)?\d)"
)
_IN_YEAR = re.compile(rf"(?:\b{_MONTH}(?:\s+\d{{1,2}},?)?\s+)?\b((?:19|20)\d\d)\b")

_YEARS_AFTER = {-2: 1, -1: 3, 0: 5, 1: 40, 2: 20, 3: 14, 4: 5, 5: 3, 6: 3, 7: 3}
"""Percent of summaries by how many years the edition lies after the latest year named."""
_LONG_AFTER, _LONG_BEFORE = 1.5, 0.3
_RARE, _USUAL = 0.02, 0.90
"""Bounds of a share: no sentence is impossible in an edition, none is certain."""
WHOLE_SUMMARY = 60
"""Words from which a sentence's absence says something; the shortest real summaries have fewer."""
_CLOSE = 0.2
"""How likely another edition must be beside the likeliest one to be named."""


@dataclass(frozen=True)
class EditionGuess:
    """An inferred edition (``""`` if nothing points anywhere) and the evidence in words."""

    edition: str
    why: str


@dataclass(frozen=True, eq=False)
class _Wording:
    """A stock sentence, and its share in each edition."""

    pattern: re.Pattern[str]
    shares: Mapping[int, float]

    @property
    def span(self) -> str:
        """The editions whose wording it is: those that use it half as often as any, or more."""
        bar = max(self.shares.values()) / 2
        years = [year for year, share in self.shares.items() if share >= bar]
        return f"{years[0]}-{years[-1]}" if len(years) > 1 else str(years[0])

    def weigh(self, edition: int, *, is_found: bool) -> float:
        share = min(max(self.shares[edition], _RARE), _USUAL)
        return math.log(share if is_found else 1 - share)


def guess_edition(blocks: Sequence[str], *, has_stock_sentences: bool = True) -> EditionGuess:
    """Infer the year a summary covers from its wording and the years it names.

    Without ``has_stock_sentences`` it is of a family whose wording nobody has counted: what points
    to a year is said, and none is inferred.
    """
    text = " ".join(blocks)
    wordings = _wordings() if has_stock_sentences else ()
    found = {each: match for each in wordings if (match := each.pattern.search(text))}
    evidence = [*_told_wording(found), *_told_years(text), *_told_dates(text)]
    if not found:
        said = "; ".join(evidence) or "nothing in the text points to one"
        return EditionGuess("", f"no edition can be inferred: {said}")
    likely = _likely(text, found)
    edition, *others = [str(year) for year in likely]
    inferred = f"the edition {edition} is inferred, not named"
    if others:
        inferred += f" ({' or '.join(others)} would fit as well)"
    return EditionGuess(edition, f"{inferred}: {'; '.join(evidence)}")


def _likely(text: str, found: Mapping[_Wording, re.Match[str]]) -> list[int]:
    """Return the editions that fit, the likeliest first."""
    speaking = _wordings() if len(text.split()) >= WHOLE_SUMMARY else tuple(found)
    latest = _latest_year(text)
    weights = {
        edition: _weigh_year(edition, latest)
        + sum(each.weigh(edition, is_found=each in found) for each in speaking)
        for edition in range(FIRST, LAST + 1)
    }
    ranked = sorted(weights, key=lambda edition: (-weights[edition], -edition))
    bar = weights[ranked[0]] + math.log(_CLOSE)
    return [edition for edition in ranked if weights[edition] >= bar]


def _latest_year(text: str) -> int:
    return max((int(year) for year in _YEAR.findall(text)), default=0)


def _weigh_year(edition: int, latest: int) -> float:
    """Weigh an edition by the latest year named: mostly the one before, seldom a later one."""
    if not latest:
        return 0.0
    after = edition - latest
    far = _LONG_AFTER if after > 0 else _LONG_BEFORE
    return math.log(_YEARS_AFTER.get(after, far) / 100)


def _told_wording(found: Mapping[_Wording, re.Match[str]]) -> Iterator[str]:
    for each, match in found.items():
        yield f"{_quote(match)!r} is the wording of {each.span}"


def _told_years(text: str) -> Iterator[str]:
    named = list(_IN_YEAR.finditer(text))
    if named:
        latest = max(named, key=lambda match: int(match[1]))
        yield f"the latest year it names is {latest[1]}" + (
            f" ({latest[0]!r})" if latest[0] != latest[1] else ""
        )


def _told_dates(text: str) -> Iterator[str]:
    if dated := _DATED.search(text):
        yield f"{dated[0]!r} is dated without a year, as what happened in the year covered is"


def _quote(match: re.Match[str]) -> str:
    """Return the words found, whole and without the mark a sentence before them ended with."""
    return match[0].lstrip(". ")


@cache
def _wordings() -> tuple[_Wording, ...]:
    rows = tomllib.loads(
        resources.files("reports.model").joinpath("editions.toml").read_text("utf-8")
    )
    return tuple(map(_wording, rows["wording"]))


def _wording(row: Mapping[str, Any]) -> _Wording:
    before = dict.fromkeys(range(FIRST, COUNTED), row["before"] / 100)
    counted = {COUNTED + at: share / 100 for at, share in enumerate(row["share"])}
    return _Wording(re.compile(row["pattern"], re.I), {**before, **counted})
