"""The command ``transparency``: the log of everything recorded, and its checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import context
from cli.output.results import Json, Refusal, examples, print_json, say

if TYPE_CHECKING:
    from documents.transparency import LogDocument

transparency_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add this file's commands."""
    app.add_typer(
        transparency_app,
        name="transparency",
        short_help="The signed log of everything recorded.",
        epilog=examples(
            "reportwatch transparency status",
            "reportwatch transparency checkpoint",
            "reportwatch transparency anew --why 'the backup of 3 May was restored'",
        ),
    )


@transparency_app.command()
def status(as_json: Json = False) -> int:
    """Say how the log stands: name, key, newest checkpoint, who cosigned and stamped it."""
    from services.transparency.faults import LogBroken
    from services.transparency.log_documents import log_document
    from services.transparency.reading import log_view

    with context.parts() as opened:
        try:
            found = log_document(log_view(opened))
        except LogBroken as error:
            raise Refusal(str(error)) from None
    _tell(found, as_json=as_json)
    return 0


@transparency_app.command()
def checkpoint(as_json: Json = False) -> int:
    """Log what waits, sign and publish it, ask witnesses and authorities. The check does so daily.

    Exit code 1 if nothing can be signed, or if somebody who was asked signed nothing.
    """
    from services.transparency.daily import checkpoint_now
    from services.transparency.faults import LogBroken, LogBusy
    from services.transparency.log_documents import log_document
    from services.transparency.reading import log_view

    with context.parts() as opened:
        try:
            made = checkpoint_now(opened)
            found = log_document(log_view(opened), made.faults)
        except (LogBroken, LogBusy) as error:
            raise Refusal(str(error)) from None
    _tell(found, as_json=as_json)
    return 1 if found.faults else 0


@transparency_app.command()
def anew(
    why: Annotated[
        str, typer.Option("--why", help="Why the log ends; it stands in the new one for good.")
    ],
    origin: Annotated[
        str, typer.Option("--origin", help="The new log's name; without it the old one's with /2.")
    ] = "",
    as_json: Json = False,
) -> int:
    """End the log and begin another, whose first leaf says how the last one ended.

    For when nothing can be signed any more: after a backup was restored that is older than what was
    published. All that is recorded is logged again; the old files are kept in `log-ended`.
    """
    from services.setting_kinds import is_origin
    from services.transparency.checkpoints import begin_anew
    from services.transparency.faults import LogBroken, LogBusy
    from services.transparency.log_documents import log_document
    from services.transparency.reading import log_view

    if not why.strip() or len(why) > 1000:
        raise Refusal("--why: say in up to 1,000 characters why the log ends", 2)
    if origin and not is_origin(origin):
        raise Refusal("--origin: must be a name without spaces and plus", 2)
    with context.parts() as opened:
        try:
            begin_anew(opened, why.strip(), origin)
            found = log_document(log_view(opened))
        except (LogBroken, LogBusy) as error:
            raise Refusal(str(error)) from None
    _tell(found, as_json=as_json)
    return 0


@transparency_app.command()
def proof(
    position: Annotated[int, typer.Argument(metavar="POSITION", min=0, help="A leaf's place.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write, such as x.tlog-proof.")],
    as_json: Json = False,
) -> int:
    """Write the proof that a leaf is in the log's newest checkpoint (C2SP tlog-proof)."""
    from documents.transparency import ProofDocument
    from services.transparency.reading import log_proof

    with context.parts() as opened:
        try:
            made = log_proof(opened, position)
        except KeyError:
            raise Refusal(f"no published checkpoint holds a leaf {position}") from None
    out.write_bytes(made.raw)
    if as_json:
        print_json(ProofDocument(path=str(out), position=position, hashes=len(made.hashes)))
    else:
        say(f"{out} proves leaf {position}, by {len(made.hashes)} hashes")
    return 0


def _tell(found: LogDocument, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    if found.origin is None:
        say("the log has not begun; `reportwatch transparency checkpoint` begins it")
        return
    say(f"log: {found.origin}")
    say(f"key: {found.key}")
    if found.size is None:
        say("it has no published checkpoint yet")
    else:
        say(f"newest checkpoint: {found.size:,} leaves, root {found.root}, {found.signed_at}")
    say(f"waiting for the next: {found.waiting:,}")
    for each in found.witnesses:
        say(f"witness {each.witness}: {each.cosigned_at or 'has not cosigned it'}")
    for one in found.timestamps:
        say(f"time stamp of {one.authority}: {one.stamped_at or 'none'}")
    for ended in found.ended:
        say(f"ended: {ended.origin} on {ended.ended_at}: {ended.why}")
    for fault in found.faults:
        say(f"not signed by {fault}")
