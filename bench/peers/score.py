"""Hold what a program told of every round against what really happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.peers.plan import Plan
from bench.peers.watcher import Told


@dataclass(frozen=True)
class Score:
    """What a program came to over all rounds.

    ``found`` are the real edits told, ``missed`` those not told, ``false`` the changes told where
    no word of a report had changed; ``errors`` are its own notices of failure.
    """

    program: str
    set_up: str
    requests: int
    megabytes: float
    found: int
    missed: int
    false: int
    errors: int
    cpu: float

    @property
    def requests_per_change(self) -> float | None:
        """Return how many requests a real change cost that was found; None where none was."""
        return self.requests / self.found if self.found else None

    def as_json(self) -> dict[str, Any]:
        """Return the score as a document."""
        each = self.requests_per_change
        return {**asdict(self), "requests_per_change": None if each is None else round(each, 1)}


def score(
    plan: Plan,
    paths: Sequence[str],
    told: Sequence[Told],
    *,
    name: tuple[str, str],
    asked: Mapping[str, int],
) -> Score:
    """Return the score of what was told, round by round from 0 on.

    Each change told counts once: for the edit that it can be, if that was not told before, else as
    false. ``asked`` are the ``requests`` and ``bytes`` that the replica counted.
    """
    numbers = {path: number for number, path in enumerate(paths)}
    open_edits, false = list(plan.edits), 0
    for round_, each in enumerate(told):
        for path in each.changed:
            page = numbers.get(path, -1)
            edit = next((one for one in open_edits if plan.is_found(one, page, round_)), None)
            if edit:
                open_edits.remove(edit)
            else:
                false += 1
    return Score(
        *name,
        requests=asked["requests"],
        megabytes=round(asked["bytes"] / 1e6, 1),
        found=len(plan.edits) - len(open_edits),
        missed=len(open_edits),
        false=false,
        errors=sum(each.errors for each in told),
        cpu=round(sum(each.cpu for each in told), 1),
    )
