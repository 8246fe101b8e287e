"""Draw topics by edition as a heat map: one picture for pages, files and mails, no script in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from reports.text.plain import one_line
from reports.wording.changes import group_name, topic_name
from services.runs.topics import TopicsView
from storage.texts.facts import EditionTopics

MOST_COLUMNS = 15
"""Editions a heat map shows, the newest: more are no picture any more."""


@dataclass(frozen=True)
class HeatMap:
    """What a heat map shows; equal ones are drawn once.

    ``rows`` are the names of topics, and of their groups, which have no cells. ``cells`` hold by
    row and column the figures: how many reports of how many lists.
    """

    title: str
    description: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[tuple[int, int], ...], ...]


def heat_map(view: TopicsView) -> HeatMap:
    """Return the heat map of a source's topics: share of each edition's lists that names each."""
    shown = view.editions[-MOST_COLUMNS:]
    editions = [one_line(each.edition) for each in shown]
    years = f"{editions[0]} to {editions[-1]}" if len(editions) > 1 else "".join(editions)
    rows = list(_rows(view, shown))
    title = f"Topics in the issue lists of the {one_line(view.title)}, {years}"
    return HeatMap(
        title=title,
        description=(
            f"{title}. Each cell gives the percentage of an edition's issue lists that name a "
            "topic: the more, the darker the cell; a dot stands for none. "
            "Absence of reporting is not evidence of absence."
        ),
        columns=tuple(editions),
        rows=tuple(name for name, _ in rows),
        cells=tuple(cells for _, cells in rows),
    )


def _rows(
    view: TopicsView, shown: Sequence[EditionTopics]
) -> Iterator[tuple[str, tuple[tuple[int, int], ...]]]:
    for group, topics in view.grouped_topics:
        yield group_name(group).upper(), ()
        for topic in topics:
            counts = tuple((each.topics.get(topic, 0), each.lists) for each in shown)
            yield one_line(topic_name(topic)), counts


@lru_cache(maxsize=64)
def as_svg(chart: HeatMap) -> str:
    """Return the picture as SVG, with a title and a description for those who do not see it."""
    from monitor.charts.drawing import draw_svg  # noqa: PLC0415 - the monitor is to start fast

    drawn = draw_svg(chart)
    head, _, body = drawn.partition(">")
    told = f"<title>{escape(chart.title)}</title><desc>{escape(chart.description)}</desc>"
    return f'{head} role="img">{told}{body}'


@lru_cache(maxsize=16)
def as_png(chart: HeatMap) -> bytes:
    """Return the picture as PNG on white paper."""
    from monitor.charts.drawing import draw_png  # noqa: PLC0415 - the monitor is to start fast

    return draw_png(chart)
