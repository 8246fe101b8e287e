"""Let the product and the plain script do the same work in turn, and check what they came to."""

from __future__ import annotations

import json
import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.child import ROOT, BenchFailed, Cost, run
from bench.modes import SOURCE
from bench.services import PageServer, PrefectServer


@dataclass(frozen=True)
class Scenario:
    """One look at all pages: what is served, and what must come of it.

    The script is left out where ``is_compared`` is false.
    """

    name: str
    mode: str
    what: str
    counts: Callable[[PageServer], Mapping[str, int]]
    is_compared: bool = True


SCENARIOS = (
    Scenario("first", "tagged", "first crawl", lambda site: {"published": site.pages}),
    Scenario("304", "tagged", "unchanged, 304s", lambda site: {"unchanged": site.pages}),
    Scenario("200", "plain", "unchanged, 200s", lambda site: {"unchanged": site.pages}),
    Scenario("noisy", "noisy", "noisy, 200s", lambda site: {"unchanged": site.pages}),
    Scenario(
        "edits",
        "edited",
        "some edited",
        lambda site: {"edited": site.edits, "unchanged": site.pages - site.edits},
        is_compared=False,  # a test of counts and storage; no budget compares it
    ),
)


@dataclass(frozen=True)
class Sample:
    """One measured run."""

    scenario: str
    contestant: str
    pages: int
    cost: Cost


class Contestant(ABC):
    """A program that looks at pages and remembers them in a folder of its own."""

    name: str

    def __init__(self, home: Path) -> None:
        self.home = home
        home.mkdir(parents=True, exist_ok=True)

    @abstractmethod
    def command(self, origin: str, editions: Sequence[str], urls: Sequence[str]) -> list[str]:
        """Return the program for one look at all pages of some editions, or at some pages."""

    def environment(self) -> dict[str, str]:
        """Return the variables the program is started with."""
        kept = {
            k: v for k, v in os.environ.items() if not k.startswith(("REPORTWATCH_", "PREFECT_"))
        }
        return {**kept, "REPORTWATCH_HOME": str(self.home), "REPORTWATCH_DELAY": "0"}

    def look(
        self, origin: str, editions: Sequence[str] = (), urls: Sequence[str] = ()
    ) -> tuple[Cost, dict[str, int]]:
        """Run the program once; return its cost and the counts that are not zero."""
        cost, told = run(self.command(origin, editions, urls), self.environment())
        counts = json.loads(told)["counts"]
        return cost, {name: count for name, count in counts.items() if count}


class Plain(Contestant):
    """The plain script."""

    name = "plain script"

    def command(self, origin: str, editions: Sequence[str], urls: Sequence[str]) -> list[str]:
        """Return the script's command line."""
        asked = [part for url in urls for part in ("--url", url)]
        database = str(self.home / "plain.sqlite")
        return [
            sys.executable,
            str(ROOT / "bench/plain_script.py"),
            database,
            origin,
            *editions,
            *asked,
        ]


class Product(Contestant):
    """``reportwatch ingest`` without a Prefect server; ``hints`` are those it may go by."""

    name = "reportwatch, direct"

    def __init__(self, home: Path, hints: str = "") -> None:
        super().__init__(home)
        self._hints = hints

    def environment(self) -> dict[str, str]:
        """Add the hints, where they are not the product's own choice."""
        told = {"REPORTWATCH_HINTS": self._hints} if self._hints else {}
        return {**super().environment(), **told}

    @property
    def database(self) -> Path:
        """The SQLite file it keeps."""
        return self.home / "reportwatch.sqlite"

    def command(self, origin: str, editions: Sequence[str], urls: Sequence[str]) -> list[str]:
        """Return the ``ingest`` command."""
        asked = [part for each in editions for part in ("--edition", each)]
        asked += [part for url in urls for part in ("--url", url)]
        return [sys.executable, "-m", "cli", "ingest", SOURCE, "--json", "--via", origin, *asked]


class ProductFlow(Product):
    """``reportwatch ingest`` as a flow run of a Prefect server that answers."""

    name = "reportwatch, flow"

    def __init__(self, home: Path, server: PrefectServer) -> None:
        super().__init__(home)
        self._server = server

    def environment(self) -> dict[str, str]:
        """Add where the server answers."""
        return {**super().environment(), "PREFECT_API_URL": self._server.api_url}

    def look(
        self, origin: str, editions: Sequence[str] = (), urls: Sequence[str] = ()
    ) -> tuple[Cost, dict[str, int]]:
        """Run the flow; the server's CPU is told apart."""
        before = self._server.cpu()
        cost, counts = super().look(origin, editions, urls)
        return replace(cost, server_cpu=self._server.settled_cpu() - before), counts


def contest(
    site: PageServer, contestants: Sequence[Contestant], wanted: Sequence[str]
) -> Iterator[Sample]:
    """Let fresh contestants go through the scenarios in turn, A B C A B C.

    The first crawl is always made, since the others need it. Raises BenchFailed if the product
    does not come to the right counts, since speed is never bought with wrongness, or if the script
    does not look at every page.
    """
    for scenario in SCENARIOS:
        if scenario.name not in ("first", *wanted):
            continue
        for contestant in contestants:
            if not (scenario.is_compared or isinstance(contestant, Product)):
                continue
            cost, counts = contestant.look(site.origins[scenario.mode], site.editions)
            if isinstance(contestant, Product):
                check(f"{contestant.name}, {scenario.what}", counts, scenario.counts(site))
            elif counts.get("checked") != site.pages:
                raise BenchFailed(f"{contestant.name}, {scenario.what}: {counts}")
            yield Sample(scenario.name, contestant.name, site.pages, cost)
    for contestant in contestants:
        cost, _ = contestant.look(site.origins["plain"], urls=[site.first_url])
        yield Sample("one", contestant.name, 1, cost)


def by_rest(site: PageServer, product: Product) -> Iterator[tuple[str, Sample, int]]:
    """Yield looks at all reports where REST tells what was modified, and the requests of each.

    The first look, not yielded, learns what was modified when. Raises BenchFailed where an edit is
    missed: then fetching everything finds what asking did not.
    """
    product.look(site.origins["large_rest"], site.large_editions)
    for what, mode, edits in (
        ("unchanged", "large_rest", 0),
        ("edited", "large_rest_edited", site.large_edits),
    ):
        before = site.requests(mode)
        cost, counts = product.look(site.origins[mode], site.large_editions)
        _check_edits(f"{product.name}, {what}, by REST", counts, edits)
        requests = site.requests(mode) - before
        yield what, Sample(f"large-rest-{what}", product.name, site.large, cost), requests
    everything = Product(product.home, hints="none")
    _, counts = everything.look(site.origins["large_rest_edited"], site.large_editions)
    _check_edits("fetching everything after asking what changed", counts, 0)


def _check_edits(what: str, counts: Mapping[str, int], edits: int) -> None:
    """Raise BenchFailed unless so many edits were found and nothing else happened.

    How many locations are counted as checked is left open: not all of them need be asked.
    """
    news = {name: n for name, n in counts.items() if name not in ("checked", "unchanged")}
    if news != ({"edited": edits} if edits else {}):
        raise BenchFailed(f"{what}: {dict(counts)} instead of {edits} edited, no other news")


def check(what: str, counts: Mapping[str, int], wanted: Mapping[str, int]) -> None:
    """Raise BenchFailed where a run did not come to what it must."""
    expected = {"checked": sum(wanted.values()), **{k: v for k, v in wanted.items() if v}}
    if counts != expected:
        raise BenchFailed(f"{what}: {counts} instead of {expected}")
