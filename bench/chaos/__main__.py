"""Kill and stop the programs of a real ``reportwatch up``: ``python -m bench.chaos``.

Its site is edited between the blows; in the end every edit must have been mailed once. Then all of
``up`` is killed, left alone for some minutes under further edits, and started again. Everything is
on loopback and in a folder of its own. The supervisor is not struck by itself: nothing but systemd
starts it again, and it is killed with all the others at the end.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from itertools import cycle, islice
from pathlib import Path

from rich.console import Console
from rich.table import Table

from alerts.sink import Sink
from bench.chaos.installation import SOURCE, SUBSCRIBER, Installation, waited
from bench.chaos.kills import BOUND, ROLES, SIGNALS, Blow, schedule, strike
from bench.chaos.ledger import Ledger
from bench.chaos.publisher import EDITION, EditedSite, Mails
from bench.child import BenchFailed
from deployments.sample_site import serve

TOLD_SECONDS = 240.0
"""How long the mails of the last edits are waited for."""

GONE_SECONDS = 10.0
SETTLE_SECONDS = 60.0
"""How long after the catch-up run is looked at, to see which runs come besides."""

LONGEST_PAUSE = 5.0


class Trial:
    """One installation, what was done to it, and what was found."""

    def __init__(self, up: Installation, site: EditedSite, sink: Sink, seed: int) -> None:
        self.up, self._site, self._sink = up, site, sink
        self._chance = random.Random(seed)
        self._pages = cycle(site.pages)
        self._pending: dict[str, str] = {}
        self.edits: list[str] = []
        self.blows: list[Blow] = []
        self.found: dict[str, object] = {}
        self.faults: list[str] = []

    def prepare(self) -> None:
        """Read the site once, subscribe a reader, and start everything."""
        self.up.command("ingest", SOURCE, "--edition", EDITION)
        self.up.command("subscribe", SUBSCRIBER)
        self.up.start()

    def edit(self) -> None:
        """Edit a page whose last edit was mailed; none, if all of them are waited for."""
        mails = self._mails()
        self._pending = {p: token for p, token in self._pending.items() if not mails.told(token)}
        turns = islice(self._pages, len(self._site.pages))
        page = next((each for each in turns if each not in self._pending), None)
        if page is not None:
            self._pending[page] = self._site.edit(page)
            self.edits.append(self._pending[page])

    def strike(self, count: int) -> None:
        """Strike so many programs one after another, with an edit before each."""
        for number, (role, how) in enumerate(schedule(count, self._chance), start=1):
            self.edit()
            if not self.up.is_up:
                self.faults.append(f"`up` ended before blow {number}")
                self.up.start()
            blow = strike(self.up, number, role, how, self._chance.uniform(0, LONGEST_PAUSE))
            self.blows.append(blow)
            took = "did not come back" if blow.seconds is None else f"{blow.seconds:5.1f} s"
            say(
                f"{number:3} {role:8} {blow.signal:8} {took}  load {blow.load:5.2f}  "
                f"edits {len(self.edits)}, mails {len(self._sink.mails())}  {blow.note}"
            )

    def stay_away(self, seconds: float) -> None:
        """Kill all of ``up``, edit meanwhile, start it again and count what runs then."""
        # Before its first scheduled run, a server may have made none that could be missed.
        if waited(self._has_run_as_scheduled, TOLD_SECONDS, pause=1.0) is None:
            self.faults.append("nothing ran as scheduled before the kill")
        self.up.kill()
        if waited(lambda: not self.up.left(), GONE_SECONDS) is None:
            self.faults.append(f"left after the kill of `up`: {self._names()}")
        for _ in range(3):
            self.edit()
            time.sleep(seconds / 3)
        with closing(Ledger(self.up.home)) as ledger:
            last = ledger.last_run()
        began = time.time()
        self.up.start()

        def has_caught_up() -> bool:
            with closing(Ledger(self.up.home)) as ledger:
                return any(run.trigger == "catch_up" for run in ledger.runs_since(last))

        waited(has_caught_up, TOLD_SECONDS, pause=1.0)
        time.sleep(SETTLE_SECONDS)  # a second one would come by now
        self._await_mails()
        with closing(Ledger(self.up.home)) as ledger:
            runs = ledger.runs_since(last)
        minutes = (time.time() - began) / 60
        caught_up = sum(run.trigger == "catch_up" for run in runs)
        self.found["away"] = {
            "seconds": seconds,
            "catch_up_runs": caught_up,
            "runs": [asdict(run) for run in runs],
        }
        # Three more: those that were due in the two minutes before the start are not late yet.
        if caught_up != 1 or len(runs) > 1 + minutes + 3:
            self.faults.append(f"{caught_up} catch-up runs of {len(runs)} in {minutes:.1f} minutes")

    def _has_run_as_scheduled(self) -> bool:
        with closing(Ledger(self.up.home)) as ledger:
            return any(run.trigger == "scheduled" for run in ledger.runs_since(0))

    def conclude(self) -> None:
        """Wait for the mails, end everything, and hold what was done against what is there."""
        self._await_mails()
        self.up.end()
        if waited(lambda: not self.up.left(), GONE_SECONDS) is None:
            self.faults.append(f"left after the end: {self._names()}")
        mails = self._mails()
        told = {token: mails.told(token) for token in self.edits}
        with closing(Ledger(self.up.home)) as ledger:
            versions, changes, is_open = ledger.versions(), ledger.edits(), ledger.open_runs()
            reports = ledger.reports()
            self.found["runs"] = ledger.states()
        self.found |= {
            "edits": len(self.edits),
            "told_once": sum(count == 1 for count in told.values()),
            "told_never": [token for token, count in told.items() if not count],
            "told_twice": [token for token, count in told.items() if count > 1],
            "mails": mails.count,
            "mails_again_under_one_message_id": mails.sent_again,
            "versions": versions,
            "edited_changes": changes,
            "open_runs": is_open,
        }
        for name in ("told_never", "told_twice", "open_runs"):
            if self.found[name]:
                self.faults.append(f"{name}: {self.found[name]}")
        if (versions, changes) != (reports + len(self.edits), len(self.edits)):
            self.faults.append(f"{versions} versions of {reports} reports, {changes} changes")
        try:
            self.up.command("verify")
        except BenchFailed as failure:
            self.faults.append(f"verify: {failure}")
        self.faults += [
            f"blow {each.number}: {each.role} {each.signal}: {each.note}"
            for each in self.blows
            if each.seconds is None
        ]
        self.found["late"] = [each.number for each in self.blows if not each.is_in_time]

    def _await_mails(self) -> None:
        wanted = set(self.edits)
        waited(lambda: wanted <= set(self._mails().tokens), TOLD_SECONDS, pause=1.0)

    def _mails(self) -> Mails:
        return Mails(self._sink.mails())

    def _names(self) -> list[str]:
        return [f"{each.role} {each.pid}" for each in self.up.left()]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a trial; return 1 if anything was lost, doubled, left over or back too late."""
    chosen = _parser().parse_args(arguments)
    began = time.monotonic()
    signal.signal(signal.SIGTERM, _end)  # so that what was started is ended
    with _folder(chosen.keep) as folder, _trial(folder, chosen.seed) as trial:
        say(f"seed {chosen.seed}, folder {folder}, load {os.getloadavg()[0]:.2f}")
        trial.prepare()
        say(f"`up` is ready after {time.monotonic() - began:.0f} s")
        trial.strike(chosen.kills)
        if chosen.away:
            say(f"all of it is killed and left for {chosen.away:.0f} s")
            trial.stay_away(chosen.away)
        trial.conclude()
        Console(highlight=False, width=100).print(_table(trial.blows))
        document = {
            "seed": chosen.seed,
            "seconds": round(time.monotonic() - began),
            **trial.found,
            "blows": [asdict(each) for each in trial.blows],
            "faults": trial.faults,
        }
        print(json.dumps(document), flush=True)
    return 1 if trial.faults or trial.found["late"] else 0


