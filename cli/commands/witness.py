"""The command ``witness``: cosign the logs of other installations, and keep what contradicts."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import context
from cli.output.results import Column, Json, Refusal, examples, print_json, say, tell_rows

witness_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Origin = Annotated[str, typer.Argument(metavar="ORIGIN", help="The log's name.")]


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(
        witness_app,
        name="witness",
        short_help="Cosign the logs of other installations.",
        epilog=examples(
            "reportwatch witness key",
            "reportwatch witness add 'desk.example/log+7a1f…+AQ…' --fetch https://desk.example/log",
            "reportwatch witness look",
            "reportwatch witness list",
            "reportwatch witness forks",
        ),
    )


@witness_app.command()
def key(as_json: Json = False) -> int:
    """Print the key by which this installation cosigns, and where logs send checkpoints."""
    from documents.transparency import WitnessKeyDocument
    from services.transparency.faults import LogBroken
    from services.transparency.keys import witness_key

    with context.parts() as opened:
        try:
            found = str(witness_key(opened).public)
        except LogBroken as error:
            raise Refusal(str(error)) from None
        public = opened.settings.public_url
    address = f"{public}/log/witness" if public else None
    if as_json:
        print_json(WitnessKeyDocument(key=found, address=address))
        return 0
    say(found)
    say(address or "set REPORTWATCH_PUBLIC_URL for logs to know where to send their checkpoints")
    return 0


@witness_app.command()
def add(
    vkey: Annotated[str, typer.Argument(metavar="KEY", help="The log's key: NAME+ID+BASE64.")],
    fetch: Annotated[
        str, typer.Option("--fetch", help="Where to fetch it daily; else it sends checkpoints.")
    ] = "",
    as_json: Json = False,
) -> int:
    """Witness a log from now on. Get its key from its people, not from its page alone."""
    from documents.transparency import WitnessedLogDocument
    from services.transparency.faults import WitnessFailed
    from services.transparency.witness import witness_log

    with context.parts() as opened:
        try:
            name = witness_log(opened, vkey, fetch).name
        except WitnessFailed as error:
            raise Refusal(str(error)) from None
        with opened.store.read() as unit:
            found = unit.witnessed.get(name)
    assert found is not None
    if as_json:
        print_json(WitnessedLogDocument.of(found))
    else:
        say(f"{name} is witnessed from now on")
    return 0


@witness_app.command(name="list")
def list_command(as_json: Json = False) -> int:
    """List the logs that are witnessed."""
    from documents.transparency import WitnessedLogDocument

    with context.parts() as opened, opened.store.read() as unit:
        found = [WitnessedLogDocument.of(each) for each in unit.witnessed.all()]
    columns = (
        Column("log", "origin"),
        Column("leaves", "size", is_number=True),
        Column("cosigned", "cosigned_at", is_moment=True),
        Column("fetched at", "address"),
    )
    tell_rows(found, columns, "no log is witnessed; `witness add KEY` begins", as_json=as_json)
    return 0


@witness_app.command()
def look(
    origin: Annotated[
        str, typer.Argument(metavar="[ORIGIN]", help="The log; without it all that are fetched.")
    ] = "",
    as_json: Json = False,
) -> int:
    """Fetch logs, check that each continues what it was, and cosign it. Else exit code 1."""
    from documents.transparency import LookedAtDocument
    from services.transparency.faults import WitnessFailed
    from services.transparency.witness import look_at

    rows = []
    with context.parts() as opened:
        with opened.store.read() as unit:
            known = [each.origin for each in unit.witnessed.all() if each.url]
        for each in [origin] if origin else known:
            try:
                size = look_at(opened, each).checkpoint.size
                rows.append(LookedAtDocument(origin=each, size=size, why=None))
            except WitnessFailed as error:
                rows.append(LookedAtDocument(origin=each, size=None, why=str(error)))
    columns = (
        Column("log", "origin"),
        Column("cosigned", "size", is_number=True),
        Column("why not", "why"),
    )
    tell_rows(rows, columns, "no log is fetched; `witness add KEY --fetch URL`", as_json=as_json)
    return 1 if any(each.why for each in rows) else 0


@witness_app.command()
def forks(as_json: Json = False) -> int:
    """List what logs signed that contradicts itself: two checkpoints each, whole."""
    from documents.transparency import LogForkDocument

    with context.parts() as opened, opened.store.read() as unit:
        found = [LogForkDocument.of(each) for each in unit.witnessed.forks()]
    columns = (
        Column("log", "origin"),
        Column("found", "found_at", is_moment=True),
        Column("what", "why"),
    )
    tell_rows(found, columns, "no log has contradicted itself", as_json=as_json)
    return 0


@witness_app.command()
def forget(origin: Origin, as_json: Json = False) -> int:
    """Witness a log no more; what it contradicted itself in is kept."""
    from documents.transparency import ForgottenLog

    with context.parts() as opened, opened.store.write() as unit:
        is_known = unit.witnessed.forget(origin)
        unit.commit()
    if not is_known:
        raise Refusal(f"{origin} is not witnessed; `reportwatch witness list` lists the logs")
    if as_json:
        print_json(ForgottenLog(origin=origin, forgotten=True))
    else:
        say(f"{origin} is witnessed no more")
    return 0
