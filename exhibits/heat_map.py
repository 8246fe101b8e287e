"""Topics by edition as a heat map: one picture for pages, files and mails, no script in it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import resvg_py

from exhibits.rendering import FOLDER, render
from reports.text.plain import one_line
from reports.topics.trends import Figure
from reports.wording.changes import group_name, topic_name
from reports.wording.unread_lists import PARTIAL_LISTS
from services.runs.topics import TopicsView
from storage.texts.facts import EditionTopics

FONT = FOLDER / "fonts" / "Geist.ttf"
"""Draws the words of a PNG on a machine without Helvetica, Arial or a font that stands for them."""

MOST_COLUMNS = 15
"""Editions a heat map shows, the newest: more are no picture any more."""

_TITLE = 70  # characters of a line of the title
_LABEL = 44  # characters of a line of a topic's name
_LETTER, _CAPITAL = 6, 9  # pixels of a character of a label: a topic's, and a group's in bold
_PNG_SCALE = 2  # twice the pixels, for print and for dense screens


@dataclass(frozen=True)
class HeatMap:
    """What a heat map shows; equal ones are drawn once.

    ``rows`` are the names of topics, and of their groups, which have no cells. ``cells`` hold by
    row and column the figures: how many reports of how many lists. ``unread`` says how many lists
    were not read whole, ``""`` if all were.
    """

    title: str
    description: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[tuple[int, int], ...], ...]
    unread: str = ""


def heat_map(view: TopicsView) -> HeatMap:
    """Return the heat map of a source's topics: share of each edition's lists that names each."""
    shown = view.editions[-MOST_COLUMNS:]
    editions = [one_line(each.edition) for each in shown]
    years = f"{editions[0]} to {editions[-1]}" if len(editions) > 1 else "".join(editions)
    rows = list(_rows(view, shown))
    unread = _unread(shown)
    title = f"Topics in the issue lists of the {one_line(view.title)}, {years}"
    return HeatMap(
        title=title,
        description=(
            f"{title}. Each cell gives the percentage of an edition's issue lists that name a "
            "topic: the more, the darker the cell; a dot stands for none. "
            "Absence of reporting is not evidence of absence."
            f"{unread and ' '}{unread}"
        ),
        columns=tuple(editions),
        rows=tuple(name for name, _ in rows),
        cells=tuple(cells for _, cells in rows),
        unread=unread,
    )


def _unread(shown: Sequence[EditionTopics]) -> str:
    counts = ", ".join(
        f"{each.partial:,} of {one_line(each.edition)}" for each in shown if each.partial
    )
    return f"Lists not read whole: {counts}. {PARTIAL_LISTS}" if counts else ""


def _rows(
    view: TopicsView, shown: Sequence[EditionTopics]
) -> Iterator[tuple[str, tuple[tuple[int, int], ...]]]:
    for group, topics in view.grouped_topics:
        yield group_name(group).upper(), ()
        for topic in topics:
            figures = [each.figure(topic) for each in shown]
            counts = tuple((each.reports, each.lists) for each in figures)
            yield one_line(topic_name(topic)), counts


@lru_cache(maxsize=64)
def as_svg(chart: HeatMap) -> str:
    """Return the picture as SVG, with a title and a description for those who do not see it."""
    rows = [
        _Row(_lines(name), name.isupper(), tuple(Figure(*each) for each in cells))
        for name, cells in zip(chart.rows, chart.cells, strict=True)
    ]
    return render(
        "heat_map.svg",
        chart=chart,
        heading=textwrap.wrap(chart.title, _TITLE),
        notes=textwrap.wrap(chart.unread, _TITLE),
        rows=rows,
        label_width=max((each.label_width for each in rows), default=0),
    )


@lru_cache(maxsize=16)
def as_png(chart: HeatMap) -> bytes:
    """Return the picture as PNG on white paper, with words in our own font if there is no other."""
    return resvg_py.svg_to_bytes(
        svg_string=as_svg(chart),
        zoom=_PNG_SCALE,
        font_files=[str(FONT)],
        sans_serif_family="Geist",
    )


@dataclass(frozen=True)
class _Row:
    """One row as it is drawn: the lines of its label, and a cell for each column."""

    lines: list[str]
    is_group: bool
    cells: tuple[Figure, ...]

    @property
    def label_width(self) -> int:
        """The pixels its label takes at most; fonts differ."""
        return max(map(len, self.lines), default=0) * (_CAPITAL if self.is_group else _LETTER)


def _lines(name: str) -> list[str]:
    return textwrap.wrap(name, _LABEL, max_lines=2, placeholder=" …")
