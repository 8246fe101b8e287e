"""The command that says what works here and what does not: ``doctor``."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.output.results import Json, examples, print_json, say, say_prose


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command(
        epilog=examples(
            "reportwatch doctor                     what works here, and what does not",
            "reportwatch doctor --publishers        ask the publishers' sites as well",
            "reportwatch doctor --json              for a script",
        )
    )(doctor)


def doctor(
    publishers: Annotated[
        bool,
        typer.Option(
            "--publishers", help="Ask each watched source's site too: two requests a source."
        ),
    ] = False,
    as_json: Json = False,
) -> int:
    """Examine this installation and say what to do.

    Settings, home folder, disk, database, clock, mail server, Prefect, and whether every source was
    read as promised. Nothing is sent or changed. Exit code 1 where a fault is found.
    """
    from documents.health import Check, DoctorDocument
    from flows.examine_server import examine_server
    from services.health.doctor import Status, examine, worst

    found = examine(examine_server, with_publishers=publishers)
    status = worst(found)
    if as_json:
        checks = [
            Check(name=each.name, status=each.status.value, says=each.says, remedy=each.remedy)
            for each in found
        ]
        print_json(DoctorDocument(status=status.value, checks=checks))
    else:
        for each in found:
            say_prose(f"{each.status.upper():<6}{each.name}: {each.says}")
            if each.remedy:
                say_prose(f"      {each.remedy}")
        words = {Status.OK: "all is well", Status.WARN: "no fault; see the warnings"}
        say(words.get(status, "there are faults"))
    return 1 if status is Status.FAULT else 0
