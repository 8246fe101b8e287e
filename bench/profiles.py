"""Say where the product's CPU goes: own time by part, and the functions that cost most."""

from __future__ import annotations

import pstats
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.child import ROOT, run
from bench.contest import SCENARIOS, Product
from bench.services import PageServer

TOP = 25
_PACKAGE = re.compile(r"site-packages/([^/]+)")
_BUILTIN = re.compile(r"sqlite3|lxml|zstd|_hashlib|_ssl|socket|rapidfuzz|marshal|posix|re\.|json")

Function = tuple[str, int, str]


def profile(site: PageServer, home: Path, name: str) -> None:
    """Print the profile of one scenario, run directly; what comes before it is run unprofiled."""
    Product(home / "warm-up").look(site.origins["plain"], urls=[site.first_url])
    product = Product(home / "product")
    for scenario in SCENARIOS:
        origin = site.origins[scenario.mode]
        if scenario.name == name:
            out = home / "profile"
            command = product.command(origin, site.editions, ())
            profiled = [sys.executable, "-m", "bench.profiled", str(out), *command[3:]]
            run(profiled, product.environment())
            _show(str(out), scenario.what, site.pages)
            return
        product.look(origin, site.editions)


def _show(path: str, what: str, pages: int) -> None:
    stats: Mapping[Function, Any] = pstats.Stats(path).stats  # type: ignore[attr-defined]
    whole = sum(row[2] for row in stats.values())
    print(f"\n{what}: {whole:.2f} s of CPU under the profiler, {pages} pages")
    print("\nown time by part")
    for part, seconds in _by_part(stats).most_common(16):
        print(f"  {100 * seconds / whole:5.1f} %  {part}")
    print("\nown time by function")
    rows = sorted(stats.items(), key=lambda row: -row[1][2])[:TOP]
    _print_rows(rows, whole, place=2)
    print("\nour functions, with what they call")
    ours = [row for row in stats.items() if _is_ours(row[0])]
    _print_rows(sorted(ours, key=lambda row: -row[1][3])[:TOP], whole, place=3)


def _print_rows(rows: Sequence[tuple[Function, Any]], whole: float, *, place: int) -> None:
    for function, row in rows:
        print(f"  {100 * row[place] / whole:5.1f} %  {row[1]:>8} calls  {_name(function)}")


def _by_part(stats: Mapping[Function, Any]) -> Counter[str]:
    parts: Counter[str] = Counter()
    for function, row in stats.items():
        parts[_part(function)] += row[2]
    return parts


def _part(function: Function) -> str:
    file, _, name = function
    if found := _PACKAGE.search(file):
        return found[1]
    if file.startswith(str(ROOT)):
        return Path(file).relative_to(ROOT).parts[0] + "/"
    if file == "~":
        known = _BUILTIN.search(name)
        return f"built-in: {known[0]}" if known else "built-in"
    return "imports" if "importlib" in file else "standard library"


def _is_ours(function: Function) -> bool:
    file = function[0]
    return file.startswith(str(ROOT)) and "site-packages" not in file


def _name(function: Function) -> str:
    file, line, name = function
    if file == "~":
        return name
    return f"{Path(file).parent.name}/{Path(file).name}:{line} {name}"
