"""Hold a lock for as long as a flow run is at work, by which other machines know that it is.

Only where `reportwatch deploy` was used: under `up` the runner knows the processes that it started.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from uuid import UUID

from anyio import to_thread
from prefect.context import FlowRunContext

from services.agreed_settings import is_agreed
from services.assembly import Parts
from services.waiting import wait_for

FLOWS = frozenset({"ingest", "share", "deliver", "check"})
"""The flows whose runs hold the lock: of no other one may be said that its process is gone."""

TAKE_SECONDS = 0.5
"""Time for somebody who only looks whether the lock is free to let it go."""

CHECK_SECONDS = 5.0
"""How often a lock is looked after: a restart of the database takes it from everybody."""


class RunsElsewhere(RuntimeError):
    """Another process is at work on the same flow run."""


@asynccontextmanager
async def run_lock(parts: Parts) -> AsyncIterator[None]:
    """Hold the lock of the flow run in this context; RunsElsewhere if another process has it."""
    context = FlowRunContext.get()
    flow_run = context.flow_run.id if context and context.flow_run else None
    if flow_run is None or not await to_thread.run_sync(partial(is_agreed, parts)):
        yield
        return
    name = lock_of_run(flow_run)
    take = partial(wait_for, lambda: parts.store.lock(name), TAKE_SECONDS)
    lock = await to_thread.run_sync(take)
    if lock is None:
        raise RunsElsewhere(f"another process is at work on the flow run {flow_run}")
    looking_after = asyncio.create_task(_look_after(parts))
    try:
        yield
    finally:
        looking_after.cancel()
        lock.release()
        parts.store.forget_lock(name)


def lock_of_run(flow_run: UUID) -> str:
    """Return the name of a flow run's lock."""
    return f"flow-run-{flow_run}"


async def _look_after(parts: Parts) -> None:
    """Have every lock of this process taken again soon after a restart of the database.

    One that is lost to another makes the run end at its next write, which says so.
    """
    while True:
        await asyncio.sleep(CHECK_SECONDS)
        with suppress(Exception):
            await to_thread.run_sync(parts.store.check_locks, abandon_on_cancel=True)
