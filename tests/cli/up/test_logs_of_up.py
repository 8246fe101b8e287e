"""`reportwatch up` with JSON logs: every line of every program is an object, a run's names it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from patience import PATIENCE, wait_for

from deployments.sample_site import SampleSite, SiteResponse, serve
from flows.prefect_api import follow, named_server, read_addresses, trigger
from services.settings import PREFIX, load_settings

PLAN = """
deployments:
  - name: ingest
    entrypoint: flows.ingest.ingest_flow
    tags: [reportwatch]
    parameters: {source: sample-hrr}
"""


class WaveringSite(SampleSite):
    """A site whose every first answer for a report is 503: the run says that it tries again."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def render(self, path: str) -> SiteResponse:
        if "2023" in path and path not in self.asked:
            self.asked.add(path)
            return SiteResponse(503, {"Retry-After": "0"}, b"later")
        return super().render(path)


@pytest.mark.slow
def test_every_program_of_up_logs_json_and_a_run_its_number(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (tmp_path / "plan.yaml").write_text(PLAN)
    clean = {k: v for k, v in os.environ.items() if not k.startswith((PREFIX, "PREFECT_"))}
    with serve(WaveringSite()) as origin, (tmp_path / "up.log").open("wb") as said:
        ours = {"HOME": str(home), "VIA": origin, "DELAY": "0", "LOG_FORMAT": "json"}
        ours |= {"PORT": "0", "PREFECT_PORT": "0"}
        up = subprocess.Popen(
            [sys.executable, "-m", "cli", "up", "--deployments", str(tmp_path / "plan.yaml")],
            env=clean | {PREFIX + name: value for name, value in ours.items()},
            stderr=said,
        )
        try:
            wait_for(lambda: b"running" in (tmp_path / "up.log").read_bytes(), "up does not start")
            addresses = read_addresses(home)
            server = named_server(load_settings(home=home))
            assert addresses
            assert server
            with suppress(HTTPError):
                urlopen(f"{addresses.monitor_url}/%0Aforged?token=s3cret").read()
            run = trigger(server, "ingest/ingest", {"source": "sample-hrr", "editions": ["2023"]})
            assert follow(server, run, lambda _state: None).is_success
        finally:
            up.terminate()
            up.wait(PATIENCE)
    logs = {path.stem: _lines(path) for path in (*home.glob("logs/*.log"), tmp_path / "up.log")}
    assert set(logs) == {"monitor", "prefect", "runner", "up"}
    assert "running; stop with Ctrl-C" in [each["message"] for each in logs["up"]]
    assert [each["path"] for each in logs["monitor"] if each.get("status") == 404] == ["/%0Aforged"]
    of_run = [each for each in logs["runner"] if each.get("run_id") == 1]
    assert {each["source"] for each in of_run} == {"sample-hrr"}
    said_by = {each["logger"] for each in of_run}
    assert said_by >= {"services.watch.run_log", "scrapers.fetch.gate", "prefect.flow_runs"}
    again = [each for each in of_run if each["message"].startswith("will try again")]
    assert len([each for each in again if each.get("url")]) >= 3
    assert {each["flow_run"] for each in of_run if "flow_run" in each} == {run}
    assert "s3cret" not in json.dumps(logs)


def _lines(path: Path) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = [json.loads(line) for line in path.read_text().splitlines()]
    assert all({"time", "level", "logger", "message"} <= set(each) for each in lines)
    return lines
