"""The command ``export``: what is stored, as files for other programs."""

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
    from storage.store import Store


class ExportFormat(StrEnum):
    """The formats an export can have."""

    JSONL = "jsonl"
    WARC = "warc"


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.command(
        epilog=examples(
            "reportwatch export versions.jsonl",
            "reportwatch export - | gzip > versions.jsonl.gz",
            "reportwatch export --format warc all.warc.gz",
            "reportwatch export --format warc --report us-state-hrr/2021/KAZ kaz.warc.gz",
        ),
    )(export)


def export(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="The file to write; - is standard output.")
    ],
    as_format: Annotated[
        ExportFormat,
        typer.Option("--format", help="jsonl: a JSON object a line; warc: captures, as WARC 1.1."),
    ] = ExportFormat.JSONL,
    report: Annotated[str, typer.Option("--report", help="warc: of this report alone.")] = "",
    version: Annotated[
        int | None, typer.Option("--version", min=1, help="warc: of this version of it alone.")
    ] = None,
    source: Annotated[str, typer.Option("--source", help="warc: of this source alone.")] = "",
    as_json: Json = False,
) -> int:
    """Write every version held as JSON lines, or every capture as WARC.

    A file that is there already is replaced once the new one is whole.
    """
    from documents.operations import Exported

    if as_json and str(path) == "-":
        raise Refusal("--json and - both want standard output; name a file", 2)
    if str(path) != "-" and (path.is_dir() or not path.parent.is_dir()):
        raise Refusal(f"{path} cannot be written: name a file in a folder that exists")
    if as_format is ExportFormat.WARC:
        return export_warc(path, report=report, version=version, source=source, as_json=as_json)
    if report or version or source:
        raise Refusal("--report, --version and --source are for --format warc", 2)
    with context.parts() as opened:
        count = _write_versions(opened.store, path)
    if as_json:
        print_json(Exported(path=str(path), format=as_format.value, versions=count))
    elif str(path) != "-":
        say(f"{count} versions written to {path}")
    return 0


def _write_versions(store: Store, path: Path) -> int:
    from services.exports.lines import write_versions
    from services.exports.whole_files import replacing

    if str(path) == "-":
        return write_versions(store, sys.stdout)
    with replacing(path) as partial, partial.open("w", encoding="utf-8") as file:
        return write_versions(store, file)
