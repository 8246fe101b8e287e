"""The dashboard and the alert rules: every figure that they name is one that /metrics gives."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from in_process import served_in_process
from monitor_stage import SUBSCRIBER, Clock, monitor_over, settings_for, subscribe

from deployments.sample_site import SampleSite
from reports.notices.states import AlertState
from services.assembly import open_parts
from services.ingest import ingest
from services.runs.run import IngestRequest

MONITORING = Path(__file__).parents[2] / "deployments" / "monitoring"
NAME = re.compile(r"\breportwatch_\w+")
LABEL = re.compile(r"(?:by|,) *\(([^)]*)\)|\{\{ *(?:\$labels\.)?(\w+) *\}\}")
OF_PROMETHEUS = {"job", "instance", "severity"}


class _Prefect(BaseHTTPRequestHandler):
    """Answers for a Prefect server what the monitor asks of one."""

    def do_GET(self) -> None:
        self._say(b"true")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._say(b"3")

    def _say(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@contextmanager
def prefect_that_answers() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Prefect) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/api"
        server.shutdown()


@pytest.fixture(scope="module")
def scraped(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What /metrics really gives, of a home with a subscriber, a change and a Prefect server."""
    home = tmp_path_factory.mktemp("scraped") / "home"
    site = SampleSite()
    with (
        served_in_process(site) as origin,
        prefect_that_answers() as prefect,
        pytest.MonkeyPatch.context() as patch,
        open_parts(settings_for(home)) as parts,
    ):
        patch.setenv("PREFECT_API_URL", prefect)
        subscribe(parts, SUBSCRIBER)
        for step in (0, 2):
            site.advance(step)
            ingest(parts, IngestRequest("sample-hrr", via=origin))
        with monitor_over(home, Clock(parts.now())) as (client, _):
            answer: httpx.Response = client.get("/metrics")
    assert answer.status_code == 200
    return answer.text


def _expressions() -> dict[str, str]:
    """Return every expression of the rules and the dashboard, by where it stands."""
    rules = yaml.safe_load((MONITORING / "alerts.yaml").read_text())["groups"][0]["rules"]
    found = {each["alert"]: str(each["expr"]) for each in rules}
    for panel in _dashboard()["panels"]:
        for target in panel["targets"]:
            found[f"{panel['title']} {target['refId']}"] = target["expr"]
    return found


def _dashboard() -> Any:
    return json.loads((MONITORING / "dashboard.json").read_text())


def test_every_figure_that_is_named_is_in_a_real_scrape(scraped: str) -> None:
    given = {line.split()[2] for line in scraped.splitlines() if line.startswith("# TYPE")}
    expressions = _expressions()
    assert len(expressions) >= 30
    named = {name for each in expressions.values() for name in NAME.findall(each)}
    assert len(named) >= 18
    assert named - given == set()
    # What a rule's unit tests are fed with is no other.
    tests = (MONITORING / "alerts.test.yaml").read_text()
    assert set(re.findall(r"series: (reportwatch_\w+)", tests)) - given == set()
    # And what the monitor gives is on the dashboard.
    assert given - named == set()


def test_every_label_that_is_named_is_in_a_real_scrape(scraped: str) -> None:
    labels = set(re.findall(r"[{,](\w+)=", scraped)) | OF_PROMETHEUS | {"kind"}
    whole = "".join(each.read_text() for each in MONITORING.iterdir())
    found = {one.strip() for each in LABEL.findall(whole) for one in ",".join(each).split(",")}
    found -= {"", "value"}
    assert len(found) >= 6
    assert found - labels == set()
    assert AlertState.DEAD in re.findall(r'state="(\w+)"', (MONITORING / "alerts.yaml").read_text())


def test_the_dashboard_is_whole() -> None:
    found = _dashboard()
    assert len(found["panels"]) == 18
    assert [each["id"] for each in found["panels"]] == list(range(1, 19))
    taken = set[tuple[int, int]]()
    for each in found["panels"]:
        place = each["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert max(x for x, _ in cells) < 24 and not cells & taken, each["title"]
        taken |= cells


def test_promtool_finds_no_fault_and_the_rules_fire_when_they_should(tmp_path: Path) -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed (Debian: prometheus)")
    for each in MONITORING.glob("*.yaml"):
        shutil.copy(each, tmp_path)
    (tmp_path / "reader-password").touch()
    rules = [{"record": f"panel:{n}", "expr": e} for n, e in enumerate(_expressions().values())]
    for rule in rules:
        rule["expr"] = rule["expr"].replace("$job", "reportwatch")
    panels = {"groups": [{"name": "panels", "rules": rules}]}
    (tmp_path / "panels.yaml").write_text(yaml.safe_dump(panels))
    for words in (
        ("check", "rules", "alerts.yaml", "panels.yaml"),
        ("check", "config", "prometheus.yaml"),
        ("test", "rules", "alerts.test.yaml"),
    ):
        ended = subprocess.run(
            [program, *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
