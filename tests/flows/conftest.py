"""One real Prefect server for all tests of the flows, and the sample site to walk over."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect_stage import CREDENTIAL, Stage

from cli.up.ports import free_port
from deployments.sample_site import SampleSite, serve
from flows.credential import CREDENTIAL_FILE
from flows.environment import prefect_environment, server_environment
from flows.prefect_api import Server, answers
from services.parent_death import tied
from services.settings import load_settings


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bear with Prefect's own client, which leaves sockets for the garbage collector to close."""
    for item in items:
        if "prefect_client_settings" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"))


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The Prefect server of ``up``; gives the environment that it and its clients share."""
    home = tmp_path_factory.mktemp("prefect-home")
    settings, port = load_settings(home=home), free_port(0, "the tests")
    environment = prefect_environment(settings, port)
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            tied([sys.executable, "-m", "flows.server", "prefect", "server"]),
            env={**os.environ, **server_environment(settings, port, CREDENTIAL)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(server, environment["PREFECT_API_URL"], home / "server.log")
        yield environment
    finally:
        _drain()
        server.send_signal(signal.SIGTERM)
        server.wait(10)


def _drain() -> None:
    """Let Prefect's client hand over its last logs and events while the server still listens."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    for worker in (APILogWorker, EventsWorker):
        worker.drain_all(timeout=5)


def _wait(server: subprocess.Popen[bytes], api_url: str, log: Path) -> None:
    deadline = time.monotonic() + 120
    while not answers(Server(api_url, CREDENTIAL)):
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


@pytest.fixture
def prefect_client_settings(prefect_server: dict[str, str]) -> Iterator[None]:
    """Point Prefect's client in this process at the server, and nowhere else."""
    from prefect.settings import (
        PREFECT_API_AUTH_STRING,
        PREFECT_API_URL,
        PREFECT_HOME,
        temporary_settings,
    )

    with temporary_settings(
        {
            PREFECT_API_AUTH_STRING: CREDENTIAL,
            PREFECT_API_URL: prefect_server["PREFECT_API_URL"],
            PREFECT_HOME: prefect_server["PREFECT_HOME"],
        }
    ):
        yield
    gc.collect()  # here, where the unclosed sockets are borne with, and in no other test


@pytest.fixture
def sample_site() -> SampleSite:
    """The sample site at its first step; override it to walk over another."""
    return SampleSite()


@pytest.fixture
def stage(
    sample_site: SampleSite,
    prefect_server: dict[str, str],
    prefect_client_settings: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Stage]:
    """A home folder, the sample site served, and a Prefect server, all in the environment."""
    with serve(sample_site) as origin:
        settings = {
            "REPORTWATCH_HOME": str(tmp_path / "home"),
            "REPORTWATCH_VIA": origin,
            "REPORTWATCH_DELAY": "0",
        }
        for name, value in {**settings, "DO_NOT_TRACK": "1"}.items():
            monkeypatch.setenv(name, value)
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / CREDENTIAL_FILE).write_text(CREDENTIAL)
        yield Stage(sample_site, prefect_server["PREFECT_API_URL"], prefect_server)
