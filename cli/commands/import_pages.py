"""Commands about saved pages: ``import`` and ``serve-pages``, which was ``replay``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import context
from cli.context import DEFAULT_SOURCE
from cli.output.progress import bar, tell_run
from cli.output.results import Json, Refusal, examples, note, print_json
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
    for name, is_old in (("serve-pages", False), ("replay", True)):
        app.command(
            name,
            hidden=is_old,
            epilog=examples(
                "reportwatch serve-pages saved-pages/ --port 8801",
                "reportwatch ingest --via http://127.0.0.1:8801 --delay 0",
            ),
        )(serve_pages)


def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH",
            help="Saved pages (.html, .txt, .mhtml, .warc, .wacz, for some sources .json; each "
            "also .gz), or folders.",
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
    from services.history.import_pages import ImportRequest, import_saved

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
    document = report.document
    tell_run(document, as_json=as_json)
    return 1 if document.failures else 0


def serve_pages(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder of saved pages, or a WARC file.")
    ],
    port: Annotated[
        int, typer.Option(min=0, max=65535, metavar="PORT", help="0 takes a free one.")
    ] = 8801,
    hints: Annotated[
        bool,
        typer.Option("--hints", help="Tell when each page's file was modified, as WordPress does."),
    ] = False,
    as_json: Json = False,
) -> int:
    """Serve saved pages as the publisher's site would.

    Listens on 127.0.0.1 until interrupted. Meanwhile, in another terminal, `reportwatch ingest
    --via http://127.0.0.1:PORT` reads the pages as if they were live.
    """
    from deployments.replay import Replay
    from deployments.sample_site.server import run
    from documents.operations import ReplayAddress

    site = Replay([folder], all_sources().values(), note, has_hints=hints)
    if not len(site):
        raise Refusal(f"there is no saved page in {folder} that any source knows")

    def ready(origin: str) -> None:
        if as_json:
            print_json(ReplayAddress(origin=origin, pages=len(site)))
        note(f"{len(site)} pages at {origin}; try: reportwatch ingest SOURCE --via {origin}")

    try:
        run(site, port, ready)
    except OSError as error:
        raise Refusal(f"port {port} cannot be used ({error.strerror}); try --port 0") from None
    return 0
