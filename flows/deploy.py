"""Register a plan at a Prefect server for workers of a work pool, and say what that changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.objects import VersionInfo
from prefect.client.schemas.responses import DeploymentResponse
from prefect.deployments.runner import DeploymentApplyError, RunnerDeployment
from prefect.events.schemas.deployment_triggers import BaseDeploymentTrigger
from prefect.exceptions import ObjectNotFound, PrefectException, PrefectHTTPStatusError
from prefect.workers.process import ProcessWorker

from documents.operations import ChangedDeployment, DeployedDocument
from flows.deployments_file import PROCESS, BadDeployment, PlannedDeployment
from flows.planned import deployment_of
from flows.prefect_api import PrefectRefused
from flows.reconcile import Reconciliation, surplus
from flows.schedule_notes import note_deployments, note_sources
from services.agreed_settings import (
    DATABASE_ID,
    SettingsDiffer,
    agree,
    differences,
    is_agreed,
    readable,
)
from services.assembly import Parts
from services.parent_death import OF_WORKER
from services.settings import PREFIX, secret_names

OF_RUNS = {"DO_NOT_TRACK": "1", "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore"}
"""Variables for every run: nothing is reported to anybody outside, and no log line is a fault."""


MARK = "Made by reportwatch."
"""By which automations of ours are known: Prefect's server does not tell whose they are."""


@dataclass
class Deployed:
    """What was changed at a server, or would be; names of deployments are ``flow/name``."""

    pool: str
    is_pool_new: bool = False
    new: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)

    @property
    def is_nothing(self) -> bool:
        """Whether everything is as it should be already."""
        return not self.document("", is_dry_run=False).is_change

    def document(self, api_url: str, *, is_dry_run: bool) -> DeployedDocument:
        """Return what ``deploy`` prints."""
        return DeployedDocument(
            prefect=api_url,
            pool=self.pool,
            dry_run=is_dry_run,
            is_pool_new=self.is_pool_new,
            new=self.new,
            changed=[ChangedDeployment(name=x, what=y) for x, y in self.changed.items()],
            unchanged=self.unchanged,
            removed=self.removed,
            settings=self.settings,
        )


def deploy_here(
    parts: Parts,
    plan: Sequence[PlannedDeployment],
    pool: str,
    *,
    is_dry_run: bool = False,
    accepts_settings: bool = False,
) -> Deployed:
    """Do `deploy` from a program without an event loop; PrefectRefused if the server refuses."""
    work = deploy(parts, plan, pool, is_dry_run=is_dry_run, accepts_settings=accepts_settings)
    try:
        return asyncio.run(work)
    except (PrefectException, PrefectHTTPStatusError, DeploymentApplyError) as error:
        raise PrefectRefused(f"Prefect's server refused: {error}") from error


async def deploy(
    parts: Parts,
    plan: Sequence[PlannedDeployment],
    pool: str,
    *,
    is_dry_run: bool = False,
    accepts_settings: bool = False,
) -> Deployed:
    """Bring a server's deployments to what a plan says; ``pool`` replaces the file's name for it.

    Settings that must agree are written into our database. Raises SettingsDiffer where others were
    agreed and ``accepts_settings`` does not say that these are the right ones, and BadDeployment.
    """
    done = Deployed(_pool_of(plan, pool), settings=_settings(parts, accepts_settings))
    async with get_client() as client:
        kind = await _type_of_pool(client, done.pool)
        done.is_pool_new = kind is None
        order = Reconciliation(client, parts.now())
        paused = await order.paused(plan)
        held = {each.name: each for each in await order.held()}
        done.removed = [each.name for each in surplus(held.values(), plan)]
        variables = _variables(parts, kind or PROCESS)
        to_apply = []
        for planned in plan:
            wanted = await deployment_of(planned, paused)
            wanted.work_pool_name = done.pool
            wanted.job_variables = _merged(planned.job_variables, variables)
            for trigger in wanted.triggers:
                assert isinstance(trigger, BaseDeploymentTrigger)
                trigger.description = f"{trigger.description} {MARK}".strip()
            if await _compare(client, wanted, held.get(planned.name), done):
                to_apply.append(wanted)
        if is_dry_run:
            return done
        if done.settings:
            agree(parts)
        if done.is_pool_new:
            await _make_pool(client, done.pool)
        for wanted in to_apply:
            await wanted.aapply(work_pool_name=done.pool, version_info=_version())
        await order.retire(plan)
    note = note_sources if done.is_nothing else note_deployments
    note(parts, plan)
    return done


def _pool_of(plan: Sequence[PlannedDeployment], chosen: str) -> str:
    named = {chosen} if chosen else {each.pool for each in plan}
    if len(named) != 1 or "" in named:
        raise BadDeployment("the plan's deployments name no work pool, or several; give --pool")
    return named.pop()


def _settings(parts: Parts, accepts: bool) -> list[str]:
    """Return what is to be agreed anew, in words; raises SettingsDiffer if that is not wanted."""
    if not is_agreed(parts):
        return ["agreed for the first time"]
    found = differences(parts)
    if found and not accepts:
        raise SettingsDiffer(
            f"settings differ from those that the other machines have: {'; '.join(found)}. Correct "
            "them; or give --accept-settings if these are the right ones, and set them everywhere"
        )
    return found


