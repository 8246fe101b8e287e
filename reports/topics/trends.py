"""Compare what the issue lists of two editions name: topics that vanished, appeared, fell, rose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from itertools import chain

Place = tuple[str, str]
"""A report within its edition: country and part."""

PRESENT = 0.10
"""Share of an edition's lists from which on a topic counts as present."""

ABSENT = 0.01
"""Share of an edition's lists below which a topic counts as absent."""

WHOLE = 0.80
"""Share of either edition's reports that must be held in both for the editions to be compared."""

READABLE = 0.90
"""Share of an edition's reports whose list must be readable before anybody is alarmed."""

FEWEST = 5
"""Reports that must have named a topic before its absence is told.

Were a topic as likely in either of two editions of one size, all of five reports would fall into
the earlier one in three of a hundred cases (a half to the power of five).
"""


FEW_LISTS = 20
"""Lists below which one report more or less moves a share by more than 5 %."""


class TopicTrendKind(StrEnum):
    """What became of a topic from one edition to the next."""

    VANISHED = "vanished"
    APPEARED = "appeared"
    FELL = "fell"
    ROSE = "rose"
    STEADY = "steady"


@dataclass(frozen=True)
class Figure:
    """In how many reports, of so many with an issue list, a topic is named."""

    reports: int
    lists: int

    @property
    def share(self) -> float:
        """The share of the lists, from 0 to 1; 0 if there are none."""
        return self.reports / self.lists if self.lists else 0.0


