"""Bring what a plan names into Prefect's form: the runner and `deploy` register the same."""

from __future__ import annotations

from collections.abc import Container, Mapping
from importlib import import_module
from typing import Any

from prefect import Flow
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.events import DeploymentTriggerTypes
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType
from pydantic import TypeAdapter, ValidationError

from flows.deployments_file import BadDeployment, PlannedDeployment


async def deployment_of(
    planned: PlannedDeployment, paused: Container[tuple[str, str]] = ()
) -> RunnerDeployment:
    """Return Prefect's form of a planned deployment; raises BadDeployment for an unknown flow.

    ``paused`` holds (deployment, slug) of schedules that somebody paused, and that stay so.
    """
    deployment = await load_flow(planned.entrypoint).ato_deployment(
        name=planned.name,
        description=planned.description,
        tags=list(planned.tags),
        parameters=dict(planned.parameters),
        schedules=[
            Cron(
                each.cron,
                timezone=each.timezone,
                slug=each.slug,
                parameters=dict(each.parameters),
                active=(planned.name, each.slug) not in paused,
            )
            for each in planned.schedules
        ],
        triggers=[_trigger(each) for each in planned.triggers],
        concurrency_limit=_limit(planned),
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    # Named so that an update takes back the work pool of an earlier `prefect deploy`.
    deployment.work_pool_name = None
    deployment.work_queue_name = None
    return deployment


def load_flow(entrypoint: str) -> Flow[Any, Any]:
    """Return the flow at an import path (``flows.ingest.ingest_flow``); raises BadDeployment."""
    module, _, name = entrypoint.rpartition(".")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        found = None
    if not isinstance(found, Flow):
        raise BadDeployment(f"{entrypoint!r} is not a flow; give an import path")
    return found


def _trigger(planned: Mapping[str, Any]) -> DeploymentTriggerTypes:
    """Return Prefect's form of a trigger; raises BadDeployment."""
    try:
        made: DeploymentTriggerTypes = _TRIGGERS.validate_python(dict(planned))
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise BadDeployment(
            f"triggers: {'.'.join(map(str, fault['loc']))}: {fault['msg']}"
        ) from None
    return made


_TRIGGERS: TypeAdapter[DeploymentTriggerTypes] = TypeAdapter(DeploymentTriggerTypes)


def _limit(planned: PlannedDeployment) -> ConcurrencyLimitConfig | None:
    if planned.limit is None:
        return None
    strategy = ConcurrencyLimitStrategy(planned.collision_strategy)
    return ConcurrencyLimitConfig(limit=planned.limit, collision_strategy=strategy)
