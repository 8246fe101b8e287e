"""Prefect's own automations: trouble with a run starts a check, which tells the operator."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from patience import wait_for
from prefect.runner import Runner
from prefect_stage import Stage, ask

from flows.deployments_file import BadDeployment, PlannedDeployment, read_deployments
from flows.planned import deployment_of
from flows.runner import prepare
from services.assembly import open_parts


@pytest.mark.slow
@pytest.mark.parametrize("name", ["deliver", "ingest", "ingest-uk-cpin"])
def test_a_run_that_failed_starts_a_check(stage: Stage, name: str) -> None:
    with open_parts(stage.settings) as parts:
        for _ in range(2):  # a second start registers nothing twice
            asyncio.run(prepare(Runner(name="reportwatch"), read_deployments(), parts))
    found = ask(stage.api_url, "/automations/filter", {})
    ours = [each for each in found if each["name"].endswith("check-after-trouble")]
    assert len(ours) == 1
    deployments = {each["name"]: each["id"] for each in _all(stage, "deployments")}

    def started_by_automation() -> list[Any]:
        asked = {"deployments": {"id": {"any_": [deployments["check"]]}}, "limit": 200}
        runs = ask(stage.api_url, "/flow_runs/filter", asked)
        return [each for each in runs if (each["created_by"] or {}).get("type") == "AUTOMATION"]

    before = len(started_by_automation())
    run = ask(
        stage.api_url,
        f"/deployments/{deployments[name]}/create_flow_run",
        {"state": {"type": "PENDING"}},
    )
    failed = {"state": {"type": "FAILED", "message": "the disk is full"}, "force": True}
    ask(stage.api_url, f"/flow_runs/{run['id']}/set_state", failed)
    assert wait_for(lambda: len(started_by_automation()) > before, "no check was started")


def _all(stage: Stage, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(stage.api_url, f"/{kind}/filter", {"limit": 50})
    return found


def test_a_trigger_that_prefect_does_not_know_is_refused_by_its_name() -> None:
    planned = PlannedDeployment(
        "check", "flows.check.check_flow", "", (), {}, (), 1, "CANCEL_NEW", ({"expect": 5},)
    )
    with pytest.raises(BadDeployment, match="triggers: "):
        asyncio.run(deployment_of(planned))