@dataclass(frozen=True)
class EditionLists:
    """What the issue lists of one edition's reports name.

    ``topics`` are the topic ids by report, of the reports whose list was read whole; ``partial``
    are those that were read of lists of which a sentence was not. ``none_reported`` say themselves
    that there was nothing to report; ``unparsed`` have a list that could not be read.
    ``unfiled_count`` counts issues that are filed under no topic.
    """

    edition: str
    topics: Mapping[Place, frozenset[str]]
    none_reported: frozenset[Place] = frozenset()
    unparsed: frozenset[Place] = frozenset()
    unfiled_count: int = 0
    partial: Mapping[Place, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def places(self) -> frozenset[Place]:
        """Every report held."""
        return frozenset(self.topics) | frozenset(self.partial) | self.none_reported | self.unparsed

    @property
    def is_readable(self) -> bool:
        """Whether so many lists were read whole that an absence is not the program's fault."""
        whole = len(self.places) - len(self.unparsed) - len(self.partial)
        return whole >= READABLE * len(self.places)

    def named_by(self, place: Place) -> frozenset[str]:
        """Return the topics that were read of a report's list, whole or not."""
        return self.topics.get(place) or self.partial.get(place) or frozenset()

    def naming(self, topic: str) -> tuple[Place, ...]:
        """Return the reports that name a topic, in order."""
        return tuple(sorted(each for each in self.counting(topic) if topic in self.named_by(each)))

    def counting(self, topic: str) -> frozenset[Place]:
        """Return the reports whose list says whether it names a topic.

        A list that was not read whole says so of the topics it names, and of no other: it counts
        for them, never against the others.
        """
        return frozenset(self.topics) | {
            place for place, named in self.partial.items() if topic in named
        }


@dataclass(frozen=True)
class TopicTrend:
    """One topic in two editions.

    ``before`` and ``after`` count over every list of each edition, ``both_before`` and
    ``both_after`` over the reports that have a list in both: lists that were read whole, and those
    not read whole that name the topic.
    """

    topic: str
    before: Figure
    after: Figure
    both_before: Figure
    both_after: Figure
    verdict: TopicTrendKind
    named_before: tuple[Place, ...]
    named_after: tuple[Place, ...]


@dataclass(frozen=True)
class TopicComparison:
    """Two editions of one source, topic by topic.

    ``is_whole`` tells that so many reports are held in both editions that the editions themselves
    are compared; else the verdicts go by the reports that have a list in both. ``lists_in_both``
    counts those whose list was read whole in both.
    """

    before: EditionLists
    after: EditionLists
    reports_in_both: int
    lists_in_both: int
    is_whole: bool
    trends: tuple[TopicTrend, ...]

    def having(self, verdict: TopicTrendKind) -> tuple[TopicTrend, ...]:
        """Return the topics of one verdict, those that changed most first."""
        found = [trend for trend in self.trends if trend.verdict is verdict]
        return tuple(sorted(found, key=lambda each: -abs(each.after.share - each.before.share)))

    @property
    def is_possible(self) -> bool:
        """Whether there are lists on both sides at all."""
        if self.is_whole:
            return bool(self.before.topics and self.after.topics)
        return bool(self.lists_in_both)

    @property
    def has_few_lists(self) -> bool:
        """Whether there are so few lists that chance alone may move a topic."""
        if self.is_whole:
            return min(len(self.before.topics), len(self.after.topics)) < FEW_LISTS
        return self.lists_in_both < FEW_LISTS

    @property
    def is_telling(self) -> bool:
        """Whether what it shows may alarm somebody: whole editions, and lists that can be read."""
        readable = self.before.is_readable and self.after.is_readable
        return self.is_whole and self.is_possible and readable


@dataclass(frozen=True)
class VanishedTopic:
    """A topic that left an edition's issue lists: the figures as they stood when it was noticed.

    ``name`` is the topic's for people. ``reports_before`` of ``lists_before`` lists of
    ``edition_before`` named it, ``reports_after`` of ``lists_after`` now do; of the
    ``lists_in_both`` reports with a list in both editions, ``both_before`` did and ``both_after``
    do. ``named_by`` are the names of the places whose reports named it. ``partial_before`` and
    ``partial_after`` count the lists that were not read whole, and are in no figure unless they
    name the topic.
    """

    topic: str
    name: str
    edition_before: str
    reports_before: int
    lists_before: int
    reports_after: int
    lists_after: int
    lists_in_both: int
    both_before: int
    both_after: int
    named_by: tuple[str, ...] = ()
    partial_before: int = 0
    partial_after: int = 0


def compare_editions(
    before: EditionLists, after: EditionLists, order: Sequence[str] = ()
) -> TopicComparison:
    """Compare two editions; topics come in the order given, others behind it by their ids."""
    in_both = before.places & after.places
    lists_in_both = frozenset(before.topics.keys() & after.topics.keys())
    largest = max(len(before.places), len(after.places))
    is_whole = bool(in_both) and len(in_both) >= WHOLE * largest
    lists = chain.from_iterable(
        (*side.topics.values(), *side.partial.values()) for side in (before, after)
    )
    named = {topic for held in lists for topic in held}
    known = [topic for topic in order if topic in named]
    topics = [*known, *sorted(named.difference(known))]
    is_possible = bool(before.topics and after.topics) if is_whole else bool(lists_in_both)
    trends = [
        _trend(topic, before, after, by_edition=is_whole, is_possible=is_possible)
        for topic in topics
    ]
    return TopicComparison(before, after, len(in_both), len(lists_in_both), is_whole, tuple(trends))


def may_have_vanished(before: Figure, after: Figure) -> bool:
    """Tell by the bare figures whether a topic left the lists in a way worth telling."""
    is_enough = before.reports >= FEWEST and min(before.lists, after.lists) >= FEW_LISTS
    return is_enough and _verdict(before, after) is TopicTrendKind.VANISHED


def _trend(
    topic: str, before: EditionLists, after: EditionLists, *, by_edition: bool, is_possible: bool
) -> TopicTrend:
    named_before, named_after = before.naming(topic), after.naming(topic)
    counted_before, counted_after = before.counting(topic), after.counting(topic)
    in_both = counted_before & counted_after
    all_before = Figure(len(named_before), len(counted_before))
    all_after = Figure(len(named_after), len(counted_after))
    both_before = Figure(len(in_both.intersection(named_before)), len(in_both))
    both_after = Figure(len(in_both.intersection(named_after)), len(in_both))
    judged = (all_before, all_after) if by_edition else (both_before, both_after)
    verdict = _verdict(*judged) if is_possible else TopicTrendKind.STEADY
    return TopicTrend(
        topic, all_before, all_after, both_before, both_after, verdict, named_before, named_after
    )


def _verdict(before: Figure, after: Figure) -> TopicTrendKind:
    if not (before.lists and after.lists) or before.share == after.share:
        return TopicTrendKind.STEADY
    if before.share >= PRESENT and after.share < ABSENT:
        return TopicTrendKind.VANISHED
    if before.share < ABSENT and after.share >= PRESENT:
        return TopicTrendKind.APPEARED
    return TopicTrendKind.FELL if after.share < before.share else TopicTrendKind.ROSE
