"""``backfill``: bring what the Internet Archive holds of the reports that are watched."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from cli import context
from cli.commands.ingest import Countries, Editions
from cli.output.progress import bar, tell_run
from cli.output.results import Json, Refusal, examples, note, say
from scrapers.registry import source_named

if TYPE_CHECKING:
    from documents.runs import BackfillResult

_DATE = len("2025-08-12")


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command(
        epilog=examples(
            "reportwatch backfill us-state-hrr --edition 2023 --country Kazakhstan",
            "reportwatch backfill us-state-hrr --from 2024-01-01 --to 2025-12-31",
            "reportwatch backfill us-state-hrr --limit 500     run it again to go on",
        )
    )(backfill)


def backfill(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="The source whose known pages to ask for.")
    ],
    country: Countries = None,
    edition: Editions = None,
    since: Annotated[
        str, typer.Option("--from", metavar="DATE", help="Only captures from this date on, in UTC.")
    ] = "",
    until: Annotated[
        str, typer.Option("--to", metavar="DATE", help="Only captures up to this date, in UTC.")
    ] = "",
    limit: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="Fetch at most so many captures; default: all."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Bring earlier versions from the Internet Archive.

    Asks the Wayback Machine for captures of every page known here, within its limits: some seconds
    a page, and a fraction of one for each capture that is new. Nobody is alerted. Captures also
    bear out changes that were seen here. Can be interrupted and run again: nothing is fetched
    twice.
    """
    from services.history.backfill import BackfillRequest
    from services.history.backfill import backfill as bring

    known = source_named(source)
    for each in edition or ():
        context.check_edition(known, each)
    request = BackfillRequest(
        source,
        tuple(edition or ()),
        tuple(country or ()),
        context.moment(since) if since else None,
        _end(until) if until else None,
        limit,
    )
    if request.since and request.until and request.since > request.until:
        raise Refusal(f"--from {since} is later than --to {until}", 2)
    asked = 0

    def show(done: int, total: int) -> None:
        nonlocal asked
        asked = total
        shown.update(task, completed=done, total=total)

    with context.parts() as opened, bar() as shown:
        task = shown.add_task(f"{source}: asking the Archive", total=None)
        report = bring(opened, request, show)
    document = report.document
    tell_run(document, as_json=as_json)
    if not asked:
        note(f"no page of {source} in this scope is known yet: `reportwatch ingest {source}` first")
    if not as_json:
        _tell(document)
    return 1 if document.failures else 0


def _end(text: str) -> datetime:
    """Return the moment that ``--to`` names: the end of a day where it is a date."""
    moment = context.moment(text)
    return moment + timedelta(days=1, seconds=-1) if len(text) == _DATE else moment


def _tell(document: BackfillResult) -> None:
    from reports.text.plain import counted

    captures = document.captures
    say(
        f"{counted(captures.listed, 'capture')} listed: {captures.fetched} fetched, "
        f"{captures.known_digest} known already, {captures.skipped} left out"
    )
    borne_out = counted(document.corroborated, "change")
    say(f"{borne_out} of this source corroborated by captures of the Internet Archive")