def _end(number: int, _frame: object) -> None:
    sys.exit(128 + number)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=20, help="blows, half of them SIGSTOP")
    parser.add_argument("--seed", type=int, default=1, help="of the order and the pauses")
    parser.add_argument(
        "--away", type=float, default=600, help="seconds that `up` is left dead for; 0: it is not"
    )
    parser.add_argument("--keep", type=Path, help="put everything here, and leave it there")
    return parser


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="reportwatch-chaos-") as folder:
            yield Path(folder)
    else:
        keep.mkdir(parents=True)
        yield keep.absolute()


@contextmanager
def _trial(folder: Path, seed: int) -> Iterator[Trial]:
    """Make a trial, whose programs have ended when the block has, whatever happens in it."""
    site = EditedSite()
    with serve(site) as origin, Sink(folder / "mail") as sink:
        up = Installation(folder, origin, sink.url)
        try:
            yield Trial(up, site, sink, seed)
        finally:
            up.end()
            up.clear()


def _table(blows: Sequence[Blow]) -> Table:
    table = Table(title=f"Blows, and seconds until the role was filled again (bound: {BOUND:.0f})")
    for name in ("role", "signal", "tried", "back", "in time", "median", "slowest"):
        table.add_column(name, justify="left" if name in ("role", "signal") else "right")
    for role in ROLES:
        for how in SIGNALS:
            those = [each for each in blows if (each.role, each.signal) == (role, how.name)]
            took = [each.seconds for each in those if each.seconds is not None]
            table.add_row(
                role,
                how.name,
                str(len(those)),
                str(len(took)),
                str(sum(each.is_in_time for each in those)),
                f"{statistics.median(took):.1f}" if took else "",
                f"{max(took):.1f}" if took else "",
            )
    return table


def say(line: str) -> None:
    """Print a line with the time, at once."""
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
