"""The command ``verify``: what is stored, a backup, or an evidence bundle."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import context
from cli.commands.evidence import check_file
from cli.output.progress import bar
from cli.output.results import Json, Refusal, examples, note, print_json, say

if TYPE_CHECKING:
    from storage.store import Store


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command(
        epilog=examples(
            "reportwatch verify && reportwatch db backup today.sqlite",
            "reportwatch verify --file today.sqlite",
            "reportwatch verify --bundle evidence.wacz --quote 'credible reports of'",
        )
    )(verify)


def verify(
    file: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="A backup to check, instead of the database in use."),
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="An evidence bundle to check instead, without a database and a network.",
        ),
    ] = None,
    quote: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Words that should be in the bundle's version."),
    ] = None,
    log_key: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="The key of the bundle's log, from whom you trust."),
    ] = None,
    witness_key: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="The key of a witness that must have cosigned."),
    ] = None,
    tsa_cert: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="The certificate of a time stamp authority."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Check all that is stored, or an evidence bundle.

    Reads every page and every text back and computes their SHA-256 again, and looks at each row
    and at each word that can be searched; exit code 1 where any fault is found. With --bundle
    nothing of this installation is looked at: the file has to prove itself.
    """
    if bundle is not None:
        if file is not None:
            raise Refusal("--file and --bundle are two checks: give one", 2)
        return check_file(
            bundle, quote, log_key or (), witness_key or (), tsa_cert or (), as_json=as_json
        )
    if quote is not None or log_key or witness_key or tsa_cert:
        raise Refusal("--quote and the keys are for --bundle", 2)
    return _verify_stored(file, as_json=as_json)


def _verify_stored(file: Path | None, *, as_json: bool) -> int:
    from documents.operations import Verified

    began = time.monotonic()
    with (
        _store_to_verify(file) as store,
        store.read(is_snapshot=True) as unit,
        bar() as shown,
    ):
        task = shown.add_task("checking", total=None)
        found = unit.audit.check(
            lambda done, total: shown.update(task, completed=done, total=total)
        )
    document = Verified(**found)
    if as_json:
        print_json(document)
    else:
        seconds = time.monotonic() - began
        say(
            f"{document.payloads} payloads and {document.readings} readings checked "
            f"in {seconds:.1f} s"
        )
        for fault in document.faults:
            note(fault)
        say("no fault found" if not document.faults else f"{len(document.faults)} faults")
    return 1 if document.faults else 0


@contextmanager
def _store_to_verify(file: Path | None) -> Iterator[Store]:
    """Give the database in use, or a backup, which is read and left as it is."""
    from services.settings import load_settings
    from storage.store import opened_backup

    if file is None:
        with context.parts() as opened:
            yield opened.store
        return
    if not file.is_file():
        raise Refusal(f"there is no file {file}")
    with opened_backup(file, lambda: load_settings().database) as store:
        yield store
