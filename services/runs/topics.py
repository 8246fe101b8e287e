"""Topics across a source's editions: what to show of them, and what to report when one vanishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from documents.topics import TopicsDocument
from reports.model.identity import ReportId
from reports.model.values import Change, ChangeKind
from reports.topics.classify import taxonomy
from reports.topics.trends import (
    TopicComparison,
    TopicTrend,
    TopicTrendKind,
    VanishedTopic,
    compare_editions,
    may_have_vanished,
)
from reports.wording.changes import topic_name, vanished_line
from scrapers.registry import source_named
from scrapers.source import Source
from services.runs.run import BadRequest
from storage.record.attempts import Recording
from storage.texts.facts import EditionTopics
from storage.unit import Unit


@dataclass(frozen=True)
class TopicsView:
    """Topics by edition, oldest first, and the comparisons of editions asked for.

    ``countries`` are the codes of those counted, none meaning every one. ``unread`` counts by
    edition the reports that this reader has not read yet: their figures are of an older one, or
    missing.
    """

    source: str
    family: str
    countries: tuple[str, ...]
    editions: tuple[EditionTopics, ...]
    comparisons: tuple[TopicComparison, ...]
    unread: Mapping[str, int]

    @property
    def title(self) -> str:
        """What is counted, for people: "Country Reports on … (KAZ alone)"."""
        alone = f" ({', '.join(self.countries)} alone)" if self.countries else ""
        return f"{self.family}{alone}"

    @property
    def grouped_topics(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Every topic named, by the taxonomy's groups; ids it no longer has under ``""``."""
        named = {topic for each in self.editions for topic in each.topics}
        groups: dict[str, list[str]] = {group: [] for group in taxonomy().groups}
        for topic in taxonomy().topics:
            if topic.id in named:
                groups[topic.group].append(topic.id)
                named.discard(topic.id)
        groups[""] = sorted(named)
        return tuple((group, tuple(topics)) for group, topics in groups.items() if topics)

    @property
    def topics(self) -> tuple[str, ...]:
        """Every topic named, in the order of the groups."""
        return tuple(topic for _, topics in self.grouped_topics for topic in topics)

    @property
    def document(self) -> TopicsDocument:
        """What ``topics`` prints."""
        return TopicsDocument.of(
            self.source,
            countries=self.countries,
            editions=self.editions,
            topics=self.topics,
            comparisons=self.comparisons,
            unread=self.unread,
        )


def read_topics(
    unit: Unit,
    source: str,
    editions: Sequence[str] = (),
    countries: Sequence[str] = (),
    *,
    shows_all: bool = False,
) -> TopicsView:
    """Return the topics of a source's editions.

    The editions named are compared, each with the one before it; one alone with the edition held
    before it; without any the newest two. Figures are given of those compared; of every edition
    held if none was named, or with ``shows_all``. ``countries`` (``KAZ``, ``CHN/tibet``) leave
    others out. Raises BadRequest for an edition of which nothing is held, for a source whose
    reports list no issues, and scrapers.registry.UnknownSource.
    """
    known = source_named(source)
    if not known.has_issue_lists:
        raise BadRequest(f"reports of {source} list no issues, so there are no topics to count")
    counts = unit.facts.topics(source)
    compared = _compared(source, [each.edition for each in counts], sorted(set(editions)))
    if editions and not shows_all:
        counts = [each for each in counts if each.edition in compared]
    shown = [each.edition for each in counts]
    if countries:
        counts = unit.facts.topics(source, shown, countries) if shown else []
    lists = unit.facts.lists(source, compared, countries) if len(compared) > 1 else []
    order = [each.id for each in taxonomy().topics]
    return TopicsView(
        source,
        known.family,
        tuple(countries),
        tuple(counts),
        tuple(compare_editions(before, after, order) for before, after in pairwise(lists)),
        unit.facts.unread(source, known.reader_revision, shown, countries),
    )


