"""Recognise a sentence that looks like a list of human rights issues, whether or not it was read.

It is the guard of every list: a list that looks whole and is not says something false. So the test
is wider than what the reader can read, and narrower than "a sentence with semicolons": forces and
islands come in lists too.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Sequence

from reports.issues.opening import HUMAN_RIGHTS, NOUN, RANKS, is_not_a_list, is_spoken_about
from reports.issues.words import names_problem
from reports.model.reading import Issue, LeadIn, Unread
from reports.text.passage import Passage
from reports.topics.classify import topics_of

_SEMICOLONS = 3  # so many make a list of a sentence that speaks of a problem
_MOST_PIECES = 12  # looked at of a sentence; bounds the time
_LONGEST_PIECE = 400  # characters looked at
_NOUN = re.compile(rf"\b(?:{HUMAN_RIGHTS} {NOUN}|{RANKS} (?:areas? of )?{NOUN})\b", re.IGNORECASE)
# What a force or a ministry is there for is no problem.
_COMPETENCE = re.compile(r"\breports? to\b|\b(?:is|are) (?:\w+ )?responsible for\b")
_LIST_VERB = re.compile(
    r"[^.;]{0,250}?\b(?:includ(?:ed?|es)|consist(?:ed|s)(?: \w+ly)? of|comprised|encompassed"
    r"|ranged from|among (?:them|these|others)|(?:took|take) the forms? of"
    r"|(?:was|were|is|are)(?: \w+ly)? (?:limited|confined) to|(?:stemmed|resulted) from"
    r"|(?:including|such as|as follows|the following)(?=[^.;:]{0,60}:))"
    r"|[^.;:]{0,160}:(?= [^.;]{0,400};)",
    re.IGNORECASE,
)
_COLON = re.compile(r"[^.;:]{0,160}: (?P<listed>[^.;:]{3,400})")


def unread_sentences(
    cut: Sequence[Sequence[Passage]],
    issues: Sequence[Issue],
    leads: Sequence[LeadIn],
    explained: Container[tuple[int, int]],
) -> tuple[Unread, ...]:
    """Return the sentences that look like lists and of which no word is in any issue.

    ``cut`` are the sentences of every block. A lead-in is read if any issue is of it: the list may
    stand in the blocks behind it. ``explained`` are the blocks and starts of sentences whose list
    the next sentence gives ("They included ...").
    """
    read: dict[int, list[Issue | LeadIn]] = {}
    for issue in issues:
        read.setdefault(issue.block, []).append(issue)
    for place in {issue.lead for issue in issues if issue.lead >= 0}:
        read.setdefault(leads[place].block, []).append(leads[place])
    return tuple(
        Unread(sentence.text, block, sentence.start)
        for block, said in enumerate(cut)
        for sentence in said
        if _may_be_one(sentence.text)
        and (block, sentence.start) not in explained
        and not _is_read(sentence, read.get(block, ()))
        and looks_like_list(sentence.text)
    )


def looks_like_list(sentence: str) -> bool:
    """Return whether a sentence looks like a list of human rights issues."""
    if sentence.count(";") >= _SEMICOLONS and _speaks_of_a_problem(sentence):
        return not _COMPETENCE.search(sentence)
    noun = _NOUN.search(sentence)
    if not noun or is_not_a_list(sentence[: noun.end()]):
        return False
    if is_spoken_about(sentence[: noun.start()]):
        return False
    if _LIST_VERB.match(sentence, noun.end()):
        return True
    colon = _COLON.match(sentence, noun.end())
    return colon is not None and any(map(_is_problem, colon["listed"].split(", ")))


def _may_be_one(text: str) -> bool:
    """Return whether a sentence has what lists are made of; spares most sentences the search."""
    return (
        "includ" in text
        or ":" in text
        or "consist" in text
        or "compris" in text
        or "encompass" in text
        or "among " in text
        or " the form" in text
        or "limited to" in text
        or "confined to" in text
        or " from " in text
        or text.count(";") >= _SEMICOLONS
    )


def _speaks_of_a_problem(sentence: str) -> bool:
    pieces = sentence.split(";", _MOST_PIECES)[:_MOST_PIECES]
    return any(map(_is_problem, (piece[:_LONGEST_PIECE].strip() for piece in pieces)))


def _is_problem(piece: str) -> bool:
    return names_problem(piece) or bool(topics_of(piece))


def _is_read(sentence: Passage, parts: Iterable[Issue | LeadIn]) -> bool:
    return any(
        part.start < sentence.end and part.start + len(part.text) > sentence.start for part in parts
    )
