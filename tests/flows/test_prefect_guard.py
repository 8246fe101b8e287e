"""The Prefect server gives nothing to whoever has no credential, or comes by another name."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIWebSocketRoute, iter_route_contexts
from patience import PATIENCE
from prefect.server.api.server import create_app
from prefect_stage import CREDENTIAL
from starlette.routing import Mount, WebSocketRoute
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from cli.up.variables import settings_environment
from flows.credential import (
    CREDENTIAL_FILE,
    basic,
    credential_for,
    is_basic,
    listeners,
    own_credential,
    read_credential,
)
from flows.environment import runner_environment, without_monitors_own
from services.settings import load_settings

SOCKETS = (
    "/api/events/in",
    "/api/events/out",
    "/api/logs/out",
    "/api/task_runs/subscriptions/scheduled",
    "/api/work_pools/{work_pool_name}/workers/connect",
)
FOREIGN = {"Host": "evil.example", "Origin": "http://evil.example"}
NOBODY = "00000000-0000-4000-8000-000000000000"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def api(prefect_server: dict[str, str]) -> str:
    return prefect_server["PREFECT_API_URL"].removesuffix("/api")


@pytest.fixture
def routes(api: str) -> list[tuple[str, str]]:
    """Every route of Prefect's own description, with each of its methods."""
    described = httpx.get(  # the server writes it when it is asked first, which takes seconds
        f"{api}/openapi.json", headers={"Authorization": basic(CREDENTIAL)}, timeout=PATIENCE
    ).json()
    found = [
        (method.upper(), "/api" + re.sub(r"{[^}]*}", NOBODY, path))
        for path, methods in described["paths"].items()
        for method in methods
        if method.upper() in METHODS
    ]
    assert len(found) > 150
    return found


def test_no_route_answers_without_the_credential_or_by_another_name(
    api: str, routes: list[tuple[str, str]]
) -> None:
    shown = {"Authorization": basic(CREDENTIAL)}
    asked = {
        "nothing": ({}, 401),
        "a wrong one": ({"Authorization": basic("reportwatch:wrong")}, 401),
        "a bearer": ({"Authorization": f"Bearer {CREDENTIAL}"}, 401),
        "another name": ({**shown, "Host": "evil.example"}, 400),
        "another page": ({**shown, "Origin": "http://evil.example"}, 403),
    }
    tried = 0
    with httpx.Client(base_url=api, timeout=PATIENCE) as client:
        for method, path in routes:
            for what, (headers, status) in asked.items():
                answer = client.request(method, path, headers=headers, json={})
                assert answer.status_code == status, (method, path, what)
                tried += 1
    assert tried > 750


def test_the_interface_is_served_and_the_api_answers_with_the_credential(api: str) -> None:
    assert "<html" in httpx.get(f"{api}/", follow_redirects=True, timeout=PATIENCE).text.lower()
    assert (
        httpx.get(f"{api}/", headers={"Host": "evil.example"}, timeout=PATIENCE).status_code == 400
    )
    shown = {"Authorization": basic(CREDENTIAL)}
    assert httpx.get(f"{api}/api/health", headers=shown, timeout=PATIENCE).json() is True


def sockets(app: Any, above: str = "") -> set[str]:
    """Return every WebSocket of an application and of those that it mounts."""
    found: set[str] = set()
    for each in iter_route_contexts(app.routes):
        if isinstance(each.original_route, WebSocketRoute | APIWebSocketRoute):
            found.add(above + each.path)
        elif isinstance(each.original_route, Mount) and hasattr(each.original_route.app, "routes"):
            found |= sockets(each.original_route.app, above + each.path)
    return found


def test_the_websockets_that_are_tried_are_all_that_the_server_has() -> None:
    assert sockets(create_app(final=True)) == set(SOCKETS)


@pytest.mark.parametrize("path", SOCKETS)
@pytest.mark.parametrize("way", ["no credential", "another name", "another page"])
def test_no_websocket_stays_open_without_the_credential(api: str, path: str, way: str) -> None:
    place = api.removeprefix("http://")
    path = re.sub(r"{[^}]*}", NOBODY, path)
    name = "evil.example" if way == "another name" else place
    headers = {"Origin": "http://evil.example"} if way == "another page" else {}
    host, port = place.split(":")
    with (
        socket.create_connection((host, int(port))) as door,
        pytest.raises((InvalidStatus, ConnectionClosed)),
        connect(
            f"ws://{name}{path}", sock=door, additional_headers=headers, subprotocols=["prefect"]
        ) as line,
    ):
        line.send('{"type": "auth", "token": "wrong"}')
        for _ in range(5):  # messages that a stranger must not get would come here
            line.recv(timeout=15)


def test_a_home_has_one_credential_that_nobody_else_can_read(tmp_path: Path) -> None:
    made = own_credential(tmp_path)
    assert made == own_credential(tmp_path) == read_credential(tmp_path)
    assert len(made) > 40
    assert (tmp_path / CREDENTIAL_FILE).stat().st_mode & 0o777 == 0o600
    other = tmp_path / "other"
    other.mkdir()
    assert own_credential(other) != made


def test_the_credential_is_shown_to_a_server_of_ones_own_alone(tmp_path: Path) -> None:
    own_credential(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        assert credential_for(tmp_path, f"http://127.0.0.1:{port}/api")
    assert credential_for(tmp_path, f"http://127.0.0.1:{port}/api") == ""  # nobody listens there
    assert listeners(port, 0) == set()


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !", "Bearer x", basic("a:b") + "x", basic("a:c")]
)
def test_what_is_not_the_credential_is_none(header: str) -> None:
    assert not is_basic(header, "a:b")
    assert is_basic(basic("a:b"), "a:b")


ALLOWED = {
    "PREFECT_API_AUTH_STRING",
    "REPORTWATCH_HOME",
    "REPORTWATCH_SMTP_URL",
    "REPORTWATCH_SECRET",
    "REPORTWATCH_DELAY",
}


def test_a_run_gets_no_settings_of_the_monitor(tmp_path: Path) -> None:
    settings = load_settings(
        home=tmp_path,
        admin_password="of-the-operator",
        reader_password="of-readers",
        smtp_url="smtp://127.0.0.1:1",
        secret="s3cret",
        delay=0,
    )
    given = without_monitors_own(
        {**runner_environment(settings, 4200, "reportwatch:x"), **settings_environment(settings)}
    )
    ours = {name for name in given if name.startswith("REPORTWATCH_")}
    assert ours <= ALLOWED
    assert len(ours) == 4
    assert given["REPORTWATCH_SECRET"] == "s3cret"  # it opens the addresses of webhooks
    said = " ".join(f"{name}={value}" for name, value in given.items())
    assert "of-the-operator" not in said and "of-readers" not in said
    assert "PREFECT_SERVER_API_AUTH" not in said


def test_a_server_without_a_credential_does_not_start(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "flows.server", "prefect", "server"],
        env={"PATH": "/usr/bin:/bin", "PREFECT_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert said.returncode == 3
    assert "PREFECT_SERVER_API_AUTH_STRING is not set" in said.stderr
