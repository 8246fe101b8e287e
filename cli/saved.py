"""Commands about saved pages: ``import``, ``replay`` and ``review``."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from cli import context
from cli.context import DEFAULT_SOURCE
from cli.output import Column, Json, Refusal, examples, note, print_json, show_cards
from cli.progress import bar, tell_run
from scrapers.registry import all_sources, source_named


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command(
        "import",
        epilog=examples(
            "reportwatch import saved-pages/",
            "reportwatch import kazakhstan.txt --country KAZ --edition 2021",
            "reportwatch import crawl.warc.gz",
            "reportwatch import page.html --retrieved-at 2023-03-20T12:00:00Z",
        ),
    )(import_)
    app.command(
        epilog=examples(
            "reportwatch replay saved-pages/ --port 8801",
            "reportwatch ingest --via http://127.0.0.1:8801 --delay 0",
        )
    )(replay)
    app.command()(review)


def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH", help="Saved pages (.html, .txt, .warc, each also .gz), or folders."
        ),
    ],
    source: Annotated[
        str, typer.Option(metavar="SOURCE", help="The source the pages belong to.")
    ] = DEFAULT_SOURCE,
    country: Annotated[
        str | None,
        typer.Option(metavar="COUNTRY", help="Say which country all these pages are about."),
    ] = None,
    edition: Annotated[
        str | None, typer.Option(metavar="YEAR", help="Say which edition all these pages are of.")
    ] = None,
    retrieved_at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="When they were saved, ISO 8601 in UTC; default: now."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Import saved pages; nobody is alerted.

    What cannot be identified is kept, and listed by `reportwatch review`.
    """
    from flows.saved import ImportRequest, import_saved

    known = source_named(source)
    if edition is not None:
        context.check_edition(known, edition)
    request = ImportRequest(
        tuple(paths),
        source,
        country or "",
        edition or "",
        context.moment(retrieved_at) if retrieved_at else None,
    )
    with context.parts() as opened, bar() as shown:
        if request.retrieved_at and request.retrieved_at > opened.now():
            raise Refusal(f"--retrieved-at: {retrieved_at} lies in the future", 2)
        task = shown.add_task("importing", total=None)
        report = import_saved(opened, request, lambda count: shown.advance(task, count))
    document = report.as_json()
    tell_run(document, as_json=as_json)
    return 1 if document["failures"] else 0


def replay(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder of saved pages, or a WARC file.")
    ],
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="PORT", help="0 takes a free one.")
    ] = 8801,
    as_json: Json = False,
) -> int:
    """Serve saved pages as the publisher's site would.

    Listens on 127.0.0.1 until interrupted. Meanwhile, in another terminal, `reportwatch ingest
    --via http://127.0.0.1:PORT` reads the pages as if they were live.
    """
    from scrapers.replay import Replay
    from scrapers.serve import run

    site = Replay([folder], all_sources().values(), note)
    if not len(site):
        raise Refusal(f"there is no saved page in {folder} that any source knows")

    def ready(origin: str) -> None:
        if as_json:
            print_json({"origin": origin, "pages": len(site)})
        note(f"{len(site)} pages at {origin}; try: reportwatch ingest SOURCE --via {origin}")

    try:
        run(site, port, ready)
    except OSError as error:
        raise Refusal(f"port {port} cannot be used ({error.strerror}); try --port 0") from None
    return 0


def review(as_json: Json = False) -> int:
    """List texts whose report could not be identified.

    Each with the country and edition it may be of, why that is not certain, and the command that
    decides it. One whose own page is brought in later is decided by that, and leaves the list.
    """
    rows: list[dict[str, Any]] = []
    with context.parts() as opened, opened.store.read() as unit:
        for source in all_sources():
            for each in unit.reviews(source).open():
                rows.append(
                    {
                        "review": each.id,
                        "source": source,
                        "url": each.url,
                        "country": each.country,
                        "edition": each.edition,
                        "why": each.why,
                        "text_sha256": each.text_sha256,
                        "decide": _how_to_decide(each.source, each.url, each.country, each.edition),
                    }
                )
    columns = [
        Column("page", "url"),
        Column("country?", "country"),
        Column("edition?", "edition"),
        Column("why", "why"),
        Column("to decide", "decide"),
    ]
    if as_json:
        print_json(rows)
    else:
        show_cards(rows, columns, "nothing waits for review")
    return 0


def _how_to_decide(source: str, url: str, country: str, edition: str) -> str:
    """Return the command that decides; the page of a fetched address must be saved first."""
    file = url.partition("/")[2] if url.startswith("import:") else "SAVED-PAGE.html"
    facts = f"--country {country or 'COUNTRY'} --edition {edition or 'YEAR'}"
    return f"reportwatch import {shlex.quote(file)} --source {source} {facts}"
