"""Lay a heat map out with Altair and draw it with vl-convert. Slow to import: both are large."""

from __future__ import annotations

import textwrap
from typing import Any

import altair
import vl_convert

from monitor.charts.activity import GROUPS, Activity
from monitor.charts.country import EditionLengths
from monitor.charts.heat_map import HeatMap
from reports.topics.trends import Figure

INK = "#1b2027"
"""Colour of words and lines; the monitor's style sheet exchanges it where the page is dark."""

HEAT = "#6aaee6"
"""Colour of a topic in every list, light enough for INK upon it; less of it, fewer lists."""

PAPER = "#ffffff"
"""Colour of the ground, so that a file can be read anywhere."""

_FONT = "Helvetica, Arial, sans-serif"
_ROW = 30  # pixels: two lines of a topic's name
_COLUMN = 58
_LABEL = 44  # characters of a line of a topic's name
_PNG_SCALE = 2  # twice the pixels, for print and for dense screens


def draw_svg(chart: HeatMap) -> str:
    """Return a heat map as SVG without any script or style of its own."""
    return vl_convert.vegalite_to_svg(_specification(chart))


def draw_activity(shown: Activity) -> str:
    """Return changes by week as bars: SVG without any script or style of its own."""
    values = [
        {"week": f"{monday:%Y-%m-%d}", "group": group, "count": count, "place": place}
        for monday, counts in shown.weeks
        for place, (group, count) in enumerate(zip(GROUPS, counts, strict=True))
    ]
    data = altair.Data(values=values)  # type: ignore[no-untyped-call]
    bars = (
        altair.Chart(data)
        .mark_bar(aria=False)
        .encode(
            x=altair.X("week:O", axis=_week_axis(), title=None),
            y=altair.Y("count:Q", axis=_count_axis(), title=None),
            color=altair.Color("group:N", scale=_GROUP_COLOURS, legend=_legend(), title=None),
            order="place:Q",
        )
    )
    laid_out = bars.properties(width=340, height=110).configure(font=_FONT, background=PAPER)
    return vl_convert.vegalite_to_svg(laid_out.configure_view(stroke=None).to_dict())


def draw_lengths(shown: EditionLengths) -> str:
    """Return the lengths of editions as bars, the summary's share darker: SVG, as above."""
    values = [
        {"edition": edition, "part": part, "words": words, "place": place}
        for edition, summary, whole in shown.editions
        for place, (part, words) in enumerate(
            (("summary", summary), ("sections", max(whole - summary, 0)))
        )
    ]
    data = altair.Data(values=values)  # type: ignore[no-untyped-call]
    colours = altair.Scale(domain=["summary", "sections"], range=["#2f7d4f", HEAT])
    bars = (
        altair.Chart(data)
        .mark_bar(aria=False)
        .encode(
            x=altair.X("edition:N", axis=_edition_axis(), title=None),
            y=altair.Y("words:Q", axis=_count_axis(), title=None),
            color=altair.Color("part:N", scale=colours, legend=_legend(), title=None),
            order="place:Q",
        )
    )
    width = _COLUMN * max(len(shown.editions), 4)
    laid_out = bars.properties(width=width, height=150).configure(font=_FONT, background=PAPER)
    return vl_convert.vegalite_to_svg(laid_out.configure_view(stroke=None).to_dict())


def draw_png(chart: HeatMap) -> bytes:
    """Return a heat map as PNG on white paper."""
    return vl_convert.vegalite_to_png(_specification(chart), scale=_PNG_SCALE)


