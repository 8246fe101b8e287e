"""Show what was found: tables for people, or one JSON document."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.budgets import budgets
from bench.contest import SCENARIOS, Plain, Product, ProductFlow
from bench.findings import Findings, Spread, total_cpu
from bench.modes import WHOLLY

NAMES = {
    **{each.name: each.what for each in SCENARIOS},
    "one": "one page, unchanged",
    "large-first": "first crawl, all editions",
    "large-200": "unchanged, all editions",
    "large-rest-unchanged": "the same, REST tells",
    "large-rest-edited": "some edited, REST tells",
}
WIDTH = 132
_ORDER = (ProductFlow.name, Product.name, Plain.name)


def document(found: Findings, rounds: int) -> dict[str, Any]:
    """Return everything as one JSON document."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "machine": {
            "processors": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.system(),
        },
        "rounds": rounds,
        "pages": {
            "count": found.site.pages,
            "mean_kb": round(found.site.bytes / found.site.pages / 1024, 1),
            "edited": found.site.edits,
            "large": found.site.large,
        },
        "runs": _runs(found),
        "marginal_cpu_ms": _marginal(found),
        "stored": {
            name: {"used_bytes": each.all_used, "file_bytes": each.file_bytes, "tables": each.used}
            for name, each in found.stored.items()
        },
        "rest_requests": found.rest_requests,
        "peers": found.peers,
        "prefect_client_mb": round(found.client_mb, 1),
        "readings": found.readings,
        "mail_seconds": found.mail_seconds,
        "matching": found.matching,
        "page_ms": found.page_ms,
        "start": found.start,
        "budgets": [each.as_json() for each in budgets(found)],
    }


def _runs(found: Findings) -> list[dict[str, Any]]:
    rows = []
    for scenario, what in NAMES.items():
        for contestant in _ORDER:
            costs = found.costs(scenario, contestant)
            if costs:
                pages = next(one.pages for one in found.samples if one.scenario == scenario)
                cpu = Spread.of([total_cpu(each) * 1000 / pages for each in costs])
                wall = Spread.of([each.wall * 1000 / pages for each in costs])
                rows.append(
                    {
                        "scenario": what,
                        "contestant": contestant,
                        "pages": pages,
                        "cpu_ms": _rounded(cpu),
                        "server_cpu_ms": _ms([each.server_cpu for each in costs], pages),
                        "wall_ms": _rounded(wall),
                        "peak_mb": round(max(each.peak_mb for each in costs), 1),
                    }
                )
    return rows


def _ms(seconds: Sequence[float], pages: int) -> float:
    return round(Spread.of(seconds).median * 1000 / pages, 2)


def _rounded(spread: Spread) -> dict[str, float]:
    return {
        "median": round(spread.median, 2),
        "min": round(spread.least, 2),
        "max": round(spread.most, 2),
    }


def _marginal(found: Findings) -> dict[str, dict[str, float]]:
    """Return CPU ms for each further page: a run's cost without that of a run of one page."""
    rows: dict[str, dict[str, float]] = {}
    for each in SCENARIOS:
        for contestant in _ORDER:
            more = found.further(each.name, contestant)
            if more is not None:
                rows.setdefault(each.what, {})[contestant] = round(more * 1000, 2)
    return rows


def show(told: dict[str, Any]) -> None:
    """Print the tables."""
    console = Console(highlight=False, width=WIDTH)
    pages = told["pages"]
    console.print(
        f"{pages['count']} pages of {pages['mean_kb']} KB, {told['rounds']} round(s), "
        f"{told['machine']['processors']} processors, {told['measured_at']}"
    )
    if told["runs"]:
        console.print(_runs_table(told["runs"]))
        console.print(_marginal_table(told["marginal_cpu_ms"]))
    if told["readings"]:
        console.print(_readings_table(told["readings"]["reading"]))
    if told["page_ms"]:
        console.print(_pages_table(told["page_ms"]))
    if told["peers"]:
        console.print(peers_table(told["peers"]))
    if any(each["measured"] is not None for each in told["budgets"]):
        console.print(_budget_table(told["budgets"]))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number > 1 else "left", no_wrap=True)
    return table


def _runs_table(rows: Sequence[dict[str, Any]]) -> Table:
    table = _table(
        "\nWhole runs, ms a page: median (least-most)",
        *("scenario", "program", "pages", "CPU", "of it server", "wall", "peak MB"),
    )
    for row in rows:
        table.add_row(
            row["scenario"],
            row["contestant"],
            str(row["pages"]),
            _span(row["cpu_ms"]),
            f"{row['server_cpu_ms']:.2f}",
            _span(row["wall_ms"]),
            f"{row['peak_mb']:.0f}",
        )
    return table


def _span(spread: dict[str, float]) -> str:
    return f"{spread['median']:.2f} ({spread['min']:.2f}-{spread['max']:.2f})"


def _marginal_table(rows: dict[str, dict[str, float]]) -> Table:
    table = _table("\nEach further page, CPU ms, start not counted", "scenario", *_ORDER)
    for scenario, costs in rows.items():
        table.add_row(scenario, *(f"{costs[name]:.2f}" if name in costs else "" for name in _ORDER))
    return table


def _readings_table(costs: dict[str, float]) -> Table:
    table = _table("\nReading one page, CPU ms", "program", "", "ms", "of ours")
    for name, cost in costs.items():
        table.add_row(name, "", f"{cost:.2f}", f"{cost / costs[WHOLLY]:.2f} x")
    return table


def _pages_table(pages: dict[str, dict[str, float]]) -> Table:
    table = _table("Pages of the monitor, milliseconds", "page", "median", "95th percentile")
    for name, spread in pages.items():
        table.add_row(name, f"{spread['median']:.1f}", f"{spread['p95']:.1f}")
    return table


def peers_table(peers: dict[str, Any]) -> Table:
    """Return what each watcher came to, a row for each."""
    table = _table(
        f"\nBeside other watchers: {peers['pages']} pages of {peers['mean_kb']} KB, "
        f"{peers['rounds']} rounds, {peers['edits']} real changes, {peers['troubles']} troubles",
        *("program", "set-up", "requests", "MB", "found", "missed", "false"),
        *("errors told", "requests a change", "CPU s"),
    )
    for row in peers["programs"]:
        each = row["requests_per_change"]
        table.add_row(
            row["program"],
            row["set_up"],
            *(str(row[name]) for name in ("requests", "megabytes", "found", "missed", "false")),
            str(row["errors"]),
            "" if each is None else f"{each:.0f}",
            f"{row['cpu']:.0f}",
        )
    return table


def _budget_table(rows: Sequence[dict[str, Any]]) -> Table:
    table = _table("\nBudgets", "budget", "verdict", "bound", "measured")
    for row in rows:
        bound = f"{'at least' if row['is_floor'] else 'at most'} {row['bound']:g} {row['unit']}"
        measured = "" if row["measured"] is None else f"{row['measured']:.3g} {row['unit']}"
        table.add_row(row["what"], row["verdict"], bound, measured)
    return table
