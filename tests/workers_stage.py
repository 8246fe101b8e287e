"""Several machines with one PostgreSQL and one Prefect server: what tests start and ask of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prefect_stage import CREDENTIAL, SOURCE, ask
from running_up import SlowSite, in_time

from deployments.sample_site import serve
from services.assembly import open_parts
from services.parent_death import tied
from services.settings import PREFIX, load_settings
from storage.watch.runs import RunView

POOL = "reportwatch"
FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


@dataclass
class Program:
    """A program of one machine, and the file that its words go to."""

    child: subprocess.Popen[bytes]
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def says(self, words: str, times: int = 1) -> None:
        """Wait until it has said something so often."""
        in_time(lambda: self.said.count(words) >= times, f"{words!r} was not said: {self.said}")

    def kill(self) -> None:
        self.child.kill()
        self.child.wait()

    def end(self) -> int:
        """Ask it to end; return its exit code."""
        self.child.terminate()
        return self.child.wait(120)


@dataclass
class Machines:
    """Several machines: a home folder and an environment each, and what is common to all."""

    folder: Path
    database_url: str
    api_url: str
    site: SlowSite
    origin: str
    programs: list[Program] = field(default_factory=list)

    def environment(self, machine: str, **settings: str) -> dict[str, str]:
        """Return a machine's environment; its settings are those of the others, or as given."""
        home = self.folder / machine
        home.mkdir(exist_ok=True)
        alike = {
            "HOME": str(home),
            "DATABASE_URL": self.database_url,
            "SECRET": "the secret of all machines",
            "VIA": self.origin,
            "DELAY": "0",
        }
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", PREFIX))}
        return {
            **clean,
            **{f"{PREFIX}{name}": value for name, value in {**alike, **settings}.items()},
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PREFECT_API_URL": self.api_url,
            "PREFECT_API_AUTH_STRING": CREDENTIAL,
            "PREFECT_HOME": str(home / "prefect"),
            "PREFECT_WORKER_QUERY_SECONDS": "1",
            "DO_NOT_TRACK": "1",
        }

    def run(
        self, machine: str, *arguments: str, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "cli", *arguments],
            env=self.environment(machine, **settings),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def start(self, machine: str, *command: str, **settings: str) -> Program:
        """Start a program that runs until it is ended."""
        log = self.folder / f"{machine}-{len(self.programs)}.log"
        with log.open("wb") as file:
            child = subprocess.Popen(
                tied(command), env=self.environment(machine, **settings), stdout=file, stderr=file
            )
        self.programs.append(Program(child, log))
        return self.programs[-1]

    @property
    def plan(self) -> Path:
        return self.folder / "plan.yaml"

    def deploy(
        self, machine: str, *options: str, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        """Deploy the plan from a machine."""
        return self.run(machine, "deploy", "--prefect-file", str(self.plan), *options, **settings)

    def worker(self, machine: str, **settings: str) -> Program:
        """Start a worker of Prefect's own."""
        command = ("-m", "prefect", "worker", "start", "--pool", POOL, "--name", machine)
        worker = self.start(machine, sys.executable, *command, **settings)
        worker.says("started!")
        return worker

    def attendant(self, machine: str, **settings: str) -> Program:
        return self.start(machine, sys.executable, "-m", "cli", "attend", **settings)

    def take_back(self) -> None:
        """Leave nothing at the Prefect server, which other tests use too."""
        for kind, key in (("deployments", "id"), ("flow_runs", "id"), ("work_pools", "name")):
            while found := self.api(f"/{kind}/filter", {"limit": 100}):
                for each in found:
                    self.api(f"/{kind}/{each[key]}", method="DELETE")

    def api(self, path: str, body: object = None, method: str | None = None) -> Any:
        return ask(self.api_url, path, body, method)

    def ingest(self, deployment: str = "ingest/ingest") -> str:
        """Have a deployment run; return the flow run."""
        found = self.api(f"/deployments/name/{deployment}")
        made = self.api(
            f"/deployments/{found['id']}/create_flow_run", {"parameters": {"source": SOURCE}}
        )
        return str(made["id"])

    def state(self, flow_run: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api(f"/flow_runs/{flow_run}")["state"]
        return found

    def ends(self, flow_run: str) -> dict[str, Any]:
        """Wait for a run's end and return its state."""

        def ended() -> dict[str, Any] | None:
            state = self.state(flow_run)
            return state if state["type"] in FINAL else None

        state: dict[str, Any] = in_time(ended, f"{flow_run} has not ended: {self.state(flow_run)}")
        return state

    def ledger(self) -> list[RunView]:
        settings = load_settings(
            home=self.folder / "asking", database_url=self.database_url, secret="x" * 9
        )
        with open_parts(settings) as parts, parts.store.read() as unit:
            return list(reversed(unit.runs.latest()))

    def reading(self) -> RunView:
        """Wait until a run is in the midst of its pages; return it."""

        def found() -> RunView | None:
            runs = [each for each in self.ledger() if each.state == "running"]
            return runs[0] if runs and runs[0].planned_count else None

        run: RunView = in_time(found, "no run began")
        return run


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


@contextmanager
def several_machines(
    folder: Path, database_url: str, api_url: str, site: SlowSite
) -> Iterator[Machines]:
    """Give machines with the site served; end whatever was started there."""
    with ExitStack() as stack:
        origin = stack.enter_context(serve(site))
        machines = Machines(folder, database_url, api_url, site, origin)
        machines.take_back()
        try:
            yield machines
        finally:
            for each in machines.programs:
                each.child.send_signal(signal.SIGCONT)
                each.kill()
            machines.take_back()
