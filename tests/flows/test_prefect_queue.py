"""What waits in Prefect's queue: one scheduled run of a kind, and whatever a person asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from plan_stage import CHECK, DELIVER, INGEST, PlanServer
from prefect import get_client
from prefect.exceptions import Abort
from prefect.flow_engine import run_flow_async
from prefect.states import Scheduled
from prefect_stage import SOURCE, Stage

from flows import ingest
from flows.deployments_file import PlannedSchedule, read_deployments
from flows.ingest import WAITING, ingest_flow
from flows.waiting_runs import DROPPED, drop_repeated
from services.assembly import open_parts, utc_now

SOURCES = ("us-state-hrr", "us-state-irf", "uk-cpin")
OLD_PLAN = (
    replace(
        INGEST,
        parameters={"source": SOURCES[0]},
        schedules=tuple(
            PlannedSchedule(f"{source}-hourly", f"{minute} * * * *", "UTC", {"source": source})
            for source, minute in zip(SOURCES, (7, 23, 41), strict=True)
        ),
    ),
    DELIVER,
    CHECK,
)
"""The plan of before: one deployment has the schedules of all sources."""


@pytest.fixture
def server(stage: Stage) -> Iterator[PlanServer]:
    """A server that holds nothing yet."""
    server = PlanServer(stage, {})
    server.clear()
    yield server
    server.clear()


def waiting(minutes: float = 0) -> dict[str, Any]:
    """Return the state in which Prefect lets a run wait for its place."""
    at = {"scheduled_time": str(utc_now() + timedelta(minutes=minutes))}
    return {
        "state": {"type": "SCHEDULED", "name": WAITING, "state_details": at},
        "force": True,
    }


def names(server: PlanServer, runs: list[dict[str, Any]]) -> list[str]:
    return [server.stage.flow_run(each["id"])["state"]["name"] for each in runs]


def drop(_server: PlanServer) -> int:
    async def look() -> int:
        async with get_client() as client:
            return await drop_repeated(client)

    return asyncio.run(look())


def test_of_scheduled_runs_that_ask_for_the_same_one_waits_and_a_persons_all_do(
    server: PlanServer,
) -> None:
    other = PlannedSchedule("other", "20 6 * * *", "UTC", {"source": SOURCES[0]})
    plan = (replace(INGEST, schedules=(*INGEST.schedules, other)), DELIVER, CHECK)
    server.start_runner(plan)
    server.schedule_in_the_past("ingest", days=3)
    scheduled = server.runs("ingest")
    asked = [
        server.api(f"/deployments/{server.ids['ingest']}/create_flow_run", {"parameters": given})
        for given in ({"source": SOURCE, "full": True}, {"source": SOURCE, "full": True})
    ]
    assert (len(scheduled), len(asked)) == (6, 2)
    for run in [*scheduled, *asked]:
        server.api(f"/flow_runs/{run['id']}/set_state", waiting())
    assert drop(server) == 4
    for source in (SOURCE, SOURCES[0]):
        of_source = [run for run in scheduled if run["parameters"]["source"] == source]
        of_source.sort(key=lambda run: str(run["expected_start_time"]))
        assert names(server, of_source) == [WAITING, "Cancelled", "Cancelled"]
        [_, dropped, _] = of_source
        assert server.stage.flow_run(dropped["id"])["state"]["message"] == DROPPED
    assert names(server, asked) == [WAITING, WAITING]
    assert drop(server) == 0


def test_a_run_that_a_person_asked_for_waits_outside_until_its_source_is_free(
    server: PlanServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    server.start_runner()
    run = server.api(
        f"/deployments/{server.ids['ingest']}/create_flow_run",
        {"parameters": {"source": SOURCE, "countries": ["XAA"]}},
    )["id"]

    async def engine() -> None:
        async with get_client() as client:
            found = await client.read_flow_run(UUID(run))
            await client.set_flow_run_state(found.id, Scheduled(), force=True)
            parameters = {"source": SOURCE, "countries": ["XAA"]}
            await run_flow_async(ingest_flow, flow_run=found, parameters=parameters)

    monkeypatch.setattr(ingest, "COME_BACK_SECONDS", 0.0)
    with open_parts(server.stage.settings) as parts:
        lock = parts.store.lock(f"source-{SOURCE}")
        assert lock
        with pytest.raises(Abort, match=f"another run of {SOURCE} is under way"):
            asyncio.run(engine())
        lock.release()
    state = server.stage.flow_run(run)["state"]
    assert (state["type"], state["name"]) == ("SCHEDULED", WAITING)
    assert state["message"].startswith(f"waits: another run of {SOURCE} is under way")
    assert server.stage.ledger() == []
    said = [each for each in caplog.records if each.getMessage().startswith("Finished in state")]
    assert [(each.levelname, each.getMessage().partition("(")[0]) for each in said] == [
        ("INFO", f"Finished in state {WAITING}")
    ]
    waits = server.stage.flow_run(run)
    assert (waits["name"], waits["tags"]) == (f"ingest {SOURCE}, XAA", ["reportwatch", SOURCE])
    asyncio.run(engine())
    assert server.stage.flow_run(run)["state"]["type"] == "COMPLETED"
    assert [row.trigger for row in server.stage.ledger()] == ["api"]


@pytest.mark.slow
def test_a_persons_run_that_waits_outlives_a_restart(server: PlanServer) -> None:
    server.start_runner()
    made = f"/deployments/{server.ids['ingest']}/create_flow_run"
    run = server.api(made, {"parameters": {"source": SOURCE}})
    server.api(f"/flow_runs/{run['id']}/set_state", waiting(minutes=1))
    done = server.start_runner()
    assert (done.missed, done.cut_off, done.caught_up) == (0, 0, 0)
    assert names(server, [run]) == [WAITING]


@pytest.mark.slow
def test_the_plan_of_before_gives_way_and_nothing_is_lost_or_run_twice(server: PlanServer) -> None:
    """One schedule was paused, a run waits as scheduled, one as asked, and days were missed."""
    server.start_runner(OLD_PLAN)
    old = server.ids["ingest"]
    schedules = {each["slug"]: each for each in server.api(f"/deployments/{old}/schedules")}
    assert len(schedules) == 3
    paused = schedules["uk-cpin-hourly"]
    server.schedule_in_the_past("ingest", days=0.2)
    server.api(f"/deployments/{old}/schedules/{paused['id']}", {"active": False}, "PATCH")
    made = server.runs("ingest")
    assert {run["parameters"]["source"] for run in made} == set(SOURCES)
    waits = next(run for run in made if run["parameters"]["source"] == SOURCES[1])
    server.api(f"/flow_runs/{waits['id']}/set_state", waiting(minutes=1))
    asked = server.api(
        f"/deployments/{old}/create_flow_run", {"parameters": {"source": SOURCES[1], "full": True}}
    )
    server.api(f"/flow_runs/{asked['id']}/set_state", waiting(minutes=1))

    done = server.start_runner(read_deployments())
    assert {each for each in done.retired if "hourly" in each} == {
        f"schedule {s}" for s in schedules
    }
    assert server.api(f"/deployments/{old}/schedules") == []
    assert [each["id"] for each in _scheduled(server, old)] == [asked["id"]]
    active = {}
    for source in SOURCES:
        [one] = server.api(f"/deployments/{server.ids[f'ingest-{source}']}/schedules")
        active[one["slug"]] = one["active"]
    assert active == {
        "us-state-hrr-hourly": True,
        "us-state-irf-hourly": True,
        "uk-cpin-hourly": False,
    }
    caught_up = [
        run["parameters"]["source"]
        for source in SOURCES
        for run in _scheduled(server, server.ids[f"ingest-{source}"])
        if "catch-up" in run["tags"]
    ]
    assert caught_up == list(SOURCES)
    assert done.caught_up == 3

    again = server.start_runner(read_deployments())
    assert (again.missed, again.retired, again.caught_up) == (0, [], 0)


def _scheduled(server: PlanServer, deployment: str) -> list[dict[str, Any]]:
    wanted = {
        "deployments": {"id": {"any_": [deployment]}},
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}},
        "limit": 200,
    }
    found: list[dict[str, Any]] = server.api("/flow_runs/filter", wanted)
    return found
