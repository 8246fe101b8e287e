"""Lay the stock sentences of two summaries beside each other, sentence by sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from reports.compare.alignment import Work
from reports.compare.comparison import compare_texts
from reports.compare.layout import Paragraph
from reports.facts.phrases import STOCK_NAMES, StockSentence, stock_sentences
from reports.model.reading import Reading

_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_NAME = re.compile(
    r"(?:^(?:the )?(?=[A-Z][\w.\u2019'-]* [A-Z])|(?<=\S )(?:the )?)[A-Z][\w.\u2019'-]*"
    r"(?:(?: (?:of|and|the|for|in|de|al)){0,3} [A-Z][\w.\u2019'-]*)*(?: \([A-Z][^()]*\))?"
)


@dataclass(frozen=True)
class StockChange:
    """A stock sentence beside its counterpart; None if the other summary has no such sentence.

    ``pieces`` are both laid over each other, word by word. ``is_same`` says that they are the same
    stock sentence: they differ by years and names at most.
    """

    about: str
    before: StockSentence | None
    after: StockSentence | None
    pieces: Paragraph = ()
    is_same: bool = False

    @property
    def state(self) -> str:
        """Say what became of the sentence: ``same``, ``reworded``, ``new`` or ``gone``."""
        if self.before is None:
            return "new"
        if self.after is None:
            return "gone"
        return "same" if self.is_same else "reworded"

    @property
    def is_literal(self) -> bool:
        """Return whether both sentences have the very same words."""
        return bool(self.before and self.after and self.before.text == self.after.text)


def compare_stock(before: Reading, after: Reading, work: Work) -> tuple[StockChange, ...]:
    """Compare the stock sentences of two summaries, in the order of ``STOCK_NAMES``.

    A sentence that still stands in the other summary is never called gone or new, even if it is
    not under its kind there: another revision of the reader may have read it.
    """
    old, new = stock_sentences(before), stock_sentences(after)
    changes: list[StockChange] = []
    for about in STOCK_NAMES:
        was = [each for each in old if each.about == about]
        is_now = [each for each in new if each.about == about]
        is_now += _standing(was, is_now, after.blocks)
        was += _standing(is_now, was, before.blocks)
        changes += (_laid_over(about, *pair, work) for pair in _paired(was, is_now))
    return tuple(changes)


def stock_key(text: str) -> str:
    """Return what two sentences share if they differ by years and names alone."""
    start = text[:2].lower() if text[1:2].islower() and not _NAME.match(text) else text[:2]
    named = _NAME.sub("\x00", start + text[2:])
    return " ".join(_YEAR.sub("\x01", named).casefold().split())


def _standing(
    wanted: Sequence[StockSentence], known: Sequence[StockSentence], blocks: Sequence[str]
) -> list[StockSentence]:
    texts = {each.text for each in known}
    return [
        each
        for each in wanted
        if each.text not in texts and any(each.text in block for block in blocks)
    ]


_Pair = tuple[StockSentence | None, StockSentence | None]


def _paired(before: Sequence[StockSentence], after: Sequence[StockSentence]) -> Iterator[_Pair]:
    """Pair the same stock sentences first, then those with the most words in common."""
    left = list(after)
    keys = {id(new): stock_key(new.text) for new in after}
    rest: list[StockSentence] = []
    for old in before:
        key = stock_key(old.text)
        same = next((new for new in left if keys[id(new)] == key), None)
        if same is None:
            rest.append(old)
        else:
            left.remove(same)
            yield old, same
    for old in rest:
        closest = max(left, key=lambda new: _in_common(old, new), default=None)
        if closest is not None:
            left.remove(closest)
        yield old, closest
    yield from ((None, new) for new in left)


def _in_common(one: StockSentence, two: StockSentence) -> float:
    old, new = (Counter(each.text.casefold().split()) for each in (one, two))
    return (old & new).total() / max(1, (old | new).total())


def _laid_over(
    about: str, before: StockSentence | None, after: StockSentence | None, work: Work
) -> StockChange:
    old, new = ([each.text] if each else [] for each in (before, after))
    compared, _ = compare_texts([old], [new], work)
    is_same = bool(before and after) and stock_key(*old) == stock_key(*new)
    pieces = tuple(chain.from_iterable(compared[0].paragraphs))
    return StockChange(about, before, after, pieces, is_same)
