"""The Prefect flow that sends the alerts that are due."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from anyio import to_thread
from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Completed

from flows.run_lock import run_lock
from services.assembly import open_parts
from services.history.save_pages import save_pages
from services.notify.delivery import deliver
from services.parent_death import end_with_runner
from services.settings import load_settings


@flow(name="deliver", flow_run_name="deliver", persist_result=False)
async def deliver_flow() -> State[Any]:
    """Send every message that is due now; have pages kept that wait."""
    end_with_runner()
    with open_parts(load_settings()) as parts:
        async with run_lock(parts):
            # Not abandoned when the run is cancelled: a message on its way is sent once, not twice.
            delivered = await to_thread.run_sync(partial(deliver, parts))
            await to_thread.run_sync(partial(save_pages, parts))
    if delivered.is_refused:
        return Cancelled(message="refused: enough deliveries are under way")
    if delivered.fault:
        get_run_logger().warning(delivered.fault)
    counts = delivered.document.as_json()
    if delivered.sent:
        await _publish(counts)
    says = ", ".join(f"{count} {name}" for name, count in counts.items())
    return Completed(message=says, data=counts)


async def _publish(counts: Mapping[str, int]) -> None:
    rows = [{"state": name, "messages": count} for name, count in counts.items()]
    await acreate_table_artifact(table=rows, key="deliver", description="Messages of one delivery")
