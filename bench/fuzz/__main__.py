"""Break pages by number and report what came of them: ``python -m bench.fuzz``, ``make fuzz``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console

from bench.child import ROOT
from bench.fuzz.mutations import mutant
from bench.fuzz.oracle import look
from bench.fuzz.seeds import Seeds
from bench.fuzz.tally import Share, Tally, work_through

COUNT = 100_000
SHARE = 250
"""Pages given to a process at once: some seconds of work, so that the end is not waited for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Break pages; return 1 where one of them was a fault."""
    chosen = _parser().parse_args(arguments)
    corpus = None if chosen.own else _corpus()
    if chosen.only is not None:
        return _one(chosen.only, corpus, chosen.keep)
    numbers = range(chosen.first, chosen.first + chosen.count)
    _say(f"{len(numbers):,} pages on {chosen.processes} processes; real pages: {corpus or 'none'}")
    started, total = time.monotonic(), Tally()
    with _silent_interrupt():
        for share in _shares(numbers, corpus, chosen.processes):
            total.add(share)
            _progress(total, len(numbers), time.monotonic() - started)
    Console(highlight=False, width=132).print(total.table(time.monotonic() - started))
    for fault in total.told():
        print(fault)
    return 1 if total.faults else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT, help="pages to break")
    parser.add_argument("--first", type=int, default=0, help="number of the first")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--own", action="store_true", help="break the project's own pages alone")
    parser.add_argument("--only", type=int, help="break this page and tell what came of it")
    parser.add_argument("--keep", type=Path, help="with --only: write the broken page here")
    return parser


def _corpus() -> Path | None:
    folder = Path(os.environ.get("REPORTWATCH_CORPUS", ROOT.parent / "shared" / "pages"))
    return folder.absolute() if folder.is_dir() else None


def _one(number: int, corpus: Path | None, keep: Path | None) -> int:
    made = mutant(number, Seeds(corpus))
    seen = look(made)
    print(f"{number}: {made.story}\n{seen.outcome} {seen.reason}\n{seen.cpu * 1000:.0f} ms CPU")
    for fault in seen.faults:
        print(f"FAULT {fault}")
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        path = keep / f"{number}.html"
        path.write_bytes(made.page.body)
        print(f"written to {path}")
    return 1 if seen.faults else 0


def _shares(numbers: range, corpus: Path | None, processes: int) -> Iterator[Share]:
    """Yield what each share of the numbers came to, as they end."""
    shares = [numbers[at : at + SHARE] for at in range(0, len(numbers), SHARE)]
    work = partial(work_through, corpus=corpus)
    if processes == 1:
        yield from map(work, shares)
        return
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        try:
            for done in as_completed([pool.submit(work, share) for share in shares]):
                yield done.result()
        except BrokenProcessPool:
            _say("a process died: the parser crashed or memory ran out; try fewer pages")
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _progress(total: Tally, count: int, seconds: float) -> None:
    rate = total.pages / seconds
    left = (count - total.pages) / rate / 60
    _say(
        f"{total.pages:>9,} of {count:,}  {rate:5.0f} a second  {left:4.0f} min left  "
        f"{sum(total.faults.values())} faults"
    )


@contextmanager
def _silent_interrupt() -> Iterator[None]:
    """End without a traceback where somebody has seen enough; what was found is still told."""
    try:
        yield
    except KeyboardInterrupt:
        _say("interrupted: the table tells of the pages before")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
