"""What tests of a registered plan share: a plan, and the server that it is registered at."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from prefect import get_client
from prefect.runner import Runner
from prefect.states import Running, Scheduled
from prefect_stage import Stage, ask

from flows.deployments_file import PlannedDeployment, PlannedSchedule
from flows.reconcile import Reconciled
from flows.runner import prepare
from services.assembly import open_parts, utc_now

PLAN = (
    PlannedDeployment(
        name="ingest",
        entrypoint="flows.ingest.ingest_flow",
        description="",
        tags=("reportwatch",),
        parameters={"source": "sample-hrr"},
        schedules=(
            PlannedSchedule("daily", "15 6 * * *", "America/New_York", {"source": "sample-hrr"}),
        ),
        limit=1,
        collision_strategy="ENQUEUE",
    ),
    PlannedDeployment(
        name="deliver",
        entrypoint="flows.deliver.deliver_flow",
        description="",
        tags=("reportwatch",),
        parameters={},
        schedules=(PlannedSchedule("often", "*/5 * * * *", "UTC", {}),),
        limit=1,
        collision_strategy="CANCEL_NEW",
    ),
    PlannedDeployment(
        name="check",
        entrypoint="flows.check.check_flow",
        description="",
        tags=("reportwatch",),
        parameters={},
        schedules=(PlannedSchedule("quarterly", "*/15 * * * *", "UTC", {}),),
        limit=1,
        collision_strategy="CANCEL_NEW",
    ),
)
INGEST, DELIVER, CHECK = PLAN


@dataclass
class PlanServer:
    """A Prefect server with a plan registered, as the tests ask it."""

    stage: Stage
    ids: dict[str, str]

    def api(self, path: str, body: object = None, method: str | None = None) -> Any:
        return ask(self.stage.api_url, path, body, method)

    def clear(self) -> None:
        for kind, limit in (("deployments", 50), ("flow_runs", 200)):
            while found := self.api(f"/{kind}/filter", {"limit": limit}):
                for each in found:
                    self.api(f"/{kind}/{each['id']}", method="DELETE")

    def schedule_in_the_past(self, name: str, days: float) -> None:
        """Have the scheduler create the runs of the last days, as if nothing had run."""
        now = utc_now()
        times = {"start_time": str(now - timedelta(days=days)), "end_time": str(now)}
        self.api(
            f"/deployments/{self.ids[name]}/schedule", {**times, "min_runs": 100, "max_runs": 100}
        )

    def runs(self, name: str) -> list[dict[str, Any]]:
        wanted = {"deployments": {"id": {"any_": [self.ids[name]]}}}
        found = self.api("/flow_runs/filter", {**wanted, "limit": 200})
        return [
            run for run in found if run["expected_start_time"] < str(utc_now()).replace(" ", "T")
        ]

    def start(self, name: str, state: Any, **facts: Any) -> str:
        """Create a run of a deployment and bring it into a state."""

        async def make() -> str:
            async with get_client() as client:
                run = await client.create_flow_run_from_deployment(
                    self.ids[name], state=Scheduled(), **facts
                )
                if not state.is_scheduled():
                    await client.set_flow_run_state(run.id, Running(), force=True)
                    await client.set_flow_run_state(run.id, state, force=True)
                return str(run.id)

        return asyncio.run(make())

    def start_runner(self, plan: tuple[PlannedDeployment, ...] = PLAN) -> Reconciled:
        """Do what a runner does before it takes up work."""

        async def order() -> Reconciled:
            with open_parts(self.stage.settings) as parts:
                return await prepare(Runner(name="test"), plan, parts)

        done = asyncio.run(order())
        self.ids = {each["name"]: each["id"] for each in self.api("/deployments/filter", {})}
        return done
