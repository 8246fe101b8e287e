"""The command ``db copy``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli import context
from cli.output.progress import bar
from cli.output.results import Column, Json, Refusal, note, print_json, say, show_rows

if TYPE_CHECKING:
    from documents.operations import CopiedDatabase

VARIABLE = "REPORTWATCH_COPY_TO"


def copy(
    target: Annotated[
        str,
        typer.Argument(
            metavar="[URL]",
            help="An empty database: sqlite:///PATH of a new file, or "
            "postgresql://USER:PASSWORD@HOST/NAME. Others on the machine may see it here; "
            f"{VARIABLE} keeps a password to yourself.",
        ),
    ] = "",
    as_json: Json = False,
) -> int:
    """Copy the database in use into an empty one, row for row, and compare both.

    From SQLite to PostgreSQL or back: stop `up`, copy, set REPORTWATCH_DATABASE_URL to the copy,
    start again. The database in use stays as it is. A copy that is ended half-way leaves the other
    database empty.
    """
    from documents.operations import CopiedDatabase, CopiedTable
    from services.backups.copy import copy as copy_to

    settings = context.settings()
    target = target or settings.copy_to.get_secret_value()
    if not target:
        raise Refusal(f"name the database to copy to, or set {VARIABLE}", 2)
    with bar() as shown:
        task = shown.add_task("copying", total=None)
        copied = copy_to(
            settings,
            target,
            lambda what, done, total: shown.update(
                task, description=what, completed=done, total=total
            ),
        )
    document = CopiedDatabase(
        source=copied.source,
        target=copied.target,
        revision=copied.revision,
        encrypted_addresses=copied.encrypted,
        tables=[
            CopiedTable(table=name, rows=each.rows, sha256=each.sha256)
            for name, each in copied.tables.items()
        ],
    )
    if as_json:
        print_json(document)
        return 0
    _tell(document)
    return 0


def _tell(document: CopiedDatabase) -> None:
    columns = (
        Column("table", "table"),
        Column("rows", "rows", is_number=True),
        Column("sum of the rows' SHA-256", "sha256"),
    )
    rows = [
        {"table": each.table, "rows": f"{each.rows:,}", "sha256": each.sha256}
        for each in document.tables
    ]
    show_rows(rows, columns, "there are no tables")
    count = sum(each.rows for each in document.tables)
    say(f"{count:,} rows copied from {document.source} to {document.target}: equal in both")
    if document.encrypted_addresses:
        note(
            f"encrypted addresses: {document.encrypted_addresses}; use the copy with the same "
            "REPORTWATCH_SECRET, or with this home's file `secret`, else nothing is sent there"
        )
    note("set REPORTWATCH_DATABASE_URL to the copy before you start again; `verify` reads it whole")
