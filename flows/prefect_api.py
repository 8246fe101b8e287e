"""Ask a Prefect server over HTTP: does it answer, run a deployment, follow a run.

Imports no Prefect, so that the command line starts fast.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from flows.credential import basic, credential_for
from services.settings import Settings

INGEST = "ingest/ingest"
"""The deployment that scheduled and manual ingests share."""

ADDRESSES_FILE = "prefect.json"
READY_FILE = "runner.ready"
PULSE_FILE = "runner.pulse"
HEALTH_TIMEOUT = 2.0
REQUEST_TIMEOUT = 30.0
POLL_SECONDS = 0.5
BUSY_SECONDS = 1.0
BUSY_TRIES = 30
FINAL_STATES = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})


class PrefectRefused(RuntimeError):
    """A Prefect server did not do what it was asked; the message says why, in its words."""


class PrefectBusy(PrefectRefused):
    """The server answers 503: its database is locked for the moment."""


@dataclass(frozen=True)
class Addresses:
    """Where a running ``up`` can be reached, and its process number."""

    api_url: str
    ui_url: str
    monitor_url: str
    pid: int

    def write(self, home: Path) -> None:
        """Leave the addresses in the home folder, readable by their owner alone."""
        path = home / ADDRESSES_FILE
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(self), file)
        draft.replace(path)


@dataclass(frozen=True)
class Server:
    """A Prefect server: its API's URL, and its credential or the API key that it is shown."""

    api_url: str
    credential: str = field(default="", repr=False)
    key: str = field(default="", repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a request to it."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.key:
            headers["Authorization"] = f"Bearer {self.key}"
        elif self.credential:
            headers["Authorization"] = basic(self.credential)
        return headers


@dataclass(frozen=True)
class FlowRunState:
    """The state of a flow run: its type (``COMPLETED`` …), name and message.

    ``source`` is what it was asked to look at, ``scheduled_at`` when it begins or tries again.
    """

    type: str
    name: str
    message: str
    source: str = ""
    scheduled_at: datetime | None = None

    @property
    def is_final(self) -> bool:
        """Return whether the run has ended."""
        return self.type in FINAL_STATES

    @property
    def is_success(self) -> bool:
        """Return whether the run ended as it should."""
        return self.type == "COMPLETED"


def read_addresses(home: Path) -> Addresses | None:
    """Return what a running ``up`` wrote into the home folder, or None."""
    try:
        return Addresses(**json.loads((home / ADDRESSES_FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def find_server(settings: Settings) -> Server | None:
    """Return the Prefect server that answers, or None.

    Looks at ``PREFECT_API_URL``, else at the address that ``up`` wrote; never guesses a port.
    """
    server = named_server(settings)
    return server if server and answers(server) else None


def named_server(settings: Settings) -> Server | None:
    """Return the server that ought to answer, with its credential.

    The home's own credential goes to the server that ``up`` wrote down and to no other one.
    """
    named = os.environ.get("PREFECT_API_URL", "").rstrip("/")
    written = read_addresses(settings.home)
    if written and named in ("", written.api_url):
        return Server(written.api_url, credential_for(settings.home, written.api_url))
    return server_of_environment(named) if named else None


def server_of_environment(api_url: str) -> Server:
    """Return a server with the credential or key that the environment holds for it."""
    credential = os.environ.get("PREFECT_API_AUTH_STRING", "")
    return Server(api_url, credential, os.environ.get("PREFECT_API_KEY", ""))


def answers(server: Server, timeout: float = HEALTH_TIMEOUT) -> bool:
    """Return whether a Prefect API says within ``timeout`` seconds that it is well."""
    try:
        return _call(server, "/health", timeout=timeout) is True
    except PrefectRefused:
        return False


def is_open(server: Server) -> bool:
    """Return whether a server obeys those who show it no credential."""
    try:
        _call(Server(server.api_url), "/admin/version", timeout=HEALTH_TIMEOUT)
    except PrefectRefused:
        return False
    return True


def waiting_runs(server: Server, timeout: float = HEALTH_TIMEOUT) -> int:
    """Return how many flow runs should have begun and have not; raises PrefectRefused."""
    wanted = {"flow_runs": {"state": {"name": {"any_": ["AwaitingConcurrencySlot", "Late"]}}}}
    found = _call(server, "/flow_runs/count", wanted, timeout=timeout)
    if not isinstance(found, int):
        raise PrefectRefused("Prefect's answer is not a number")
    return found


def trigger(server: Server, deployment: str, parameters: Mapping[str, object]) -> str:
    """Start a run of a deployment (``flow/name``) and return the flow run's id.

    Raises PrefectRefused if the deployment is unknown or the parameters do not fit its form.
    """
    found = _call(server, f"/deployments/name/{quote(deployment)}")
    # The key makes a repeated request start one run, whatever became of the first one.
    body = {"parameters": dict(parameters), "idempotency_key": uuid.uuid4().hex}
    run = _call_patiently(server, f"/deployments/{_field(found, 'id')}/create_flow_run", body)
    return _field(run, "id")


def follow(
    server: Server,
    flow_run_id: str,
    on_state: Callable[[FlowRunState], None],
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> FlowRunState:
    """Wait for a flow run to end; ``on_state`` is called with every state it passes through."""
    last: FlowRunState | None = None
    while True:
        state = flow_run_state(server, flow_run_id)
        if state != last:
            on_state(state)
            last = state
        if state.is_final:
            return state
        sleep(POLL_SECONDS)


def flow_run_state(server: Server, flow_run_id: str) -> FlowRunState:
    """Return the state a flow run is in now."""
    run = _call_patiently(server, f"/flow_runs/{flow_run_id}")
    state = run.get("state") if isinstance(run, dict) else None
    if not isinstance(state, dict):
        raise PrefectRefused(f"flow run {flow_run_id} has no state")
    return FlowRunState(
        type=str(state.get("type", "")),
        name=str(state.get("name", "")),
        message=str(state.get("message") or ""),
        source=str(_part(run, "parameters").get("source") or ""),
        scheduled_at=_moment(_part(state, "state_details").get("scheduled_time")),
    )


def _part(answer: object, name: str) -> Mapping[str, Any]:
    part = answer.get(name) if isinstance(answer, dict) else None
    return part if isinstance(part, dict) else {}


def _moment(text: object) -> datetime | None:
    try:
        when = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return when if when.tzinfo else None


def _call_patiently(server: Server, path: str, body: object = None) -> object:
    """Ask again while the server says that its database is busy (503), for half a minute."""
    for _ in range(BUSY_TRIES):
        try:
            return _call(server, path, body)
        except PrefectBusy:
            time.sleep(BUSY_SECONDS)
    return _call(server, path, body)


def _call(
    server: Server, path: str, body: object = None, *, timeout: float = REQUEST_TIMEOUT
) -> object:
    api_url = server.api_url.rstrip("/")
    url = api_url + path
    if not url.startswith(("http://", "https://")):
        raise PrefectRefused(f"{api_url!r} is not the address of a Prefect API")
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data=data, headers=server.headers)  # noqa: S310 - http(s), checked above
    try:
        with urlopen(request, timeout=timeout) as response:  # noqa: S310  # nosec B310 # see above
            return json.load(response)
    except HTTPError as error:
        kind = PrefectBusy if error.code == 503 else PrefectRefused
        with error:
            raise kind(_reason(error, path)) from None
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise PrefectRefused(f"the Prefect server at {api_url} does not answer: {error}") from None


def _reason(error: HTTPError, path: str) -> str:
    try:
        detail = json.load(error).get("detail", "")
    except (ValueError, AttributeError, OSError):
        detail = ""
    said = detail if isinstance(detail, str) else json.dumps(detail)
    return f"Prefect answered {error.code} to {path}: {said or error.reason}"


def _field(answer: object, name: str) -> str:
    value = answer.get(name) if isinstance(answer, dict) else None
    if not isinstance(value, str):
        raise PrefectRefused(f"Prefect's answer has no {name!r}")
    return value
