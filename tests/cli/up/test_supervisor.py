"""`reportwatch up`: everything runs, what dies comes back, and nothing is left behind."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from patience import PATIENCE, wait_for
from prefect_stage import SOURCE
from programs import is_alive

from cli.up.home_lock import UpRefused
from cli.up.logs import KEPT_LOGS, Log
from cli.up.program import Program
from cli.up.supervisor import Supervisor
from cli.up.variables import settings_environment
from deployments.sample_site import SampleSite, SiteResponse, serve
from flows.deployments_file import BadDeployment
from flows.prefect_api import (
    Addresses,
    Server,
    flow_run_state,
    follow,
    named_server,
    read_addresses,
    trigger,
)
from services.assembly import open_parts
from services.parent_death import tied
from services.settings import PREFIX, Settings, load_settings
from storage.watch.runs import RunView

EVERY_FIFTEEN_SECONDS = "* * * * * */15"
PLAN = f"""
deployments:
  - name: ingest
    entrypoint: flows.ingest.ingest_flow
    tags: [reportwatch]
    parameters: {{source: {SOURCE}}}
    schedules: [{{slug: often, cron: "{EVERY_FIFTEEN_SECONDS}", timezone: UTC}}]
    concurrency_limit: {{limit: 1, collision_strategy: ENQUEUE}}
  - name: deliver
    entrypoint: flows.deliver.deliver_flow
    tags: [reportwatch]
    concurrency_limit: {{limit: 1, collision_strategy: CANCEL_NEW}}
"""


class SlowSite(SampleSite):
    """A site that can be made to take its time over every page."""

    seconds = 0.0

    def render(self, path: str) -> SiteResponse:
        time.sleep(self.seconds)
        return super().render(path)


@dataclass
class Up:
    """A home folder, and the command run on it."""

    home: Path
    site: SlowSite
    environment: dict[str, str]
    child: subprocess.Popen[bytes] | None = None
    everyone: set[int] = field(default_factory=set)

    def start(self) -> Addresses:
        """Start the command and wait until everything answers."""
        plan = self.home.parent / "plan.yaml"
        plan.write_text(PLAN)
        with (self.home.parent / "up.log").open("ab") as log:
            self.child = subprocess.Popen(
                [sys.executable, "-m", "cli", "up", "--deployments", str(plan), "--json"],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert self.child.stdout
        assert self.child.stdout.readline(), (self.home.parent / "up.log").read_text()
        addresses = read_addresses(self.home)
        assert addresses
        return addresses

    @property
    def server(self) -> Server:
        server = named_server(load_settings(home=self.home))
        assert server
        assert server.credential
        return server

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            check=False,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=90,
        )

    def note_everyone(self) -> set[int]:
        """Remember every program that belongs to the command now."""
        assert self.child
        self.everyone |= descendants(self.child.pid)
        return self.everyone

    def nobody_is_left(self) -> bool:
        return not any(map(is_alive, self.everyone))

    def ledger(self) -> list[RunView]:
        with open_parts(load_settings(home=self.home)) as parts, parts.store.read() as unit:
            return list(reversed(unit.runs.latest()))

    def ended(self, trigger_name: str) -> list[RunView]:
        return [row for row in self.ledger() if (row.trigger, row.state) == (trigger_name, "done")]


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    home = tmp_path / "home"
    home.mkdir()
    with serve(site := SlowSite()) as origin:
        settings = {
            "HOME": str(home),
            "VIA": origin,
            "DELAY": "0",
            "PORT": "0",
            "PREFECT_PORT": "0",
        }
        theirs = {f"{PREFIX}{name}": value for name, value in settings.items()}
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", PREFIX))}
        up = Up(home, site, {**clean, **theirs})
        yield up
        if up.child and up.child.poll() is None:
            up.child.kill()
        if up.child:
            up.child.communicate()


@pytest.mark.slow
def test_up_runs_what_is_scheduled_and_asked_for_and_survives_being_killed(up: Up) -> None:
    addresses = up.start()

    # A second one for the same home folder is refused, and names the first.
    second = up.command("up")
    assert second.returncode == 1
    assert f"process {addresses.pid}" in second.stderr
    assert stat.S_IMODE((up.home / "prefect.json").stat().st_mode) == 0o600

    # What is scheduled is written down for those who do not know the plan.
    with open_parts(load_settings(home=up.home)) as parts, parts.store.read() as unit:
        assert set(unit.heartbeats.all()) == {f"scheduled:{SOURCE}"}

    # A run asked for over HTTP, one by the command through the deployment, one in its own process.
    run = trigger(up.server, "ingest/ingest", {"source": SOURCE, "editions": ["2023"]})
    assert follow(up.server, run, lambda _state: None).is_success
    through = up.command("ingest", SOURCE, "--deployment", "--json")
    assert through.returncode == 0, through.stderr
    by_hand = wait_for_own_run(up)

    # The schedule runs beside them, and the ledger tells all of them apart.
    wait_for(lambda: len(up.ended("scheduled")) >= 2, "no two scheduled runs ended")
    rows = {row.id: row for row in up.ledger()}
    assert rows[json.loads(through.stdout)["run_id"]].trigger == "api"
    assert (by_hand.trigger, by_hand.orchestrator) == ("manual", "prefect")
    assert up.ended("api")[0].flow_run == run
    assert {row.orchestrator for row in rows.values()} == {"prefect"}
    assert len({row.flow_run for row in rows.values()}) == len(rows)

    # Killed outright in the middle of a run, it leaves nobody behind.
    up.site.seconds = 0.5
    run = trigger(up.server, "ingest/ingest", {"source": SOURCE})
    wait_for(lambda: [row for row in up.ledger() if row.flow_run == run], "the run did not start")
    assert len(up.note_everyone()) >= 4
    assert up.child
    up.child.kill()
    up.child.communicate()
    wait_for(up.nobody_is_left, "programs are left after the supervisor was killed")
    up.site.seconds = 0.0

    # The next start closes what was cut off, and an orderly stop is complete.
    addresses = up.start()
    assert flow_run_state(up.server, run).type == "CRASHED"
    assert [row.state for row in up.ledger() if row.flow_run == run] == ["crashed"]
    up.note_everyone()
    up.child.terminate()
    assert up.child.wait(PATIENCE) == 0, (up.home.parent / "up.log").read_text()
    assert up.nobody_is_left()
    assert read_addresses(up.home) is None


def wait_for_own_run(up: Up) -> RunView:
    """Run the flow in the command's own process, past a scheduled run that is at it."""

    def run() -> dict[str, Any] | None:
        done = up.command("ingest", SOURCE, "--edition", "2023", "--json")
        if done.returncode and "is under way" in done.stderr:
            return None
        assert done.returncode == 0, done.stderr
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    document = wait_for(run, "the source was never free")
    return next(row for row in up.ledger() if row.id == document["run_id"])


