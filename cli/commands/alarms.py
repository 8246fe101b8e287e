"""``alarms``: what the operator should see to, and saying that it was seen."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context
from cli.output.alarms import tell_alarms
from cli.output.results import Json, Refusal, examples, print_json, say

alarms_app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(
        alarms_app,
        name="alarms",
        short_help="List what should be seen to; acknowledge it.",
        epilog=examples(
            "reportwatch alarms                     every open alarm",
            "reportwatch alarms seen 3 4            these are known",
            "reportwatch alarms seen 3 --who Ann    said by somebody else",
        ),
    )


@alarms_app.callback()
def alarms(ctx: typer.Context, as_json: Json = False) -> int:
    """List open alarms, newest first, with what helps and who has seen them.

    An alarm is open until its cause is gone. One that was acknowledged is shown nowhere else until
    it changes or returns. Exit code 0: an alarm is no failure.
    """
    from documents.sources import AlarmDocument

    if ctx.invoked_subcommand:
        ctx.obj = as_json
        return 0
    with context.parts() as opened, opened.store.read() as unit:
        found = unit.alarms.open()
    if as_json:
        print_json([AlarmDocument.of(each) for each in found])
        return 0
    tell_alarms(found)
    if not found:
        say("there is no alarm")
    return 0


@alarms_app.command()
def seen(
    ctx: typer.Context,
    alarm: Annotated[
        list[int], typer.Argument(metavar="ALARM", help="The number of an alarm.", min=1)
    ],
    who: Annotated[
        str, typer.Option(metavar="NAME", help="Who has seen it; default: your user name.")
    ] = "",
    as_json: Json = False,
) -> int:
    """Acknowledge open alarms: they are shown again only if they change or return."""
    from documents.sources import AlarmDocument

    with context.parts() as opened, opened.store.write() as unit:
        known = {each.id for each in unit.alarms.open()}
        if strange := sorted(set(alarm) - known):
            numbers = ", ".join(map(str, strange))
            raise Refusal(f"no open alarm has the number {numbers}; `reportwatch alarms` lists all")
        unit.alarms.acknowledge(alarm, context.who_decides(who), opened.now())
        done = [AlarmDocument.of(each) for each in unit.alarms.open() if each.id in alarm]
        unit.commit()
    if as_json or ctx.obj:
        print_json(done)
    else:
        say(f"{len(done)} acknowledged; shown again only if changed or back")
    return 0
