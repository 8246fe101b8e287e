"""What somebody searches for: words, "phrases", either OR other, -without, and beginnings*."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reports.search.folding import Word, plain, seen, words_of

MOST_PHRASES = 40
"""Words and phrases one query may have; what is longer is a text, not a question."""

_PIECE = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
_QUOTES = dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02"), '"')
"""Quotation marks that make a phrase as straight ones do: queries are pasted from texts."""


class BadQuery(ValueError):
    """A query that asks for nothing; the message says what to write."""


@dataclass(frozen=True)
class Phrase:
    """Words that must stand side by side; the last may be the beginning of a longer one."""

    words: tuple[str, ...]
    is_beginning: bool = False

    def ends_at(self, words: Sequence[Word], start: int) -> int:
        """Return the index after the phrase if it is at ``start``, else -1."""
        end = start + len(self.words)
        if end > len(words):
            return -1
        *whole, last = (word.folded for word in words[start:end])
        *asked, final = self.words
        fits = last.startswith(final) if self.is_beginning else last == final
        return end if fits and whole == asked else -1


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
    """Read a query as people write it; raises BadQuery if no word is asked for."""
    clauses: list[list[Phrase]] = []
    without: list[Phrase] = []
    joins = False
    for minus, quoted, word in _PIECE.findall(seen(text).translate(_QUOTES)):
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
    if not clauses:
        raise BadQuery("write one or more words to look for, or a “phrase in quotes”")
    if sum(map(len, clauses)) + len(without) > MOST_PHRASES:
        raise BadQuery(f"ask for at most {MOST_PHRASES} words and phrases at once")
    return Query(tuple(map(tuple, clauses)), tuple(without))


def _phrases(text: str, *, is_quoted: bool) -> list[Phrase]:
    """Return the phrase a piece asks for; what is joined by marks, as in "so-called", is one."""
    words = tuple(word.folded for word in words_of(text))
    return [Phrase(words, text.endswith("*") and not is_quoted)] if words else []


def find_marks(text: str, phrases: Sequence[Phrase]) -> list[tuple[int, int]]:
    """Return where phrases stand in a text: spans of characters, in order, none overlapping."""
    if not _may_hold(text, phrases):
        return []
    words = list(words_of(text))
    marks: list[tuple[int, int]] = []
    position = 0
    while position < len(words):
        end = max(phrase.ends_at(words, position) for phrase in phrases) if phrases else -1
        if end > position:
            marks.append((words[position].start, words[end - 1].end))
        position = max(end, position + 1)
    return marks


def _may_hold(text: str, phrases: Sequence[Phrase]) -> bool:
    """Tell at little cost whether any phrase's words stand in a text at all, in any order."""
    small = plain(text)
    return any(all(word in small for word in phrase.words) for phrase in phrases)
