"""The JSON document of topics across editions, the same from the command line and the API."""

from __future__ import annotations

from itertools import chain
from typing import Any

from reports.model.identity import ReportId
from reports.topics.classify import taxonomy
from reports.topics.trends import Figure, Place, TopicComparison, TopicTrend, TopicTrendKind
from reports.wording.changes import topic_name
from services.runs.topics import TopicsView
from storage.texts.facts import EditionTopics

Document = dict[str, Any]

NOTICE = "Absence of reporting is not evidence of absence."

_DIGITS = 4  # of a share


def topics_document(view: TopicsView) -> Document:
    """Return what ``topics`` prints: editions, topics, comparisons, what vanished and is new.

    ``vanished`` and ``new`` are those of every comparison, oldest first.
    """
    return {
        "source": view.source,
        "countries": list(view.countries),
        "editions": [_edition(view, each) for each in view.editions],
        "topics": [_topic(view, topic) for topic in view.topics],
        "comparisons": [_comparison(each) for each in view.comparisons],
        "vanished": _having(view, TopicTrendKind.VANISHED),
        "new": _having(view, TopicTrendKind.APPEARED),
        "notice": NOTICE,
    }


def _edition(view: TopicsView, counts: EditionTopics) -> Document:
    return {
        "edition": counts.edition,
        "reports": counts.reports,
        "lists": counts.lists,
        "none_reported": counts.none_reported,
        "unparsed": counts.unparsed,
        "unread": view.unread.get(counts.edition, 0),
    }


def _topic(view: TopicsView, topic: str) -> Document:
    known = {each.id: each for each in taxonomy().topics}.get(topic)
    return {
        "topic": topic,
        "name": topic_name(topic),
        "group": known.group if known else "",
        "rights": [
            {"instrument": instrument, "articles": list(articles)}
            for instrument, articles in (known.rights if known else ())
        ],
        "instruments": list(known.instruments) if known else [],
        "editions": [
            {
                "edition": each.edition,
                **_figure(Figure(each.topics.get(topic, 0), each.lists)),
            }
            for each in view.editions
        ],
    }


def _figure(figure: Figure) -> Document:
    return {
        "reports": figure.reports,
        "lists": figure.lists,
        "share": round(figure.share, _DIGITS),
    }


def _comparison(compared: TopicComparison) -> Document:
    return {
        "from_edition": compared.before.edition,
        "to_edition": compared.after.edition,
        "reports_in_both": compared.reports_in_both,
        "lists_in_both": compared.lists_in_both,
        "is_whole": compared.is_whole,
        "unfiled_issues": [compared.before.unfiled_count, compared.after.unfiled_count],
        "trends": [
            {"topic": trend.topic, "verdict": trend.verdict.value, **_figures(trend)}
            for trend in compared.trends
        ],
    }


def _figures(trend: TopicTrend) -> Document:
    return {
        "before": _figure(trend.before),
        "after": _figure(trend.after),
        "both_before": trend.both_before.reports,
        "both_after": trend.both_after.reports,
    }


def _having(view: TopicsView, verdict: TopicTrendKind) -> list[Document]:
    return list(
        chain.from_iterable(
            (_turn(view.source, compared, trend) for trend in compared.having(verdict))
            for compared in view.comparisons
        )
    )


def _turn(source: str, compared: TopicComparison, trend: TopicTrend) -> Document:
    """Return a topic that vanished or appeared, with the reports that name it."""
    is_gone = trend.verdict is TopicTrendKind.VANISHED
    side = compared.before if is_gone else compared.after
    return {
        "topic": trend.topic,
        "name": topic_name(trend.topic),
        "from_edition": compared.before.edition,
        "to_edition": compared.after.edition,
        **_figures(trend),
        "lists_in_both": compared.lists_in_both,
        "named_by": [
            _report(source, side.edition, place)
            for place in (trend.named_before if is_gone else trend.named_after)
        ],
    }


def _report(source: str, edition: str, place: Place) -> str:
    return str(ReportId(source, edition, *place))
