"""The Prefect flow that runs one walk over one source: discover, visit in batches, finish."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from anyio import to_thread
from prefect import flow, get_client, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import FlowRun, State
from prefect.context import FlowRunContext
from prefect.exceptions import Abort
from prefect.flows import Flow
from prefect.states import Cancelled, Completed, Failed, Scheduled
from prefect.tasks import Task

from flows.artifacts import summary_line
from flows.publish import Progress, label, publish, walk_in_log
from flows.run_lock import run_lock
from flows.run_names import run_name
from flows.share import helpers, visit_batch
from scrapers.registry import all_sources
from services.assembly import Parts, open_parts
from services.health.after_run import judge_run
from services.health.freshness import note_run_end
from services.logs import name_run
from services.parent_death import end_with_runner, exit_soon
from services.runs.run import (
    DiscoveryFailed,
    IngestRequest,
    RunRefused,
    RunReport,
    Trigger,
    close_crashed_runs,
)
from services.settings import Settings, load_settings
from services.watch.walk import Batches, Walk

INGEST = "ingest"
"""The name of the flow."""

CATCH_UP_TAG = "catch-up"
"""Marks the run that makes up for scheduled ones missed while nothing was running."""

WAITING = "AwaitingConcurrencySlot"
"""The name of the state in which Prefect shows a run that waits for another one to end."""

COME_BACK_SECONDS = 60.0
"""How long a run that a person asked for stays away while another of its source is under way."""

T = TypeVar("T")

if TYPE_CHECKING:

    class SourceName(StrEnum):
        """The name of a registered source."""
else:
    SourceName = StrEnum("SourceName", {name: name for name in all_sources()})


@dataclass
class Caller:
    """A program that runs the flow in its own process: what it asks for and what it gets."""

    settings: Settings
    request: IngestRequest
    progress: Callable[[int, int], None]
    report: RunReport | None = None
    refusal: RunRefused | None = None


_caller: ContextVar[Caller | None] = ContextVar("caller", default=None)


def _called() -> Caller | None:
    """Return who called the flow. It names no variable itself: Dask is sent what it names."""
    return _caller.get()


async def _in_thread(work: Callable[[], T]) -> T:
    """Do blocking work beside the event loop; a cancelled run does not wait for its end.

    What is left undone is found by the next start: the ledger's row is open and its lock free.
    """
    try:
        return await to_thread.run_sync(work, abandon_on_cancel=True)
    except asyncio.CancelledError:
        exit_soon()
        raise


def _is_worth_retrying(_task: Task[Any, Any], _run: Any, state: State[Any]) -> bool:
    """Retry what the network did; a request that names something unknown stays wrong."""
    return isinstance(state.data, DiscoveryFailed) or "DiscoveryFailed" in (state.message or "")


@task(
    retries=2,
    retry_delay_seconds=5,
    retry_condition_fn=_is_worth_retrying,
    cache_policy=NO_CACHE,
    persist_result=False,
)
async def discover(walk: Walk) -> Batches:
    """Read the listings of the source."""
    return Batches(await _in_thread(walk.discover))


@task(task_run_name="visit batch {number} of {total}", cache_policy=NO_CACHE, persist_result=False)
async def visit(walk: Walk, batches: Batches, number: int, total: int) -> None:
    """Look at the next batch of locations and record what is seen."""
    targets = batches.take()
    get_run_logger().info("batch %d of %d: %d locations", number, total, len(targets))
    await _in_thread(partial(walk.visit, targets))


def _close_ledger(flow: Flow[Any, Any], flow_run: FlowRun, state: State[Any]) -> None:  # noqa: ARG001 - Prefect passes these by name
    """Close the ledger's row of a run whose process is gone; runs in the runner's process."""
    with open_parts(load_settings()) as parts:
        close_crashed_runs(parts)


@flow(
    name=INGEST,
    flow_run_name="ingest {source.value}",  # until the run knows its number: publish.label
    persist_result=False,
    on_crashed=[_close_ledger],
    on_cancellation=[_close_ledger],
)
async def ingest_flow(
    source: SourceName = SourceName("us-state-hrr"),  # noqa: B008 - a constant, the form's default
    editions: list[str] = [],  # noqa: B006 - never changed; the form shows it as an empty list
    countries: list[str] = [],  # noqa: B006
    urls: list[str] = [],  # noqa: B006
    full: bool = False,
) -> State[Any]:
    """Fetch the reports of one source, record what changed and make its alerts due.

    Args:
        source: The report family to look at.
        editions: Editions to look at, such as 2023. None named: the newest two and new ones.
        countries: Countries to look at, by name, key or alpha-3 code. None named: all.
        urls: Single pages to look at instead of the listings.
        full: Fetch and read every page anew, whatever is known of it.

    """
    end_with_runner()
    caller = _called()
    asked = caller.request if caller else IngestRequest(source.value)
    request = replace(
        asked,
        source=source.value,
        editions=tuple(editions),
        countries=tuple(countries),
        urls=tuple(urls),
        full=full,
        trigger=trigger_of(_flow_run()),
        orchestrator="prefect",
        flow_run=str(_flow_run().id),
    )
    settings = caller.settings if caller else load_settings()
    is_deployed = _flow_run().deployment_id is not None
    with walk_in_log() if is_deployed else nullcontext(), open_parts(settings) as parts:
        async with run_lock(parts):
            return await _walk(parts, request, caller)


async def _walk(parts: Parts, request: IngestRequest, caller: Caller | None) -> State[Any]:
    run = _flow_run()
    try:
        walk = await _in_thread(partial(Walk.open, parts, request))
    except RunRefused as refusal:
        await label(run, run_name(request), request.source)
        if caller:
            caller.refusal = refusal
        elif request.trigger is Trigger.API:
            await _come_back(run, f"waits: {refusal}")
        return Cancelled(message=f"refused: {refusal}")
    name_run(walk.run_id, walk.source.name)  # in this task: the thread that opened it is done
    await label(run, run_name(request, run_id=walk.run_id), request.source)
    try:
        await _visit_all(walk, request, parts.settings, caller)
        report = await _in_thread(walk.finish)
    except Exception as error:
        await _in_thread(partial(walk.fail, error))
        await _in_thread(partial(note_run_end, parts, walk.source.name))
        raise
    await _in_thread(partial(judge_run, parts, walk.source, report.run_id))
    if caller:
        caller.report = report
    await publish(report, parts)
    return _final_state(report)


async def _come_back(run: FlowRun, why: str) -> NoReturn:
    """Have Prefect start a run again later, and end this process of it.

    It holds no place meanwhile, so that runs of other sources go on; and it outlives a restart.
    """
    get_run_logger().info("%s; it starts again in %d s", why, COME_BACK_SECONDS)
    later = datetime.now(UTC) + timedelta(seconds=COME_BACK_SECONDS)
    waits: State[Any] = Scheduled(name=WAITING, scheduled_time=later, message=why)
    async with get_client() as client:
        await client.set_flow_run_state(run.id, waits)
    # The engine's logger of the run, in this process, which ends now.
    logging.getLogger("prefect.flow_runs").addFilter(partial(_waiting_is_no_fault, str(run.id)))
    run.state = waits  # which the engine says of the run at its end; it would say "Running"
    raise Abort(why)


def _waiting_is_no_fault(run: str, line: logging.LogRecord) -> bool:
    """Have the engine say as no error that a run ends its process in order to come back."""
    said = line.levelno == logging.ERROR and line.getMessage().startswith("Finished in state")
    if said and getattr(line, "flow_run_id", "") == run:
        line.levelno, line.levelname = logging.INFO, "INFO"
    return True


async def _visit_all(
    walk: Walk, request: IngestRequest, settings: Settings, caller: Caller | None
) -> None:
    batches = await discover(walk)
    await label(_flow_run(), run_name(request, batches.editions, walk.run_id), request.source)
    if caller:
        caller.progress(0, batches.planned)
    async with Progress(walk, batches.planned):
        if settings.spread and walk.may_be_shared and batches.count > 1:
            await _visit_together(walk, batches, settings, caller)
        else:
            for number in range(1, batches.count + 1):
                await visit(walk, batches, number, batches.count)
                if caller:
                    caller.progress(batches.taken, batches.planned)


async def _visit_together(
    walk: Walk,
    batches: Batches,
    settings: Settings,
    caller: Caller | None,
) -> None:
    """Read batches here while helpers read others, until all are recorded."""
    share, terms = await _in_thread(partial(walk.share_out, list(batches)))
    async with helpers(settings, terms):
        while claim := await _in_thread(share.wait):
            await visit_batch(share, claim, claim.number)
            if caller:
                caller.progress(walk.looked_at, batches.planned)
    if caller:
        caller.progress(batches.planned, batches.planned)


def _final_state(report: RunReport) -> State[Any]:
    says = summary_line(report)
    if report.fault:
        return Failed(message=f"{says}; {report.fault}")
    return Completed(message=says, data=report.document.as_json())


def trigger_of(run: FlowRun) -> Trigger:
    """Return what started a flow run, from what Prefect knows of it."""
    if CATCH_UP_TAG in run.tags:
        return Trigger.CATCH_UP
    if run.auto_scheduled:
        return Trigger.SCHEDULED
    return Trigger.API if run.deployment_id else Trigger.MANUAL


def _flow_run() -> FlowRun:
    context = FlowRunContext.get()
    if context is None or context.flow_run is None:
        raise RuntimeError(
            "ingest_flow runs as a Prefect flow only; use services.ingest.ingest instead"
        )
    return context.flow_run


def run_here(caller: Caller) -> RunReport:
    """Run the flow in this process, as a run of the Prefect server in the environment.

    Raises what the walk raises: RunRefused, BadRequest, DiscoveryFailed and the rest.
    """
    with _called_by(caller):
        return asyncio.run(_run(caller))


async def _run(caller: Caller) -> RunReport:
    asked = caller.request
    state: State[Any] = await ingest_flow(
        source=SourceName(asked.source),
        editions=list(asked.editions),
        countries=list(asked.countries),
        urls=list(asked.urls),
        full=asked.full,
        return_state=True,
    )
    if caller.report:
        return caller.report
    if caller.refusal:
        raise caller.refusal
    await state.aresult()
    raise RuntimeError(f"the flow run ended without a report: {state.message}")


@contextmanager
def _called_by(caller: Caller) -> Iterator[None]:
    token = _caller.set(caller)
    try:
        yield
    finally:
        _caller.reset(token)
