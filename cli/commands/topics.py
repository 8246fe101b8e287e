"""The command ``topics``: what left the issue lists of an edition, what is new, and every topic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import context
from cli.output.results import (
    Json,
    Refusal,
    examples,
    note,
    print_json,
    say,
)

if TYPE_CHECKING:
    from services.runs.topics import TopicsView

PICTURES = (".svg", ".png")


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command(
        epilog=examples(
            "reportwatch topics                             the newest two stored editions",
            "reportwatch topics --edition 2016 --edition 2024 --table",
            "reportwatch topics --country China --table",
            "reportwatch topics --chart topics.svg          every stored edition, as a picture",
        )
    )(topics)


def topics(
    edition: Annotated[
        list[str] | None,
        typer.Option(
            metavar="YEAR",
            help="Compare this edition with the one before it, in order; can be repeated. "
            "Default: the newest two stored.",
        ),
    ] = None,
    source: Annotated[
        str, typer.Option(metavar="SOURCE", help="The source whose reports are counted.")
    ] = context.DEFAULT_SOURCE,
    country: Annotated[
        list[str] | None,
        typer.Option(metavar="COUNTRY", help="Count this country alone; can be repeated."),
    ] = None,
    table: Annotated[
        bool, typer.Option("--table", help="Print every topic too, by group and edition.")
    ] = False,
    chart: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw topics by edition into this .svg or .png file."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Show which topics left the issue lists of whole editions.

    A topic has left when 10 % of an edition's lists or more named it and less than 1 % of the next
    one's do. Absence of reporting is not evidence of absence.
    """
    from cli.output.topics_text import print_topics, why_nothing
    from services.runs.topics import read_topics

    if chart and chart.suffix.lower() not in PICTURES:
        raise Refusal(f"--chart: {chart} is neither .svg nor .png", 2)
    places = [context.country_code(name) for name in country or ()]
    with context.parts() as opened, opened.store.read() as unit:
        view = read_topics(unit, source, edition or (), places)
    if chart:
        _draw(view, chart)
    if as_json:
        print_json(view.document)
    elif not view.editions:
        say(why_nothing(view))
    else:
        print_topics(view, with_table=table)
    return 0


def _draw(view: TopicsView, chart: Path) -> None:
    from cli.output.topics_text import why_nothing
    from exhibits.heat_map import as_png, as_svg, heat_map

    if not view.editions:
        raise Refusal(f"there is nothing to draw: {why_nothing(view)}")
    drawn = heat_map(view)
    chart.write_bytes(as_png(drawn) if chart.suffix.lower() == ".png" else as_svg(drawn).encode())
    note(f"the chart is in {chart}")
