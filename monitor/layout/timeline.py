"""A report's versions as a line of time: how long each stayed, drawn without script or style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.read.versions import VersionRow

WIDTH = 1000
LEAST = 24
"""Units of the drawing that the shortest stay is wide, so that it can be seen and hit."""


@dataclass(frozen=True)
class TimelineSegment:
    """One version on the line: where it begins and how wide it is, and that in words."""

    number: int
    x: int
    width: int
    shade: str
    words: str


def timeline(history: Sequence[VersionRow], now: datetime) -> list[TimelineSegment]:
    """Return the stays of versions, oldest first; none if there is only one version."""
    rows = sorted(history, key=lambda each: (each.captured_at, each.number))
    if len(rows) < 2:
        return []
    ends = [*(row.captured_at for row in rows[1:]), max(now, rows[-1].captured_at)]
    spans = [
        max((end - row.captured_at).total_seconds(), 0.0)
        for row, end in zip(rows, ends, strict=True)
    ]
    free = max(WIDTH - LEAST * len(rows), 0)
    total = sum(spans) or 1.0
    stays, x = [], 0
    for place, (row, span) in enumerate(zip(rows, spans, strict=True)):
        width = LEAST + int(free * span / total)
        until = "now" if row is rows[-1] else f"{ends[place]:%d %b %Y}"
        days = round(span / 86400)
        words = (
            f"Version {row.number}: {row.captured_at:%d %b %Y} to {until}, "
            f"{days} day{'s' if days != 1 else ''}"
        )
        stays.append(TimelineSegment(row.number, x, width, "odd" if place % 2 else "even", words))
        x += width
    return stays
