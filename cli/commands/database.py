"""Commands about the database: ``db``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import context
from cli.commands.copy_database import copy
from cli.output.results import (
    Json,
    Refusal,
    examples,
    note,
    print_json,
    say,
)

if TYPE_CHECKING:
    pass

db_app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    db_app.command()(copy)
    app.add_typer(
        db_app,
        name="db",
        epilog=examples(
            "reportwatch db backup reportwatch-today.sqlite",
            "reportwatch db restore reportwatch-today.sqlite",
            "reportwatch db prune --dry-run",
            "reportwatch db payloads --dry-run",
        ),
    )


@db_app.callback()
def _without_command(ctx: typer.Context) -> None:
    """Upgrade, back up, restore, copy, measure, prune or move it."""
    if ctx.invoked_subcommand is None:
        note(ctx.get_help())
        raise typer.Exit(2)


@db_app.command()
def upgrade(as_json: Json = False) -> int:
    """Bring the schema up to date (every start does)."""
    from documents.operations import SchemaRevision

    with context.parts() as opened, opened.store.read() as unit:
        revision = unit.audit.revision()
    if as_json:
        print_json(SchemaRevision(revision=revision))
    else:
        say(f"the database is at schema {revision}")
    return 0


@db_app.command()
def prune(
    is_dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be removed.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Remove old looks that only repeat others, as `up` does once a day.

    What a version, a change, a citation or a figure needs stays: of looks that came to the same in
    a row the first and the last, and how many they were.
    """
    from documents.operations import Pruned, PrunedTable
    from reports.wording.citation import stamp
    from services.prune import WHY_KEPT, before
    from services.prune import prune as remove
    from services.prune import surplus as would_remove

    with context.parts() as opened:
        moment = before(opened)
        removed = would_remove(opened) if is_dry_run else remove(opened)
        with opened.store.read() as unit:
            rows = {each.table: each.rows for each in unit.sizes.all()}
    left = {name: rows[name] - (count if is_dry_run else 0) for name, count in removed.items()}
    document = Pruned(
        before=stamp(moment) if moment else None,
        is_dry_run=is_dry_run,
        tables=[
            PrunedTable(table=name, removed=count, kept=left[name], why=WHY_KEPT[name])
            for name, count in removed.items()
        ],
    )
    if as_json:
        print_json(document)
    elif moment is None:
        say("REPORTWATCH_KEEP_DAYS is 0: everything is kept")
    else:
        say(f"older than {document.before}:")
        for each in document.tables:
            verb = "would be removed" if is_dry_run else "removed"
            say(f"{each.table}: {each.removed:,} {verb}, {each.kept:,} stay: {each.why}")
    return 0


@db_app.command()
def backup(
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="[PATH]",
            help="The file to write; it must not exist. Without it: one more in the folder "
            "`backups` of the home folder, of which REPORTWATCH_BACKUPS are kept.",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Copy the database, even while it is in use, and check the copy."""
    from documents.operations import BackedUp, PlaceDocument
    from services.backups.daily import back_up, back_up_to

    if path and (path.exists() or not path.absolute().parent.is_dir()):
        raise Refusal(f"{path} cannot be written: name a new file in a folder that exists")
    with context.parts() as opened:
        if path is None:
            path = back_up(opened)
        else:
            back_up_to(opened, path)
        with opened.store.read() as unit:
            outside = [each for each in unit.payload_moves.shares()[1:] if each.payloads]
    places = [PlaceDocument.of(each) for each in outside]
    if as_json:
        print_json(BackedUp(path=str(path), not_in_it=places))
    else:
        say(f"backed up to {path}")
        for each in places:
            note(f"without the bytes of {each.payloads:,} payloads in {each.place}: back it up too")
    return 0


@db_app.command()
def restore(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A file made by `db backup`.")],
    hold: Annotated[
        bool,
        typer.Option("--hold", help="Send no news until `reportwatch alerts release`."),
    ] = False,
    as_json: Json = False,
) -> int:
    """Put a backup in place of the database, which is kept.

    What was in the database before is kept in a file beside it, of the last three restores.
    Refused while `up`, a run or a delivery is at work.
    """
    from documents.operations import Restored
    from services.backups.restore import restore as put_back
    from storage.database.restore import mailed_again

    settings = context.settings()
    if not path.is_file():
        raise Refusal(f"there is no file {path}")
    kept = put_back(settings, path, is_held=hold)
    again = mailed_again(path, kept) if kept else 0
    if as_json:
        print_json(
            Restored(
                restored=str(path),
                kept=str(kept) if kept else None,
                mailed_again=again,
                held=hold,
            )
        )
    else:
        say(f"restored from {path}" + (f"; what was there is kept as {kept}" if kept else ""))
        if again != 0:
            count = "an unknown number of" if again is None else again
            note(f"{count} alerts sent since that backup go out again: their edits are found anew")
        if hold:
            note("no news is sent before `reportwatch alerts release`")
        elif again != 0:
            note("`reportwatch alerts hold` keeps them back until you have looked at them")
    return 0
