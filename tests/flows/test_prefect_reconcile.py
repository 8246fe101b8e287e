"""What a runner puts in order before it starts, on a real Prefect server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from patience import wait_for
from plan_stage import CHECK, DELIVER, INGEST, PLAN, PlanServer
from prefect.client.orchestration import get_client
from prefect.states import Cancelled, Cancelling, Pending, Running, Scheduled
from prefect_stage import Stage

from flows.deployments_file import PlannedSchedule
from flows.reconcile import STOPPED, Reconciled, Reconciliation
from services.assembly import open_parts, utc_now


@pytest.fixture
def server(stage: Stage) -> Iterator[PlanServer]:
    """A server that holds the plan's deployments and nothing else."""
    server = PlanServer(stage, {})
    server.clear()
    server.start_runner()
    yield server
    server.clear()


@pytest.mark.slow
def test_a_server_in_order_is_left_alone(server: PlanServer) -> None:
    assert server.start_runner() == Reconciled()
    assert server.start_runner().lines() == []


def test_the_server_creates_runs_by_itself_for_every_schedule(server: PlanServer) -> None:
    def planned() -> set[str]:
        wanted = {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}, "limit": 200}
        runs = server.api("/flow_runs/filter", wanted)
        return {run["deployment_id"] for run in runs if run["auto_scheduled"]}

    assert len(server.ids) == 3
    wait_for(lambda: planned() == set(server.ids.values()), "a deployment has no scheduled run")


def put_off(server: PlanServer, run: str, ago: timedelta) -> None:
    """Let a run have been due so long ago."""
    due = {"type": "SCHEDULED", "state_details": {"scheduled_time": str(utc_now() - ago)}}
    server.api(f"/flow_runs/{run}/set_state", {"state": due, "force": True})


def test_missed_runs_are_dropped_and_made_up_for_by_one(server: PlanServer) -> None:
    server.schedule_in_the_past("ingest", days=5)
    assert len(server.runs("ingest")) == 5
    done = server.start_runner()
    assert (done.missed, done.caught_up) == (5, 1)
    [catch_up] = server.runs("ingest")
    assert "catch-up" in catch_up["tags"]
    assert catch_up["parameters"] == {"source": "sample-hrr"}


def test_a_run_that_is_just_due_is_made_up_for_with_the_missed(server: PlanServer) -> None:
    server.schedule_in_the_past("ingest", days=3)
    put_off(server, server.runs("ingest")[0]["id"], timedelta(seconds=30))
    done = server.start_runner()
    assert (done.missed, done.caught_up) == (2, 1)
    [catch_up] = server.runs("ingest")
    assert "catch-up" in catch_up["tags"]


def test_a_run_that_came_due_during_the_start_is_made_up_for_too(server: PlanServer) -> None:
    server.schedule_in_the_past("ingest", days=3)
    put_off(server, server.runs("ingest")[0]["id"], timedelta(seconds=5))

    async def start() -> None:
        with open_parts(server.stage.settings) as parts:
            async with get_client() as client:
                order = Reconciliation(client, utc_now() - timedelta(seconds=20))
                await order.clear(parts)
                await order.catch_up(utc_now())

    asyncio.run(start())
    [catch_up] = server.runs("ingest")
    assert "catch-up" in catch_up["tags"]


@pytest.mark.slow
def test_the_run_that_makes_up_is_not_asked_for_twice(server: PlanServer) -> None:
    server.schedule_in_the_past("ingest", days=2)
    server.start_runner()
    assert server.start_runner().caught_up == 0
    assert len(server.runs("ingest")) == 1


@pytest.mark.slow
def test_every_source_that_was_missed_is_made_up_for(server: PlanServer) -> None:
    other = PlannedSchedule("other", "30 6 * * *", "UTC", {"source": "us-state-hrr"})
    plan = (replace(INGEST, schedules=(*INGEST.schedules, other)), DELIVER, CHECK)
    server.start_runner(plan)
    server.schedule_in_the_past("ingest", days=3)
    assert server.start_runner(plan).caught_up == 2
    assert sorted(run["parameters"]["source"] for run in server.runs("ingest")) == [
        "sample-hrr",
        "us-state-hrr",
    ]


@pytest.mark.parametrize(("name", "days"), [("deliver", 0.02), ("check", 0.06)])
@pytest.mark.slow
def test_missed_deliveries_and_checks_are_dropped_for_good(
    server: PlanServer, name: str, days: float
) -> None:
    server.schedule_in_the_past(name, days)
    done = server.start_runner()
    assert done.missed >= 4
    assert done.caught_up == 0


@pytest.mark.slow
def test_a_late_run_that_a_person_asked_for_is_kept(server: PlanServer) -> None:
    run = server.start("ingest", Scheduled())
    put_off(server, run, timedelta(hours=1))
    assert server.start_runner() == Reconciled()
    assert [each["id"] for each in server.runs("ingest")] == [run]


@pytest.mark.parametrize(
    ("state", "ends_as"),
    [
        pytest.param(Running(), "CRASHED", id="running"),
        pytest.param(Pending(), "CRASHED", id="pending", marks=pytest.mark.slow),
        pytest.param(Cancelling(), "CANCELLED", id="cancelling", marks=pytest.mark.slow),
    ],
)
def test_runs_that_lost_their_process_are_closed(
    server: PlanServer, state: Any, ends_as: str
) -> None:
    run = server.start("ingest", state)
    done = server.start_runner()
    assert (done.cut_off, done.caught_up) == (1, 0)
    assert server.stage.flow_run(run)["state"]["type"] == ends_as


