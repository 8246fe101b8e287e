"""What the tests of the Prefect flows work with: the site, the server, and asking about both."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from deployments.sample_site import SampleSite
from flows.credential import basic
from flows.prefect_api import Server
from services.assembly import open_parts
from services.runs.run import IngestRequest
from services.settings import Settings, load_settings
from storage.watch.runs import RunView

SOURCE = "sample-hrr"
CREDENTIAL = "reportwatch:of-the-tests"


@dataclass
class Stage:
    """The sample site, a Prefect server, and settings that name both."""

    site: SampleSite
    api_url: str
    environment: dict[str, str]
    progress: list[tuple[int, int]] = field(default_factory=list)

    @property
    def server(self) -> Server:
        return Server(self.api_url, CREDENTIAL)

    @property
    def settings(self) -> Settings:
        return load_settings()

    def request(self, **facts: Any) -> IngestRequest:
        return IngestRequest(**{"source": SOURCE, "via": self.settings.via, "delay": 0, **facts})

    def ledger(self) -> list[RunView]:
        """Return the runs of the ledger, oldest first."""
        with open_parts(self.settings) as parts, parts.store.read() as unit:
            return list(reversed(unit.runs.latest()))

    def flow_run(self, flow_run_id: str) -> dict[str, Any]:
        return ask(self.api_url, f"/flow_runs/{flow_run_id}")

    def last_flow_run(self, flow: str) -> dict[str, Any]:
        """Return the run of a flow that started last, those only scheduled left out."""
        wanted = {
            "sort": "START_TIME_DESC",
            "limit": 1,
            "flows": {"name": {"any_": [flow]}},
            "flow_runs": {"state": {"type": {"not_any_": ["SCHEDULED"]}}},
        }
        found: dict[str, Any] = ask(self.api_url, "/flow_runs/filter", wanted)[0]
        return found

    def artifacts(self, flow_run_id: str) -> dict[str, Any]:
        """Return a run's artifacts by type."""
        wanted = {"artifacts": {"flow_run_id": {"any_": [flow_run_id]}}}
        found = ask(self.api_url, "/artifacts/filter", wanted)
        return {each["type"]: each for each in found}


def ask(
    api_url: str,
    path: str,
    body: object = None,
    method: str | None = None,
    credential: str = CREDENTIAL,
) -> Any:
    """Ask a Prefect API over HTTP and return its answer; again while its database is busy."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Authorization": basic(credential)}
    request = Request(api_url + path, data=data, headers=headers, method=method)
    for _ in range(60):
        try:
            with urlopen(request, timeout=30) as response:
                answer = response.read()
            return json.loads(answer) if answer else None
        except HTTPError as error:
            with error:
                if error.code != 503:
                    raise
        time.sleep(0.5)
    raise AssertionError(f"{path}: Prefect's database stays busy")
