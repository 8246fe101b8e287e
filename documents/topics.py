"""Topics across editions: how many reports name each, what vanished, what is new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Self

from documents.document import JsonDocument
from documents.show import InstrumentArticles, rights_of
from reports.model.identity import ReportId
from reports.topics.classify import taxonomy
from reports.topics.trends import Figure, TopicTrendKind
from reports.wording.changes import topic_name

if TYPE_CHECKING:
    from reports.topics.trends import TopicComparison, TopicTrend
    from storage.texts.facts import EditionTopics

NOTICE = "Absence of reporting is not evidence of absence."

_DIGITS = 4  # of a share


class CountedEdition(JsonDocument):
    """How the reports of one edition were counted; ``lists`` are those read whole.

    Those of ``partial`` were not; ``unread`` reports were not read by the present reader yet.
    """

    edition: str
    reports: int
    lists: int
    partial: int
    none_reported: int
    unparsed: int
    unread: int

    @classmethod
    def of(cls, counts: EditionTopics, unread: int) -> Self:
        """Return the counts of an edition."""
        return cls(
            edition=counts.edition,
            reports=counts.reports,
            lists=counts.lists,
            partial=counts.partial,
            none_reported=counts.none_reported,
            unparsed=counts.unparsed,
            unread=unread,
        )


class TopicFigure(JsonDocument):
    """In how many reports, of so many with an issue list, a topic is named.

    Lists that were not read whole are among them if they name the topic.
    """

    reports: int
    lists: int
    share: float

    @classmethod
    def of(cls, figure: Figure) -> Self:
        """Return a figure with its share, from 0 to 1."""
        return cls(reports=figure.reports, lists=figure.lists, share=round(figure.share, _DIGITS))


class TopicInEdition(JsonDocument):
    """In how many reports of one edition a topic is named."""

    edition: str
    reports: int
    lists: int
    share: float

    @classmethod
    def of(cls, counts: EditionTopics, topic: str) -> Self:
        """Return the figure of one edition."""
        figure = TopicFigure.of(counts.figure(topic))
        return cls(edition=counts.edition, **vars(figure))


class CountedTopic(JsonDocument):
    """One topic by edition; the taxonomy may no longer have it, and its group is empty then."""

    topic: str
    name: str
    group: str
    rights: list[InstrumentArticles]
    instruments: list[str]
    editions: list[TopicInEdition]

    @classmethod
    def of(cls, topic: str, editions: Sequence[EditionTopics]) -> Self:
        """Return a topic with its figures."""
        known = taxonomy().by_id.get(topic)
        return cls(
            topic=topic,
            name=topic_name(topic),
            group=known.group if known else "",
            rights=rights_of(known) if known else [],
            instruments=list(known.instruments) if known else [],
            editions=[TopicInEdition.of(each, topic) for each in editions],
        )


class TrendDocument(JsonDocument):
    """What became of a topic; the last two count the reports with a list in both editions."""

    topic: str
    verdict: str
    before: TopicFigure
    after: TopicFigure
    both_before: int
    both_after: int

    @classmethod
    def of(cls, trend: TopicTrend) -> Self:
        """Return a topic's verdict and figures."""
        return cls(
            topic=trend.topic,
            verdict=trend.verdict.value,
            before=TopicFigure.of(trend.before),
            after=TopicFigure.of(trend.after),
            both_before=trend.both_before.reports,
            both_after=trend.both_after.reports,
        )


class TrendsDocument(JsonDocument):
    """Two editions topic by topic; ``unfiled_issues`` counts those of each without a topic.

    ``partial_lists`` are the reports of both whose list was not read whole.
    """

    from_edition: str
    to_edition: str
    reports_in_both: int
    lists_in_both: int
    is_whole: bool
    unfiled_issues: list[int]
    partial_lists: list[str]
    trends: list[TrendDocument]

    @classmethod
    def of(cls, source: str, compared: TopicComparison) -> Self:
        """Return a comparison of editions."""
        sides = (compared.before, compared.after)
        return cls(
            from_edition=compared.before.edition,
            to_edition=compared.after.edition,
            reports_in_both=compared.reports_in_both,
            lists_in_both=compared.lists_in_both,
            is_whole=compared.is_whole,
            unfiled_issues=[compared.before.unfiled_count, compared.after.unfiled_count],
            partial_lists=[
                str(ReportId(source, side.edition, *place))
                for side in sides
                for place in sorted(side.partial)
            ],
            trends=[TrendDocument.of(each) for each in compared.trends],
        )


class TopicTurn(JsonDocument):
    """A topic that vanished or is new, and the reports that named or name it."""

    topic: str
    name: str
    from_edition: str
    to_edition: str
    before: TopicFigure
    after: TopicFigure
    both_before: int
    both_after: int
    lists_in_both: int
    named_by: list[str]

    @classmethod
    def of(cls, source: str, compared: TopicComparison, trend: TopicTrend) -> Self:
        """Return a topic's turn from one edition to the next."""
        is_gone = trend.verdict is TopicTrendKind.VANISHED
        side = compared.before if is_gone else compared.after
        places = trend.named_before if is_gone else trend.named_after
        return cls(
            topic=trend.topic,
            name=topic_name(trend.topic),
            from_edition=compared.before.edition,
            to_edition=compared.after.edition,
            before=TopicFigure.of(trend.before),
            after=TopicFigure.of(trend.after),
            both_before=trend.both_before.reports,
            both_after=trend.both_after.reports,
            lists_in_both=trend.both_before.lists,
            named_by=[str(ReportId(source, side.edition, *place)) for place in places],
        )


class TopicsDocument(JsonDocument):
    """Reports per topic and edition; vanished and new topics of every comparison."""

    source: str
    countries: list[str]
    editions: list[CountedEdition]
    topics: list[CountedTopic]
    comparisons: list[TrendsDocument]
    vanished: list[TopicTurn]
    new: list[TopicTurn]
    notice: str

    @classmethod
    def of(
        cls,
        source: str,
        *,
        countries: Sequence[str],
        editions: Sequence[EditionTopics],
        topics: Sequence[str],
        comparisons: Sequence[TopicComparison],
        unread: Mapping[str, int],
    ) -> Self:
        """Return what ``topics`` prints; ``unread`` counts reports by edition."""

        def turns(verdict: TopicTrendKind) -> Iterator[TopicTurn]:
            for compared in comparisons:
                for trend in compared.having(verdict):
                    yield TopicTurn.of(source, compared, trend)

        return cls(
            source=source,
            countries=list(countries),
            editions=[CountedEdition.of(each, unread.get(each.edition, 0)) for each in editions],
            topics=[CountedTopic.of(each, editions) for each in topics],
            comparisons=[TrendsDocument.of(source, each) for each in comparisons],
            vanished=list(turns(TopicTrendKind.VANISHED)),
            new=list(turns(TopicTrendKind.APPEARED)),
            notice=NOTICE,
        )
