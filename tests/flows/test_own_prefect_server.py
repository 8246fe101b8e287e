"""A Prefect server of one's own: deploying as people type it, a worker, what the page says."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from browsing import keep, open_browser
from doc_blocks import block_of
from patience import wait_for
from playwright.sync_api import expect
from prefect import flow
from prefect_stage import CREDENTIAL, SOURCE, Stage, ask

from alerts.sink import Sink
from flows import check
from flows.ingest import Caller, run_here
from reports.watch.alarm import Alarm
from services.health.freshness import Checked
from services.parent_death import tied

ROOT = Path(__file__).parents[2]
POOL = "reportwatch"
PAGE_SMTP = "smtp://user:password@mail.example.org:587"
SAVE = "from prefect.blocks.system import Secret\nSecret(value={!r}).save('mail-server')\n"
DEPLOYED = {
    *("ingest/ingest", "ingest/ingest-us-state-hrr", "ingest/ingest-us-state-irf"),
    *("ingest/ingest-uk-cpin", "share/share", "deliver/deliver", "check/check"),
}


@dataclass
class Own:
    """A fresh clone, a server with a process pool, and the environment of a person there."""

    clone: Path
    stage: Stage
    environment: dict[str, str]

    def type(self, *words: str, folder: Path | None = None) -> str:
        """Run Prefect's command on a terminal, where it could ask; return what it printed."""
        ours, theirs = pty.openpty()
        program = subprocess.Popen(
            [sys.executable, "-m", "prefect", *words],
            cwd=folder or self.clone,
            env=self.environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        said = _all_of(ours, program)
        os.close(ours)
        assert program.wait(30) == 0, said
        return said

    def python(self, name: str, text: str) -> None:
        """Run a block of the page as a person does who has copied it into a file."""
        file = self.clone / name
        file.write_text(text)
        subprocess.run([sys.executable, str(file)], check=True, env=self.environment, timeout=120)

    def api(self, path: str, body: object = None) -> Any:
        return ask(self.stage.api_url, path, body)

    def deployment(self, name: str) -> Any:
        return self.api(f"/deployments/name/{name}")

    def start(self, name: str, **parameters: object) -> str:
        made = f"/deployments/{self.deployment(name)['id']}/create_flow_run"
        return str(self.api(made, {"parameters": parameters})["id"])

    def ends(self, run: str) -> dict[str, Any]:
        """Wait for a run's end and return it."""

        def ended() -> dict[str, Any] | None:
            found = self.stage.flow_run(run)
            final = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
            return found if found["state"]["type"] in final else None

        ended_run: dict[str, Any] = wait_for(ended, f"run {run} has not ended")
        return ended_run

    def runs_of(self, deployment: str) -> list[dict[str, Any]]:
        wanted = {"deployments": {"id": {"any_": [self.deployment(deployment)["id"]]}}}
        found: list[dict[str, Any]] = self.api("/flow_runs/filter", wanted)
        return found

    def log_of(self, run: str) -> str:
        wanted = {"logs": {"flow_run_id": {"any_": [run]}}, "limit": 200}
        return "\n".join(each["message"] for each in self.api("/logs/filter", wanted))


def _all_of(terminal: int, program: subprocess.Popen[bytes]) -> str:
    said, deadline = b"", time.monotonic() + 180
    os.set_blocking(terminal, False)
    while program.poll() is None:
        assert time.monotonic() < deadline, f"it waits for an answer: {said.decode()}"
        said += _some_of(terminal)
        time.sleep(0.05)
    while more := _some_of(terminal):
        said += more
    return said.decode()


def _some_of(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # nothing yet, or the other end is closed
        return b""


@pytest.fixture
def own(stage: Stage, tmp_path: Path) -> Iterator[Own]:
    """The project as a fresh clone has it, deployed on a server that held nothing of ours."""
    clone = tmp_path / "clone"
    clone.mkdir()
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    kept = [name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]
    assert len(kept) >= 900
    for name in kept:
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, clone / name, follow_symlinks=False)
    for each in ask(stage.api_url, "/deployments/filter", {"limit": 100}):
        ask(stage.api_url, f"/deployments/{each['id']}", method="DELETE")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")},
        "PREFECT_API_URL": stage.api_url,
        "PREFECT_API_AUTH_STRING": CREDENTIAL,
        "PREFECT_HOME": str(tmp_path / "prefect-of-a-person"),
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "PYTHONPATH": str(clone),
        "COLUMNS": "200",
    }
    made = Own(clone, stage, environment)
    made.type("--no-prompt", "work-pool", "create", POOL, "--type", "process", "--overwrite")
    yield made
    for each in ask(stage.api_url, "/automations/filter", {"limit": 100}):
        ask(stage.api_url, f"/automations/{each['id']}", method="DELETE")


