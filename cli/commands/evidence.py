"""Commands about evidence: ``evidence``, and what ``verify --bundle`` does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cli.output.results import Refusal, print_json, say


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
