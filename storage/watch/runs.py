"""The run ledger: who ran what, when, with which result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, update

from reports.watch.outcome import Outcome, in_full
from storage.database.errors import LockLost
from storage.database.tables import run, run_outcome
from storage.watch.batches import RunBatches

RUNNING = "running"

INTERRUPTED = "interrupted"
"""The error of a run that a person broke off at the terminal."""


@dataclass(frozen=True)
class RunView:
    """One row of the ledger; ``planned_count`` is 0 until the run has planned."""

    id: int
    source: str
    trigger: str
    orchestrator: str
    flow_run: str
    state: str
    parameters: Mapping[str, Any]
    counts: Mapping[str, int]
    error: str
    started_at: datetime
    ended_at: datetime | None
    seconds: float | None
    planned_count: int


@dataclass(frozen=True)
class LocationOutcome:
    """What came of one location in one run."""

    url: str
    outcome: Outcome
    reason: str = ""


class Runs:
    """The ledger on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(
        self,
        source: str,
        *,
        trigger: str,
        orchestrator: str,
        flow_run: str,
        parameters: Mapping[str, Any],
        now: datetime,
    ) -> int:
        """Open a row and return its id."""
        values = {
            "source": source,
            "trigger": trigger,
            "orchestrator": orchestrator,
            "flow_run": flow_run,
            "state": RUNNING,
            "parameters": dict(parameters),
            "started_at": now,
        }
        done = self._connection.execute(run.insert().values(**values))
        return int(done.inserted_primary_key[0]) if done.inserted_primary_key else 0

    def note(self, run_id: int, outcomes: Iterable[LocationOutcome]) -> None:
        """Record outcomes; a location attempted again in the same run keeps the later one.

        Raises LockLost if somebody closed the run.
        """
        latest = {each.url: each for each in outcomes}
        if not latest:
            return
        self.require_open(run_id)
        self._connection.execute(
            run_outcome.delete().where(
                run_outcome.c.run_id == run_id, run_outcome.c.url.in_(list(latest))
            )
        )
        rows = [
            {"run_id": run_id, "url": each.url, "outcome": each.outcome, "reason": each.reason}
            for each in latest.values()
        ]
        self._connection.execute(run_outcome.insert(), rows)

    def plan(self, run_id: int, count: int) -> None:
        """Record how many pages a run is to read, for those who follow it."""
        self._connection.execute(update(run).where(run.c.id == run_id).values(planned_count=count))

    def outcomes(
        self,
        run_id: int,
        only: Sequence[str] | None = None,
        *,
        limit: int | None = None,
        offset: int | None = None,
    ) -> list[LocationOutcome]:
        """Return the outcomes of a run, all or those of some kinds, in order of URL."""
        query = select(run_outcome).where(run_outcome.c.run_id == run_id)
        if only is not None:
            query = query.where(run_outcome.c.outcome.in_(only))
        ordered = query.order_by(run_outcome.c.url).limit(limit).offset(offset)
        rows = self._connection.execute(ordered)
        return [LocationOutcome(row.url, Outcome(row.outcome), row.reason) for row in rows]

    def tally(self, run_id: int) -> dict[str, int]:
        """Return how many pages of a run came to each outcome, so far."""
        counted = select(run_outcome.c.outcome, func.count()).where(run_outcome.c.run_id == run_id)
        rows = self._connection.execute(counted.group_by(run_outcome.c.outcome))
        return {outcome: count for outcome, count in rows}

    def counts(self, view: RunView) -> dict[str, int]:
        """Return how many pages of a run came to each outcome: of an ended one, by its own row.

        The pages of an old run are not all listed any more.
        """
        if view.state == RUNNING:
            return self.tally(view.id)
        return {name: count for name, count in view.counts.items() if count and name != "checked"}

    def failed_urls(self, run_id: int, most: int) -> tuple[str, ...]:
        """Return some locations of a run that refused or did not answer."""
        asked = (
            run_outcome.c.run_id == run_id,
            run_outcome.c.outcome.in_([Outcome.BLOCKED.value, Outcome.ERROR.value]),
        )
        query = select(run_outcome.c.url).where(*asked).order_by(run_outcome.c.url).limit(most)
        return tuple(self._connection.execute(query).scalars())

    def end(
        self, run_id: int, state: str, *, now: datetime, seconds: float, error: str = ""
    ) -> dict[str, int]:
        """Close a row and return its counts; raises LockLost if somebody closed it before."""
        self.require_open(run_id)
        counts = in_full(self.tally(run_id))
        values = {"state": state, "ended_at": now, "seconds": seconds, "error": error}
        self._connection.execute(
            update(run).where(run.c.id == run_id).values(**values, counts=counts)
        )
        RunBatches(self._connection, run_id).drop()
        return counts

    def is_open(self, run_id: int) -> bool:
        """Tell whether a run is under way, and keep it so until this transaction ends."""
        query = select(run.c.state).where(run.c.id == run_id).with_for_update(read=True)
        return self._connection.execute(query).scalar() == RUNNING

    def require_open(self, run_id: int) -> None:
        """Refuse what a run would still write after another has closed it as crashed."""
        if not self.is_open(run_id):
            raise LockLost(
                f"run {run_id} was closed meanwhile, by another that found its lock free; "
                "nothing more of it is written"
            )

    def close_crashed(self, is_lock_free: Callable[[str], bool], now: datetime) -> list[int]:
        """Close open rows whose lock is free: their process died. Returns their ids."""
        query = select(run).where(run.c.state == RUNNING).with_for_update()
        rows = self._connection.execute(query).all()  # one that is just ending ends first
        dead = [row for row in rows if is_lock_free(row.source)]
        for row in dead:
            seconds = (now - row.started_at).total_seconds()
            self.end(row.id, "crashed", now=now, seconds=seconds, error="the process died")
        return [row.id for row in dead]

    def open_run(self, source: str) -> RunView | None:
        """Return the run of a source that is under way."""
        query = select(run).where(run.c.source == source, run.c.state == RUNNING)
        row = self._connection.execute(query.order_by(run.c.id.desc())).first()
        return _view(row) if row else None

    def get(self, run_id: int) -> RunView:
        """Return one run; raises KeyError."""
        row = self._connection.execute(select(run).where(run.c.id == run_id)).first()
        if row is None:
            raise KeyError(run_id)
        return _view(row)

    def of_flow_run(self, flow_run: str) -> RunView | None:
        """Return the run that a Prefect flow run made."""
        row = self._connection.execute(select(run).where(run.c.flow_run == flow_run)).first()
        return _view(row) if row else None

    def latest(self, limit: int = 50) -> list[RunView]:
        """Return the newest runs first."""
        query = select(run).order_by(run.c.id.desc()).limit(limit)
        return [_view(row) for row in self._connection.execute(query)]

    def page(
        self,
        *,
        source: str = "",
        state: str = "",
        limit: int | None,
        offset: int = 0,
        before: int | None = None,
    ) -> tuple[list[RunView], int]:
        """Return runs, newest first (those before a number), and how many there are in all."""
        asked = _asked(source, state)
        earlier = [] if before is None else [run.c.id < before]
        query = (
            select(run)
            .where(*asked, *earlier)
            .order_by(run.c.id.desc())
            .limit(limit)
            .offset(offset)
        )
        total = select(func.count()).select_from(run).where(*asked)
        found = [_view(row) for row in self._connection.execute(query)]
        return found, int(self._connection.execute(total).scalar_one())

    def since(self, when: datetime) -> list[RunView]:
        """Return the runs started since a time, oldest first."""
        query = select(run).where(run.c.started_at >= when).order_by(run.c.started_at, run.c.id)
        return [_view(row) for row in self._connection.execute(query)]

    def sources(self) -> list[str]:
        """Return the sources that any run was of."""
        return list(
            self._connection.execute(
                select(run.c.source).distinct().order_by(run.c.source)
            ).scalars()
        )

    def count(self) -> int:
        """Return how many runs are recorded."""
        return int(self._connection.execute(select(func.count()).select_from(run)).scalar_one())


def _view(row: Row[Any]) -> RunView:
    """Return a row of the ledger."""
    return RunView(**{name: getattr(row, name) for name in RunView.__dataclass_fields__})


def _asked(source: str, state: str) -> list[ColumnElement[Any]]:
    asked: list[ColumnElement[Any]] = []
    if source:
        asked.append(run.c.source == source)
    if state:
        asked.append(run.c.state == state)
    return asked
