"""A Prefect server that is killed and started again still knows who holds a deployment's place."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest
from prefect.client.orchestration import PrefectClient
from prefect.states import Pending, Running
from prefect_stage import CREDENTIAL

from cli.up.ports import free_port
from flows.environment import server_environment
from flows.prefect_api import Server, answers
from services.parent_death import tied
from services.settings import load_settings
from services.waiting import wait_for

PATIENCE = 300


@contextmanager
def server(environment: dict[str, str], log: Path) -> Iterator[PrefectClient]:
    """Run a server, which is killed outright at the end."""
    api_url = environment["PREFECT_API_URL"]
    with (
        log.open("ab") as out,
        subprocess.Popen(
            tied([sys.executable, "-m", "flows.server", "prefect", "server"]),
            env={**os.environ, **environment},
            stdout=out,
            stderr=out,
        ) as child,
    ):
        try:
            is_there = wait_for(lambda: answers(Server(api_url, CREDENTIAL)), PATIENCE, pause=0.2)
            assert is_there, log.read_text()
            yield PrefectClient(api_url, auth_string=CREDENTIAL)
        finally:
            child.kill()


async def submitted(client: PrefectClient) -> UUID:
    """Have a run take the only place of its deployment, as a runner does before it starts it."""
    async with client:
        flow = await client.create_flow_from_name("ingest")
        deployment = await client.create_deployment(flow, "ingest", concurrency_limit=1)
        run = await client.create_flow_run_from_deployment(deployment)
        result = await client.set_flow_run_state(run.id, Pending())
        assert result.status == "ACCEPT"
        return run.id


async def begun(client: PrefectClient, run: UUID) -> str:
    """Have the run's process say that it begins; return the state that the server gives it."""
    async with client:
        await client.set_flow_run_state(run, Running())
        return (await client.read_flow_run(run)).state_name or ""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_a_run_that_begins_while_the_server_is_started_again_keeps_its_place(
    tmp_path: Path,
) -> None:
    environment = server_environment(
        load_settings(home=tmp_path), free_port(0, "the tests"), CREDENTIAL
    )
    with server(environment, tmp_path / "log") as client:
        run = asyncio.run(submitted(client))
    with server(environment, tmp_path / "log") as client:
        assert asyncio.run(begun(client, run)) == "Running"
