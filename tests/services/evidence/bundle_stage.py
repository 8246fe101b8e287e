"""A true log and a forger, for the tests of bundles."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

from reports.transparency.note import KeyKind
from services.evidence.verify_bundle import Result, Trust, read_trust
from tests.evidence_stage import ORIGIN, LogStage, filled, signing_key
from tests.services.evidence.forgeries import Forger
from tests.time_stamps import TimeStampAuthority

LEAVES = 40


@dataclass
class Stage:
    """A log of forty versions, who forges it, and what a checker knows."""

    log: LogStage
    forger: Forger
    trust: Trust
    authority: TimeStampAuthority


def refusals(result: Result) -> dict[str, str]:
    """Return what was refused, by its check."""
    return {each.name: each.says for each in result.checks if not each.is_passed}


def made_in(folder: Path) -> Stage:
    """Return a stage whose authorities lie in a folder."""
    authority = TimeStampAuthority(folder / "true", "Harbour Time")
    witnesses = [
        signing_key(name, KeyKind.COSIGNATURE)
        for name in ("tide.example/witness", "lamp.example/witness")
    ]
    key = signing_key(ORIGIN, KeyKind.NOTE)
    log = filled(LogStage(key, witnesses, authority), LEAVES)
    own = TimeStampAuthority(folder / "forged", "Harbour Time")
    trust = read_trust(
        [str(key.public)], [str(each.public) for each in witnesses], [str(authority.root)]
    )
    return Stage(log, Forger.of(log, own, Random(18)), trust, authority)
