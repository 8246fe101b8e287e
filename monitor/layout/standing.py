"""How a report stands, for the line under its title: what changed last, since when it is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reports.model.values import Change, ChangeKind
from reports.wording.changes import report_name
from storage.read.report_rows import ReportLocation

_NOT_ITS_WORDS = (ChangeKind.PUBLISHED, ChangeKind.APPEARANCE)


@dataclass(frozen=True)
class Standing:
    """What changed last, and how a missing report was looked for.

    ``last`` is None if nothing changed since the first capture. ``gone_since`` is when the first
    look found it missing, None if it is not known; ``looked`` counts the looks since then.
    """

    last: Change | None
    gone_since: datetime | None
    looked: int

    @property
    def said(self) -> str:
        """What happened last, without the report's name: "3 words removed from …"."""
        if self.last is None:
            return ""
        return self.last.summary_line.removeprefix(f"{report_name(self.last)}: ")


def standing_of(changes: Sequence[Change], places: Sequence[ReportLocation]) -> Standing:
    """Return how a report stands by its changes, newest first, and its locations."""
    last = next((each for each in changes if each.kind not in _NOT_ITS_WORDS), None)
    primary = next((each for each in places if each.is_primary and each.first_missed_at), None)
    if primary is None:
        return Standing(last, None, 0)
    return Standing(last, primary.first_missed_at, primary.miss_count)
