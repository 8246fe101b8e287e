"""Put a Prefect server in order before a runner starts: what was missed, cut off or taken back.

Right for one runner at a time, which the supervisor's lock ensures: every run of our deployments
that is under way now belongs to a runner that is dead.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterTags,
    FlowRunFilter,
    FlowRunFilterNextScheduledStartTime,
    FlowRunFilterState,
    FlowRunFilterStateName,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import DeploymentSchedule, FlowRun, State, StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import FlowRunSort
from prefect.states import Cancelled, Completed, Crashed, Failed, Scheduled

from flows.deployments_file import OUR_TAG, PlannedDeployment
from flows.ingest import CATCH_UP_TAG, INGEST, WAITING
from services.assembly import Parts
from services.runs.run import close_crashed_runs
from storage.watch.runs import RunView

GRACE = timedelta(minutes=2)
"""A scheduled run this late was missed; later than a runner's start-up, sooner than a day."""

COURIER_TAG = "courier"
"""Marks deliveries that a runner makes in its own process."""

STOPPED = "Runner is shutting down."
"""What Prefect writes on runs that a runner cancels because it is asked to stop."""

_GONE_AT_START = "Its process was gone when the runner started again"
_ENDS = {"done": Completed, "failed": Failed}
"""How Prefect says what the ledger says of runs that came to their end."""

UNDER_WAY = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
OURS = DeploymentFilter(tags=DeploymentFilterTags(all_=[OUR_TAG]))
PAGE = 200


@dataclass
class Reconciled:
    """What was put in order, in numbers and names, for the log."""

    missed: int = 0
    cut_off: int = 0
    closed: list[int] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    caught_up: int = 0

    def lines(self) -> list[str]:
        """Return a line for each thing done, in words."""
        done = [
            (self.missed, f"scheduled runs that were missed and are dropped: {self.missed}"),
            (self.cut_off, f"runs that had lost their process and are closed: {self.cut_off}"),
            (self.closed, f"runs {self.closed} of the ledger are closed as crashed"),
            (self.retired, f"no longer in the plan, removed: {', '.join(self.retired)}"),
            (self.caught_up, f"catch-up runs that are scheduled for now: {self.caught_up}"),
        ]
        return [line for happened, line in done if happened]


@dataclass(frozen=True)
class CatchUpRun:
    """An ingest to make up for: of which deployment it was, with which parameters."""

    deployment_id: UUID
    parameters: Mapping[str, Any]

    @property
    def key(self) -> str:
        """What makes two of them one, of whichever deployment they were."""
        return as_key(self.parameters)


@dataclass(frozen=True)
class Surplus:
    """A deployment of ours that the plan does not name any more, or a schedule of one."""

    deployment: DeploymentResponse
    schedule: DeploymentSchedule | None = None

    @property
    def name(self) -> str:
        """What it is, in words."""
        if self.schedule is None:
            return f"deployment {self.deployment.name}"
        return f"schedule {self.schedule.slug or self.schedule.id}"


def surplus(held: Iterable[DeploymentResponse], plan: Sequence[PlannedDeployment]) -> list[Surplus]:
    """Return what of the deployments held a plan does not name any more."""
    planned = {each.name: {one.slug for one in each.schedules} for each in plan}
    found = []
    for each in held:
        slugs = planned.get(each.name)
        if slugs is None:
            found.append(Surplus(each))
        else:
            found += [Surplus(each, one) for one in each.schedules if one.slug not in slugs]
    return found


