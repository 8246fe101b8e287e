"""Commands that look at the publishers' sites: ``ingest`` and ``sources``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from cli import context
from cli.context import DEFAULT_SOURCE
from cli.output.alarms import tell_alarms
from cli.output.progress import bar, tell_run
from cli.output.results import Column, Json, Refusal, examples, note, tell_rows
from scrapers.registry import source_named

if TYPE_CHECKING:
    from documents.runs import RunResult
    from flows.prefect_api import Server
    from services.runs.run import IngestRequest, RunReport
    from services.settings import Settings

SourceName = Annotated[
    str, typer.Argument(metavar="SOURCE", help="The source, as `reportwatch sources` lists it.")
]
Editions = Annotated[
    list[str] | None,
    typer.Option("--edition", metavar="YEAR", help="Only this edition; can be repeated."),
]
Countries = Annotated[
    list[str] | None,
    typer.Option(
        "--country",
        metavar="COUNTRY",
        help="Only this country, by name, key or alpha-3 code; can be repeated.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command(
        epilog=examples(
            "reportwatch ingest                     the newest two editions",
            "reportwatch ingest --edition 2021 --country Kazakhstan",
            "reportwatch ingest sample-hrr --via http://127.0.0.1:8810 --delay 0",
        )
    )(ingest)
    app.command()(sources)


def ingest(
    source: SourceName = DEFAULT_SOURCE,
    edition: Editions = None,
    country: Countries = None,
    url: Annotated[
        list[str] | None,
        typer.Option("--url", metavar="URL", help="Look at this page alone; can be repeated."),
    ] = None,
    via: Annotated[
        str | None,
        typer.Option(
            metavar="ORIGIN",
            help="Ask this origin, such as http://127.0.0.1:8801, instead of the publisher's "
            "hosts; default: REPORTWATCH_VIA.",
        ),
    ] = None,
    full: Annotated[
        bool, typer.Option("--full", help="Fetch and read everything, whatever the hints say.")
    ] = False,
    delay: Annotated[
        float | None,
        typer.Option(
            min=0,
            metavar="SECONDS",
            help="Time between requests to one host; default: REPORTWATCH_DELAY, or 5.",
        ),
    ] = None,
    despite_retry_after: Annotated[
        bool,
        typer.Option(
            "--despite-retry-after",
            help="Ask hosts, too, that asked to be left alone for a while (Retry-After).",
        ),
    ] = False,
    deployment: Annotated[
        bool,
        typer.Option("--deployment", help="Trigger the Prefect deployment and follow its run."),
    ] = False,
    as_json: Json = False,
) -> int:
    """Look at a source's reports now and record what changed.

    Without --edition: the newest two editions and whatever is new. Runs as a Prefect flow run where
    a Prefect server answers (`reportwatch up`), else directly in this process.
    """
    from services.runs.run import IngestRequest

    settings = context.settings(via=via, delay=delay)
    known = source_named(source)
    for each in edition or ():
        context.check_edition(known, each)
    request = IngestRequest(
        source,
        tuple(edition or ()),
        tuple(country or ()),
        tuple(url or ()),
        full,
        settings.via,
        settings.delay,
        despite_rest=despite_retry_after,
    )
    if deployment:
        if via is not None or delay is not None or despite_retry_after:
            note(
                "--via, --delay and --despite-retry-after are not passed on: the deployment runs "
                "with its own settings"
            )
        return _follow_deployment(settings, request, as_json)
    document = _run(settings, request)
    tell_run(document, as_json=as_json)
    return 1 if document.failures else 0


def _run(settings: Settings, request: IngestRequest) -> RunResult:
    from flows.prefect_api import find_server
    from services.assembly import open_parts
    from services.ingest import ingest as walk

    with bar() as shown:
        task = shown.add_task(f"{request.source}: reading listings", total=None)

        def progress(done: int, total: int) -> None:
            shown.update(task, description=request.source, completed=done, total=total)

        server = find_server(settings)
        if server:
            note(f"running as a Prefect flow run at {server.api_url}")
            report = _as_flow_run(settings, request, server, progress)
        else:
            with open_parts(settings, say=note) as opened:
                report = walk(opened, request, progress)
    for told in filter(None, (report.fault, *report.notes)):
        note(told)
    for change in report.changes:
        if not change.is_baseline:
            note(change.summary_line)
    return report.document


def _as_flow_run(
    settings: Settings, request: IngestRequest, server: Server, progress: Callable[[int, int], None]
) -> RunReport:
    """Run the flow in this process; Prefect is configured before it is first imported."""
    context.configure_prefect(settings, server)
    from flows.ingest import Caller, run_here

    return run_here(Caller(settings, request, progress))


def _follow_deployment(settings: Settings, request: IngestRequest, as_json: bool) -> int:
    from flows.prefect_api import INGEST, PrefectRefused, find_server, follow, trigger
    from services.assembly import open_parts
    from services.runs.run import RunReport, failures_of

    server = find_server(settings)
    if not server:
        raise Refusal("no Prefect server answers; start one with `reportwatch up`")
    try:
        flow_run = trigger(server, INGEST, {"source": request.source, **request.parameters})
        final = follow(server, flow_run, lambda state: note(f"flow run {flow_run}: {state.name}"))
    except PrefectRefused as error:
        raise Refusal(str(error)) from None
    with open_parts(settings) as opened, opened.store.read() as unit:
        found = unit.runs.of_flow_run(flow_run)
        outcomes = unit.runs.outcomes(found.id) if found else []
    if found is None:
        raise Refusal(f"flow run {flow_run} ended as {final.name}: {final.message}")
    failures = failures_of(outcomes)
    report = RunReport(found.id, found.source, found.counts, failures, found.seconds or 0.0)
    document = report.document
    tell_run(document, as_json=as_json)
    return 0 if final.is_success and not failures else 1


def sources(as_json: Json = False) -> int:
    """List the sources: what is stored, when read, alarms.

    An alarm stays until its cause is gone or `reportwatch alarms seen` acknowledges it.
    """
    from services.health.sources import source_documents

    with context.parts() as opened, opened.store.read() as unit:
        rows = source_documents(unit, opened.settings, opened.now())
        alarms = unit.alarms.unacknowledged()
    columns = [
        Column("source", "source"),
        Column("publisher", "publisher"),
        Column("editions", "editions"),
        Column("reports", "reports", is_number=True),
        Column("last read well (UTC)", "last_ok_at", is_moment=True),
        Column("state", "state"),
    ]
    tell_rows(rows, columns, "there are no sources", as_json=as_json)
    if not as_json:
        for row in rows:
            if row.left_alone_until:
                note(f"{row.source} asked to be left alone until {row.left_alone_until}")
        tell_alarms(alarms)
    return 0
