"""Decide whether captures of a web archive bear out a change: the same words in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reports.model.values import ArchiveEvidence

GONE = "gone"
"""What a capture says of a report whose page answered 404 or 410."""


@dataclass(frozen=True)
class Heard:
    """What one capture said of a report: the hash of its words, or GONE."""

    captured_at: datetime
    url: str
    says: str

    @property
    def witness(self) -> ArchiveEvidence:
        """Return when and where it can be seen."""
        return ArchiveEvidence(self.captured_at, self.url)


@dataclass(frozen=True)
class Claim:
    """What a change says: that ``before`` gave way to ``after``, each one of some hashes or GONE.

    ``before`` stood from ``opened_at`` and was last seen at ``last_before``; ``after`` was first
    seen at ``detected_at`` and gave way at ``closed_at``. None is not known, or not yet.
    """

    before: frozenset[str]
    after: frozenset[str]
    detected_at: datetime
    opened_at: datetime | None = None
    last_before: datetime | None = None
    closed_at: datetime | None = None

    def spans(self, moment: datetime) -> bool:
        """Return whether a moment belongs to what stood before or after."""
        is_open = self.opened_at is None or moment >= self.opened_at
        return is_open and (self.closed_at is None or moment < self.closed_at)


def told_by(witnesses: Sequence[ArchiveEvidence]) -> str:
    """Say which captures bear a change out: "corroborated by captures of ..."; ``""`` for none."""
    days = list(dict.fromkeys(f"{each.captured_at:%Y-%m-%d}" for each in witnesses))
    if not days:
        return ""
    return f"corroborated by captures of the Internet Archive of {' and '.join(days)}"


def bear_out(claim: Claim, heard: Sequence[Heard]) -> tuple[ArchiveEvidence, ...]:
    """Return the last capture from before a change and the first from after; ``()`` without both.

    Every capture of that time must agree: one that says anything else, or out of order, is a
    contradiction, and nothing is borne out.
    """
    told = sorted(
        (each for each in heard if claim.spans(each.captured_at)),
        key=lambda each: each.captured_at,
    )
    turn = next((at for at, each in enumerate(told) if each.says in claim.after), len(told))
    earlier, later = told[:turn], told[turn:]
    if not (earlier and later):
        return ()
    agree = all(each.says in claim.before for each in earlier)
    agree = agree and all(each.says in claim.after for each in later)
    was_before = earlier[-1].captured_at <= claim.detected_at
    was_after = claim.last_before is None or later[0].captured_at > claim.last_before
    return (earlier[-1].witness, later[0].witness) if agree and was_before and was_after else ()
