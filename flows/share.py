"""The Prefect flow that helps a run of one source: it reads batches that nobody is at."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from functools import partial
from typing import Any

from anyio import to_thread
from prefect import flow, get_client, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.deployments.flow_runs import arun_deployment
from prefect.futures import PrefectFuture
from prefect.states import Cancelled, Completed
from prefect.task_runners import TaskRunner

from flows.environment import HOST
from flows.run_lock import run_lock
from reports.text.plain import counted
from services.assembly import Parts, open_parts
from services.logs import name_run
from services.parent_death import end_with_runner
from services.runs.run import RunRefused
from services.settings import Settings, load_settings
from services.watch.share import TERMS, Claim, Share, Terms
from storage.database.errors import LockLost

SHARE = "share"
"""The name of the flow, and of its deployment."""

DASK_SECONDS = 30.0
"""How long a run that is read to its end waits for its helpers to see that."""

NOT_BEGUN = (StateType.SCHEDULED, StateType.PENDING)


@task(task_run_name="visit batch {number}", cache_policy=NO_CACHE, persist_result=False)
async def visit_batch(share: Share, claim: Claim, number: int) -> None:
    """Read one batch of a run that is shared out, and record it in its turn."""
    get_run_logger().info("batch %d", number)
    await to_thread.run_sync(partial(share.visit, claim))


@flow(name=SHARE, flow_run_name="share of a run", persist_result=False)
async def share_flow(terms: dict[str, Any] = {}) -> State[Any]:  # noqa: B006 - never changed
    """Read pages of a run that another program owns, until nothing is left to take.

    Args:
        terms: What the owner of the run says of it. Runs that are shared out (REPORTWATCH_SPREAD)
            start this flow by themselves; there is nothing to start by hand.

    """
    end_with_runner()
    if not terms:
        return Cancelled(
            message="nothing to help: runs that are shared out start this by themselves"
        )
    asked = TERMS.validate_python(terms)
    with open_parts(load_settings()) as parts:
        async with run_lock(parts):
            try:
                read = await _help(parts, asked)
            except (LockLost, RunRefused) as error:
                return Cancelled(message=str(error))
    return Completed(message=f"{counted(read, 'part')} of run {asked.run_id}")


async def _help(parts: Parts, terms: Terms) -> int:
    share = await to_thread.run_sync(partial(Share.join, parts, terms))
    name_run(terms.run_id, share.source)
    read = 0
    try:
        while claim := await to_thread.run_sync(share.take):
            await visit_batch(share, claim, claim.number)
            read += 1
    finally:
        share.close()
    return read


@task(task_run_name="share of run {run}", cache_policy=NO_CACHE, persist_result=False)
async def help_on_dask(terms: dict[str, Any], run: int) -> int:  # noqa: ARG001 - named in the run
    """Read pages of a run that another program owns, on a worker of Dask; return how many parts."""
    return await _help_from_afar(terms)  # all else is found there: Dask sends this function's names


async def _help_from_afar(terms: dict[str, Any]) -> int:
    with open_parts(load_settings()) as parts:
        try:
            return await _help(parts, TERMS.validate_python(terms))
        except (LockLost, RunRefused) as error:
            get_run_logger().warning("%s", error)
            return 0


@asynccontextmanager
async def helpers(settings: Settings, terms: Terms) -> AsyncIterator[None]:
    """Have other programs help a run until the block ends; without them it is read alone."""
    async with _on_dask(settings, terms) if settings.dask else _by_workers(settings, terms):
        yield


@asynccontextmanager
async def _by_workers(settings: Settings, terms: Terms) -> AsyncIterator[None]:
    runs = [run for _ in range(settings.spread) if (run := await _call(terms))]
    try:
        yield
    finally:
        await _send_away(runs)


@asynccontextmanager
async def _on_dask(settings: Settings, terms: Terms) -> AsyncIterator[None]:
    parameters = {"terms": _as_parameter(terms), "run": terms.run_id}
    with ExitStack() as stack:

        def begin() -> list[PrefectFuture[int]]:
            runner = stack.enter_context(_dask(settings))
            return [runner.submit(help_on_dask, parameters) for _ in range(settings.spread)]

        futures: list[PrefectFuture[int]] = []
        try:
            futures = await to_thread.run_sync(begin)
        except Exception as error:  # no such extra, no scheduler: the run reads all itself
            get_run_logger().warning("no help from Dask: %s", error)
        try:
            yield
        finally:
            for each in futures:
                await to_thread.run_sync(partial(each.wait, DASK_SECONDS))


def _dask(settings: Settings) -> TaskRunner[Any]:
    """Return what submits tasks to Dask."""
    from prefect_dask.task_runners import DaskTaskRunner

    if settings.dask != "local":
        return DaskTaskRunner(address=settings.dask)
    # Whoever reaches a scheduler of Dask runs code as its user, on loopback too: so TLS, with keys
    # that are made for this run alone.
    ours = {"n_workers": settings.spread, "threads_per_worker": 1, "host": HOST}
    cluster = {**ours, "dashboard_address": None, "protocol": "tls", "security": True}
    return DaskTaskRunner(cluster_kwargs=cluster)


async def _call(terms: Terms) -> FlowRun | None:
    try:
        return await arun_deployment(
            f"{SHARE}/{SHARE}",
            parameters={"terms": _as_parameter(terms)},
            flow_run_name=f"share of run {terms.run_id}",
            tags=[terms.request.source],
            timeout=0,
        )
    except Exception as error:
        get_run_logger().warning("no help from another program: %s", error)
        return None


async def _send_away(runs: list[FlowRun]) -> None:
    """Cancel helpers that nobody began; those at work find nothing more to take."""
    with suppress(Exception):  # a helper that comes too late ends by itself
        async with get_client() as client:
            for run in runs:
                now = await client.read_flow_run(run.id)
                if now.state_type in NOT_BEGUN:
                    late: State[Any] = Cancelled(message="The run has ended without it.")
                    await client.set_flow_run_state(run.id, late)


def _as_parameter(terms: Terms) -> dict[str, Any]:
    found: dict[str, Any] = TERMS.dump_python(terms, mode="json")
    return found
