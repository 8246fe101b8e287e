"""Commands that run until they are stopped: ``up``, and ``monitor`` by itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import context
from cli.output.results import Json, Refusal, examples, note, print_json

if TYPE_CHECKING:
    from cli.up.supervisor import Supervisor


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command(
        epilog=examples(
            "reportwatch up                         watch the real site, on schedule",
            "reportwatch up --sample                a tour on a bundled sample site",
            "REPORTWATCH_HOME=/srv/reportwatch reportwatch up",
        )
    )(up)
    app.command(
        epilog=examples(
            "reportwatch monitor                    pages, feeds and API on 127.0.0.1:8080",
            "reportwatch monitor --host 0.0.0.0     for others too; needs a password",
        )
    )(monitor)


def up(
    sample: Annotated[
        bool, typer.Option("--sample", help="Show the whole walk on the bundled sample site.")
    ] = False,
    once: Annotated[
        bool, typer.Option("--once", help="With --sample: end when everything has been shown.")
    ] = False,
    deployments: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The file that names deployments and their schedules; default: "
            "deployments/prefect.yaml of this installation.",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Run everything: schedules, deliveries, Prefect and monitor.

    Everything listens on 127.0.0.1 alone. Survives a restart: what was missed while nothing ran is
    made up for by one run, and what died is closed. Stop it with Ctrl-C.
    """
    from cli.up.home_lock import UpRefused, refuse_second

    settings = context.settings()
    if once and not sample:
        raise Refusal("--once goes with --sample", 2)
    try:
        refuse_second(settings.home)
    except UpRefused as error:
        raise Refusal(str(error)) from None
    from cli.up.supervisor import Supervisor, run_until_signal
    from flows.deployments_file import BUNDLED, BadDeployment

    try:
        if sample:
            from cli.up.demonstration import demonstrate

            return demonstrate(settings, is_once=once, as_json=as_json)
        supervisor = Supervisor(settings, deployments or BUNDLED)
        run_until_signal(supervisor, lambda: _started(supervisor, as_json))
    except (UpRefused, BadDeployment) as error:
        raise Refusal(str(error)) from None
    return 0


def _started(supervisor: Supervisor, as_json: bool) -> None:
    from documents.operations import RunningAddresses

    addresses = supervisor.addresses
    if as_json:
        print_json(RunningAddresses(monitor=addresses.monitor_url, prefect=addresses.ui_url))
    note("running; stop with Ctrl-C")


def monitor(
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Where to listen; elsewhere than on loopback it needs REPORTWATCH_ADMIN_PASSWORD.",
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Default: REPORTWATCH_PORT.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Serve the monitor alone, for a set-up without `up`. Stop it with Ctrl-C."""
    asked = ["--host", host, *(["--port", str(port)] if port is not None else [])]
    program = [sys.executable, "-m", "monitor", *asked, *(["--json"] if as_json else [])]
    os.execv(sys.executable, program)  # noqa: S606 - our own program, which takes this one's place
