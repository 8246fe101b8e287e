"""Commands about evidence: ``evidence``, and what ``verify --bundle`` does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import context
from cli.commands.reports import Country, Edition, InSource, Part
from cli.output.results import Json, Refusal, examples, print_json, say

if TYPE_CHECKING:
    from documents.evidence import EvidenceWritten
    from services.assembly import Parts
    from services.evidence.bundle import Bundle


def register(app: typer.Typer) -> None:
    """Add this file's command."""
    app.command(
        epilog=examples(
            "reportwatch evidence Kazakhstan 2021",
            "reportwatch evidence CHN 2022 --part tibet --version 2 --out tibet.wacz",
            "reportwatch verify --bundle tibet.wacz --quote 'credible reports of'",
        )
    )(evidence)


def evidence(
    country: Country,
    edition: Edition,
    part: Part = "",
    source: InSource = "",
    version: Annotated[
        int | None,
        typer.Option(metavar="NUMBER", min=1, help="Which version; default: the last."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The file to write; default: the report's name.wacz."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Write one file that proves what a version said, to others.

    It holds the page as captured, the words with their bytes in it, the proof that both are in the
    log, who signed the log and when, and the program that checks all of it without this database.
    A file that is there already is replaced once the new one is whole.
    """
    if out is not None and (out.is_dir() or not out.absolute().parent.is_dir()):
        raise Refusal(f"{out} cannot be written: name a file in a folder that exists")
    with context.parts() as opened:
        made = _made(opened, country, edition, part, source, version)
    path = out or Path(made.file_name)
    _write(path, made.body)
    document = _document(made, path)
    if as_json:
        print_json(document)
        return 0
    say(f"{path}: {document.report}, version {document.version}, {document.bytes:,} bytes")
    say(f"sha256:{document.sha256}")
    say(f"entry {document.entry} of the {document.log_size} of the log {document.log}")
    say(f"cosigned by {', '.join(document.witnesses) or 'nobody'}")
    say(f"stamped at {', '.join(document.stamped_at) or 'no time, by no authority'}")
    if document.removed_at:
        say(f"with the proof that it was found removed at {document.removed_at}")
    say(f"`reportwatch verify --bundle {path}` checks it, and so does the program in it")
    return 0


def _made(
    opened: Parts, country: str, edition: str, part: str, source: str, number: int | None
) -> Bundle:
    from services.evidence.bundle import NotLogged, make_bundle

    name = context.find_report(opened, country, edition, part, source)
    if number is None:
        with opened.store.read() as unit:
            latest = unit.versions.latest(name)
        assert latest is not None  # a report is stored together with its first version
        number = latest.number
    try:
        return make_bundle(opened, name, number)
    except KeyError:
        known = f"{name} has no version {number}; `reportwatch log` lists those it has"
        raise Refusal(known) from None
    except NotLogged as reason:
        raise Refusal(str(reason)) from None


def _document(made: Bundle, path: Path) -> EvidenceWritten:
    from documents.evidence import EvidenceWritten
    from reports.text.fingerprint import payload_sha256

    return EvidenceWritten(
        report=str(made.report),
        version=made.number,
        path=str(path),
        bytes=len(made.body),
        sha256=payload_sha256(made.body),
        log=made.log,
        entry=made.entry,
        log_size=made.log_size,
        newest_size=made.newest_size,
        witnesses=list(made.witnesses),
        stamped_at=list(made.stamped_at),
        removed_at=made.removed_at,
    )


def _write(path: Path, body: bytes) -> None:
    """Write to a file beside the target first, so that a broken one replaces nothing."""
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_bytes(body)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def check_file(
    path: Path,
    quote: str | None,
    log_keys: Sequence[str],
    witness_keys: Sequence[str],
    certificates: Sequence[Path],
    *,
    as_json: bool,
) -> int:
    """Check a bundle, with nothing but the file; return the exit code. Raises Refusal."""
    from documents.evidence import BundleVerified
    from services.evidence import verify_bundle

    if quote is not None and not 0 < len(quote.strip()) <= verify_bundle.LONGEST_QUOTE:
        raise Refusal("--quote needs some words, and not more than a report has", 2)
    try:
        trust = verify_bundle.read_trust(log_keys, witness_keys, list(map(str, certificates)))
    except verify_bundle.Refused as reason:
        raise Refusal(str(reason), 2) from None
    try:
        body = verify_bundle.read_bundle(path)
    except verify_bundle.Refused as reason:
        raise Refusal(str(reason)) from None
    result = verify_bundle.check_bundle(str(path), body, trust, quote or "")
    if as_json:
        print_json(BundleVerified.model_validate(result.document()))
    else:
        for line in verify_bundle.described(result):
            say(line)
    return 0 if result.is_verified else 1
