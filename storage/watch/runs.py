"""The run ledger: who ran what, when, with which result; and the listings each run read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from reports.watch.outcome import Outcome, tally
from storage.database.tables import listing, run, run_outcome, source_state

RUNNING = "running"

INTERRUPTED = "interrupted"
"""The error of a run that a person broke off at the terminal."""


@dataclass(frozen=True)
class RunView:
    """One row of the ledger; ``planned_count`` is 0 until it is known what to look at."""

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


@dataclass(frozen=True)
class ListingReads:
    """When an edition's listing was read, first and last; ``is_good`` is how it read the last time.

    ``was_good`` tells whether it was ever read well.
    """

    first_at: datetime
    last_at: datetime
    is_good: bool
    was_good: bool


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
        """Record outcomes; a location seen again in the same run keeps the later one."""
        latest = {each.url: each for each in outcomes}
        if not latest:
            return
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
        """Record how many pages a run is to look at, for those who follow it."""
        self._connection.execute(update(run).where(run.c.id == run_id).values(planned_count=count))

    def outcomes(self, run_id: int) -> list[LocationOutcome]:
        """Return the outcomes of a run, in order of URL."""
        query = select(run_outcome).where(run_outcome.c.run_id == run_id)
        rows = self._connection.execute(query.order_by(run_outcome.c.url))
        return [LocationOutcome(row.url, Outcome(row.outcome), row.reason) for row in rows]

    def end(
        self, run_id: int, state: str, *, now: datetime, seconds: float, error: str = ""
    ) -> dict[str, int]:
        """Close a row and return its counts."""
        counts = tally(each.outcome for each in self.outcomes(run_id))
        values = {"state": state, "ended_at": now, "seconds": seconds, "error": error}
        self._connection.execute(
            update(run).where(run.c.id == run_id).values(**values, counts=counts)
        )
        return counts

    def close_crashed(self, is_lock_free: Callable[[str], bool], now: datetime) -> list[int]:
        """Close open rows whose lock is free: their process died. Returns their ids."""
        rows = self._connection.execute(select(run).where(run.c.state == RUNNING)).all()
        dead = [row for row in rows if is_lock_free(row.source)]
        for row in dead:
            seconds = (now - row.started_at).total_seconds()
            self.end(row.id, "crashed", now=now, seconds=seconds, error="the process died")
        return [row.id for row in dead]

    def open_run(self, source: str) -> RunView | None:
        """Return the run of a source that is under way."""
        query = select(run).where(run.c.source == source, run.c.state == RUNNING)
        row = self._connection.execute(query.order_by(run.c.id.desc())).first()
        return run_view(row) if row else None

    def get(self, run_id: int) -> RunView:
        """Return one run; raises KeyError."""
        row = self._connection.execute(select(run).where(run.c.id == run_id)).first()
        if row is None:
            raise KeyError(run_id)
        return run_view(row)

    def of_flow_run(self, flow_run: str) -> RunView | None:
        """Return the run that a Prefect flow run made."""
        row = self._connection.execute(select(run).where(run.c.flow_run == flow_run)).first()
        return run_view(row) if row else None

    def latest(self, limit: int = 50) -> list[RunView]:
        """Return the newest runs first."""
        query = select(run).order_by(run.c.id.desc()).limit(limit)
        return [run_view(row) for row in self._connection.execute(query)]

    def note_listing(
        self, run_id: int, source: str, edition: str, links: int, now: datetime, *, is_good: bool
    ) -> None:
        """Record that an edition's listing was read."""
        self._connection.execute(
            listing.insert().values(
                source=source,
                edition=edition,
                run_id=run_id,
                read_at=now,
                link_count=links,
                is_good=is_good,
            )
        )

    def last_good_listing(self, source: str, edition: str) -> int:
        """Return how many links the last good listing of an edition held, 0 if there was none."""
        query = (
            select(listing.c.link_count)
            .where(listing.c.source == source, listing.c.edition == edition, listing.c.is_good)
            .order_by(listing.c.id.desc())
            .limit(1)
        )
        return self._connection.execute(query).scalar() or 0

    def listed_editions(self, source: str) -> tuple[str, ...]:
        """Return the editions whose listing was ever read well, oldest first."""
        query = select(listing.c.edition).distinct().where(listing.c.source == source)
        return tuple(sorted(self._connection.execute(query.where(listing.c.is_good)).scalars()))

    def listing_reads(self, source: str) -> dict[str, ListingReads]:
        """Return when and how each edition's listing was read, by edition."""
        good_id = func.max(listing.c.id).filter(listing.c.is_good)
        times = func.min(listing.c.read_at), func.max(listing.c.read_at)
        query = (
            select(listing.c.edition, *times, func.max(listing.c.id), good_id)
            .where(listing.c.source == source)
            .group_by(listing.c.edition)
        )
        return {
            edition: ListingReads(first, last, latest == good, good is not None)
            for edition, first, last, latest, good in self._connection.execute(query)
        }

    def baseline_at(self, source: str) -> datetime | None:
        """Return when a source's baseline was complete, None before."""
        query = select(source_state.c.baseline_at).where(source_state.c.source == source)
        return self._connection.execute(query).scalar()

    def has_baseline(self, source: str) -> bool:
        """Tell whether one run of a source has read a whole listing to its end."""
        return self.baseline_at(source) is not None

    def mark_read(self, source: str, now: datetime, *, is_baseline: bool) -> None:
        """Record that a source was read well, and whether its baseline is complete by that."""
        query = select(source_state).where(source_state.c.source == source)
        held = self._connection.execute(query).first()
        if held is None:
            self._connection.execute(source_state.insert().values(source=source))
        changes: dict[str, Any] = {"last_ok_at": now}
        if is_baseline and (held is None or held.baseline_at is None):
            changes["baseline_at"] = now
        self._connection.execute(
            update(source_state).where(source_state.c.source == source).values(**changes)
        )

    def last_ok(self) -> dict[str, datetime]:
        """Return when each source was last read well."""
        rows = self._connection.execute(select(source_state)).all()
        return {row.source: row.last_ok_at for row in rows if row.last_ok_at}

    def count(self) -> int:
        """Return how many runs the ledger holds."""
        return int(self._connection.execute(select(func.count()).select_from(run)).scalar_one())


def run_view(row: Row[Any]) -> RunView:
    """Return a row of the ledger."""
    return RunView(**{name: getattr(row, name) for name in RunView.__dataclass_fields__})
