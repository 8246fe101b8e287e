"""The commands ``export`` and ``release``: what is stored, as files for other programs."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import context
from cli.commands.export_warc import export_warc
from cli.output.results import Json, Refusal, examples, print_json, say

if TYPE_CHECKING:
    from datetime import datetime

    from services.assembly import Parts
    from services.exports.tables import ExportTable
    from services.exports.writers import TableFormat

ALL = "all"
"""What ``--table`` says for every table: a folder."""


class ExportFormat(StrEnum):
    """The formats an export can have."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    WARC = "warc"


AsOf = Annotated[
    str | None,
    typer.Option(
        metavar="TIME",
        help="Only what was known then: the same bytes as an export of that moment.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command(
        epilog=examples(
            "reportwatch export versions.jsonl",
            "reportwatch export - | gzip > versions.jsonl.gz",
            "reportwatch export --format csv data               every table, a file each",
            "reportwatch export --format csv --table issues - | head",
            "reportwatch export --format parquet --as-of 2026-11-01 data",
            "reportwatch export --format warc --report us-state-hrr/2021/KAZ kaz.warc.gz",
        ),
    )(export)
    app.command(
        epilog=examples(
            "reportwatch release 2026-12",
            "reportwatch release 2026-12 --out /srv/releases --format parquet",
            "(cd releases/2026-12 && sha256sum --check SHA256SUMS)",
        ),
    )(release)


def export(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH",
            help="The file to write, or the folder if all tables are; - is standard output.",
        ),
    ],
    as_format: Annotated[
        ExportFormat,
        typer.Option(
            "--format", help="jsonl: one JSON object a line; csv; parquet; warc: captures."
        ),
    ] = ExportFormat.JSONL,
    table: Annotated[
        str,
        typer.Option(
            metavar="TABLE",
            help="One table of the data set, or all; csv and parquet are all without it, and jsonl "
            "is every version with its whole text.",
        ),
    ] = "",
    as_of: AsOf = None,
    report: Annotated[str, typer.Option("--report", help="warc: of this report alone.")] = "",
    version: Annotated[
        int | None, typer.Option("--version", min=1, help="warc: of this version of it alone.")
    ] = None,
    source: Annotated[str, typer.Option("--source", help="warc: of this source alone.")] = "",
    as_json: Json = False,
) -> int:
    """Write versions, a data set, or captures to a file.

    Versions with their texts as JSON lines; tables for scholars; captures as WARC 1.1.
    A file or an export that is there already is replaced once the new one is whole.
    """
    if as_json and str(path) == "-":
        raise Refusal("--json and - both want standard output; name a file", 2)
    if as_format is ExportFormat.WARC:
        if table or as_of:
            raise Refusal("--table and --as-of are for tables, and not for --format warc", 2)
        if str(path) != "-":
            _refuse_unwritable(path)
        return export_warc(path, report=report, version=version, source=source, as_json=as_json)
    if report or version or source:
        raise Refusal("--report, --version and --source are for --format warc", 2)
    if as_format is ExportFormat.JSONL and not table:
        if as_of:
            raise Refusal("--as-of is for tables: name one with --table, or all", 2)
        return _versions(path, as_json=as_json)
    return _data_set(path, as_format, table or ALL, as_of, as_json=as_json)


def _versions(path: Path, *, as_json: bool) -> int:
    from documents.operations import Exported
    from services.exports.lines import write_versions
    from services.exports.whole_files import replacing

    is_output = str(path) == "-"
    if not is_output:
        _refuse_unwritable(path)
    with context.parts() as opened:
        if is_output:
            count = write_versions(opened.store, sys.stdout)
        else:
            with replacing(path) as partial, partial.open("w", encoding="utf-8") as file:
                count = write_versions(opened.store, file)
    if as_json:
        print_json(Exported(path=str(path), format=ExportFormat.JSONL.value, versions=count))
    elif not is_output:
        say(f"{count} versions written to {path}")
    return 0