def _compared(source: str, held: Sequence[str], asked: Sequence[str]) -> list[str]:
    for edition in asked:
        if edition not in held:
            there = f"stored are {', '.join(held)}" if held else "none is stored"
            raise BadRequest(
                f"no report of {source} {edition!r} has been read; {there}: "
                f"`reportwatch ingest {source} --edition YEAR` brings them"
            )
    if len(asked) == 1:
        earlier = [edition for edition in held if edition < asked[0]]
        return [*earlier[-1:], asked[0]]
    return list(asked) or list(held[-2:])


def record_vanished_topics(unit: Unit, recording: Recording, now: datetime) -> list[Change]:
    """Record each topic that has left an edition's issue lists, once ever; return what is new.

    To be called in the transaction that ends a run. It waits until an edition is whole enough, its
    lists can be read and every report has been read by the source's present reader. What a silent
    or baseline run finds, or what is found of an edition that is not the newest, is no news.
    """
    source = source_named(recording.source)
    found: list[Change] = []
    unread = unit.facts.unread(source.name, source.reader_revision).keys()
    for before, after in pairwise(unit.facts.topics(source.name)):
        candidates = _candidates(unit, source.name, before, after)
        is_read = unread.isdisjoint({before.edition, after.edition})
        if candidates and is_read:  # seldom: what follows looks at every report of two editions
            compared = _compare(unit, source, before.edition, after.edition)
            found += [
                _change(source, recording, compared, trend, now)
                for trend in reversed(
                    compared.having(TopicTrendKind.VANISHED)
                )  # newest first, so last
                if compared.is_telling and trend.topic in candidates
            ]
    return [_record(unit, recording, change) for change in found]


def _candidates(unit: Unit, source: str, before: EditionTopics, after: EditionTopics) -> set[str]:
    """Return the topics that by their bare figures have vanished, and are not recorded yet."""
    gone = {
        topic
        for topic in before.topics
        if may_have_vanished(before.figure(topic), after.figure(topic))
    }
    return gone - unit.changes.vanished_topics(source, after.edition)


def _compare(unit: Unit, source: Source, before: str, after: str) -> TopicComparison:
    older, newer = unit.facts.lists(source.name, [before, after])
    return compare_editions(older, newer)


def _change(
    source: Source,
    recording: Recording,
    compared: TopicComparison,
    trend: TopicTrend,
    now: datetime,
) -> Change:
    edition = compared.after.edition
    is_old = edition < recording.newest_edition
    vanished = _as_it_stands(source, compared, trend)
    return Change(
        id=0,
        kind=ChangeKind.TOPIC_VANISHED,
        report=ReportId(source.name, edition, ""),
        title=f"{edition} {source.family}",
        from_version=None,
        to_version=None,
        detected_at=now,
        summary_line=vanished_line(vanished, edition),
        is_baseline=recording.is_baseline or recording.is_silent or is_old,
        vanished=vanished,
    )


def _as_it_stands(source: Source, compared: TopicComparison, trend: TopicTrend) -> VanishedTopic:
    names = (source.countries.name(*place) for place in trend.named_before)
    return VanishedTopic(
        topic=trend.topic,
        name=topic_name(trend.topic),
        edition_before=compared.before.edition,
        reports_before=trend.before.reports,
        lists_before=trend.before.lists,
        reports_after=trend.after.reports,
        lists_after=trend.after.lists,
        lists_in_both=trend.both_before.lists,
        both_before=trend.both_before.reports,
        both_after=trend.both_after.reports,
        named_by=tuple(sorted(names)),
        partial_before=len(compared.before.partial),
        partial_after=len(compared.after.partial),
    )


def _record(unit: Unit, recording: Recording, value: Change) -> Change:
    topics = frozenset([value.vanished.topic]) if value.vanished else frozenset[str]()
    change_id = unit.changes.add(
        None, recording.run_id, value, topics=topics, is_silent=recording.is_silent
    )
    return replace(value, id=change_id)
