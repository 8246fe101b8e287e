"""Let every watcher go through all rounds on the replica, two of them at a time, and score them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from bench.child import BenchFailed
from bench.modes import ROUND_PATH
from bench.peers.changedetection import ChangeDetection
from bench.peers.environment import installed
from bench.peers.ours import Reportwatch
from bench.peers.plan import Plan, make_plan
from bench.peers.score import Score, score
from bench.peers.watcher import Watcher
from bench.peers.webchanges import Webchanges
from bench.services import counted, running

AT_ONCE = 2
MOST_WATCHERS = 6


@dataclass(frozen=True)
class Replica:
    """The running replica: a port for each watcher, and what it serves."""

    origins: Sequence[str]
    editions: Sequence[str]
    paths: Sequence[str]
    rounds: int
    mean_kb: int

    @property
    def plan(self) -> Plan:
        """Return what happens on it: the plan is made again, from the same seed."""
        return make_plan(len(self.paths), self.rounds)


@contextmanager
def replica(corpus: Path | None, *arguments: str, ports: int = MOST_WATCHERS) -> Iterator[Replica]:
    """Serve the replica for as long as the block lasts."""
    command = [sys.executable, "-m", "bench.peers.replica", "--ports", str(ports), *arguments]
    command += ["--corpus", str(corpus)] if corpus else []
    with running(command, dict(os.environ), stdout=subprocess.PIPE) as child:
        assert child.stdout
        line = child.stdout.readline()
        if not line:
            raise BenchFailed("the replica does not start")
        yield Replica(**json.loads(line))


def beside_peers(corpus: Path | None, scratch: Path, say: Callable[[str], None]) -> dict[str, Any]:
    """Measure the product and the other watchers; return one document.

    Where the others cannot be installed, that is said and the product is measured alone.
    """
    try:
        folder = installed()
    except BenchFailed as failure:
        say(f"the other watchers cannot be installed, so they are left out: {failure}")
        folder = None
    with replica(corpus) as served:
        watchers = [*(_others(folder) if folder else ()), *_ours(served)]
        scores = contest(served, watchers, scratch, say)
        return {
            "pages": len(served.paths),
            "mean_kb": served.mean_kb,
            "rounds": served.rounds,
            "edits": len(served.plan.edits),
            "troubles": len(served.plan.troubles),
            "programs": [each.as_json() for each in reversed(scores)],
        }


def _others(folder: Path) -> list[Watcher]:
    """Return the other programs, those that take longest first."""
    return [
        ChangeDetection(folder, is_tuned=True),
        ChangeDetection(folder, is_tuned=False),
        Webchanges(folder, is_tuned=True),
        Webchanges(folder, is_tuned=False),
    ]


def _ours(served: Replica) -> list[Watcher]:
    return [Reportwatch(served.editions, hints="none"), Reportwatch(served.editions)]


def contest(
    served: Replica, watchers: Sequence[Watcher], scratch: Path, say: Callable[[str], None]
) -> list[Score]:
    """Return each watcher's score, in their order; one that breaks down is said and left out."""

    def watched(number: int) -> Score | None:
        watcher = watchers[number]
        try:
            found = _watch(served, watcher, served.origins[number], scratch / f"peer-{number}")
        except (BenchFailed, OSError) as failure:
            say(f"{watcher.name} broke down and is left out: {failure}")
            return None
        say(
            f"{watcher.name:34} {found.requests:6} requests  {found.found:3} found  "
            f"{found.missed:3} missed  {found.false:5} false"
        )
        return found

    with ThreadPoolExecutor(AT_ONCE) as lanes:
        scores = lanes.map(watched, range(len(watchers)))
        return [each for each in scores if each]


def _watch(served: Replica, watcher: Watcher, origin: str, home: Path) -> Score:
    """Take one watcher through all rounds."""
    told = []
    with watcher.watching(home, origin, served.paths):
        for round_ in range(served.rounds + 1):
            with urlopen(f"{origin}{ROUND_PATH}{round_}"):  # nosec B310 # loopback
                pass
            told.append(watcher.look())
    return score(
        served.plan,
        served.paths,
        told,
        name=(watcher.program, watcher.set_up),
        asked=counted(origin),
    )
