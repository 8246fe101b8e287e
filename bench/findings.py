"""What a bench run found out, before it is judged or printed."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.child import Cost
from bench.contest import Sample
from bench.services import PageServer
from bench.stored import Stored


@dataclass(frozen=True)
class Spread:
    """The median of several rounds with the least and the most."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Summarize at least one value."""
        return cls(statistics.median(values), min(values), max(values))


def total_cpu(cost: Cost) -> float:
    """Return CPU seconds, the Prefect server's among them."""
    return cost.cpu + cost.server_cpu


def wall(cost: Cost) -> float:
    """Return wall seconds."""
    return cost.wall


@dataclass
class Findings:
    """Everything measured; a part that was not asked for stays empty.

    ``stored`` is the direct product's database after each scenario of the last round, in order;
    ``client_mb`` the peak memory of a program that imports Prefect and nothing else;
    ``rest_requests`` those of a look at all reports where REST tells what was modified; ``peers``
    what the other watchers came to beside the product, as one document; ``matching`` the
    seconds that changes took to find their readers; ``page_ms`` how long each
    page of the monitor takes, its median and 95th percentile; ``start`` the CPU seconds of a
    command that reads and of its imports alone, and their ratio.
    """

    site: PageServer
    samples: list[Sample] = field(default_factory=list)
    stored: dict[str, Stored] = field(default_factory=dict)
    client_mb: float = 0.0
    rest_requests: dict[str, int] = field(default_factory=dict)
    peers: dict[str, Any] = field(default_factory=dict)
    readings: dict[str, Any] = field(default_factory=dict)
    mail_seconds: float | None = None
    matching: dict[str, float] = field(default_factory=dict)
    page_ms: dict[str, dict[str, float]] = field(default_factory=dict)
    start: dict[str, float] = field(default_factory=dict)

    def costs(self, scenario: str, contestant: str) -> list[Cost]:
        """Return what each round cost."""
        return [
            each.cost
            for each in self.samples
            if (each.scenario, each.contestant) == (scenario, contestant)
        ]

    def median(
        self, scenario: str, contestant: str, of: Callable[[Cost], float] = total_cpu
    ) -> float | None:
        """Return the median over the rounds; None where nothing was measured."""
        costs = self.costs(scenario, contestant)
        return statistics.median(map(of, costs)) if costs else None

    def ratio(
        self, scenario: str, ours: str, theirs: str, of: Callable[[Cost], float] = total_cpu
    ) -> float | None:
        """Return how many times theirs ours took, as the median of the rounds' own ratios."""
        pairs = zip(self.costs(scenario, ours), self.costs(scenario, theirs), strict=False)
        ratios = [of(one) / of(other) for one, other in pairs]
        return statistics.median(ratios) if ratios else None

    def further(self, scenario: str, contestant: str) -> float | None:
        """Return CPU seconds of each further page: a run's without those of a run of one page."""
        whole, one = self.median(scenario, contestant), self.median("one", contestant)
        if whole is None or one is None or self.site.pages < 2:
            return None
        return (whole - one) / (self.site.pages - 1)

    def grown(self, scenario: str) -> tuple[Stored, Stored] | None:
        """Return the database before and after a scenario."""
        names = list(self.stored)
        if scenario not in names or not names.index(scenario):
            return None
        return self.stored[names[names.index(scenario) - 1]], self.stored[scenario]