def _variables(parts: Parts, kind: str) -> dict[str, Any]:
    """Return the job variables of every deployment: no secret is among them."""
    with parts.store.read() as unit:
        identity = str(unit.installation.uuid)
    agreed = {PREFIX + name.upper(): value for name, value in readable(parts.settings).items()}
    made: dict[str, Any] = {"env": {**OF_RUNS, **agreed, DATABASE_ID: identity}}
    if kind == PROCESS:
        made["command"] = OF_WORKER
    return made


def _merged(of_file: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """Return the file's job variables with ours beside them; raises BadDeployment for a secret."""
    env = dict(of_file.get("env") or {})
    for name in sorted(env):
        if name in secret_names():
            raise BadDeployment(
                f"job_variables: {name} is a secret, which everybody would read in Prefect; set it "
                "in the environment of the workers"
            )
    return {**ours, **of_file, "env": {**env, **ours["env"]}}


async def _type_of_pool(client: PrefectClient, name: str) -> str | None:
    try:
        return (await client.read_work_pool(name)).type
    except ObjectNotFound:
        return None


async def _make_pool(client: PrefectClient, name: str) -> None:
    template = ProcessWorker.get_default_base_job_template()
    await client.create_work_pool(
        WorkPoolCreate(name=name, type=PROCESS, base_job_template=template)
    )


def _version() -> VersionInfo:
    """Return this program's version; Prefect would ask git for that of the folder it runs in."""
    return VersionInfo(type="prefect:simple", version=version("reportwatch"))


async def _compare(
    client: PrefectClient,
    wanted: RunnerDeployment,
    held: DeploymentResponse | None,
    done: Deployed,
) -> bool:
    """Note whether a deployment is new, changed or neither; return whether it is to be applied."""
    if held is None:
        done.new.append(wanted.full_name)
        return True
    what = [name for name, differs in _ASPECTS.items() if differs(wanted, held)]
    if await _triggers_differ(client, wanted, held):
        what.append("triggers")
    if what:
        done.changed[wanted.full_name] = what
    else:
        done.unchanged.append(wanted.full_name)
    return bool(what)


def _limits_differ(wanted: RunnerDeployment, held: DeploymentResponse) -> bool:
    limit, options = held.global_concurrency_limit, held.concurrency_options
    ours = wanted.concurrency_options
    strategies = [each.collision_strategy if each else None for each in (ours, options)]
    return wanted.concurrency_limit != (limit.limit if limit else None) or (
        strategies[0] != strategies[1]
    )


def _schedules_differ(wanted: RunnerDeployment, held: DeploymentResponse) -> bool:
    """Return whether a schedule is new or changed; one too many is removed anyhow."""
    there = {each.slug: _schedule(each) for each in held.schedules}
    return any(there.get(each.slug) != _schedule(each) for each in wanted.schedules or ())


def _schedule(schedule: Any) -> tuple[Any, ...]:
    when = schedule.schedule
    return when.cron, when.timezone, dict(schedule.parameters), schedule.active is not False


_ASPECTS: dict[str, Callable[[RunnerDeployment, DeploymentResponse], bool]] = {
    "description": lambda wanted, held: (wanted.description or "") != (held.description or ""),
    "entrypoint": lambda wanted, held: wanted.entrypoint != held.entrypoint,
    "tags": lambda wanted, held: sorted(wanted.tags) != sorted(held.tags),
    "parameters": lambda wanted, held: wanted.parameters != held.parameters,
    "form": lambda wanted, held: _form(wanted) != (held.parameter_openapi_schema or {}),
    "schedules": _schedules_differ,
    "limit": _limits_differ,
    "work pool": lambda wanted, held: wanted.work_pool_name != held.work_pool_name,
    "job variables": lambda wanted, held: wanted.job_variables != held.job_variables,
}


def _form(wanted: RunnerDeployment) -> dict[str, Any]:
    return wanted._parameter_openapi_schema.model_dump(mode="json", exclude_unset=True)


async def _triggers_differ(
    client: PrefectClient, wanted: RunnerDeployment, held: DeploymentResponse
) -> bool:
    there = [
        _shape(each)
        for each in await client.read_resource_related_automations(f"prefect.deployment.{held.id}")
        if each.description.endswith(MARK)
    ]
    ours = []
    for each in wanted.triggers:
        each.set_deployment_id(held.id)
        ours.append(_shape(each.as_automation()))
    return sorted(map(repr, there)) != sorted(map(repr, ours))


def _shape(automation: Any) -> Any:
    """Return what an automation does: a server gives its parts numbers."""
    facts = automation.model_dump(mode="json")
    names = ("name", "description", "trigger", "actions")
    return _without_ids({name: facts[name] for name in names})


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_ids(each) for name, each in sorted(value.items()) if name != "id"}
    if isinstance(value, list):
        return sorted((_without_ids(each) for each in value), key=repr)
    return value
