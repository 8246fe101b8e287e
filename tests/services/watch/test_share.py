"""A run that several programs read records what one program would have recorded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from databases import Database
from same_rows import differing, rows_of
from walk_stage import SOURCE, Watch, watching

from services.assembly import Parts
from services.health.after_run import judge_run
from services.runs.run import IngestRequest, RunRefused, RunReport, close_crashed_runs
from services.watch.read_location import Target
from services.watch.share import TERMS, Share, Terms
from services.watch.walk import Walk
from storage.database.errors import LockLost
from storage.store import open_store

STEPS = (0, 2, 4, 6, 8)
SIZE = 3

Helper = Callable[[Share], None]


def cut(targets: Sequence[Target], size: int = SIZE) -> list[Sequence[Target]]:
    return [targets[start : start + size] for start in range(0, len(targets), size)]


@contextmanager
def walking(watch: Watch) -> Iterator[Walk]:
    walk = Walk.open(watch.parts, IngestRequest(SOURCE))
    try:
        yield walk
    except BaseException as error:
        walk.fail(error)
        raise


def together(watch: Watch, url: str, *helpers: Helper) -> RunReport:
    """Take a run to its end with helpers, each with a store of its own."""
    with walking(watch) as walk:
        share, terms = walk.share_out(cut(walk.discover()))
        others = [
            threading.Thread(target=_join, args=(watch, url, terms, each)) for each in helpers
        ]
        for each in others:
            each.start()
        while claim := share.wait():
            share.visit(claim)
        for each in others:
            each.join()
        report = walk.finish()
    judge_run(watch.parts, walk.source, report.run_id)
    return report


def _join(watch: Watch, url: str, terms: Terms, helper: Helper) -> None:
    with joined(watch, url, terms) as share:
        helper(share)


@contextmanager
def joined(watch: Watch, url: str, terms: Terms) -> Iterator[Share]:
    with closing(open_store(url, watch.parts.settings.home)) as store:
        parts = Parts(watch.parts.settings, store, lambda: watch.now)
        with closing(Share.join(parts, TERMS.validate_json(TERMS.dump_json(terms)))) as share:
            yield share


def reads_on(share: Share) -> None:
    while claim := share.take():
        share.visit(claim)


def dies_half_way(share: Share) -> None:
    """Read until some of a batch is recorded, and end as a killed program does."""
    real = share._keep
    kept = 0

    def dying(*args: Any, **options: Any) -> None:
        nonlocal kept
        kept += 1
        if kept > 2:
            raise Killed
        real(*args, **options)

    share._keep = dying  # type: ignore[method-assign]
    with suppress(Killed):
        reads_on(share)


class Killed(Exception):
    """A program was killed."""


def alone(watch: Watch) -> RunReport:
    with walking(watch) as walk:
        for batch in cut(walk.discover()):
            walk.visit(batch)
        report = walk.finish()
    judge_run(watch.parts, walk.source, report.run_id)
    return report


@pytest.mark.on_both
@pytest.mark.parametrize(
    "helpers",
    [(reads_on, reads_on), (dies_half_way, reads_on), (dies_half_way, dies_half_way)],
    ids=["two helpers", "one dies", "both die"],
)
def test_what_several_programs_read_is_recorded_as_by_one(
    helpers: tuple[Helper, ...],
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.watch.visit.CHUNK", 1)
    ways = {database.url: helpers, f"sqlite:///{tmp_path / 'alone.sqlite'}": ()}
    rows, counts = [], []
    for url, others in ways.items():
        with watching(url, tmp_path / f"{len(rows)}", noise="none") as watch:
            for step in STEPS:
                watch.site.advance(step)
                report = together(watch, url, *others) if others else alone(watch)
                counts.append((report.counts, report.failures))
                watch.now = watch.now.replace(day=watch.now.day + 1)
            rows.append(rows_of(url, watch.origin))
    shared, one = rows
    assert len(one["version"]) > 20
    assert len(one["change"]) > 30
    assert counts[: len(STEPS)] == counts[len(STEPS) :]
    assert differing(one, shared) == {}


def test_a_helper_takes_nothing_once_the_owner_is_gone(database: Database, tmp_path: Path) -> None:
    with watching(database.url, tmp_path) as watch, walking(watch) as walk:
        _, terms = walk.share_out(cut(walk.discover()))
        with joined(watch, database.url, terms) as share:
            claim = share.take()
            assert claim
            claim.lock.release()
            walk._lock.release()
            assert share.take() is None
            close_crashed_runs(watch.parts)
            with pytest.raises(LockLost, match="was closed meanwhile"):
                share.visit(claim)
        with pytest.raises(LockLost):
            joined(watch, database.url, terms).__enter__()
        walk.fail(LockLost("its lock was released"))


def test_a_helper_that_reads_otherwise_is_refused(database: Database, tmp_path: Path) -> None:
    with watching(database.url, tmp_path) as watch, walking(watch) as walk:
        _, terms = walk.share_out(cut(walk.discover()))
        other = replace(terms, revision=terms.revision + 1)
        with pytest.raises(RunRefused, match="install the same version everywhere"):
            joined(watch, database.url, other).__enter__()
        walk.finish()


def test_a_host_that_one_program_leaves_is_left_by_the_others(
    database: Database, tmp_path: Path
) -> None:
    with watching(database.url, tmp_path) as watch, walking(watch) as walk:
        share, terms = walk.share_out(cut(walk.discover()))
        with joined(watch, database.url, terms) as helper:
            first = share.take()
            assert first
            share._run.gate.leave("sample.reportwatch.example")
            share.visit(first)
            second = helper.take()
            assert second
            helper.visit(second)
            assert helper._run.gate.left_hosts() == {"sample.reportwatch.example"}
        walk.fail(Killed())
