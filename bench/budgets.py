"""The budgets of the design, each with what was measured and whether it is met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from bench.contest import Plain, Product, ProductFlow
from bench.findings import Findings, total_cpu, wall
from bench.modes import SOUP, TRAFILATURA, UNCHANGED, WHOLLY

FLOW, DIRECT, PLAIN = ProductFlow.name, Product.name, Plain.name


@dataclass(frozen=True)
class Budget:
    """One budget: a bound, what was measured (None: not in this run) and in which unit."""

    what: str
    bound: float
    measured: float | None
    unit: str
    is_floor: bool = False

    @property
    def verdict(self) -> str:
        """Return ``met``, ``missed`` or ``not measured``."""
        if self.measured is None:
            return "not measured"
        kept = self.measured >= self.bound if self.is_floor else self.measured <= self.bound
        return "met" if kept else "missed"

    def as_json(self) -> dict[str, Any]:
        """Return the budget as a document."""
        return {**asdict(self), "verdict": self.verdict}


def budgets(found: Findings) -> list[Budget]:
    """Judge everything that was measured."""
    return [
        *_speed(found),
        *_orchestration(found),
        *_storage(found),
        *_reading(found),
        *_comparing(found),
        *_matching(found),
        *_pages(found),
        *_start(found),
    ]


def _speed(found: Findings) -> Iterator[Budget]:
    bounds = {"first": 0.2, "304": 1.5, "200": 1.5, "noisy": 0.08}
    names = {
        "first": "first crawl",
        "304": "unchanged, 304s",
        "200": "unchanged, 200s",
        "noisy": "noisy",
    }
    for scenario, bound in bounds.items():
        for kind, of in (("CPU", total_cpu), ("wall", wall)):
            measured = found.ratio(scenario, FLOW, PLAIN, of)
            yield Budget(f"{names[scenario]}: {kind} to the script's", bound, measured, "x")
        ours, theirs = found.further(scenario, FLOW), found.further(scenario, PLAIN)
        more = ours / theirs if ours is not None and theirs else None
        yield Budget(f"{names[scenario]}: CPU of each further page", bound, more, "x")


def _orchestration(found: Findings) -> Iterator[Budget]:
    count = found.site.large
    for scenario, name in (("large-first", "first crawl"), ("large-200", "unchanged")):
        flow, direct = found.median(scenario, FLOW), found.median(scenario, DIRECT)
        share = 100 * (flow - direct) / flow if flow and direct else None
        yield Budget(f"orchestration's share of CPU, {name} of {count}", 5.0, share, "%")
    peak = found.median("large-first", FLOW, lambda cost: cost.peak_mb)
    above = peak - found.client_mb if peak else None
    yield Budget(f"peak memory above Prefect's client, {count} pages", 150.0, above, "MB")
    asked = found.rest_requests.get("unchanged")
    yield Budget(f"requests for an unchanged watch of {count}", 39.0, asked, "")


def _storage(found: Findings) -> Iterator[Budget]:
    first = found.stored.get("first")
    each = first.file_bytes / first.versions / 1024 if first else None
    yield Budget("stored for a first version, whole database", 45.0, each, "KB")
    noisy, edits = found.grown("noisy"), found.grown("edits")
    added = float(noisy[1].payloads - noisy[0].payloads) if noisy else None
    yield Budget("payloads that noise alone adds", 0.0, added, "")
    changed = (edits[1].of() - edits[0].of()) / found.site.edits / 1024 if edits else None
    yield Budget("stored for a changed version (one word)", 1.2, changed, "KB")


def _reading(found: Findings) -> Iterator[Budget]:
    costs = found.readings.get("reading", {})
    wholly, unchanged = costs.get(WHOLLY), costs.get(UNCHANGED)
    yield Budget("reading a page wholly, CPU", 9.0, wholly, "ms")
    yield Budget("a page whose region is unchanged, CPU", 0.5, unchanged, "ms")
    for name in (SOUP, TRAFILATURA):
        share = wholly / costs[name] if wholly else None
        yield Budget(f"reading wholly, to {name}", 1.0, share, "x")


def _comparing(found: Findings) -> Iterator[Budget]:
    diffs, verify = found.readings.get("diffs", {}), found.readings.get("verify", {})
    summary, whole = diffs.get("summary", {}), diffs.get("whole", {})
    editions = diffs.get("editions", {})
    yield Budget("reading everything stored back", 200.0, verify.get("per_second"), "/s", True)
    yield Budget("word diff of two summaries, median", 1.0, summary.get("median"), "ms")
    yield Budget("word diff of two summaries, slowest", 1.0, summary.get("max"), "ms")
    yield Budget("word diff of two whole reports, slowest", 15.0, whole.get("max"), "ms")
    yield Budget("two editions of a report compared, slowest", 15.0, editions.get("max"), "ms")
    yield Budget("from the run's close to the last mail", 2.0, found.mail_seconds, "s")


def _matching(found: Findings) -> Iterator[Budget]:
    what = "200 changes matched with 10,000 subscriptions and queued"
    yield Budget(what, 5, found.matching.get("seconds"), "s")


def _pages(found: Findings) -> Iterator[Budget]:
    slowest = max((each["p95"] for each in found.page_ms.values()), default=None)
    yield Budget("slowest page of the monitor, 95th percentile", 100, slowest, "ms")


def _start(found: Findings) -> Iterator[Budget]:
    what = "`reports --json`: CPU to its imports'"
    yield Budget(what, 2.0, found.start.get("ratio"), "x")
