"""One blow to one program of ``up``, and how long it takes until its role is filled again."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle
from typing import Any

from bench.chaos.installation import Installation, Process, waited

ROLES = ("monitor", "prefect", "runner", "engine")
SIGNALS = (signal.SIGKILL, signal.SIGSTOP)
BOUND = 60.0
"""Seconds within which a program is back on an idle machine."""

PATIENCE = 240.0
"""Seconds after which a program is given up on."""

ENGINE_SECONDS = 150.0
RUN_SECONDS = 2.5
"""What a run lasts on an idle machine: a later blow finds nobody, and waits for the next run."""

ENDED = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})


@dataclass(frozen=True)
class Blow:
    """What was done to which program, and what came of it; ``seconds`` is None if it stayed away.

    ``load`` is the machine's load average over a minute when it was back.
    """

    number: int
    role: str
    signal: str
    seconds: float | None
    load: float
    note: str = ""

    @property
    def is_in_time(self) -> bool:
        """Return whether it was back within the bound."""
        return self.seconds is not None and self.seconds <= BOUND


def schedule(count: int, chance: random.Random) -> list[tuple[str, signal.Signals]]:
    """Return whom to strike how: every role by every signal as often, in an order by chance."""
    pairs = [(role, number) for role in ROLES for number in SIGNALS]
    chance.shuffle(pairs)
    blows = [pair for pair, _ in zip(cycle(pairs), range(count), strict=False)]
    chance.shuffle(blows)
    return blows


def strike(up: Installation, number: int, role: str, how: signal.Signals, pause: float) -> Blow:
    """Kill or stop a program of a role after a pause, and wait until its role is filled again."""
    victim = _victim(up, role, pause)
    if victim is None:
        return Blow(number, role, how.name, None, _load(), "none was found")
    flow_run = victim.flow_run
    struck = time.time()
    victim.send(how)
    back = _Back(up, victim, flow_run, struck)
    took = waited(back.is_back, PATIENCE)
    if took is not None and role == "engine":
        took = back.seconds
    return Blow(number, role, how.name, took, _load(), back.note or back.missing)


def _victim(up: Installation, role: str, pause: float) -> Process | None:
    time.sleep(pause)
    before = {each.pid for each in up.programs()}
    found: list[Process] = []

    def is_there() -> bool:
        found[:] = [each for each in up.programs() if each.role == role]
        if role == "engine":  # one that has just begun, so that all its moments are struck at
            found[:] = [each for each in found if each.pid not in before and each.flow_run]
        return bool(found)

    if waited(is_there, ENGINE_SECONDS, pause=0.05) is None:
        return None
    if role == "engine":
        time.sleep(min(pause, RUN_SECONDS))
    # A run that has ended meanwhile: the next one, at an earlier moment.
    return found[-1] if found[-1].is_alive else _victim(up, role, pause / 2)


class _Back:
    """Whether the role of a process is filled again."""

    def __init__(self, up: Installation, victim: Process, flow_run: str, struck: float) -> None:
        self._up, self._victim, self._flow_run, self._struck = up, victim, flow_run, struck
        self._closed = 0.0
        self.seconds = 0.0
        self.note = ""
        self.missing = ""

    def is_back(self) -> bool:
        """Return whether another process does the work of the one that was struck."""
        self.missing = next(self._what_is_missing(), "")
        return not self.missing

    def _what_is_missing(self) -> Iterator[str]:
        role, up = self._victim.role, self._up
        if not up.is_up:
            yield "`up` has ended"
        if role == "engine":
            yield from self._run_is_missing()
            return
        others = [each for each in up.programs() if each.role == role and each != self._victim]
        if not others:
            yield "no other process"
        if self._victim.is_alive:
            yield "it is still there"
        does_work = {
            "monitor": up.monitor_answers,
            "prefect": up.prefect_answers,
            "runner": lambda: up.runner_is_ready(self._struck),
        }[role]
        if not does_work():
            yield "it does not answer"

    def _run_is_missing(self) -> Iterator[str]:
        self._up.programs()
        run = self._up.prefect(f"/flow_runs/{self._flow_run}")
        if not run or run["state_type"] not in ENDED:
            yield "its run is open"
            return
        if self._victim.is_alive:
            yield "it is still there"
        self._closed = self._closed or time.time()
        self.note = f"its run is {run['state_type'].lower()}"
        following = self._next(run)
        if following is None:
            yield "no other run of its flow has begun"
            return
        # A schedule's next turn is no delay: what counts is how late that turn was taken.
        wait = _epoch(following["start_time"]) - max(
            _epoch(following["expected_start_time"]), self._struck
        )
        self.seconds = max(self._closed - self._struck, wait)

    def _next(self, run: dict[str, Any]) -> dict[str, Any] | None:
        found = self._up.prefect(
            "/flow_runs/filter",
            {
                "limit": 1,
                "sort": "START_TIME_DESC",
                "flow_runs": {
                    "deployment_id": {"any_": [run["deployment_id"]]},
                    "state": {"type": {"any_": ["RUNNING", "COMPLETED"]}},
                    "id": {"not_any_": [self._flow_run]},
                },
            },
        )
        later = [each for each in found or () if _epoch(each["start_time"]) > self._struck]
        return later[0] if later else None


def _epoch(moment: str | None) -> float:
    return datetime.fromisoformat(moment).timestamp() if moment else 0.0


def _load() -> float:
    return round(os.getloadavg()[0], 2)
