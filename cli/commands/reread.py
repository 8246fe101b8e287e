"""``reread``: read stored pages again with a newer reader, and list what reads differently."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from cli import context
from cli.output.progress import bar
from cli.output.results import Column, Json, examples, note, print_json, say, show_rows
from scrapers.registry import source_named

if TYPE_CHECKING:
    from documents.runs import RereadResult

SHOWN = 50
"""Differences told to people; --json has all."""


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command(
        epilog=examples(
            "reportwatch reread                     every page the present reader has not read",
            "reportwatch reread --edition 2024 --dry-run",
            "reportwatch reread us-state-hrr --json",
        )
    )(reread)


def reread(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="The source whose pages to read.")
    ] = context.DEFAULT_SOURCE,
    edition: Annotated[
        list[str] | None,
        typer.Option(metavar="YEAR", help="Only this edition; can be repeated."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only list what would read differently.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Read stored pages again with the present reader.

    Needed after an update that reads better: versions, hashes that were cited and what people were
    told stay as they are, each version gets a further reading, and nobody is alerted. Can be
    interrupted and run again. Exit code 1 where a stored page no longer reads as its report.
    """
    from services.runs.reread import RereadRequest
    from services.runs.reread import reread as read_again

    known = source_named(source)
    for each in edition or ():
        context.check_edition(known, each)
    request = RereadRequest(source, tuple(edition or ()), is_trial=dry_run)
    with context.parts() as opened, bar() as shown:
        task = shown.add_task(f"{source}: reading again", total=None)
        report = read_again(
            opened, request, lambda done, total: shown.update(task, completed=done, total=total)
        )
    document = report.document
    if as_json:
        print_json(document)
    else:
        _tell(document)
    return 1 if document.unreadable else 0


def _tell(document: RereadResult) -> None:
    counts = document.counts
    did = "would be read" if document.is_trial else "read"
    say(
        f"{document.source}: {counts.checked} stored versions {did} again by reader revision "
        f"{document.reader_revision}: {counts.same} the same, {counts.different} "
        f"differently, {counts.unreadable} not as their report"
    )
    parts = Counter(part for each in document.different for part in each.parts)
    if parts:
        say(
            "differently in: " + ", ".join(f"{part} {count}" for part, count in parts.most_common())
        )
    texts = [each for each in document.different if {*each.parts} - {"issues", "facts"}]
    rows = [{**each.as_json(), "parts": ", ".join(each.parts)} for each in texts[:SHOWN]]
    if rows:
        columns = [
            Column("report", "report"),
            Column("version", "version", is_number=True),
            Column("differs in", "parts"),
            Column("words +", "words_added", is_number=True),
            Column("words -", "words_removed", is_number=True),
        ]
        show_rows(rows, columns, "")
    if len(texts) > SHOWN:
        note(f"and {len(texts) - SHOWN} more whose text differs; --json lists all")
    for each in document.unreadable:
        note(f"{each.report} version {each.version}: {each.reason}")
