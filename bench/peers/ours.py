"""The product itself as one of the watchers: ``reportwatch ingest`` and ``changes``."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from bench.child import run
from bench.modes import SOURCE
from bench.peers.watcher import Told, Watcher

_COMMAND = (sys.executable, "-m", "cli")
_INGESTED = (0, 1)
"""Exit codes of ``ingest``: 1 says that something failed, and its document says what."""


class Reportwatch(Watcher):
    """``ingest`` of the replica's editions; ``hints`` are those it may go by, ``""`` for its own.

    What it tells are the rows that ``changes`` has more than before; the cost of asking for them is
    not counted.
    """

    program = "reportwatch"

    def __init__(self, editions: Sequence[str], hints: str = "") -> None:
        self.set_up = "without hints" if hints == "none" else "as it comes"
        self._editions = editions
        self._hints = hints
        self._last_change = 0
        self._paths: dict[str, str] = {}

    def environment(self) -> dict[str, str]:
        """Add its folder, and the hints where they are not its own choice."""
        told = {"REPORTWATCH_HINTS": self._hints} if self._hints else {}
        return {**super().environment(), "REPORTWATCH_HOME": str(self.home), **told}

    def look(self) -> Told:
        """Run ``ingest`` once."""
        asked = [part for each in self._editions for part in ("--edition", each)]
        command = [*_COMMAND, "ingest", SOURCE, "--json", "--via", self.origin, "--delay", "0"]
        cost, told = run([*command, *asked], self.environment(), _INGESTED)
        changed = [self._paths.get(row["report"], "") for row in self._news()]
        if not self._paths:
            self._paths = self._known_paths()
        return Told(changed, len(json.loads(told)["failures"]), cost.cpu)

    def _news(self) -> list[dict[str, Any]]:
        """Return the changes since the last call that are told to somebody: baselines are not."""
        rows = [row for row in self._asked("changes") if row["change"] > self._last_change]
        self._last_change = max([row["change"] for row in rows], default=self._last_change)
        return [row for row in rows if not row["is_baseline"]]

    def _known_paths(self) -> dict[str, str]:
        """Return the path of each report's page, as the program itself knows it."""
        return {
            row["report"]: path
            for row in self._asked("reports")
            for url in row["locations"]
            if (path := self.path_of(url))
        }

    def _asked(self, what: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads(
            run([*_COMMAND, what, "--json"], self.environment())[1]
        )
        return rows
