"""Ask a Prefect server over HTTP: does it answer, run a deployment, follow a run.

Imports no Prefect, so that the command line starts fast.
"""

from __future__ import annotations

import base64
import json
import os
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from services.settings import Settings

INGEST = "ingest/ingest"
"""The deployment that scheduled and manual ingests share."""

ADDRESSES_FILE = "prefect.json"
READY_FILE = "runner.ready"
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
class FlowRunState:
    """The state of a flow run: its type (``COMPLETED`` …), name and message."""

    type: str
    name: str
    message: str

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


def server_address(settings: Settings) -> str | None:
    """Return the API's URL of the Prefect server that answers, or None.

    Looks at ``PREFECT_API_URL``, else at the address that ``up`` wrote; never guesses a port.
    """
    named = os.environ.get("PREFECT_API_URL", "")
    written = read_addresses(settings.home)
    url = named or (written.api_url if written else "")
    return url.rstrip("/") if url and answers(url) else None


def answers(api_url: str, timeout: float = HEALTH_TIMEOUT) -> bool:
    """Return whether a Prefect API says within ``timeout`` seconds that it is well."""
    try:
        return _call(api_url, "/health", timeout=timeout) is True
    except PrefectRefused:
        return False


def trigger(api_url: str, deployment: str, parameters: Mapping[str, object]) -> str:
    """Start a run of a deployment (``flow/name``) and return the flow run's id.

    Raises PrefectRefused if the deployment is unknown or the parameters do not fit its form.
    """
    found = _call(api_url, f"/deployments/name/{quote(deployment)}")
    # The key makes a repeated request start one run, whatever became of the first one.
    body = {"parameters": dict(parameters), "idempotency_key": uuid.uuid4().hex}
    run = _call_patiently(api_url, f"/deployments/{_field(found, 'id')}/create_flow_run", body)
    return _field(run, "id")


def follow(
    api_url: str,
    flow_run_id: str,
    on_state: Callable[[FlowRunState], None],
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> FlowRunState:
    """Wait for a flow run to end; ``on_state`` is called with every state it passes through."""
    last: FlowRunState | None = None
    while True:
        state = flow_run_state(api_url, flow_run_id)
        if state != last:
            on_state(state)
            last = state
        if state.is_final:
            return state
        sleep(POLL_SECONDS)


def flow_run_state(api_url: str, flow_run_id: str) -> FlowRunState:
    """Return the state a flow run is in now."""
    run = _call_patiently(api_url, f"/flow_runs/{flow_run_id}")
    state = run.get("state") if isinstance(run, dict) else None
    if not isinstance(state, dict):
        raise PrefectRefused(f"flow run {flow_run_id} has no state")
    return FlowRunState(
        type=str(state.get("type", "")),
        name=str(state.get("name", "")),
        message=str(state.get("message") or ""),
    )


def _call_patiently(api_url: str, path: str, body: object = None) -> object:
    """Ask again while the server says that its database is busy (503), for half a minute."""
    for _ in range(BUSY_TRIES):
        try:
            return _call(api_url, path, body)
        except PrefectBusy:
            time.sleep(BUSY_SECONDS)
    return _call(api_url, path, body)


def _call(
    api_url: str, path: str, body: object = None, *, timeout: float = REQUEST_TIMEOUT
) -> object:
    url = api_url.rstrip("/") + path
    if not url.startswith(("http://", "https://")):
        raise PrefectRefused(f"{api_url!r} is not the address of a Prefect API")
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data=data, headers=_headers())  # noqa: S310 - http(s), checked above
    try:
        with urlopen(request, timeout=timeout) as response:  # noqa: S310
            return json.load(response)
    except HTTPError as error:
        kind = PrefectBusy if error.code == 503 else PrefectRefused
        with error:
            raise kind(_reason(error, path)) from None
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise PrefectRefused(f"the Prefect server at {api_url} does not answer: {error}") from None


def _headers() -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if key := os.environ.get("PREFECT_API_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    elif login := os.environ.get("PREFECT_API_AUTH_STRING"):
        headers["Authorization"] = f"Basic {base64.b64encode(login.encode()).decode()}"
    return headers


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