@pytest.mark.slow
def test_a_scheduled_run_that_was_cut_off_is_made_up_for(server: PlanServer) -> None:
    server.schedule_in_the_past("ingest", days=1)
    [run] = server.runs("ingest")
    server.api(f"/flow_runs/{run['id']}/set_state", {"state": {"type": "RUNNING"}, "force": True})
    done = server.start_runner()
    assert (done.cut_off, done.caught_up) == (1, 1)


@pytest.mark.slow
def test_a_scheduled_run_that_an_orderly_stop_cut_short_is_made_up_for(server: PlanServer) -> None:
    server.schedule_in_the_past("ingest", days=1)
    [run] = server.runs("ingest")
    stopped = {"type": "CANCELLED", "message": STOPPED}
    server.api(f"/flow_runs/{run['id']}/set_state", {"state": {"type": "RUNNING"}, "force": True})
    server.api(f"/flow_runs/{run['id']}/set_state", {"state": stopped, "force": True})
    assert server.start_runner().caught_up == 1


@pytest.mark.slow
def test_a_run_that_a_person_cancelled_stays_cancelled(server: PlanServer) -> None:
    server.start("ingest", Cancelled(message="enough"))
    server.start("ingest", Cancelled(message=STOPPED))
    assert server.start_runner().caught_up == 0


@pytest.mark.slow
def test_a_delivery_in_the_dead_runners_own_process_is_closed(server: PlanServer) -> None:
    flow = server.api("/flows/", {"name": "deliver"})
    body = {"flow_id": flow["id"], "tags": ["courier"], "state": {"type": "RUNNING"}}
    run = server.api("/flow_runs/", body)
    other = server.api("/flow_runs/", {**body, "tags": []})
    assert server.start_runner().cut_off == 1
    assert server.stage.flow_run(run["id"])["state"]["type"] == "CRASHED"
    assert server.stage.flow_run(other["id"])["state"]["type"] == "RUNNING"


@pytest.mark.slow
def test_deployments_of_ours_that_the_plan_no_longer_names_go_and_others_stay(
    server: PlanServer,
) -> None:
    flow = server.api("/flows/", {"name": "somebody else's"})
    server.api("/deployments/", {"name": "theirs", "flow_id": flow["id"]})
    server.start_runner((*PLAN, replace(INGEST, name="old")))
    assert server.start_runner().retired == ["deployment old"]
    names = {each["name"] for each in server.api("/deployments/filter", {})}
    assert names == {"ingest", "deliver", "check", "theirs"}


@pytest.mark.slow
def test_schedules_that_the_plan_no_longer_names_go(server: PlanServer) -> None:
    second = PlannedSchedule("weekly", "0 0 * * 0", "UTC", {})
    server.start_runner((replace(INGEST, schedules=(*INGEST.schedules, second)), DELIVER, CHECK))
    server.start_runner()
    schedules = server.api(f"/deployments/{server.ids['ingest']}/schedules")
    assert [each["slug"] for each in schedules] == ["daily"]


@pytest.mark.slow
def test_a_deployment_whose_last_schedule_is_taken_back_runs_on_request_alone(
    server: PlanServer,
) -> None:
    plan = (replace(INGEST, schedules=()), DELIVER, CHECK)
    assert server.start_runner(plan).retired == ["schedule daily"]
    assert server.api(f"/deployments/{server.ids['ingest']}/schedules") == []


@pytest.mark.slow
def test_a_schedule_paused_by_a_person_stays_paused_over_a_restart(server: PlanServer) -> None:
    path = f"/deployments/{server.ids['ingest']}/schedules"
    [schedule] = server.api(path)
    server.api(f"{path}/{schedule['id']}", {"active": False}, "PATCH")
    server.start_runner()
    [after] = server.api(path)
    assert after["active"] is False


@pytest.mark.slow
def test_a_changed_schedule_takes_the_place_of_the_old_one(server: PlanServer) -> None:
    later = replace(INGEST.schedules[0], cron="45 7 * * *")
    server.start_runner((replace(INGEST, schedules=(later,)), DELIVER, CHECK))
    schedules = server.api(f"/deployments/{server.ids['ingest']}/schedules")
    assert [each["schedule"]["cron"] for each in schedules] == ["45 7 * * *"]
    assert [each["schedule"]["timezone"] for each in schedules] == ["America/New_York"]


@pytest.mark.slow
def test_a_work_pool_of_an_earlier_deploy_is_taken_back(server: PlanServer) -> None:
    server.api("/work_pools/", {"name": "elsewhere", "type": "process"})
    path = f"/deployments/{server.ids['ingest']}"
    server.api(path, {"work_pool_name": "elsewhere"}, "PATCH")
    assert server.api(path)["work_pool_name"] == "elsewhere"
    server.start_runner()
    assert server.api(path)["work_pool_name"] is None


@pytest.mark.slow
def test_the_ledgers_rows_of_dead_runs_are_closed(server: PlanServer) -> None:
    with open_parts(server.stage.settings) as parts, parts.store.write() as unit:
        run = unit.runs.start(
            "sample-hrr",
            trigger="scheduled",
            orchestrator="prefect",
            flow_run="",
            parameters={},
            now=parts.now(),
        )
        unit.commit()
    assert server.start_runner().closed == [run]
    assert [row.state for row in server.stage.ledger()] == ["crashed"]


def test_what_was_done_is_told_in_words() -> None:
    done = Reconciled(missed=3, cut_off=1, closed=[7], retired=["schedule weekly"], caught_up=1)
    assert len(done.lines()) == 5
    assert "missed and are dropped: 3" in done.lines()[0]
