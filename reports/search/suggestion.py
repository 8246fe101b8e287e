"""Suggest a query for one that finds nothing: its unknown words, written as reports write them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

from reports.search.folding import Word, seen, words_of
from reports.search.query import PIECE, QUOTES

MOST_SUGGESTED = 3
LETTERS_PER_SLIP = 4
"""Letters in which one slip of the pen is believed."""
MOST_UNKNOWN = 8
"""Unknown words of one query that are worth a guess; with more it is no slip of the pen."""
SHORTEST = 4
"""Letters of a word that is worth a guess: of shorter ones too many are alike."""


def suggested_queries(text: str, vocabulary: Mapping[str, int]) -> list[str]:
    """Return queries like this one whose every word is known, the likeliest first.

    ``vocabulary`` tells how often reports write each folded word. Words left out with a minus and
    beginnings of words stay as they are.
    """
    clean = seen(text).translate(QUOTES)
    unknown = [word for word in _asked(clean) if word.folded not in vocabulary]
    if not 0 < len(unknown) <= MOST_UNKNOWN:
        return []
    nearest = [_nearest(word.folded, vocabulary) for word in unknown]
    if not all(nearest):
        return []
    found = []
    for rank in range(MOST_SUGGESTED):
        chosen = [each[min(rank, len(each) - 1)] for each in nearest]
        found.append(_replaced(clean, unknown, chosen))
    return list(dict.fromkeys(found))


def _asked(text: str) -> Iterator[Word]:
    """Yield the whole words that have to stand in what is found, with their places."""
    for piece in PIECE.finditer(text):
        minus, _, word = piece.groups()
        if minus or word == "OR" or (word or "").endswith("*"):
            continue
        for each in words_of(piece.group()):
            yield Word(each.folded, piece.start() + each.start, piece.start() + each.end)


def _nearest(word: str, vocabulary: Mapping[str, int]) -> list[str]:
    """Return the known words within a few slips of one, nearest and then most frequent first."""
    if len(word) < SHORTEST:
        return []
    most = max(1, len(word) // LETTERS_PER_SLIP)
    alike = process.extract(
        word, vocabulary.keys(), scorer=OSA.distance, score_cutoff=most, limit=None
    )
    ranked = sorted(alike, key=lambda each: (each[1], -vocabulary[each[0]], each[0]))
    return [each[0] for each in ranked[:MOST_SUGGESTED]]


def _replaced(text: str, words: list[Word], others: list[str]) -> str:
    for word, other in reversed(list(zip(words, others, strict=True))):
        text = text[: word.start] + other + text[word.end :]
    return text.strip()
