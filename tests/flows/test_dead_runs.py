"""Which runs `attend` takes for dead, on a real Prefect server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from plan_stage import PlanServer
from prefect import get_client
from prefect.states import Cancelling, Pending, Running
from prefect_stage import Stage

from flows.dead_runs import GRACE_SECONDS, START_SECONDS, DeadRuns
from flows.run_lock import lock_of_run
from services.assembly import Parts, open_parts


@pytest.fixture
def server(stage: Stage) -> Iterator[PlanServer]:
    """A server that holds the plan's deployments and nothing else."""
    server = PlanServer(stage, {})
    server.clear()
    server.start_runner()
    yield server
    server.clear()


@pytest.fixture
def parts(stage: Stage) -> Iterator[Parts]:
    with open_parts(stage.settings) as parts:
        yield parts


class Looks:
    """Looks at the server at moments of a clock of the test's own, in seconds."""

    def __init__(self, parts: Parts) -> None:
        self.moment = 0.0
        self.runs = DeadRuns(parts, lambda: self.moment)

    def at(self, moment: float) -> list[str]:
        async def look() -> list[str]:
            async with get_client() as client:
                return await self.runs.look(client)

        self.moment = moment
        return asyncio.run(look())


def _state(server: PlanServer, run: str) -> tuple[str, str]:
    state = server.stage.flow_run(run)["state"]
    return state["type"], state["message"] or ""


@pytest.mark.parametrize(
    ("state", "seconds", "ends_as"),
    [
        pytest.param(Running(), GRACE_SECONDS, "CRASHED", id="running"),
        pytest.param(Cancelling(), GRACE_SECONDS, "CANCELLED", id="cancelling"),
        pytest.param(Pending(), START_SECONDS, "CRASHED", id="pending"),
    ],
)
def test_a_run_whose_lock_stays_free_is_closed_and_no_sooner(
    server: PlanServer, parts: Parts, state: Any, seconds: float, ends_as: str
) -> None:
    run = server.start("ingest", state)
    looks = Looks(parts)
    assert looks.at(0.0) == looks.at(seconds - 1) == []
    assert _state(server, run)[0] == state.type.value
    assert looks.at(seconds) == ["runs that had lost their process and are closed: 1"]
    assert _state(server, run) == (ends_as, "Its process is gone.")
    assert looks.at(seconds + 1) == []


@pytest.mark.parametrize(
    ("ended", "ends_as", "is_caught_up"),
    [("done", "COMPLETED", 0), ("failed", "FAILED", 0), ("", "CRASHED", 1)],
)
def test_a_run_ends_as_the_ledger_says_that_it_ended(
    server: PlanServer, parts: Parts, ended: str, ends_as: str, is_caught_up: int
) -> None:
    server.schedule_in_the_past("ingest", days=1)
    [run] = server.runs("ingest")
    _let_run(server, run["id"])
    with parts.store.write() as unit:
        row = unit.runs.start(
            "sample-hrr",
            trigger="scheduled",
            orchestrator="prefect",
            flow_run=run["id"],
            parameters={},
            now=parts.now(),
        )
        if ended:
            unit.runs.end(row, ended, now=parts.now(), seconds=1.0)
        unit.commit()
    looks = Looks(parts)
    looks.at(0.0)
    looks.at(GRACE_SECONDS)
    says = f"Its process is gone; run {row} of the ledger: {ended or 'crashed'}."
    assert _state(server, run["id"]) == (ends_as, says)
    caught_up = [each for each in server.runs("ingest") if "catch-up" in each["tags"]]
    assert len(caught_up) == is_caught_up


@pytest.mark.slow
def test_a_run_that_holds_its_lock_is_left_alone(server: PlanServer, parts: Parts) -> None:
    run = server.start("deliver", Running())
    lock = parts.store.lock(lock_of_run(run))
    assert lock is not None
    looks = Looks(parts)
    assert looks.at(0.0) == looks.at(1000.0) == []
    lock.release()
    assert looks.at(1001.0) == []
    assert looks.at(1001.0 + GRACE_SECONDS)
    assert not list((parts.settings.home / "locks").glob("flow-run-*"))


@pytest.mark.slow
def test_after_a_time_in_which_nothing_was_seen_patience_begins_anew(
    server: PlanServer, parts: Parts
) -> None:
    run = server.start("ingest", Running())
    looks = Looks(parts)
    looks.at(0.0)
    looks.runs.forget()
    assert looks.at(GRACE_SECONDS) == []
    assert _state(server, run)[0] == "RUNNING"


@pytest.mark.slow
def test_a_scheduled_ingest_is_made_up_for_once_and_not_again(
    server: PlanServer, parts: Parts
) -> None:
    server.schedule_in_the_past("ingest", days=1)
    [run] = server.runs("ingest")
    _let_run(server, run["id"])
    looks = Looks(parts)
    looks.at(0.0)
    assert looks.at(GRACE_SECONDS)[1:] == ["catch-up runs that are scheduled for now: 1"]
    [catch_up] = [each for each in server.runs("ingest") if "catch-up" in each["tags"]]
    _let_run(server, catch_up["id"])
    looks.at(100.0)
    assert looks.at(100.0 + GRACE_SECONDS) == ["runs that had lost their process and are closed: 1"]
    assert len(server.runs("ingest")) == 2


def _let_run(server: PlanServer, run: str) -> None:
    server.api(f"/flow_runs/{run}/set_state", {"state": {"type": "RUNNING"}, "force": True})
