"""Count what many broken pages came to, and tell it as a table."""

from __future__ import annotations

import resource
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.table import Table

from bench.fuzz import breaking, harmless, mixing  # noqa: F401 - importing enters the mutations
from bench.fuzz.mutations import mutant
from bench.fuzz.oracle import Look, look
from bench.fuzz.seeds import Seeds

TOLD = 20
"""Faults of one kind that are told with their pages."""
MOST_MB = 1_000
"""Resident memory of a process from which there is a fault; pages of megabytes take 300 to 600."""
_MAXRSS_PER_MB = 1024**2 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Share:
    """What some pages came to in one process, and the most memory it has had so far."""

    looks: int
    outcomes: Counter[str]
    faulty: tuple[Look, ...]
    slowest: Look
    peak_mb: float
    peak_at: int
    cpu: float


def work_through(numbers: Sequence[int], corpus: Path | None) -> Share:
    """Break the pages of these numbers and look at them."""
    seeds, outcomes, faulty = Seeds(corpus), Counter[str](), []
    slowest, cpu = Look(-1, "", 0, ""), 0.0
    peak, peak_at = _peak_mb(), -1
    for number in numbers:
        seen = look(mutant(number, seeds))
        outcomes[seen.outcome] += 1
        cpu += seen.cpu
        if seen.faults:
            faulty.append(seen)
        slowest = max(slowest, seen, key=lambda one: one.cpu)
        if _peak_mb() > peak:
            peak, peak_at = _peak_mb(), number
    return Share(len(numbers), outcomes, tuple(faulty), slowest, peak, peak_at, cpu)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MAXRSS_PER_MB


@dataclass
class Tally:
    """The sum of all shares."""

    pages: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    faulty: list[Look] = field(default_factory=list)
    slowest: Look = field(default_factory=lambda: Look(-1, "", 0, ""))
    peak_mb: float = 0.0
    peak_at: int = -1
    cpu: float = 0.0

    def add(self, share: Share) -> None:
        """Add a share."""
        self.pages += share.looks
        self.outcomes += share.outcomes
        self.cpu += share.cpu
        self.faulty += share.faulty
        for seen in share.faulty:
            self.faults.update({_kind(fault) for fault in seen.faults})
        self.slowest = max(self.slowest, share.slowest, key=lambda one: one.cpu)
        if share.peak_mb > self.peak_mb:
            self.peak_mb, self.peak_at = share.peak_mb, share.peak_at
        if self.peak_mb > MOST_MB:
            self.faults["memory"] = 1

    def told(self) -> Iterator[str]:
        """Tell the first faults of each kind, each with the number that shows it again."""
        shown: Counter[str] = Counter()
        for seen in sorted(self.faulty, key=lambda one: one.number):
            for fault in dict.fromkeys(seen.faults):
                shown[_kind(fault)] += 1
                if shown[_kind(fault)] <= TOLD:
                    yield f"{seen.number} ({seen.story}): {fault}"

    def table(self, seconds: float) -> Table:
        """Return everything as a table."""
        table = Table(box=None, pad_edge=False, header_style="bold", show_header=False)
        rate = self.pages / seconds if seconds else 0.0
        table.add_row("pages", f"{self.pages:,} in {seconds / 60:.1f} min, {rate:.0f} a second")
        for outcome, count in self.outcomes.most_common():
            table.add_row(f"  {outcome}", f"{count:,}")
        mean = self.cpu / self.pages * 1000 if self.pages else 0.0
        slowest = self.slowest
        size = f"{slowest.size / 1024:,.0f} KB"
        table.add_row("judging and reading", f"{mean:.2f} ms of CPU a page")
        table.add_row("slowest", f"{slowest.cpu:.2f} s, {size}: {slowest.number} ({slowest.story})")
        table.add_row("peak memory", f"{self.peak_mb:.0f} MB of one process, at {self.peak_at}")
        for kind, count in self.faults.most_common():
            table.add_row(f"FAULT {kind}", f"{count:,}")
        table.add_row("faults", f"{sum(self.faults.values()):,}")
        return table


def _kind(fault: str) -> str:
    return fault.partition(":")[0]
