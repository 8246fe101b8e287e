"""Commands about what is stored and where: ``db stats``, ``db payloads``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import context
from cli.commands.database import db_app
from cli.output.progress import bar
from cli.output.results import Column, Json, Refusal, examples, note, print_json, say, show_rows

if TYPE_CHECKING:
    from documents.operations import PlaceDocument
    from services.assembly import Parts
    from services.payloads import Moved
    from storage.operate.sizes import TableSize

MOST_FAULTS = 20


def register(_app: typer.Typer) -> None:
    """Add this file's commands."""
    db_app.command()(stats)
    db_app.command(
        epilog=examples(
            "reportwatch db payloads --dry-run",
            "reportwatch db payloads --to /srv/reportwatch-payloads",
            "reportwatch db payloads --to database",
        )
    )(payloads)


def stats(as_json: Json = False) -> int:
    """Count what is stored, and measure what each table takes and what makes it grow."""
    from documents.operations import PlaceDocument, Stats, TableDocument

    with context.parts() as opened, opened.store.read() as unit:
        counts = {**unit.reports.counts(), **unit.sizes.texts(), "runs": unit.runs.count()}
        counts["captures"] = unit.sizes.captures()
        counts["database_bytes"] = unit.sizes.database_bytes()
        tables = unit.sizes.all()
        places = [PlaceDocument.of(each) for each in unit.payload_moves.shares()]
    if as_json:
        listed = [TableDocument.of(each) for each in tables]
        print_json(Stats(**counts, places=places, tables=listed))
        return 0
    for name, value in counts.items():
        say(f"{name.replace('_', ' ')}: {value:,}")
    for each in places:
        say(f"payloads in {each.place}: {each.payloads:,}, {each.bytes:,} bytes")
    columns = (
        Column("table", "table"),
        Column("rows", "rows", is_number=True),
        Column("bytes", "bytes", is_number=True),
        Column("of indexes", "of_indexes", is_number=True),
        Column("grows with", "grows_with"),
    )
    show_rows([_table_row(each) for each in tables], columns, "there are no tables")
    return 0


def _table_row(size: TableSize) -> dict[str, Any]:
    """Return a table's line for people."""
    of_indexes = None if size.bytes is None else size.total - size.bytes
    taken = {"bytes": size.bytes, "of_indexes": of_indexes}
    told = {name: "unknown" if each is None else f"{each:,}" for name, each in taken.items()}
    rows = f"{size.rows:,}"
    return {"table": size.table, "rows": rows, **told, "grows_with": size.grows_with}


def payloads(
    to: Annotated[
        str | None,
        typer.Option(
            metavar="PLACE",
            help="database, a folder, or s3://BUCKET/PREFIX; without it REPORTWATCH_PAYLOADS.",
        ),
    ] = None,
    is_dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what lies where and what would be moved.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Move captured pages' bytes to another place, while runs go on.

    Each is read back from its new place before it leaves the old one. Broken off, it loses nothing,
    and run again it goes on. Objects left behind are removed a day later, by this command or `up`.
    Exit code 1 if some payloads do not read back whole: they stay where they are.
    """
    from documents.operations import PayloadsMoved, PlaceDocument
    from services.payloads import Moved
    from storage.texts.places import address_of, shown

    with context.parts() as opened:
        try:
            address = opened.settings.payloads if to is None else address_of(to)
        except ValueError as error:
            raise Refusal(f"--to: {error}", 2) from None
        if is_dry_run:
            with opened.store.read() as unit:
                done = Moved(*unit.payload_moves.left(address))
            removed = 0
        else:
            done, removed = _move(opened, address)
        with opened.store.read() as unit:
            places = [PlaceDocument.of(each) for each in unit.payload_moves.shares()]
        is_set = address == opened.settings.payloads
    if as_json:
        print_json(
            PayloadsMoved(
                to=shown(address),
                is_dry_run=is_dry_run,
                payloads=done.payloads,
                bytes=done.bytes,
                removed=removed,
                faults=done.faults,
                places=places,
            )
        )
    else:
        verb = "would be moved" if is_dry_run else "moved"
        say(f"{done.payloads:,} payloads, {done.bytes:,} bytes {verb} to {shown(address)}")
        _tell(done, removed, places)
        if not is_set:
            note(
                "what is captured from now on goes elsewhere: REPORTWATCH_PAYLOADS names "
                f"{shown(opened.settings.payloads)}"
            )
    return 1 if done.faults else 0


def _move(opened: Parts, address: str) -> tuple[Moved, int]:
    """Move payloads, sweep, and return what was moved and how many objects were removed."""
    from services.payloads import move, sweep

    with opened.store.read() as unit:
        total = unit.payload_moves.left(address)[0]
    with bar() as shown:
        task = shown.add_task("moving", total=total)
        done = move(
            opened.store,
            address,
            opened.now,
            progress=lambda count: shown.update(task, completed=count),
        )
    return done, sweep(opened.store, opened.now)


def _tell(done: Moved, removed: int, places: list[PlaceDocument]) -> None:
    for fault in done.faults[:MOST_FAULTS]:
        note(f"not moved: {fault}")
    if len(done.faults) > MOST_FAULTS:
        note(f"and {len(done.faults) - MOST_FAULTS} more faults; --json lists all")
    for each in places:
        strays = f"; {each.strays:,} objects go a day after their move" if each.strays else ""
        say(f"{each.place}: {each.payloads:,} payloads, {each.bytes:,} bytes{strays}")
    if removed:
        say(f"{removed:,} objects that no payload names were removed")
