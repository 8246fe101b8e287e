"""Several machines: PostgreSQL, a Prefect server, workers of Prefect's own, and who attends."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import PostgresServer
from programs import is_alive
from running_up import SlowSite, in_time
from workers_stage import Machines, children, several_machines

from deployments.sample_site import SampleSite
from flows.deployments_file import BUNDLED

ATTENDS = "attends: "
WAITS = "waits: "
pytestmark = pytest.mark.slow


@pytest.fixture
def machines(
    migrated_postgres: PostgresServer, prefect_server: dict[str, str], tmp_path: Path
) -> Iterator[Machines]:
    """Machines that were deployed to from the first of them."""
    name = migrated_postgres.create("reportwatch_migrated")
    api_url = prefect_server["PREFECT_API_URL"]
    url = migrated_postgres.url(name)
    with several_machines(tmp_path, url, api_url, SlowSite(SampleSite())) as machines:
        plan = re.sub(r'cron: ".*"', 'cron: "0 0 1 1 *"', BUNDLED.read_text())  # not meanwhile
        machines.plan.write_text(plan)
        done = machines.deploy("first", "--json")
        assert done.returncode == 0, done.stderr
        assert len(json.loads(done.stdout)["new"]) == 7
        yield machines
    migrated_postgres.drop(name)


def test_workers_run_what_was_deployed_beside_one_who_attends(machines: Machines) -> None:
    first, second = machines.worker("first"), machines.worker("second")
    attendant = machines.attendant("first")
    attendant.says(ATTENDS)
    state = machines.ends(machines.ingest())
    assert state["type"] == "COMPLETED", (state, first.said, second.said)
    [run] = machines.ledger()
    assert run.state == "done" and run.counts["checked"] == 24
    again = machines.deploy("second")
    assert "nothing changes" in again.stdout, again.stderr
    assert attendant.end() == 0


def test_a_killed_worker_leaves_no_engine_and_its_run_is_closed_as_crashed(
    machines: Machines,
) -> None:
    machines.attendant("third").says(ATTENDS)
    machines.site.seconds = 0.5
    worker = machines.worker("first")
    flow_run = machines.ingest()
    machines.reading()
    [engine] = children(worker.child.pid)
    worker.kill()
    in_time(lambda: not is_alive(engine), "the engine outlived its worker")
    state = machines.ends(flow_run)
    assert state["type"] == "CRASHED"
    assert state["message"] == "Its process is gone; run 1 of the ledger: crashed."
    machines.site.seconds = 0.0
    machines.worker("second")
    assert machines.ends(machines.ingest())["type"] == "COMPLETED"
    assert [each.state for each in machines.ledger()] == ["crashed", "done"]


def test_a_restart_of_postgresql_closes_no_run_that_goes_on(
    machines: Machines, migrated_postgres: PostgresServer
) -> None:
    attendant = machines.attendant("third")
    attendant.says(ATTENDS)
    machines.site.seconds = 0.5
    machines.worker("first")
    flow_run = machines.ingest()
    machines.reading()
    migrated_postgres.restart(signal.SIGINT)
    state = machines.ends(flow_run)
    assert state["type"] == "COMPLETED", state
    assert [each.state for each in machines.ledger()] == ["done"]
    assert attendant.child.poll() is None, attendant.said
    assert "closed" not in attendant.said


@pytest.mark.parametrize("how", ["kill", "stop", "lost lock"])
def test_another_takes_the_place_of_whoever_attended(
    machines: Machines, how: str, migrated_postgres: PostgresServer
) -> None:
    first = machines.attendant("first")
    first.says(ATTENDS)
    second = machines.attendant("second")
    second.says(WAITS)
    assert ATTENDS not in second.said
    if how == "kill":
        first.kill()
        second.says(ATTENDS)
        return
    if how == "stop":
        first.child.send_signal(signal.SIGSTOP)
        second.says(ATTENDS)
        first.child.send_signal(signal.SIGCONT)
    else:
        migrated_postgres.end_locks(machines.database_url.rpartition("/")[2])
    first.says("steps down")
    in_time(lambda: first.said.count(ATTENDS) + second.said.count(ATTENDS) == 2, "nobody took over")
    first.says("attends no more")
    assert first.end() == second.end() == 0
    assert "attends no more" in first.said + second.said


REFUSED = "REPORTWATCH_GONE_HOURS is 12 here, 48 in the database"


def test_programs_with_other_settings_are_refused(machines: Machines) -> None:
    deploy = ["deploy", "--prefect-file", str(machines.plan)]
    for command in (["ingest", "sample-hrr"], ["deliver"], ["attend"], deploy):
        done = machines.run("second", *command, GONE_HOURS="12")
        assert done.returncode == 3, (command, done.stderr)
        assert REFUSED in done.stderr
    done = machines.run("second", "doctor", "--json", GONE_HOURS="12")
    found = {each["name"]: each for each in json.loads(done.stdout)["checks"]}
    assert found["agreed settings"]["status"] == "fault"
    assert REFUSED in found["agreed settings"]["says"]
    assert machines.ledger() == []


def test_a_worker_with_another_secret_or_database_fails_its_runs_and_says_why(
    machines: Machines, migrated_postgres: PostgresServer
) -> None:
    worker = machines.worker("second", SECRET="another")
    state = machines.ends(machines.ingest())
    assert state["type"] == "FAILED"
    assert "REPORTWATCH_SECRET is another here" in state["message"]
    worker.end()
    machines.worker("third", DATABASE_URL=f"sqlite:///{machines.folder}/elsewhere.sqlite")
    state = machines.ends(machines.ingest())
    assert state["type"] == "FAILED"
    assert "set REPORTWATCH_DATABASE_URL" in state["message"]
    assert machines.ledger() == []


def test_where_nothing_was_deployed_nobody_attends(machines: Machines) -> None:
    done = machines.run("fourth", "attend", DATABASE_URL="")
    assert done.returncode == 3
    assert "run `reportwatch deploy` first" in done.stderr
