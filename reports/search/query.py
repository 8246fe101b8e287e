"""What somebody searches for: words, "phrases", either OR other, -without, and beginnings*."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace

from reports.search.folding import folded_text, seen, words_of

MOST_PHRASES = 40
"""Words and phrases one query may have; what is longer is a text, not a question."""

PIECE = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
QUOTES = dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02"), '"')
"""Quotation marks that make a phrase as straight ones do: queries are pasted from texts."""


class BadQuery(ValueError):
    """A query that asks for nothing; the message says what to write."""


@dataclass(frozen=True)
class Phrase:
    """Words that must stand side by side; the last may be the beginning of a longer one."""

    words: tuple[str, ...]
    is_beginning: bool = False

    @property
    def needle(self) -> str:
        """What to look for in folded words with a space before and behind each of them."""
        return f" {' '.join(self.words)}{'' if self.is_beginning else ' '}"


@dataclass(frozen=True)
class Query:
    """Every clause must be met, by any of its phrases; none of ``without`` may stand there."""

    clauses: tuple[tuple[Phrase, ...], ...]
    without: tuple[Phrase, ...] = ()

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """Every phrase whose finding is to be shown."""
        return tuple(phrase for clause in self.clauses for phrase in clause)


def parse_query(text: str) -> Query:
    """Read a query as people write it; raises BadQuery if no word is asked for, or too many are."""
    clauses: list[list[Phrase]] = []
    without: list[Phrase] = []
    joins = False
    count = 0
    for piece in PIECE.finditer(seen(text).translate(QUOTES)):
        minus, quoted, word = piece.groups(default="")
        if word == "OR" and clauses:
            joins = True
            continue
        for phrase in _phrases(quoted or word, is_quoted=not word):
            if minus:
                without.append(phrase)
            elif joins:
                clauses[-1].append(phrase)
            else:
                clauses.append([phrase])
            joins = False
            count += 1
        if count > MOST_PHRASES:
            raise BadQuery(f"ask for at most {MOST_PHRASES} words and phrases at once")
    if not clauses:
        raise BadQuery("write one or more words to look for, or a “phrase in quotes”")
    return Query(tuple(map(tuple, clauses)), tuple(without))


def _phrases(text: str, *, is_quoted: bool) -> list[Phrase]:
    """Return the phrase a piece asks for; what is joined by marks, as in "so-called", is one."""
    words = tuple(word.folded for word in words_of(text))
    return [Phrase(words, text.endswith("*") and not is_quoted)] if words else []


def find_marks(text: str, phrases: Sequence[Phrase]) -> list[tuple[int, int]]:
    """Return where phrases stand in a text: spans of characters, in order, none overlapping."""
    places = list(_places(f" {' '.join(folded_text(text).split())} ", phrases))
    words = list(words_of(text)) if places else []
    return [(words[first].start, words[behind - 1].end) for first, behind in places]


def _places(folded: str, phrases: Sequence[Phrase]) -> Iterator[tuple[int, int]]:
    """Yield the words that phrases take, in order: the longest of those that begin at one word.

    Each phrase waits at its next place, so that many phrases cost little more than one: a query
    of forty, of which every word of a long text begins one, would cost forty looks a word.
    """
    counts = {phrase.needle: len(phrase.words) for phrase in phrases}
    waiting = [
        (place, -count, needle)
        for needle, count in counts.items()
        if (place := folded.find(needle)) >= 0
    ]
    heapify(waiting)
    counted, first, behind = 0, 0, 0
    while waiting:
        place, count, needle = waiting[0]
        if place >= behind:
            first += folded.count(" ", counted, place)
            counted, behind = place, folded.index(" ", place + len(needle) - 1)
            yield first, first - count
        following = folded.find(needle, max(behind, place + 1))
        heappop(waiting) if following < 0 else heapreplace(waiting, (following, count, needle))