def _refuse_unwritable(path: Path) -> None:
    if path.is_dir() or not path.parent.is_dir():
        raise Refusal(f"{path} cannot be written: name a file in a folder that exists")


def _data_set(
    path: Path, as_format: ExportFormat, name: str, as_of: str | None, *, as_json: bool
) -> int:
    from documents.operations import ExportedTables
    from reports.wording.citation import exact_stamp
    from services.exports.dataset import NotToExport, settled, table_named
    from services.exports.writers import MissingExtra, TableFormat

    table = table_named(name)
    if table is None and name != ALL:
        raise Refusal(f"there is no table {name!r}; there are: {', '.join(_names())}, {ALL}", 2)
    moment = context.moment(as_of) if as_of else None
    try:
        with context.parts() as opened:
            known_at = settled(opened, moment)
            kind = TableFormat(as_format.value)
            if table:
                rows = _one(opened, table, kind, path, known_at)
            else:
                rows = _all(opened, kind, path, known_at)
    except (NotToExport, MissingExtra) as error:
        raise Refusal(str(error)) from None
    if as_json:
        print_json(ExportedTables.of(path, as_format.value, known_at, rows))
    elif str(path) != "-":
        for each, count in rows.items():
            say(f"{each}: {count:,} rows")
        say(f"written to {path}, as known at {exact_stamp(known_at)}")
    return 0


def _names() -> list[str]:
    from services.exports.tables import TABLES

    return [each.name for each in TABLES]


def _one(
    opened: Parts, table: ExportTable, kind: TableFormat, path: Path, known_at: datetime
) -> dict[str, int]:
    from services.exports.dataset import export_table
    from services.exports.whole_files import replacing
    from services.exports.writers import TableFormat

    if str(path) == "-":
        if kind is TableFormat.PARQUET:
            raise Refusal("parquet cannot be written to standard output; name a file", 2)
        return {table.name: export_table(opened, table, kind, sys.stdout, known_at)}
    _refuse_unwritable(path)
    with replacing(path) as partial:
        return {table.name: export_table(opened, table, kind, partial, known_at)}


def _all(opened: Parts, kind: TableFormat, path: Path, known_at: datetime) -> dict[str, int]:
    from services.exports.dataset import export_all, replacing_folder

    if str(path) == "-":
        raise Refusal("all tables are a folder: name one, or a table with --table", 2)
    with replacing_folder(path) as partial:
        return export_all(opened, kind, partial, known_at)


def release(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="Small letters, digits, dots and hyphens."),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where the release's folder is made; `releases` in the home folder without it.",
        ),
    ] = None,
    as_format: Annotated[
        ExportFormat, typer.Option("--format", help="csv, jsonl or parquet.")
    ] = ExportFormat.CSV,
    as_of: AsOf = None,
    as_json: Json = False,
) -> int:
    """Freeze the data set under a name, to check and to cite.

    A release is never overwritten: another one has another name.
    """
    if as_format is ExportFormat.WARC:
        raise Refusal("a release is tables: csv, jsonl or parquet", 2)
    from documents.operations import ExportedTables, Released
    from reports.wording.citation import exact_stamp
    from services.exports.dataset import NotToExport, settled
    from services.exports.release import release as freeze
    from services.exports.writers import MissingExtra, TableFormat

    moment = context.moment(as_of) if as_of else None
    try:
        with context.parts() as opened:
            folder = out or opened.settings.home / "releases"
            if out is None:
                folder.mkdir(exist_ok=True)
            known_at = settled(opened, moment)
            made = freeze(opened, name, folder, TableFormat(as_format.value), known_at)
    except (NotToExport, MissingExtra) as error:
        raise Refusal(str(error)) from None
    if as_json:
        written = ExportedTables.of(made.folder, as_format.value, known_at, made.rows)
        print_json(Released(**vars(written), release=name, sha256=made.sha256))
    else:
        say(f"released {name}: {made.folder}, as known at {exact_stamp(known_at)}")
        say(f"SHA-256 of its checksums: {made.sha256}")
    return 0
