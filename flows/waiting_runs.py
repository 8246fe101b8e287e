"""Keep the queue of Prefect short: of scheduled runs that ask for the same, one waits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from uuid import UUID

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Cancelled

from flows.ingest import WAITING
from flows.reconcile import OURS, PAGE, as_key, called, is_ours_to_repeat
from services.assembly import Parts
from services.waiting import rest

LOOK_SECONDS = 5.0
"""How often the queue is looked at."""

LATE = "Late"
"""The name of the state of runs that should have begun and that nobody has taken up."""

DROPPED = "Another run that asks for the same is waiting already."

log = logging.getLogger(__name__)


async def keep_queue_short(_parts: Parts, stop: asyncio.Event) -> None:
    """Drop scheduled runs that wait beside another of their kind, until ``stop`` is set."""
    while not stop.is_set():
        try:
            async with get_client() as client:
                await _keep_short(client, stop)
        except Exception as error:
            log.warning("the queue of runs could not be looked at: %s", error)
            await rest(stop, LOOK_SECONDS)


async def _keep_short(client: PrefectClient, stop: asyncio.Event) -> None:
    while not stop.is_set():
        if dropped := await drop_repeated(client):
            log.info("%d scheduled runs found one of their kind waiting; dropped", dropped)
        await rest(stop, LOOK_SECONDS)


async def drop_repeated(client: PrefectClient) -> int:
    """Cancel scheduled runs that wait behind one that asks for the same; return how many.

    What a person asked for waits on, however often it was asked.
    """
    waiting = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter(state=called(WAITING, LATE)),
        deployment_filter=OURS,
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,
        limit=PAGE,
    )
    repeated = _repeated(waiting)
    for run in repeated:
        await client.set_flow_run_state(run.id, Cancelled(message=DROPPED))
    return len(repeated)


def _repeated(waiting: Sequence[FlowRun]) -> list[FlowRun]:
    asked: set[tuple[UUID | None, str]] = set()
    repeated = []
    # First what a person asked for: it is not dropped, and a scheduled run may be for it.
    for run in sorted(waiting, key=is_ours_to_repeat):
        kind = run.deployment_id, as_key(run.parameters)
        if kind in asked and is_ours_to_repeat(run):
            repeated.append(run)
        asked.add(kind)
    return repeated
