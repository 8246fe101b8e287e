"""Close runs whose process is gone, on whichever machine that was, and make up for them.

A run at work holds its lock (flows/run_lock.py), which dies with its process. One that Prefect
takes for running while its lock stays free has no process any more.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from anyio import to_thread
from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.objects import FlowRun, StateType

from flows.deployments_file import PROCESS
from flows.reconcile import Reconciliation, rows_of
from flows.run_lock import FLOWS, lock_of_run
from services.assembly import Parts
from services.runs.run import close_crashed_runs
from services.waiting import rest
from storage.watch.runs import RunView

LOOK_SECONDS = 5.0

GRACE_SECONDS = 20.0
"""How long a running run's lock must have been free: it is taken a moment after the run begins,
given back a moment before Prefect knows of its end, and taken anew after a restart of PostgreSQL.
"""

START_SECONDS = 90.0
"""How long a worker of a process pool may take to start a run's process."""

SLOW_START_SECONDS = 900.0
"""The same in a pool of another type, which may have to fetch an image or wait for a machine."""

_GONE = "Its process is gone"

log = logging.getLogger(__name__)

Standing = tuple[UUID, UUID | None]
"""A run and the state that it is in."""


class DeadRuns:
    """Remembers since when the lock of each run that is under way has been free."""

    def __init__(self, parts: Parts, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._parts = parts
        self._monotonic = monotonic
        self._free_since: dict[Standing, float] = {}
        self._flows: dict[UUID, str] = {}

    def forget(self) -> None:
        """Begin to watch anew, after a time in which nothing could be seen."""
        self._free_since.clear()

    async def look(self, client: PrefectClient) -> list[str]:
        """Close the runs whose process is gone; return what was done, in words."""
        order = Reconciliation(client, self._parts.now())
        free = await self._without_lock(client, await order.under_way())
        limits = await self._limits(client, free)
        now = self._monotonic()
        self._free_since = {_standing(x): self._free_since.get(_standing(x), now) for x in free}
        dead = [x for x in free if now - self._free_since[_standing(x)] >= limits[x.id]]
        if not dead:
            return []
        order.done.closed = await to_thread.run_sync(partial(close_crashed_runs, self._parts))
        rows = await to_thread.run_sync(partial(self._rows, dead))
        cut_off = [run for run in dead if await order.close(run, _GONE, rows.get(run.id))]
        await order.want_again(cut_off)
        await order.catch_up(self._parts.now())
        return order.done.lines()

    async def _without_lock(self, client: PrefectClient, runs: Sequence[FlowRun]) -> list[FlowRun]:
        ours = [run for run in runs if await self._flow_of(client, run) in FLOWS]

        def those_free() -> list[FlowRun]:
            return [run for run in ours if self._parts.store.is_free(lock_of_run(run.id))]

        return await to_thread.run_sync(those_free)

    async def _flow_of(self, client: PrefectClient, run: FlowRun) -> str:
        if run.flow_id not in self._flows:
            self._flows[run.flow_id] = (await client.read_flow(run.flow_id)).name
        return self._flows[run.flow_id]

    async def _limits(self, client: PrefectClient, runs: Sequence[FlowRun]) -> dict[UUID, float]:
        """Return for how long each run's lock may be free, in seconds."""
        if not any(run.state_type == StateType.PENDING for run in runs):
            return {run.id: GRACE_SECONDS for run in runs}
        types = {pool.name: pool.type for pool in await client.read_work_pools()}

        def limit(run: FlowRun) -> float:
            if run.state_type != StateType.PENDING:
                return GRACE_SECONDS
            is_process = types.get(run.work_pool_name or "", PROCESS) == PROCESS
            return START_SECONDS if is_process else SLOW_START_SECONDS

        return {run.id: limit(run) for run in runs}

    def _rows(self, runs: Sequence[FlowRun]) -> dict[UUID, RunView]:
        for run in runs:
            self._parts.store.forget_lock(lock_of_run(run.id))
        return rows_of(self._parts, runs)


def _standing(run: FlowRun) -> Standing:
    return run.id, run.state_id


async def close_dead_runs(parts: Parts, stop: asyncio.Event) -> None:
    """Close runs whose process is gone, until ``stop`` is set."""
    runs = DeadRuns(parts)
    while not stop.is_set():
        try:
            async with get_client() as client:
                while not stop.is_set():
                    for line in await runs.look(client):
                        log.info("%s", line)
                    await rest(stop, LOOK_SECONDS)
        except Exception as error:
            log.warning("whether runs lost their process could not be seen: %s", error)
            runs.forget()
            await rest(stop, LOOK_SECONDS)