def descendants(pid: int) -> set[int]:
    """Return the ids of everything a program started, directly or not."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            parents[int(folder.name)] = int(fields[1])
    found, fresh = set[int](), {pid}
    while fresh:
        found |= fresh
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
    return found


def settings_for(home: Path, **facts: object) -> Settings:
    return load_settings(**{"home": home, "port": 0, "prefect_port": 0, **facts})


def test_a_plan_that_cannot_be_used_is_refused_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("deployments: []x")
    with (
        pytest.raises(BadDeployment),
        Supervisor(settings_for(tmp_path / "home"), tmp_path / "plan.yaml"),
    ):
        raise AssertionError("it started")
    assert not (tmp_path / "home").exists()


def test_a_server_that_does_not_start_is_told_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "prefect").touch()  # where Prefect wants its folder
    before = descendants(os.getpid())
    supervisor = Supervisor(settings_for(tmp_path))
    with pytest.raises(UpRefused, match=r"ended while starting; see .*prefect\.log"), supervisor:
        raise AssertionError("it started")
    assert descendants(os.getpid()) == before
    assert read_addresses(tmp_path) is None


def test_settings_travel_to_programs_as_the_variables_that_set_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(home=tmp_path, delay=0.5, allow_private=True, contact="a@b.example")
    for name, value in settings_environment(settings).items():
        monkeypatch.setenv(name, value)
    assert load_settings() == settings


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "program.log"


def program(code: str, log: Path) -> Program:
    return Program("program", [sys.executable, "-c", code], dict(os.environ), Log(log))


def test_a_program_that_dies_is_started_again_after_a_growing_wait(log: Path) -> None:
    dying = program("print('here', flush=True); raise SystemExit(3)", log)
    said: list[str] = []
    dying.start()

    def has_died_again() -> bool:
        dying.revive(said.append)
        return len(said) == 2

    wait_for(has_died_again, "it was not started again")
    dying.stop(1)
    assert "program ended with 3; starting it again in 1 s" in said[0]
    assert "starting it again in 3 s" in said[1]
    wait_for(lambda: log.read_text() == "here\nhere\n", "its last words are missing")


def test_a_program_that_was_stopped_is_not_revived(log: Path) -> None:
    stopped = program("import time; time.sleep(600)", log)
    stopped.start()
    stopped.stop(5)
    stopped.revive(pytest.fail)
    assert not stopped.is_running


def test_a_program_that_does_not_listen_is_killed_with_its_children(log: Path) -> None:
    stubborn = program(
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(600)",
        log,
    )
    stubborn.start()
    child = int(wait_for(lambda: log.exists() and log.read_text(), "it did not start"))
    stubborn.stop(0.2)
    wait_for(lambda: not is_alive(child), "its child lives on")


def test_programs_die_with_the_one_that_started_them(tmp_path: Path) -> None:
    sleeper = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]
    code = f"import subprocess; subprocess.run({tied(sleeper)!r})"
    code = code.replace(repr(str(os.getpid())), "str(__import__('os').getpid())")
    with (tmp_path / "log").open("w") as log:
        parent = subprocess.Popen([sys.executable, "-c", code], stdout=log)
    wait_for((tmp_path / "log").read_text, "it did not start")
    everyone = descendants(parent.pid)
    assert len(everyone) == 2
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    wait_for(lambda: not any(map(is_alive, everyone)), "the program outlived its parent")


def test_a_program_whose_parent_is_gone_already_does_not_start() -> None:
    command = tied([sys.executable, "-c", "print('here')"], 1)
    orphan = subprocess.run(command, check=False, capture_output=True)
    assert (orphan.returncode, orphan.stdout) == (1, b"")


def test_logs_of_earlier_starts_are_kept_a_few_deep(log: Path) -> None:
    for number in range(6):
        log.write_text(str(number))
        Log(log).set_aside()
    kept = sorted(log.parent.iterdir())
    assert [path.name for path in kept] == [f"program.log.{n}" for n in range(1, KEPT_LOGS + 1)]
    assert [path.read_text() for path in kept] == ["5", "4", "3", "2"]