@pytest.fixture
def worker(own: Own, tmp_path: Path) -> Iterator[Path]:
    """A worker of the pool; gives its log."""
    log = tmp_path / "worker.log"
    command = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL]
    with log.open("wb") as file:
        program = subprocess.Popen(
            tied(command), cwd=own.clone, env=own.environment, stdout=file, stderr=file
        )
    yield log
    program.terminate()
    try:
        program.wait(30)
    except subprocess.TimeoutExpired:
        program.kill()


@pytest.mark.slow
def test_deploying_all_in_a_fresh_clone_asks_nothing_and_its_run_completes(
    own: Own, worker: Path
) -> None:
    said = own.type("deploy", "--all")
    assert "?" not in said
    assert "warn" not in said.lower()
    assert said.count("successfully created") == len(DEPLOYED)
    for name in DEPLOYED:
        found = own.deployment(name)
        assert found["description"]
        assert found["work_pool_name"] == POOL
        assert "reportwatch" in found["tags"]
    again = own.type("deploy", "--all")  # as after a change of a schedule
    assert "?" not in again
    assert "warn" not in again.lower()
    said = own.type("deployment", "run", "ingest/ingest", "--param", f"source={SOURCE}")
    [run] = set(re.findall(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", said))
    ended = own.ends(run)
    assert ended["state"]["message"] == "run 1: 24 checked, 24 published", worker.read_text()
    assert ended["name"] == f"ingest {SOURCE} 2022\N{EN DASH}2023 #1"
    assert {SOURCE, "reportwatch"} <= set(ended["tags"])
    log = wait_for(lambda: _has(own.log_of(run), "discovery: 24 pages"), "no log of the walk")
    assert "requests" in log
    for browser in open_browser():
        page = browser.new_page()
        origin = own.stage.environment["PREFECT_UI_URL"]
        page.goto(origin)
        page.get_by_placeholder("admin:pass").fill(CREDENTIAL)
        page.get_by_role("button", name="Login").click()
        page.goto(f"{origin}/runs/flow-run/{run}")
        expect(page.get_by_text("Completed").first).to_be_visible(timeout=30_000)
        expect(page.get_by_text(ended["name"]).first).to_be_visible(timeout=30_000)
        keep(page, "prefect-run-on-own-server")


def _has(text: str, part: str) -> str:
    return text if part in text else ""


@pytest.mark.slow
def test_the_pool_keeps_a_secrets_name_and_its_runs_get_the_secret(own: Own, worker: Path) -> None:
    own.type("deploy", "--all")
    with Sink(own.clone / "mails") as sink:
        block = block_of("own-prefect-server.md", "settings_of_pool.py")
        assert "smtp://user:password@mail.example.org:587" in block
        own.python(
            "settings_of_pool.py",
            block.replace("smtp://user:password@mail.example.org:587", sink.url),
        )
        pool = own.api(f"/work_pools/{POOL}")
        assert sink.url not in str(pool)
        assert "{{ prefect.blocks.secret.reportwatch-smtp-url }}" in str(pool)
        folder = own.clone / "own"
        folder.mkdir()
        (folder / "own_flows.py").write_text(SHOWS)
        (folder / "own.yaml").write_text(SHOWN.format(folder=folder))
        own.type("--no-prompt", "deploy", "--all", "--prefect-file", "own.yaml", folder=folder)
        assert sink.url not in str(own.deployment("shows/shows")["pull_steps"])
        run = own.start("shows/shows")
        assert own.ends(run)["state"]["type"] == "COMPLETED", worker.read_text()
        wait_for(lambda: _has(own.log_of(run), f"the pool: {sink.url}"), "no secret of the pool")
        # What the page warns of: a name in job_variables is no name any more once it is deployed.
        assert sink.url in str(own.deployment("shows/shows")["job_variables"])


SHOWS = """
import os
from prefect import flow

@flow(log_prints=True)
def shows():
    print("the pool: " + os.environ["REPORTWATCH_SMTP_URL"])
"""
SHOWN = """
name: own
pull:
  - prefect.deployments.steps.set_working_directory:
      directory: {folder}
deployments:
  - name: shows
    entrypoint: own_flows.py:shows
    schedules: null
    work_pool:
      name: reportwatch
      job_variables:
        env:
          OTHER: "{{{{ prefect.blocks.secret.reportwatch-smtp-url }}}}"
"""


@pytest.mark.slow
def test_the_automations_of_the_page_do_what_it_says(own: Own, worker: Path) -> None:
    own.type("deploy", "--all")
    folder = own.clone / "own"
    folder.mkdir()
    (folder / "own_flows.py").write_text(block_of("own-prefect-server.md", "own_flows.py"))
    plan = block_of("own-prefect-server.md", "own.yaml")
    assert plan.count("/srv/own") == plan.count("report.us-state-hrr") == 1
    plan = plan.replace("/srv/own", str(folder)).replace("report.us-state-hrr", f"report.{SOURCE}")
    (folder / "own.yaml").write_text(plan)
    with Sink(own.clone / "mails") as sink:
        own.python("save.py", SAVE.format(sink.url.removeprefix("smtp://")))
        said = own.type("deploy", "--all", "--prefect-file", "own.yaml", folder=folder)
        assert "?" not in said and "warn" not in said.lower()

        run_here(Caller(own.stage.settings, own.stage.request(), lambda *_: None))
        own.stage.site.advance(2)
        run_here(Caller(own.stage.settings, own.stage.request(), lambda *_: None))
        [told] = wait_for(lambda: own.runs_of("told/told"), "no run for a change")
        assert told["parameters"]["report"] == f"{SOURCE}/2023/XAG"
        assert told["parameters"]["line"].startswith("Gandoria 2023: ")
        assert own.ends(told["id"])["state"]["type"] == "COMPLETED", worker.read_text()
        wait_for(lambda: _has(own.log_of(told["id"]), "says: Gandoria"), "no line of the change")

        failed = own.ends(own.start("ingest/ingest", source="us-state-hrr"))  # no page of it here
        assert failed["state"]["type"] == "FAILED"
        [mail] = wait_for(sink.mails, "no mail of a failure")
        assert f"Subject: {failed['name']} failed" in mail.read_text()
        assert "no listing could be read" in re.sub(r"=?\n", "", mail.read_text())


@pytest.mark.slow
def test_an_alarm_pauses_its_source_and_its_end_lets_it_go_on(own: Own) -> None:
    own.type("deploy", "--all")
    own.python("pause_by_alarm.py", block_of("own-prefect-server.md", "pause_by_alarm.py"))

    def is_paused(name: str = "us-state-hrr") -> bool:
        return bool(own.deployment(f"ingest/ingest-{name}")["paused"])

    def emit(**facts: tuple[Alarm, ...]) -> None:
        @flow
        def checks() -> None:
            check._emit(Checked(**facts))

        checks()

    assert not is_paused()
    emit(raised=(_alarm("freshness"), _alarm("run_blocked", "uk-cpin")))
    emit(raised=(_alarm("run_blocked"),))
    wait_for(is_paused, "the source is not paused")
    assert not is_paused("uk-cpin")
    emit(cleared=(_alarm("freshness"),))
    emit(cleared=(_alarm("run_blocked"),))
    wait_for(lambda: not is_paused(), "the source is still paused")


def _alarm(kind: str, source: str = "us-state-hrr") -> Alarm:
    now = datetime.now(UTC)
    return Alarm(1, source, kind, "", "It is blocked.", (), "Look.", now, now)
