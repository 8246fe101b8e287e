"""Measure everything the performance budgets speak of, and say which of them are met."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.child import ROOT, BenchFailed, run
from bench.contest import (
    SCENARIOS,
    Contestant,
    Plain,
    Product,
    ProductFlow,
    Sample,
    by_rest,
    check,
    contest,
)
from bench.findings import Findings
from bench.library import REPORTS
from bench.matching import seconds_to_match
from bench.modes import LARGE
from bench.profiles import profile
from bench.services import PageServer, PrefectServer, page_server, prefect_server
from bench.stored import measure
from bench.tables import document, show

PARTS = (
    *(each.name for each in SCENARIOS),
    "large",
    "reading",
    "mail",
    "matching",
    "monitor",
    "peers",
    "start",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; return 0 when all was measured, whether the budgets are met or not."""
    chosen = _parser().parse_args(arguments)
    corpus = _corpus()
    _say(f"pages: {corpus}" if corpus else "no real pages: generated ones are measured on")
    with (
        tempfile.TemporaryDirectory(prefix="reportwatch-bench-") as scratch,
        _kept_bytecode(Path(scratch) / "bytecode"),
        page_server(corpus, chosen.pages, chosen.large) as site,
    ):
        try:
            if chosen.profile:
                profile(site, Path(scratch) / "profile", chosen.profile)
                return 0
            found = _measure(site, corpus, Path(scratch), chosen)
        except BenchFailed as failure:
            _say(str(failure))
            return 1
    told = document(found, chosen.rounds)
    if chosen.json:
        print(json.dumps(told, indent=2))
    else:
        show(told)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each scenario is run")
    parser.add_argument("--pages", type=int, default=0, help="take so many pages; 0 takes all")
    parser.add_argument(
        "--large",
        type=int,
        default=LARGE,
        help="reports in the run that orchestration is judged by",
    )
    parser.add_argument(
        "--library", type=int, default=REPORTS, help="reports the monitor's pages are measured over"
    )
    parser.add_argument(
        "--only", action="append", choices=PARTS, help="measure this part alone; repeatable"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument(
        "--profile",
        choices=[each.name for each in SCENARIOS],
        help="show where the product's CPU goes in one scenario instead",
    )
    return parser


def _corpus() -> Path | None:
    """Return the folder of real pages, None where there is none."""
    folder = Path(os.environ.get("REPORTWATCH_CORPUS", ROOT.parent / "shared" / "pages"))
    return folder.absolute() if folder.is_dir() else None


@contextmanager
def _kept_bytecode(folder: Path) -> Iterator[None]:
    """Have the measured programs keep compiled modules, as installed ones do, whatever the shell.

    Without it each start compiles two thousand modules anew, which costs more than 400 pages.
    """
    before = dict(os.environ)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _measure(
    site: PageServer, corpus: Path | None, scratch: Path, chosen: argparse.Namespace
) -> Findings:
    wanted = chosen.only or PARTS
    found = Findings(site)
    if not set(wanted) <= {"peers", "monitor", "matching", "start"}:
        _alone(found, corpus, scratch, chosen)
    if "matching" in wanted:
        _say("matching: 200 changes against 10,000 subscriptions")
        found.matching = seconds_to_match(scratch / "matching")
    if "start" in wanted:
        _say("start: a command that reads, beside its imports")
        from bench.start import start_cpu  # the sample site is for this part alone

        found.start = start_cpu(scratch / "start")
    if "monitor" in wanted:
        _say(f"monitor: its pages over {chosen.library:,} reports, which take minutes to make")
        from bench.monitor_speed import monitor_speed  # the monitor is for this part alone

        found.page_ms = monitor_speed(scratch, chosen.library)
    if "peers" in wanted:
        _say("peers: other watchers beside the product")
        from bench.peers.contest import beside_peers  # the peers are for this part alone

        found.peers = beside_peers(corpus, scratch / "peers", _say)
    return found


def _alone(found: Findings, corpus: Path | None, scratch: Path, chosen: argparse.Namespace) -> None:
    """Measure the product and the plain script."""
    site, wanted = found.site, chosen.only or PARTS
    with prefect_server(scratch / "prefect") as server:
        for contestant in _contestants(scratch / "warm-up", server):
            contestant.look(site.origins["plain"], urls=[site.first_url])
        found.client_mb = _prefect_client_mb()
        for number in range(chosen.rounds):
            _round(found, _contestants(scratch / f"round-{number}", server), wanted)
        if "large" in wanted:
            _large(found, scratch / "large", server)
    if "reading" in wanted:
        home = scratch / f"round-{chosen.rounds - 1}" / "direct"
        found.readings = _readings(home, corpus, chosen.pages)
    if "mail" in wanted:
        _say("mail: from an edit to a mail server")
        from bench.mail import seconds_to_mail  # the mail sink is for this part alone

        found.mail_seconds = seconds_to_mail(site, scratch / "mail")


def _contestants(folder: Path, server: PrefectServer) -> list[Contestant]:
    return [
        ProductFlow(folder / "flow", server),
        Product(folder / "direct"),
        Plain(folder / "plain"),
    ]


def _round(found: Findings, contestants: Sequence[Contestant], wanted: Sequence[str]) -> None:
    databases = {each.name: each.database for each in contestants if isinstance(each, Product)}
    found.stored.clear()
    for sample in contest(found.site, contestants, wanted):
        _note(found, sample)
        if sample.contestant == Product.name:
            found.stored[sample.scenario] = measure(databases[sample.contestant])


def _large(found: Findings, folder: Path, server: PrefectServer) -> None:
    """Run the product over as many reports as nine editions have, once."""
    site = found.site
    for product in (ProductFlow(folder / "flow", server), Product(folder / "direct")):
        for name, mode, outcome in (
            ("large-first", "large", "published"),
            ("large-200", "large_plain", "unchanged"),
        ):
            cost, counts = product.look(site.origins[mode], site.large_editions)
            check(f"{product.name}, {name}", counts, {outcome: site.large})
            _note(found, Sample(name, product.name, site.large, cost))
    for what, sample, requests in by_rest(site, Product(folder / "direct")):
        found.rest_requests[what] = requests
        _note(found, sample)


def _readings(home: Path, corpus: Path | None, pages: int) -> dict[str, object]:
    _say("reading, comparing and reading back")
    command = [sys.executable, "-m", "bench.readings", str(home), "--pages", str(pages)]
    command += ["--corpus", str(corpus)] if corpus else []
    told: dict[str, object] = json.loads(run(command, os.environ)[1])
    return told


def _prefect_client_mb() -> float:
    command = [sys.executable, "-c", "from prefect import flow, task"]
    return run(command, os.environ)[0].peak_mb


def _note(found: Findings, sample: Sample) -> None:
    found.samples.append(sample)
    cost, pages = sample.cost, sample.pages
    _say(
        f"{sample.scenario:12} {sample.contestant:20} {pages:5} pages  "
        f"CPU {cost.cpu * 1000 / pages:7.2f} ms  wall {cost.wall * 1000 / pages:7.2f} ms a page"
    )


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
