"""The taxonomy: topics of human rights issues and facets beside them, and how they are searched.

Patterns are searched in normalised text; what matched is told in the words and, where the two can
be matched character by character, at the offsets of the text as it was given.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from reports.text.normal_form import normalized

OUTLINES = ("2011_2023", "2024")
"""The outlines of the U.S. reports by their editions; a topic may name a section in each."""

LONGEST = 100_000
"""Characters of a text that are searched; issues have some hundreds."""

_STRAIGHT = str.maketrans("\u2018\u2019\u201c\u201d\u2010\u2011", "''\"\"--")
_EXAMPLES = re.compile(r",? (?:including|such as)\b")
_REST_OF_WORD = re.compile(r"(?<=\w)\w+")
_WORD_START = re.compile(r"\b[a-z]{3}")
_FIXED_START = re.compile(r"[a-z]{3}(?![?*{])")


@dataclass(frozen=True, slots=True)
class TopicMatch:
    """A topic that a text speaks of, and the words that say so.

    ``words`` are literal, whole words, and stand in the text from character ``start`` on; where
    the text cannot be matched with its normalised form, they are given in that form and ``start``
    is -1.
    """

    topic: str
    words: str
    start: int


@dataclass(frozen=True, slots=True)
class FacetMatch:
    """A facet of a text: ``kind`` is ``"actor"`` or ``"qualifier"``; the rest as in TopicMatch."""

    kind: str
    facet: str
    words: str
    start: int


@dataclass(frozen=True)
class Facet:
    """A side of an issue that is not its topic: who did it, or a word that qualifies it."""

    id: str
    patterns: tuple[str, ...]

    def first_match(self, searched: str) -> re.Match[str] | None:
        """Return where a normalised text first shows this facet; None if it does not."""
        return self._any_pattern.search(searched)

    @cached_property
    def _any_pattern(self) -> re.Pattern[str]:
        return re.compile(_alternation(self.patterns))


@dataclass(frozen=True)
class Topic:
    """One topic of the taxonomy.

    ``patterns`` and ``vetoes`` are lower-case regular expressions, searched in normalised text; a
    veto takes the topic away again. ``head_only`` searches only what stands before "including" or
    "such as", where that speaks of any topic. ``rights`` are article numbers by instrument, none
    meaning the whole instrument. ``sections`` are the sections of the U.S. reports by outline
    (``2011_2023``, ``2024``).
    """

    id: str
    name: str
    group: str
    patterns: tuple[str, ...]
    vetoes: tuple[str, ...] = ()
    head_only: bool = False
    rights: tuple[tuple[str, tuple[int, ...]], ...] = ()
    instruments: tuple[str, ...] = ()
    ciri: tuple[str, ...] = ()
    is_pts: bool = False
    sections: tuple[tuple[str, str], ...] = ()

    def first_match(self, text: str, head: str) -> re.Match[str] | None:
        """Return where a normalised text first speaks of this topic; None if it does not."""
        searched = head if self.head_only else text
        found = self._any_pattern.search(searched)
        if found is None or (self._any_veto and self._any_veto.search(searched)):
            return None
        return found

    @property
    def rights_line(self) -> str:
        """Name the rights at stake for a reader: "UDHR 5; ICCPR 7, 10; CAT"."""
        named = [
            " ".join(filter(None, (instrument.upper(), ", ".join(map(str, articles)))))
            for instrument, articles in self.rights
        ]
        return "; ".join((*named, *self.instruments))

    @cached_property
    def _any_pattern(self) -> re.Pattern[str]:
        return re.compile(_alternation(self.patterns))

    @cached_property
    def _any_veto(self) -> re.Pattern[str] | None:
        return re.compile(_alternation(self.vetoes)) if self.vetoes else None


@dataclass(frozen=True)
class Taxonomy:
    """Every topic in its order, and the facets that describe an issue beside its topic.

    ``version`` is raised whenever the same text may be filed otherwise than before.
    """

    version: int
    groups: tuple[str, ...]
    topics: tuple[Topic, ...]
    actors: tuple[Facet, ...] = ()
    qualifiers: tuple[Facet, ...] = ()

    def topics_of(self, text: str) -> tuple[str, ...]:
        """Return the ids of a text's topics, those of its head before those of its examples."""
        return tuple(topic.id for topic, _ in self._found(normalised(text)))

    def find_topics(self, text: str) -> tuple[TopicMatch, ...]:
        """Return the topics of a text in the order of ``topics_of``, each with what matched."""
        searched = normalised(text)
        origin = _Origin(text, searched)
        return tuple(
            TopicMatch(topic.id, *origin.of(found)) for topic, found in self._found(searched)
        )

    def facets_of(self, text: str) -> tuple[FacetMatch, ...]:
        """Return the actors and qualifiers that a text names, each with what matched first."""
        searched = normalised(text)
        origin = _Origin(text, searched)
        kinds = (("actor", self.actors), ("qualifier", self.qualifiers))
        return tuple(
            FacetMatch(kind, facet.id, *origin.of(found))
            for kind, facets in kinds
            for facet in facets
            if (found := facet.first_match(searched))
        )

    @cached_property
    def by_id(self) -> dict[str, Topic]:
        """The topics by their ids."""
        return {topic.id: topic for topic in self.topics}

    def _found(self, searched: str) -> list[tuple[Topic, re.Match[str]]]:
        examples = _EXAMPLES.search(searched)
        if examples is None:
            return self._found_in(searched, searched)
        found = self._found_in(searched, searched[: examples.start()])
        in_head = [each for each in found if each[1].start() < examples.start()]
        if not in_head:  # "serious abuses, such as killings": the examples alone say what it is
            return self._found_in(searched, searched)
        return in_head + [each for each in found if each[1].start() >= examples.start()]

    def _found_in(self, searched: str, head: str) -> list[tuple[Topic, re.Match[str]]]:
        return [
            (topic, found)
            for topic in self._candidates(searched)
            if (found := topic.first_match(searched, head))
        ]

    def _candidates(self, searched: str) -> list[Topic]:
        # Searching every topic in every issue would take four times as long.
        places: set[int] = set()
        for start in _WORD_START.findall(searched):
            places |= self._places_by_opening.get(start, frozenset())
        return [self.topics[place] for place in sorted(places)]

    @cached_property
    def _places_by_opening(self) -> dict[str, frozenset[int]]:
        places: dict[str, set[int]] = {}
        for place, topic in enumerate(self.topics):
            for opening in chain.from_iterable(map(openings, topic.patterns)):
                places.setdefault(opening, set()).add(place)
        return {opening: frozenset(found) for opening, found in places.items()}


