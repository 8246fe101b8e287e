"""What reports say in figures: issues, topics and lengths, for questions across many of them.

One row a report, of the version captured last: it can be made again from the readings at any time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, and_, case, delete, func, or_, select

from reports.model.identity import ReportId
from reports.model.reading import IssueStatus, Reading
from reports.topics.trends import EditionLists, Figure, Place
from storage.database.tables import report, report_facts, report_topic


@dataclass(frozen=True)
class EditionTopics:
    """How many reports of an edition name each topic, of those whose issue list was read.

    ``lists`` counts the reports whose list was read whole, ``partial`` those of whose list a
    sentence was not read, ``none_reported`` those that say there was nothing to report,
    ``unparsed`` those whose list could not be read. ``topics`` counts reports by topic id,
    ``partial_topics`` those among them whose list is partial.
    """

    edition: str
    reports: int
    lists: int
    none_reported: int
    unparsed: int
    topics: Mapping[str, int]
    partial: int = 0
    partial_topics: Mapping[str, int] = field(default_factory=dict)

    def figure(self, topic: str) -> Figure:
        """Return how many reports name a topic, of how many whose list says whether it does.

        A list that was not read whole counts for the topics it names, never against the others.
        """
        lists = self.lists + self.partial_topics.get(topic, 0)
        return Figure(self.topics.get(topic, 0), lists)


class ReportFacts:
    """The figures of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, report_id: int, version_id: int, revision: int, value: Reading) -> None:
        """Write a report's figures in place of any it had."""
        for table in (report_facts, report_topic):
            self._connection.execute(delete(table).where(table.c.report_id == report_id))
        self.put_first(report_id, version_id, revision, value)

    def put_first(self, report_id: int, version_id: int, revision: int, value: Reading) -> None:
        """Write the figures of a report known to have none."""
        issues = value.issues
        self._connection.execute(
            report_facts.insert(),
            {
                "report_id": report_id,
                "version_id": version_id,
                "reader_revision": revision,
                "issue_status": issues.status.value,
                "issue_count": len(issues.items),
                "summary_word_count": value.summary_word_count,
                "report_word_count": value.word_count,
                "section_count": len(value.sections),
                "issues": [(each.text, each.topics) for each in issues.items],
            },
        )
        topics = Counter(topic for each in issues.items for topic in each.topics)
        if topics:
            rows = [
                {"report_id": report_id, "topic": topic, "issue_count": count}
                for topic, count in topics.items()
            ]
            self._connection.execute(report_topic.insert(), rows)

    def topics(
        self, source: str, editions: Sequence[str] = (), countries: Sequence[str] = ()
    ) -> list[EditionTopics]:
        """Count reports by topic for each edition stored (or each of those named), oldest first.

        ``countries`` (``KAZ``, which includes its parts, or ``CHN/tibet``) leave others out.
        """
        asked = _asked(source, editions, countries)
        by_status = (
            select(report.c.edition, report_facts.c.issue_status, func.count())
            .join(report, report.c.id == report_facts.c.report_id)
            .where(*asked)
            .group_by(report.c.edition, report_facts.c.issue_status)
        )
        by_topic = (
            select(
                report.c.edition,
                report_topic.c.topic,
                func.count(),
                func.sum(case((report_facts.c.issue_status == IssueStatus.PARTIAL, 1), else_=0)),
            )
            .join(report, report.c.id == report_topic.c.report_id)
            .join(report_facts, report_facts.c.report_id == report.c.id)
            .where(*asked)
            .group_by(report.c.edition, report_topic.c.topic)
        )
        statuses: dict[str, dict[str, int]] = defaultdict(dict)
        for edition, status, count in self._connection.execute(by_status):
            statuses[edition][status] = count
        topics: dict[str, dict[str, int]] = defaultdict(dict)
        partial: dict[str, dict[str, int]] = defaultdict(dict)
        for edition, topic, count, count_partial in self._connection.execute(by_topic):
            topics[edition][topic] = count
            partial[edition][topic] = int(count_partial)
        return [
            EditionTopics(
                edition,
                sum(found.values()),
                found.get(IssueStatus.LISTED, 0),
                found.get(IssueStatus.NONE_REPORTED, 0),
                found.get(IssueStatus.UNPARSED, 0),
                topics[edition],
                found.get(IssueStatus.PARTIAL, 0),
                {topic: count for topic, count in partial[edition].items() if count},
            )
            for edition, found in sorted(statuses.items())
        ]

    def lists(
        self, source: str, editions: Sequence[str], countries: Sequence[str] = ()
    ) -> list[EditionLists]:
        """Return the topics of every report of some editions, oldest edition first."""
        asked = _asked(source, editions, countries)
        name = (report.c.edition, report.c.country, report.c.part)
        topics: dict[tuple[str, Place], set[str]] = defaultdict(set)
        query = select(*name, report_topic.c.topic).join(report_topic).where(*asked)
        for edition, country, part, topic in self._connection.execute(query):
            topics[edition, (country, part)].add(topic)
        found: dict[str, dict[str, set[Place]]] = defaultdict(lambda: defaultdict(set))
        unfiled: Counter[str] = Counter()
        facts = select(*name, report_facts.c.issue_status, report_facts.c.issues)
        for row in self._connection.execute(facts.join(report_facts).where(*asked)):
            found[row.edition][row.issue_status].add((row.country, row.part))
            unfiled[row.edition] += sum(not filed for _, filed in row.issues)
        return [
            EditionLists(
                edition,
                _named(topics, edition, by_status[IssueStatus.LISTED]),
                frozenset(by_status[IssueStatus.NONE_REPORTED]),
                frozenset(by_status[IssueStatus.UNPARSED]),
                unfiled[edition],
                _named(topics, edition, by_status[IssueStatus.PARTIAL]),
            )
            for edition, by_status in sorted(found.items())
        ]

    def state(self, source: str) -> tuple[int, ...]:
        """Return what differs whenever a figure of a source does. Cheap, however much is stored."""
        query = (
            select(
                func.count(),
                func.coalesce(func.max(report_facts.c.version_id), 0),
                func.coalesce(func.sum(report_facts.c.version_id), 0),
                func.coalesce(func.sum(report_facts.c.reader_revision), 0),
            )
            .select_from(report)
            .outerjoin(report_facts)
            .where(report.c.source == source)
        )
        return tuple(map(int, self._connection.execute(query).one()))

    def naming(
        self, source: str, edition: str, topic: str
    ) -> list[tuple[ReportId, tuple[str, ...]]]:
        """Return the reports of an edition that name a topic, each with the issues that do."""
        query = (
            select(report.c.country, report.c.part, report_facts.c.issues)
            .join(report_facts)
            .join(report_topic, report_topic.c.report_id == report.c.id)
            .where(*_asked(source, [edition], ()), report_topic.c.topic == topic)
            .order_by(report.c.country, report.c.part)
        )
        return [
            (
                ReportId(source, edition, row.country, row.part),
                tuple(text for text, filed in row.issues if topic in filed),
            )
            for row in self._connection.execute(query)
        ]

    def unread(
        self,
        source: str,
        revision: int,
        editions: Sequence[str] = (),
        countries: Sequence[str] = (),
    ) -> dict[str, int]:
        """Count by edition the reports whose figures are missing or of an older reader."""
        is_current = report_facts.c.reader_revision >= revision
        query = (
            select(report.c.edition, func.count())
            .outerjoin(report_facts)
            .where(*_asked(source, editions, countries))
            .where(or_(report_facts.c.report_id.is_(None), ~is_current))
            .group_by(report.c.edition)
        )
        return {edition: count for edition, count in self._connection.execute(query)}


def _named(
    topics: Mapping[tuple[str, Place], set[str]], edition: str, places: Iterable[Place]
) -> dict[Place, frozenset[str]]:
    return {place: frozenset(topics.get((edition, place), ())) for place in sorted(places)}


def _asked(
    source: str, editions: Sequence[str], countries: Sequence[str]
) -> list[ColumnElement[bool]]:
    asked = [report.c.source == source]
    if editions:
        asked.append(report.c.edition.in_(editions))
    if countries:
        asked.append(or_(*map(_in_country, countries)))
    return asked


def _in_country(name: str) -> ColumnElement[bool]:
    country, _, part = name.partition("/")
    within = report.c.country == country
    return and_(within, report.c.part == part) if part else within
