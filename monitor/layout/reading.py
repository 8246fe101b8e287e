"""Lay out a reading for its page: issues under their lead-ins with what matched, facts, notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from reports.facts.kinds import KIND_NAMES
from reports.model.notes import note_label
from reports.model.reading import Fact, Issue, IssueList, IssueRank, LeadIn
from reports.topics.classify import FacetMatch, Topic, TopicMatch, facets_of, find_topics, taxonomy

_RANKS = {
    IssueRank.PRINCIPAL: "Issues",
    IssueRank.OTHER: "Other problems, in a second list",
    IssueRank.FURTHER: "Named after the list",
}


@dataclass(frozen=True)
class MarkedWords:
    """Some words of an issue; ``is_mark`` tells that a topic was found by them."""

    text: str
    is_mark: bool


@dataclass(frozen=True)
class IssueRow:
    """One issue: its text in pieces, its topics with the words that say so, its facets.

    A topic that this program's taxonomy no longer finds in the text has no words.
    """

    pieces: tuple[MarkedWords, ...]
    topics: tuple[tuple[str, str], ...]
    facets: tuple[FacetMatch, ...]


@dataclass(frozen=True)
class IssueRun:
    """Issues that stand under one lead-in or rank and in one group; ``first`` numbers them."""

    title: str
    lead: LeadIn | None
    group: str
    first: int
    rows: tuple[IssueRow, ...]


@dataclass(frozen=True)
class FactRow:
    """The stock sentences of one kind, under what the kind is called."""

    title: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class NoteRow:
    """One note under the name of its kind: "Errata note of 7 April 2017"."""

    label: str
    text: str


def issue_runs(issues: IssueList) -> tuple[IssueRun, ...]:
    """Return the issues in their order, cut where the lead-in, rank or group changes."""
    runs: list[IssueRun] = []
    first = 1
    for (number, rank, group), found in groupby(issues.items, _under):
        rows = tuple(map(_row, found))
        lead = issues.leads[number] if 0 <= number < len(issues.leads) else None
        runs.append(IssueRun(_RANKS[rank], lead, group, first, rows))
        first += len(rows)
    return tuple(runs)


def topics_named(issues: IssueList) -> tuple[Topic, ...]:
    """Return what the taxonomy says of the topics some issues carry, in its order."""
    named = {topic for issue in issues.items for topic in issue.topics}
    return tuple(topic for topic in taxonomy().topics if topic.id in named)


def fact_rows(facts: Sequence[Fact]) -> tuple[FactRow, ...]:
    """Return the stock sentences of a summary by kind; a kind without one has no row."""
    by_kind = {kind: tuple(each for each in facts if each.kind == kind) for kind in KIND_NAMES}
    return tuple(FactRow(KIND_NAMES[kind], found) for kind, found in by_kind.items() if found)


def note_rows(notes: Iterable[str]) -> tuple[NoteRow, ...]:
    """Return notes under the names of their kinds."""
    return tuple(NoteRow(note_label(text), text) for text in notes)


def _under(issue: Issue) -> tuple[int, IssueRank, str]:
    return issue.lead, issue.rank, issue.group


def _row(issue: Issue) -> IssueRow:
    found = {match.topic: match for match in find_topics(issue.text)}
    matches = [found[topic] for topic in issue.topics if topic in found]
    topics = tuple((topic, found[topic].words if topic in found else "") for topic in issue.topics)
    return IssueRow(_marked(issue.text, matches), topics, facets_of(issue.text))


def _marked(text: str, matches: Sequence[TopicMatch]) -> tuple[MarkedWords, ...]:
    """Cut a text where marks begin and end; marks that overlap become one."""
    pieces: list[MarkedWords] = []
    end = 0
    for match in sorted(matches, key=lambda match: match.start):
        stop = match.start + len(match.words)
        if match.start < 0 or stop <= end:
            continue
        pieces.append(MarkedWords(text[end : match.start], is_mark=False))
        pieces.append(MarkedWords(text[max(end, match.start) : stop], is_mark=True))
        end = stop
    pieces.append(MarkedWords(text[end:], is_mark=False))
    return tuple(piece for piece in pieces if piece.text)