def normalised(text: str) -> str:
    """Return the form in which patterns are searched: NFKC, straight quotes, lower case.

    What follows the first ``LONGEST`` characters is not searched.
    """
    text = text[:LONGEST]
    if not text.isascii():
        text = normalized("NFKC", text.translate(_STRAIGHT))
    return " ".join(text.lower().split())


class _Origin:
    """Leads from a text's normalised form back to the text."""

    def __init__(self, text: str, searched: str) -> None:
        self._text = text
        self._searched = searched
        self._places = _places(text, searched)

    def of(self, found: re.Match[str]) -> tuple[str, int]:
        """Return the literal words of a match, and where they are."""
        rest = _REST_OF_WORD.match(self._searched, found.end())
        end = rest.end() if rest else found.end()
        if self._places is None:
            return self._searched[found.start() : end], -1
        start, last = self._places[found.start()], self._places[end - 1]
        return self._text[start : last + 1], start


def _places(text: str, searched: str) -> Sequence[int] | None:
    """Return the place in a text of each character of its normalised form.

    None if the form is not that of the characters one by one, as with combining marks.
    """
    if text.lower() == searched:
        return range(len(text))
    form: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text[:LONGEST]):
        for each in normalized("NFKC", character.translate(_STRAIGHT)).lower():
            if not each.isspace():
                form.append(each)
                places.append(place)
            elif form and form[-1] != " ":
                form.append(" ")
                places.append(place)
    if form and form[-1] == " ":
        form.pop()
    return places if "".join(form) == searched else None


def openings(pattern: str) -> tuple[str, ...]:
    """Return the first three letters of every way to match a pattern; none if unknown."""
    body = pattern.removeprefix(r"\b")
    if len(_ways(f"({body})")) != 1:
        return ()
    ways = _ways(body) if body.startswith("(") else [body]
    starts = [_FIXED_START.match(way) for way in ways]
    return tuple(start.group() for start in starts if start) if all(starts) else ()


def _ways(group: str) -> list[str]:
    """Split the bracketed group that a text begins with at its own bars; none if optional."""
    depth, start, ways = 0, 1, []
    for place, char in enumerate(group):
        depth += (char == "(") - (char == ")")
        if depth == 0 or (depth == 1 and char == "|"):
            ways.append(group[start:place])
            start = place + 1
        if depth == 0:
            return [] if group[start : start + 1] in ("?", "*", "{") else ways
    return []


def _alternation(patterns: Sequence[str]) -> str:
    return "|".join(f"(?:{pattern})" for pattern in patterns)
