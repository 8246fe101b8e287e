"""Say in words what a run does that Prefect has and that is not in the ledger yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flows.prefect_api import FlowRunState
from storage.watch.runs import RunView

SLOT = "AwaitingConcurrencySlot"
LATE = "Late"


@dataclass(frozen=True)
class Waiting:
    """What a run waits for: another run, or nothing but its turn; and when it tries again."""

    words: str
    other: RunView | None = None
    tries_at: datetime | None = None


def waiting(state: FlowRunState, under_way: Iterable[RunView], now: datetime) -> Waiting:
    """Return what a run waits for, from its state and the runs under way, newest first."""
    if state.type == "RUNNING":
        return Waiting("It has begun, and is about to read the publisher's lists.")
    if state.name == LATE:
        return Waiting(
            "Nothing has taken it up. It begins once `reportwatch up`, or a worker of your Prefect "
            "server, is at work."
        )
    if state.name != SLOT:
        return Waiting("It begins within seconds.")
    tries_at = state.scheduled_at if state.scheduled_at and state.scheduled_at > now else None
    return Waiting("", _in_the_way(state.source, list(under_way)), tries_at)


def ending(state: FlowRunState) -> str:
    """Say of a run that ended without a row in the ledger why, if it was we who refused it."""
    _, is_ours, why = state.message.partition("refused: ")
    if is_ours:
        return f"It was refused: {why}."
    return "It ended before it looked at anything."


def _in_the_way(source: str, under_way: list[RunView]) -> RunView | None:
    """Return the run of the same source, else one that a person asked for: they go in turn."""
    same = [run for run in under_way if run.source == source]
    asked = [run for run in under_way if run.trigger == "api"]
    return next(iter([*same, *asked]), None)
