"""Commands for several machines, whose Prefect workers run the flows: ``deploy``, ``attend``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import context
from cli.output.results import Json, Refusal, examples, note, print_json, say

if TYPE_CHECKING:
    from documents.operations import DeployedDocument
    from flows.prefect_api import Server
    from services.settings import Settings


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command(
        epilog=examples(
            "reportwatch deploy --dry-run           what would change, and nothing done",
            "reportwatch deploy                     register schedules for `prefect worker start`",
            "reportwatch deploy --accept-settings   these settings are the right ones from now on",
        )
    )(deploy)
    app.command(
        epilog=examples(
            "reportwatch attend                     on one machine, or on each: one works at a time"
        )
    )(attend)


def deploy(
    pool: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="The work pool; default: the one that the file names. Made, of type process, if "
            "there is none.",
        ),
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    accept_settings: Annotated[
        bool,
        typer.Option(
            "--accept-settings",
            help="Where settings differ from those that the other machines have: those here are "
            "the right ones from now on.",
        ),
    ] = False,
    prefect_file: Annotated[
        Path | None,
        typer.Option(
            "--prefect-file",
            metavar="FILE",
            help="The file that names deployments and their schedules; default: "
            "deployments/prefect.yaml of this installation.",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Register schedules at your own Prefect server.

    For its workers, on several machines, without `up`. May be run again at any time: it says what
    changes, takes back what the file no longer names, and leaves paused schedules paused. The
    settings that all machines must share go into the database; no secret goes to Prefect.
    """
    from flows.deployments_file import BUNDLED, BadDeployment, read_deployments
    from flows.prefect_api import PrefectRefused

    settings = context.settings()
    server = _own_server(settings, "registers the plan by itself at each start")
    context.configure_prefect(settings, server)
    from flows.deploy import deploy_here
    from services.assembly import open_parts

    try:
        plan = read_deployments(prefect_file or BUNDLED)
        with open_parts(settings, say=note) as parts:
            done = deploy_here(
                parts, plan, pool, is_dry_run=dry_run, accepts_settings=accept_settings
            )
    except (BadDeployment, PrefectRefused) as error:
        raise Refusal(str(error)) from None
    if not settings.secret:
        note(
            f"the secret is in {settings.home.absolute() / 'secret'}: every other machine needs "
            "what it holds as REPORTWATCH_SECRET"
        )
    document = done.document(server.api_url, is_dry_run=dry_run)
    if as_json:
        print_json(document)
    else:
        _tell(document)
    return 0


def _tell(document: DeployedDocument) -> None:
    would = "would be " if document.dry_run else ""
    if document.is_pool_new:
        say(f"work pool {document.pool}: {would}made, of type process")
    for name in document.new:
        say(f"{name}: {would}new")
    for each in document.changed:
        say(f"{each.name}: {would}changed ({', '.join(each.what)})")
    for name in document.removed:
        say(f"{name}: {would}removed")
    for line in document.settings:
        say(f"settings: {would}agreed: {line}")
    if document.unchanged:
        say(f"unchanged: {', '.join(document.unchanged)}")
    if not document.is_change:
        say("nothing changes")


def attend(as_json: Json = False) -> int:
    """Deliver and close dead runs beside Prefect's own workers.

    All that `up` does besides running flows, for workers that run what was deployed.

    Closes runs whose process died and makes up for them, drops scheduled runs that wait twice,
    sends what is due, and watches that the checks come. Start it on one machine, or on several: one
    works, the others wait and take its place within a minute. Needs `reportwatch deploy` first.
    Stop it with Ctrl-C.
    """
    settings = context.settings()
    server = _own_server(settings, "does that by itself", must_answer=False)
    from documents.operations import AttendDocument
    from flows.environment import attendant_environment

    if as_json:
        print_json(AttendDocument(prefect=server.api_url))
    environment = {**attendant_environment(settings), **os.environ}
    program = [sys.executable, "-m", "flows.attend"]
    os.execve(sys.executable, program, environment)  # noqa: S606 - our own program in this place


def _own_server(settings: Settings, up_does: str, *, must_answer: bool = True) -> Server:
    """Return the Prefect server of one's own that is configured; raises Refusal."""
    from flows.prefect_api import answers, read_addresses, server_of_environment

    named = os.environ.get("PREFECT_API_URL", "").rstrip("/")
    written = read_addresses(settings.home)
    if written and named in ("", written.api_url):
        raise Refusal(
            f"the Prefect server at {written.api_url} is that of `reportwatch up`, which {up_does};"
            " set PREFECT_API_URL to a server of your own"
        )
    if not named:
        raise Refusal("PREFECT_API_URL is not set: name the Prefect server of your workers", 3)
    server = server_of_environment(named)
    if must_answer and not answers(server):
        raise Refusal(f"the Prefect server at {named} does not answer", 3)
    return server