class Reconciliation:
    """One pass over the server, in two steps: before and after deployments are registered."""

    def __init__(self, client: PrefectClient, now: datetime) -> None:
        self._client = client
        self._now = now
        self._wanted: dict[str, CatchUpRun] = {}
        self.done = Reconciled()

    async def clear(self, parts: Parts) -> None:
        """Drop missed runs, close those cut off and note which ingests are to be caught up on."""
        ingests = await self._ingests()
        self._note_wanted(await self._last_stopped(ingests))
        missed = await self._drop_missed()
        self.done.closed = close_crashed_runs(parts)
        cut_off = await self._close_cut_off(parts)
        self._note_wanted(
            run
            for run in [*missed, *cut_off]
            if run.deployment_id in ingests and is_ours_to_repeat(run)
        )

    async def held(self) -> list[DeploymentResponse]:
        """Return the deployments of ours that the server holds."""
        return await self._client.read_deployments(deployment_filter=OURS, limit=PAGE)

    async def paused(self, plan: Sequence[PlannedDeployment]) -> set[tuple[str, str]]:
        """Return (deployment, slug) of the plan's schedules that somebody paused.

        Prefect would start them again when their deployment is registered anew. A deployment that
        is new to the server takes over what was paused of its flow under the same slug.
        """
        deployments = await self.held()
        known = {each.name for each in deployments}
        paused = {(each.name, slug) for each in deployments for slug in _paused_of(each)}
        elsewhere = {
            (each.entrypoint, slug)
            for each in deployments
            for slug in (_slugs_of(each) if each.paused else _paused_of(each))
        }
        return {
            (each.name, one.slug)
            for each in plan
            for one in each.schedules
            if (each.name, one.slug) in paused
            or (each.name not in known and (each.entrypoint, one.slug) in elsewhere)
        }

    async def retire(self, deployments: Sequence[PlannedDeployment]) -> None:
        """Remove deployments and schedules of ours that the file no longer names.

        With the last schedule of a deployment go the runs that it has made; they are caught up on.
        """
        for each in surplus(await self.held(), deployments):
            if each.schedule is None:
                await self._client.delete_deployment(each.deployment.id)
            else:
                await self._client.delete_deployment_schedule(each.deployment.id, each.schedule.id)
            self.done.retired.append(each.name)
        without_schedule = {each.name for each in deployments if not each.schedules}
        for deployment in await self.held():
            if deployment.name in without_schedule:
                await self._drop_unplanned(deployment)

    async def catch_up(self, now: datetime) -> None:
        """Schedule one run for each that is wanted, if a deployment for it is there.

        It does the work of those too that have come due by ``now``, which is later than the start:
        of two at once one would be dropped, and which one is not for us to say. What is due later
        Prefect has dropped as the deployment was registered, and makes anew.
        """
        kept = await self.held()
        planned = {
            as_key({**each.parameters, **schedule.parameters}): each.id
            for each in kept
            if await self._is_ingest(each)
            for schedule in each.schedules
        }
        for wanted in self._wanted.values():
            deployment_id = planned.get(wanted.key, wanted.deployment_id)
            if deployment_id not in {each.id for each in kept}:
                continue
            await self._drop_due(deployment_id, wanted.key, now)
            await self._client.create_flow_run_from_deployment(
                deployment_id,
                parameters=dict(wanted.parameters),
                tags=[CATCH_UP_TAG],
                state=Scheduled(scheduled_time=now),
            )
            self.done.caught_up += 1

    async def _drop_due(self, deployment_id: UUID, key: str, now: datetime) -> None:
        scheduled = FlowRunFilter(state=_in(StateType.SCHEDULED))
        for run in await self._runs(scheduled, _the(deployment_id)):
            is_alike = run.auto_scheduled and as_key(run.parameters) == key
            if is_alike and _is_due(run, now):
                await self._client.delete_flow_run(run.id)

    async def _drop_missed(self) -> list[FlowRun]:
        before = FlowRunFilterNextScheduledStartTime(before_=self._now - GRACE)
        late = FlowRunFilter(state=_in(StateType.SCHEDULED), next_scheduled_start_time=before)
        # Those that waited for another run moved their time ahead again and again.
        waiting = FlowRunFilter(state=called(WAITING))
        found = {
            run.id: run
            for wanted in (late, waiting)
            for run in await self._runs(wanted, OURS)
            if is_ours_to_repeat(run)
        }
        for run_id in found:
            await self._client.delete_flow_run(run_id)
        self.done.missed = len(found)
        return list(found.values())

    async def _drop_unplanned(self, deployment: DeploymentResponse) -> None:
        """Drop the runs that a schedule now gone has made; Prefect keeps those that are due."""
        made = _the(deployment.id)
        scheduled = FlowRunFilter(state=_in(StateType.SCHEDULED))
        runs = [run for run in await self._runs(scheduled, made) if run.auto_scheduled]
        for run in runs:
            await self._client.delete_flow_run(run.id)
        if await self._is_ingest(deployment):
            self._note_wanted(run for run in runs if _is_due(run, self._now))

    async def under_way(self) -> list[FlowRun]:
        """Return the runs of ours that are under way, as far as Prefect knows."""
        under_way = _in(*UNDER_WAY)
        couriers = FlowRunFilter(state=under_way, tags=FlowRunFilterTags(all_=[COURIER_TAG]))
        return [
            *await self._runs(FlowRunFilter(state=under_way), OURS),
            *await self._runs(couriers, None),
        ]

    async def close(self, run: FlowRun, why: str, row: RunView | None) -> bool:
        """Close a run whose process is gone, whose row of the ledger is closed, if it has one.

        Returns whether it was cut off: a process may also die between the end of its run in the
        ledger and the word of it to Prefect.
        """
        was_cancelled = run.state_type == StateType.CANCELLING
        end = _ENDS.get(row.state if row else "")
        says = f"{why}; run {row.id} of the ledger: {row.state}." if row else f"{why}."
        state: State[Any] = (end or (Cancelled if was_cancelled else Crashed))(message=says)
        await self._client.set_flow_run_state(run.id, state)
        self.done.cut_off += 1
        return end is None

    async def want_again(self, runs: Iterable[FlowRun]) -> None:
        """Have ``catch_up`` make up for those ingests among ended runs that a schedule started."""
        ingests = await self._ingests()
        self._note_wanted(
            run for run in runs if run.deployment_id in ingests and run.auto_scheduled
        )

    async def _close_cut_off(self, parts: Parts) -> list[FlowRun]:
        runs = await self.under_way()
        rows = rows_of(parts, runs)
        return [run for run in runs if await self.close(run, _GONE_AT_START, rows.get(run.id))]

    async def _last_stopped(self, deployments: Iterable[UUID]) -> list[FlowRun]:
        """Return the latest ended run of each deployment where a runner's end cut it short."""
        stopped = []
        for deployment_id in deployments:
            ended = await self._client.read_flow_runs(
                flow_run_filter=FlowRunFilter(
                    state=_in(
                        StateType.COMPLETED,
                        StateType.FAILED,
                        StateType.CANCELLED,
                        StateType.CRASHED,
                    )
                ),
                deployment_filter=_the(deployment_id),
                sort=FlowRunSort.END_TIME_DESC,
                limit=1,
            )
            stopped += [run for run in ended if run.state and run.state.message == STOPPED]
        return [run for run in stopped if is_ours_to_repeat(run)]

    async def _runs(self, wanted: FlowRunFilter, of: DeploymentFilter | None) -> list[FlowRun]:
        found: list[FlowRun] = []
        while True:
            page = await self._client.read_flow_runs(
                flow_run_filter=wanted, deployment_filter=of, limit=PAGE, offset=len(found)
            )
            found += page
            if len(page) < PAGE:
                return found

    async def _ingests(self) -> set[UUID]:
        return {each.id for each in await self.held() if await self._is_ingest(each)}

    async def _is_ingest(self, deployment: DeploymentResponse) -> bool:
        return (await self._client.read_flow(deployment.flow_id)).name == INGEST

    def _note_wanted(self, runs: Iterable[FlowRun]) -> None:
        for run in runs:
            assert run.deployment_id
            wanted = CatchUpRun(run.deployment_id, run.parameters)
            self._wanted[wanted.key] = wanted


