"""Asking a Prefect server over HTTP: finding it, starting runs, following them, its refusals."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from pathlib import Path

import pytest
from prefect.runner import Runner
from prefect_stage import CREDENTIAL, Stage, ask

from cli.up.ports import free_port
from flows.deployments_file import read_deployments
from flows.prefect_api import (
    Addresses,
    FlowRunState,
    PrefectRefused,
    Server,
    answers,
    find_server,
    flow_run_state,
    follow,
    read_addresses,
    trigger,
)
from flows.runner import prepare
from services.assembly import open_parts
from services.settings import load_settings

NOBODY = "http://127.0.0.1:9/api"


@pytest.fixture
def server(stage: Stage) -> Server:
    """A server with the bundled deployments registered and nobody to run them."""

    async def register() -> None:
        with open_parts(stage.settings) as parts:
            await prepare(Runner(name="test"), read_deployments(), parts)

    asyncio.run(register())
    return stage.server


def addresses(api_url: str) -> Addresses:
    return Addresses(api_url, "http://127.0.0.1:1", "http://127.0.0.1:2", os.getpid())


def test_addresses_are_kept_for_their_owner_alone(tmp_path: Path) -> None:
    addresses(NOBODY).write(tmp_path)
    file = tmp_path / "prefect.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert set(json.loads(file.read_text())) == {"api_url", "ui_url", "monitor_url", "pid"}
    assert read_addresses(tmp_path) == addresses(NOBODY)
    assert [each.name for each in tmp_path.iterdir()] == ["prefect.json"]


@pytest.mark.parametrize("text", [None, "", "[]", '{"api_url": 1}', "{"])
def test_a_home_without_usable_addresses_has_no_server(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "prefect.json").write_text(text)
    assert read_addresses(tmp_path) is None
    assert find_server(load_settings(home=tmp_path)) is None


def test_the_server_is_the_one_that_up_wrote_down(stage: Stage) -> None:
    addresses(stage.api_url).write(stage.settings.home)
    assert find_server(stage.settings) == stage.server


def test_the_environment_goes_before_what_up_wrote_down(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses(NOBODY).write(stage.settings.home)
    monkeypatch.setenv("PREFECT_API_URL", f"{stage.api_url}/")
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", CREDENTIAL)
    assert find_server(stage.settings) == stage.server


def test_a_server_that_no_longer_answers_is_none(tmp_path: Path) -> None:
    addresses(f"http://127.0.0.1:{free_port(0, 'nobody')}/api").write(tmp_path)
    assert find_server(load_settings(home=tmp_path)) is None


@pytest.mark.parametrize("url", ["", "file:///etc/passwd", "127.0.0.1:4200", "ftp://127.0.0.1/"])
def test_only_http_addresses_are_asked(url: str) -> None:
    assert not answers(Server(url))


def test_a_run_is_started_with_its_parameters(server: Server) -> None:
    parameters = {"source": "sample-hrr", "editions": ["2023"], "full": True}
    run = trigger(server, "ingest/ingest", parameters)
    assert flow_run_state(server, run).type == "SCHEDULED"
    assert ask(server.api_url, f"/flow_runs/{run}")["parameters"] == parameters


def test_a_refusal_says_why(server: Server, subtests: pytest.Subtests) -> None:
    for deployment, parameters, says in [
        ("ingest/nowhere", {}, r"answered 404.*Deployment not found"),
        ("ingest/ingest", {"source": "atlantis"}, r"answered 409.*'atlantis' is not one of"),
        ("ingest/ingest", {"full": "perhaps"}, r"answered 409.*'full'"),
        ("ingest/ingest", {"editions": 2023}, r"answered 409.*'editions'"),
    ]:
        with (
            subtests.test(deployment=deployment, parameters=parameters, says=says),
            pytest.raises(PrefectRefused, match=says),
        ):
            trigger(server, deployment, parameters)


@pytest.mark.slow
def test_a_run_is_followed_to_its_end_through_every_state(server: Server) -> None:
    run = trigger(server, "ingest/ingest", {"source": "sample-hrr"})
    ahead = iter([{"type": "RUNNING"}, {"type": "FAILED", "message": "no listing"}])

    def advance(_seconds: float) -> None:
        ask(server.api_url, f"/flow_runs/{run}/set_state", {"state": next(ahead), "force": True})

    seen: list[FlowRunState] = []
    final = follow(server, run, seen.append, sleep=advance)
    assert [each.type for each in seen] == ["SCHEDULED", "RUNNING", "FAILED"]
    assert (final.message, final.is_final, final.is_success) == ("no listing", True, False)


@pytest.mark.slow
def test_following_a_run_that_is_not_there_says_so(stage: Stage) -> None:
    nowhere = "00000000-0000-0000-0000-000000000000"
    with pytest.raises(PrefectRefused, match="404"):
        follow(stage.server, nowhere, lambda _state: None)
