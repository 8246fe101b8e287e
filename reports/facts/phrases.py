"""Spot the words of a summary that lawyers weigh: stock sentences, hedges and words of degree."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from reports.facts.kinds import KIND_NAMES
from reports.issues.denials import denies_abuses, denies_in_part
from reports.model.reading import Reading
from reports.text.sentences import sentences

STOCK_NAMES: Mapping[str, str] = {**KIND_NAMES, "denial": "What was not reported"}
"""What the stock sentences of a summary speak of, in the order in which they are shown."""

_HEDGES = (
    ("credible reports", r"(?<!\bno )\bcredible (?:\w+ )?reports?\b"),
    ("reports", r"(?<!\bno )(?<!\bcredible )\breports? (?:of|that)\b"),
    ("allegations", r"\ballegations?\b"),
    (
        "alleged",
        r"\ballegedly\b|\balleged (?:human rights|abuses?|violations?|torture|killings?|use"
        r"|mistreatment|excessive)\b",
    ),
    ("reportedly", r"\breportedly\b"),
    ("may have", r"\bmay (?:have|commit)\b"),
    ("accused of", r"\baccused of\b"),
)
_DEGREES = (
    "serious|severe|significant|substantial|systematic|systemic|widespread|extensive|pervasive"
    "|numerous|many|frequent|large-scale|egregious|excessive|undue|overly|harsh"
    "|life-threatening|unreasonable|prolonged|lengthy|some|certain|several|few|isolated|limited"
    "|occasional|sporadic|minor|credible|worst"
)
_HEDGE_PATTERNS = tuple((name, re.compile(pattern, re.I)) for name, pattern in _HEDGES)
_DEGREE = re.compile(rf"(?<![\w-])(?:{_DEGREES})(?:ly)?(?![\w-])(?<!\bcredible(?= report))", re.I)
_MOST_DENIALS = 40  # of a summary; real ones have below 5
_LONGEST = 200_000  # characters of a summary that are looked at; real ones have below 40,000


@dataclass(frozen=True)
class StockSentence:
    """One stock sentence of a summary: what it speaks of, and its literal words."""

    about: str
    text: str


@dataclass(frozen=True)
class WordShift:
    """How often a word or phrase stands in the older and in the newer text."""

    phrase: str
    before: int
    after: int

    @property
    def is_gone(self) -> bool:
        """Return whether the newer text lacks it wholly."""
        return self.before > 0 and not self.after

    @property
    def is_new(self) -> bool:
        """Return whether the older text lacked it wholly."""
        return self.after > 0 and not self.before


def stock_sentences(reading: Reading) -> list[StockSentence]:
    """Return the stock sentences of a summary, in the order of `STOCK_NAMES`."""
    facts = [StockSentence(fact.kind, fact.text) for fact in reading.facts]
    known = {each.text for each in facts}
    denials = (each for each in _denials(reading.blocks) if each.text not in known)
    found = [*facts, *islice(denials, _MOST_DENIALS)]
    order = list(STOCK_NAMES)
    return sorted(found, key=lambda each: order.index(each.about))


def _denials(blocks: Iterable[str]) -> Iterator[StockSentence]:
    for block in blocks:
        for said in sentences(block):
            if denies_abuses(said.text) or denies_in_part(said.text):
                yield StockSentence("denial", said.text)


def hedge_shifts(before: Sequence[str], after: Sequence[str]) -> tuple[WordShift, ...]:
    """Return the hedges ("credible reports of") whose number differs between two summaries."""
    return _shifts(_hedges(before), _hedges(after))


def degree_shifts(before: Sequence[str], after: Sequence[str]) -> tuple[WordShift, ...]:
    """Return the words of degree ("serious", "some") whose number differs between two texts."""
    return _shifts(_degrees(before), _degrees(after))


def _hedges(blocks: Sequence[str]) -> Counter[str]:
    text = "\n".join(blocks)[:_LONGEST]
    return Counter({name: len(pattern.findall(text)) for name, pattern in _HEDGE_PATTERNS})


def _degrees(blocks: Sequence[str]) -> Counter[str]:
    return Counter(found.casefold() for found in _DEGREE.findall("\n".join(blocks)[:_LONGEST]))


def _shifts(before: Counter[str], after: Counter[str]) -> tuple[WordShift, ...]:
    names = dict.fromkeys([*before, *after])
    return tuple(
        WordShift(name, before[name], after[name]) for name in names if before[name] != after[name]
    )
