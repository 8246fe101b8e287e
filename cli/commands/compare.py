"""Commands that lay texts side by side: ``diff`` (versions) and ``compare`` (editions)."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import context
from cli.commands.reports import Country, Edition, InSource, Part, version_of
from cli.output.results import Json, Refusal, console, examples, note, print_json, say
from reports.model.identity import ReportId
from reports.model.values import VersionView
from scrapers.registry import source_named

if TYPE_CHECKING:
    from reports.compare.editions import EditionComparison
    from services.assembly import Parts


class Format(StrEnum):
    """How a comparison is printed."""

    TEXT = "text"
    HTML = "html"
    DOCX = "docx"
    JSON = "json"


AsFormat = Annotated[
    Format,
    typer.Option(
        "--format",
        help="How to print it; html is a whole page, docx a document with tracked changes.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Write html or docx into this file."),
]


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command(
        epilog=examples(
            "reportwatch diff Kazakhstan 2021       the latest against the one before",
            "reportwatch diff Kazakhstan 2021 1 3",
            "reportwatch diff KAZ 2021 --format html > redline.html",
            "reportwatch diff KAZ 2021 --format docx --out redline.docx",
        )
    )(diff)
    app.command(
        epilog=examples(
            "reportwatch compare Kazakhstan 2023 2024",
            "reportwatch compare CHN 2021 2022 --part tibet",
            "reportwatch compare KAZ 2023 2024 --format html > exhibit.html",
            "reportwatch compare KAZ 2023 2024 --format docx --out exhibit.docx",
        )
    )(compare)


def diff(
    country: Country,
    edition: Edition,
    a: Annotated[
        int | None,
        typer.Argument(min=1, metavar="A", help="From version; default: the one before."),
    ] = None,
    b: Annotated[
        int | None, typer.Argument(min=1, metavar="B", help="To version; default: the latest.")
    ] = None,
    part: Part = "",
    source: InSource = "",
    as_format: AsFormat = Format.TEXT,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Compare two versions of a report, word by word."""
    from documents.diff import DiffDocument
    from reports.compare.diff import compare_readings

    as_format = _format(as_format, out, as_json)
    with context.parts() as opened:
        name = context.find_report(opened, country, edition, part, source)
        before, after = _two_versions(opened, name, a, b)
        with opened.store.read() as unit:
            follows = unit.changes.next_edition(name, before.number, after.number)
    comparison = compare_readings(before.reading, after.reading)
    if as_format is Format.JSON:
        print_json(DiffDocument.of(before, after, comparison))
    elif as_format is Format.HTML:
        from exhibits.redline import render_diff_html

        _give(render_diff_html(before, after, comparison, follows) + "\n", out)
    elif as_format is Format.DOCX:
        from exhibits.filed_documents import render_diff_docx

        _give(render_diff_docx(before, after, comparison, follows), out)
    else:
        from cli.output.diff_text import print_diff

        print_diff(before, after, comparison, follows)
    return 0


def compare(
    country: Country,
    edition_a: Annotated[
        str, typer.Argument(metavar="EDITION", help="The edition to start from, such as 2023.")
    ],
    edition_b: Annotated[
        str, typer.Argument(metavar="EDITION", help="The edition to compare it with.")
    ],
    part: Part = "",
    source: InSource = "",
    as_format: AsFormat = Format.TEXT,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Compare two editions of a report: issues, topics, sections.

    The latest version of each is compared, in the order in which you name them.
    """
    from reports.compare.editions import compare_editions

    if edition_a == edition_b:
        raise Refusal(
            f"{edition_a} is one edition: name two, or see what changed within it with"
            " `reportwatch diff`",
            2,
        )
    as_format = _format(as_format, out, as_json)
    with context.parts() as opened:
        first = context.find_report(opened, country, edition_a, part, source)
        second = context.find_report(opened, country, edition_b, part, first.source)
        before, after = version_of(opened, first, None), version_of(opened, second, None)
    if edition_a > edition_b:
        note(f"compared as asked: {edition_a} first, then the older {edition_b}")
    compared = compare_editions(before.reading, after.reading)
    publisher = source_named(first.source).publisher
    if as_format is Format.JSON:
        from documents.compare import CompareDocument

        print_json(CompareDocument.of(before, after, compared, publisher))
    elif as_format is Format.HTML:
        from exhibits.redline import render_comparison_html

        _give(render_comparison_html(before, after, compared) + "\n", out)
    elif as_format is Format.DOCX:
        from exhibits.filed_documents import render_comparison_docx

        _give(render_comparison_docx(before, after, compared), out)
    else:
        _print_editions(before, after, compared, publisher)
    return 0


def _format(asked: Format, out: Path | None, as_json: bool) -> Format:
    """Return how to print, before anything is read; raises Refusal for what cannot be had."""
    chosen = Format.JSON if as_json else asked
    if out and chosen not in (Format.HTML, Format.DOCX):
        raise Refusal(f"--out: {chosen} is printed; --format html or docx goes into a file", 2)
    if chosen is Format.DOCX and not out and sys.stdout.isatty():
        raise Refusal("--format docx: name a file with --out, or send it into one with >", 2)
    return chosen


def _give(made: str | bytes, out: Path | None) -> None:
    """Write a file, or print what it would hold."""
    if out:
        out.write_bytes(made if isinstance(made, bytes) else made.encode())
        note(f"the comparison is in {out}")
    elif isinstance(made, bytes):
        sys.stdout.buffer.write(made)
    else:
        sys.stdout.write(made)


def _print_editions(
    before: VersionView, after: VersionView, compared: EditionComparison, publisher: str
) -> None:
    from cli.output.edition_text import WIDTH, edition_text
    from reports.wording.edition_view import lay_out_editions

    name = after.report
    place = source_named(name.source).countries.name(name.country, name.part)
    drawn_on = console()
    width = min(WIDTH, drawn_on.width) if drawn_on.is_terminal else WIDTH
    say(edition_text(lay_out_editions(before, after, compared, publisher), place, width))


def _two_versions(
    opened: Parts, name: ReportId, a: int | None, b: int | None
) -> tuple[VersionView, VersionView]:
    """Return the versions to compare: the ones named, else the latest and the one before it."""
    if a is not None and b is not None:
        return version_of(opened, name, a), version_of(opened, name, b)
    with opened.store.read() as unit:
        newest_first = unit.versions.all(name)
    if a is not None:
        return version_of(opened, name, a), newest_first[0]
    if len(newest_first) < 2:
        raise Refusal(f"{name} has one version only: there is nothing to compare")
    return newest_first[1], newest_first[0]
