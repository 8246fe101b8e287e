"""A real `reportwatch up`, started for tests with a plan and a publisher of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect_stage import ask

from deployments.sample_site import SiteResponse, serve
from deployments.sample_site.server import Site
from flows.prefect_api import Server, named_server
from services import waiting
from services.assembly import open_parts
from services.settings import PREFIX, Settings, load_settings
from storage.watch.runs import RunView

LONGEST = 300
"""Seconds that the programs of `up` may take for anything on a machine with other work."""


def in_time(what: Callable[[], Any], why: str) -> Any:
    """Return the first true answer; fail with ``why`` if none comes."""
    found = waiting.wait_for(what, LONGEST, pause=0.5)
    assert found, why
    return found


@dataclass
class SlowSite:
    """A site that takes its time over every page."""

    site: Site
    seconds: float = 0.0

    def render(self, path: str) -> SiteResponse:
        time.sleep(self.seconds)
        return self.site.render(path)


@dataclass
class RunningUp:
    """A home folder with `up` at work in it."""

    home: Path
    site: SlowSite
    child: subprocess.Popen[bytes]

    @property
    def settings(self) -> Settings:
        return load_settings(home=self.home)

    @property
    def server(self) -> Server:
        server = named_server(self.settings)
        assert server
        return server

    def api(self, path: str, body: object = None) -> Any:
        return ask(self.server.api_url, path, body, credential=self.server.credential)

    def deployment(self, source: str) -> str:
        """Return the id of the deployment of a source."""
        return str(self.api(f"/deployments/name/ingest/ingest-{source}")["id"])

    def runs(self, deployment: str = "", state: object = None) -> list[dict[str, Any]]:
        """Return flow runs: of a deployment, in a state."""
        wanted: dict[str, Any] = {"limit": 200, "flow_runs": {"state": state}}
        if deployment:
            wanted["deployments"] = {"id": {"any_": [deployment]}}
        found: list[dict[str, Any]] = self.api("/flow_runs/filter", wanted)
        return found

    def ledger(self) -> list[RunView]:
        with open_parts(self.settings) as parts, parts.store.read() as unit:
            return list(reversed(unit.runs.latest()))


@contextmanager
def running_up(
    folder: Path, site: SlowSite, plan: str, variables: Mapping[str, str]
) -> Iterator[RunningUp]:
    """Start `up` in a folder and give it once everything answers; end it afterwards."""
    home = folder / "home"
    home.mkdir()
    (folder / "plan.yaml").write_text(plan)
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", PREFIX))}
    with serve(site) as origin, (folder / "up.log").open("ab") as log:
        ours = {"HOME": str(home), "VIA": origin, "DELAY": "0", "PORT": "0", "PREFECT_PORT": "0"}
        child = subprocess.Popen(
            [sys.executable, "-m", "cli", "up", "--deployments", folder / "plan.yaml", "--json"],
            env={
                **clean,
                **{f"{PREFIX}{name}": value for name, value in ours.items()},
                **variables,
            },
            stdout=subprocess.PIPE,
            stderr=log,
        )
        try:
            assert child.stdout
            assert child.stdout.readline(), (folder / "up.log").read_text()
            yield RunningUp(home, site, child)
        finally:
            child.terminate()
            try:
                child.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                child.kill()
                child.communicate()


def _settings(chosen: Mapping[str, str]) -> dict[str, str]:
    return {PREFIX + name: value for name, value in chosen.items()}
