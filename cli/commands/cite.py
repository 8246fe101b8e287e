"""The command ``cite``: a version, section or paragraph in the styles of lawyers and scholars."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context
from cli.commands.reports import Country, Edition, InSource, Part, version_of
from cli.output.results import Json, Refusal, examples, print_json, say
from reports.wording.citation import Style


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command(
        epilog=examples(
            "reportwatch cite Kazakhstan 2021",
            "reportwatch cite KAZ 2021 --version 1 --section 2 --paragraph 3 --style bluebook",
            "reportwatch cite KAZ 2021 --section report --style bibtex > kazakhstan.bib",
            "reportwatch cite KAZ 2021 --json",
        )
    )(cite)


def cite(
    country: Country,
    edition: Edition,
    part: Part = "",
    source: InSource = "",
    version: Annotated[
        int | None, typer.Option(min=1, metavar="NUMBER", help="A version; default: the latest.")
    ] = None,
    section: Annotated[
        str,
        typer.Option(
            metavar="SECTION",
            help="A section's number or name; summary (the default) or report, for all of it.",
        ),
    ] = "",
    paragraph: Annotated[
        int | None,
        typer.Option(min=1, metavar="NUMBER", help="A paragraph of it, counted from 1."),
    ] = None,
    style: Annotated[Style, typer.Option(help="How it is cited.")] = Style.LINE,
    as_json: Json = False,
) -> int:
    """Cite a version of a report, or a section or paragraph of it.

    The day of access is that of the capture: on that day the publisher's page said this. The
    monitor's permalink is in it if REPORTWATCH_PUBLIC_URL is set. --json has every style.
    """
    from documents.citation import CitationDocument
    from reports.wording.cited import NoSuchPart
    from reports.wording.every_style import cite_as
    from reports.wording.styles import apa_in_text
    from services.citing import cited_of

    with context.parts() as opened:
        name = context.find_report(opened, country, edition, part, source)
        view = version_of(opened, name, version)
        with opened.store.read() as unit:
            held = unit.reports.find(
                source=name.source, edition=name.edition, country=name.country, part=name.part
            )[0]
        public = opened.settings.public_url
    try:
        cited = cited_of(view, held, public, section, paragraph or 0)
    except NoSuchPart as error:
        raise Refusal(f"version {view.number} of {name}: {error}") from None
    if as_json:
        print_json(CitationDocument.of(cited))
        return 0
    say(cite_as(cited, style).rstrip("\n"))
    if style is Style.APA:
        say(f"In the text: {apa_in_text(cited)}")
    return 0