def _specification(chart: HeatMap) -> dict[str, Any]:
    """Return the Vega-Lite specification of a heat map."""
    labels = [_wrapped(name) for name in chart.rows]
    data = altair.Data(values=_values(chart, labels))  # type: ignore[no-untyped-call]
    places = altair.Scale(domain=labels)
    rows = altair.Y("topic:N", scale=places, title=None, axis=_row_axis())
    columns = altair.X("edition:N", sort=list(chart.columns), title=None, axis=_column_axis())
    scale = altair.Scale(domain=[0, 1], range=[0, 1])
    shades = altair.FillOpacity("share:Q", scale=scale, legend=None)
    cells = altair.Chart(data).mark_rect(fill=HEAT, stroke=INK, strokeOpacity=0.15, aria=False)
    words = altair.Chart(data).mark_text(fill=INK, fontSize=12, aria=False)
    layers = altair.layer(
        cells.encode(x=columns, y=rows, fillOpacity=shades),
        words.encode(x=columns, y=rows, text="shown:N"),
    ).properties(width=_COLUMN * len(chart.columns), height=_ROW * len(labels))
    laid_out = layers.configure(font=_FONT, background=PAPER).configure_view(stroke=None)
    specification: dict[str, Any] = laid_out.properties(
        title=altair.TitleParams(
            textwrap.wrap(chart.title, 70),
            subtitle=["Per cent of the issue lists of each edition; a dot: none."],
            anchor="start",
            frame="bounds",
            fontSize=16,
            color=INK,
            subtitleColor=INK,
            subtitleFontSize=13,
            offset=14,
        )
    ).to_dict()
    return specification


_GROUP_COLOURS = altair.Scale(domain=list(GROUPS), range=["#2f7d4f", HEAT, "#b3382c"])


def _week_axis() -> Any:
    month = "date(toDate(datum.value)) <= 7 ? timeFormat(toDate(datum.value), '%b') : ''"
    return altair.Axis(
        labelExpr=month, labelAngle=0, labelColor=INK, labelFontSize=12, ticks=False, domain=False
    )


def _edition_axis() -> Any:
    return altair.Axis(
        labelAngle=0, labelColor=INK, labelFontSize=12, labelLimit=54, ticks=False, domain=False
    )


def _count_axis() -> Any:
    return altair.Axis(
        tickCount=3,
        tickMinStep=1,
        labelColor=INK,
        grid=True,
        gridColor=INK,
        gridOpacity=0.12,
        domain=False,
        ticks=False,
        labelFontSize=12,
    )


def _legend() -> Any:
    return altair.Legend(orient="top", labelColor=INK, labelFontSize=12, symbolType="square")


def _values(chart: HeatMap, labels: list[str]) -> list[dict[str, Any]]:
    return [
        {
            "topic": label,
            "edition": edition,
            "share": Figure(*figure).share,
            "shown": _shown(Figure(*figure)),
        }
        for label, cells in zip(labels, chart.cells, strict=True)
        for edition, figure in zip(chart.columns, cells, strict=False)  # a group has no cells
    ]


def _shown(figure: Figure) -> str:
    if not figure.lists:
        return ""
    if not figure.reports:
        return "·"
    per_cent = round(100 * figure.share)
    return str(per_cent) if per_cent else "<1"


def _wrapped(name: str) -> str:
    return "\n".join(textwrap.wrap(name, _LABEL, max_lines=2, placeholder=" …"))


def _row_axis() -> Any:
    lines = {"test": "indexof(datum.label, '\\n') >= 0", "value": "bottom"}
    group = {"test": "datum.label === upper(datum.label)", "value": "bold"}
    return altair.Axis(
        labelExpr="split(datum.label, '\\n')",
        labelBaseline={"condition": lines, "value": "middle"},  # so that two lines are centred
        labelFontWeight={"condition": group, "value": "normal"},
        labelLimit=0,
        labelFontSize=12,
        labelLineHeight=13,
        labelColor=INK,
        labelPadding=8,
        ticks=False,
        domain=False,
    )


def _column_axis() -> Any:
    return altair.Axis(
        orient="top",
        labelAngle=0,
        labelFontSize=13,
        labelFontWeight="bold",
        labelColor=INK,
        ticks=False,
        domain=False,
    )