def rows_of(parts: Parts, runs: Iterable[FlowRun]) -> dict[UUID, RunView]:
    """Return the row of the ledger of each flow run that has one."""
    with parts.store.read() as unit:
        found = {run.id: unit.runs.of_flow_run(str(run.id)) for run in runs}
    return {flow_run: row for flow_run, row in found.items() if row}


def as_key(parameters: Mapping[str, Any]) -> str:
    """Return a run's parameters as what tells whether two runs ask for the same."""
    return json.dumps(parameters, sort_keys=True, default=str)


def called(*names: str) -> FlowRunFilterState:
    """Return the filter for runs in a state of one of these names."""
    return FlowRunFilterState(name=FlowRunFilterStateName(any_=list(names)))


def is_ours_to_repeat(run: FlowRun) -> bool:
    """Return whether a schedule started it; what a person started is that person's to repeat."""
    return bool(run.auto_scheduled) or CATCH_UP_TAG in run.tags


def _the(deployment_id: UUID) -> DeploymentFilter:
    return DeploymentFilter.model_validate({"id": {"any_": [deployment_id]}})


def _is_due(run: FlowRun, now: datetime) -> bool:
    return run.next_scheduled_start_time is not None and run.next_scheduled_start_time <= now


def _slugs_of(deployment: DeploymentResponse) -> set[str]:
    return {each.slug or "" for each in deployment.schedules}


def _paused_of(deployment: DeploymentResponse) -> set[str]:
    return {each.slug or "" for each in deployment.schedules if not each.active}


def _in(*types: StateType) -> FlowRunFilterState:
    return FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types)))
