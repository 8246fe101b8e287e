"""Runs as a strip: one row a source, one cell a day, told by letter as well as by colour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from reports.watch.outcome import FAILURES
from storage.watch.runs import RUNNING, RunView

DAYS = 14


class DayState(StrEnum):
    """What became of a day's runs of one source."""

    NONE = "none"
    RUNNING = "running"
    DONE = "done"
    PARTLY = "partly"
    FAILED = "failed"


LETTERS = {
    DayState.NONE: "",
    DayState.RUNNING: "…",
    DayState.DONE: "✓",
    DayState.PARTLY: "~",
    DayState.FAILED: "✗",
}


@dataclass(frozen=True)
class DayCell:
    """One day of a source: what became of its runs, in a letter and in words."""

    day: date
    state: DayState
    runs: int
    words: str

    @property
    def letter(self) -> str:
        """The letter that tells the state without colour."""
        return LETTERS[self.state]


def strip(runs: Iterable[RunView], now: datetime) -> dict[str, list[DayCell]]:
    """Return the cells of the last days by source, oldest first."""
    by_day: dict[tuple[str, date], list[RunView]] = defaultdict(list)
    for run in runs:
        by_day[run.source, run.started_at.astimezone(UTC).date()].append(run)
    today = now.astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    return {
        source: [_cell(day, by_day.get((source, day), ())) for day in days]
        for source in sorted({name for name, _ in by_day})
    }


def first_day(now: datetime) -> datetime:
    """Return when the strip begins."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=DAYS - 1)


def run_state(run: RunView) -> DayState:
    """Return what became of one run."""
    if run.state == RUNNING:
        return DayState.RUNNING
    if run.state != "done":
        return DayState.FAILED
    failed = sum(run.counts.get(each.value, 0) for each in FAILURES)
    return DayState.PARTLY if failed or run.error else DayState.DONE


def _cell(day: date, runs: Sequence[RunView]) -> DayCell:
    states = {run_state(run) for run in runs}
    if not states:
        state = DayState.NONE
    elif states == {DayState.FAILED}:
        state = DayState.FAILED
    elif DayState.RUNNING in states:
        state = DayState.RUNNING
    else:
        state = DayState.DONE if states == {DayState.DONE} else DayState.PARTLY
    checked = sum(run.counts.get("checked", 0) for run in runs)
    words = f"{day:%d %b}: "
    if runs:
        words += f"{len(runs)} {'run' if len(runs) == 1 else 'runs'}, {_WORDS[state]}, "
        words += f"{checked:,} pages looked at"
    else:
        words += "no run"
    return DayCell(day, state, len(runs), words)


_WORDS = {
    DayState.RUNNING: "under way",
    DayState.DONE: "all well",
    DayState.PARTLY: "some pages failed",
    DayState.FAILED: "failed",
}
