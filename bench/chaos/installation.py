"""A home of its own, a real ``reportwatch up`` in it, and the programs that this consists of."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import yaml

from bench.chaos.publisher import EDITION
from bench.child import ROOT, BenchFailed
from bench.services import free_port
from flows.prefect_api import PULSE_FILE, READY_FILE, Server, named_server
from services.parent_death import tied
from services.settings import load_settings

SOURCE = "sample-hrr"
SUBSCRIBER = "reader@example.org"
START_SECONDS = 600.0
STOP_SECONDS = 20.0
PARTS = {
    "monitor": "monitor.app",
    "prefect": "prefect server",
    "runner": "flows.runner",
    "engine": "prefect.engine",
}
"""Roles of programs, and the words in a list of processes that they are known by."""

CRONS = {"ingest": "* * * * *", "deliver": "* * * * *", "check": "*/2 * * * *"}
_RUN_VARIABLE = b"PREFECT__FLOW_RUN_ID="


@dataclass(frozen=True)
class Process:
    """A process, told from a later one of its number by when it began."""

    pid: int
    began: str
    role: str

    @property
    def is_alive(self) -> bool:
        """Return whether it runs or is stopped."""
        fields = _stat(self.pid)
        return bool(fields) and fields[19] == self.began and fields[0] not in ("Z", "X")

    def send(self, number: int) -> None:
        """Send a signal, if the process is still this one."""
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    @property
    def flow_run(self) -> str:
        """The flow run that an engine was started for; "" for other programs."""
        with contextlib.suppress(OSError):
            for each in Path(f"/proc/{self.pid}/environ").read_bytes().split(b"\0"):
                if each.startswith(_RUN_VARIABLE):
                    return each.removeprefix(_RUN_VARIABLE).decode()
        return ""


class Installation:
    """``reportwatch up`` on a fresh home, asked every minute; its mails go to a sink."""

    def __init__(self, folder: Path, site: str, smtp_url: str) -> None:
        self.home = folder / "home"
        self.home.mkdir(mode=0o700)
        self.log = folder / "up.log"
        self.port, self.prefect_port = free_port(), free_port()
        self.child: subprocess.Popen[bytes] | None = None
        self.everyone: set[Process] = set()
        self._plan = folder / "plan.yaml"
        self._plan.write_text(yaml.safe_dump(_plan()))
        self._environment = {
            **{
                k: v for k, v in os.environ.items() if not k.startswith(("REPORTWATCH_", "PREFECT"))
            },
            "REPORTWATCH_HOME": str(self.home),
            "REPORTWATCH_VIA": site,
            "REPORTWATCH_DELAY": "0",
            "REPORTWATCH_SMTP_URL": smtp_url,
            "REPORTWATCH_MAIL_FROM": "watch@example.org",
            "REPORTWATCH_PORT": str(self.port),
            "REPORTWATCH_PREFECT_PORT": str(self.prefect_port),
        }

    def command(self, *words: str) -> str:
        """Run a command of the product to its end; raises BenchFailed unless it succeeds."""
        done = subprocess.run(
            [sys.executable, "-m", "cli", *words],
            cwd=ROOT,
            env=self._environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode:
            raise BenchFailed(f"{' '.join(words)}: {done.returncode}\n{done.stderr[-2000:]}")
        return done.stdout

    def start(self) -> None:
        """Start ``up`` and wait until all of it answers; raises BenchFailed if it does not."""
        since = time.time()
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                tied([sys.executable, "-m", "cli", "up", "--deployments", str(self._plan)]),
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        child = self.child

        def is_ready() -> bool:
            self.programs()
            if child.poll() is not None:
                raise BenchFailed(f"`up` ended: {self.log.read_text()[-1500:]}")
            return self.runner_is_ready(since) and self.monitor_answers()

        if waited(is_ready, START_SECONDS) is None:
            raise BenchFailed(f"`up` is not ready: {self.log.read_text()[-1500:]}")

    @property
    def is_up(self) -> bool:
        """Return whether the supervisor runs."""
        return self.child is not None and self.child.poll() is None

    def programs(self) -> list[Process]:
        """Return the processes below the supervisor, and remember them."""
        found = list(_below(self.child.pid)) if self.child else []
        self.everyone.update(found)
        return found

    def left(self) -> list[Process]:
        """Return those of all processes seen so far that are alive."""
        return [each for each in self.everyone if each.is_alive]

    def kill(self) -> None:
        """Kill the supervisor outright."""
        assert self.child
        self.programs()
        self.child.kill()
        self.child.wait()

    def end(self) -> None:
        """Ask ``up`` to end, and see to it; kills whatever of it is left, by its number."""
        if self.child is not None:
            self.programs()
            if self.child.poll() is None:
                self.child.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.child.wait(STOP_SECONDS)
            self.child.kill()
            self.child.wait()

    def clear(self) -> None:
        """Kill whatever is left, by its number."""
        for each in self.left():
            each.send(signal.SIGKILL)

    def monitor_answers(self) -> bool:
        """Return whether the monitor's health page answers, fresh or stale."""
        return _status(f"http://127.0.0.1:{self.port}/healthz", {}) in (200, 503)

    def prefect_answers(self) -> bool:
        """Return whether Prefect's server says to those with its credential that it is well."""
        server = self.server
        return bool(server) and _status(f"{server.api_url}/health", server.headers) == 200

    def runner_is_ready(self, since: float) -> bool:
        """Return whether a runner came to its work, and pulsed, after a moment."""
        return all(_touched(self.home / name) > since for name in (READY_FILE, PULSE_FILE))

    @property
    def server(self) -> Server | None:
        """The Prefect server with its credential."""
        return named_server(load_settings(home=self.home))

    def prefect(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Ask Prefect's API; returns None if it does not answer."""
        server = self.server
        if not server:
            return None
        data = json.dumps(body).encode() if body is not None else None
        request = Request(server.api_url + path, data, server.headers)
        with contextlib.suppress(OSError, ValueError), _opener.open(request, timeout=10) as answer:
            return json.load(answer)
        return None


def waited(what: Callable[[], bool], seconds: float, pause: float = 0.25) -> float | None:
    """Wait until ``what()``; return the seconds it took, None if it never came."""
    began = time.monotonic()
    while (took := time.monotonic() - began) < seconds:
        if what():
            return took
        time.sleep(pause)
    return None


_opener = build_opener(ProxyHandler({}))


def _status(url: str, headers: Mapping[str, str]) -> int:
    try:
        with _opener.open(Request(url, headers=dict(headers)), timeout=3) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code
    except (OSError, ValueError):
        return 0


def _touched(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _plan() -> dict[str, Any]:
    """Return the demonstration's plan with schedules of minutes.

    A schedule that names an edition looks at all of its pages at each run, due or not.
    """
    plan: dict[str, Any] = yaml.safe_load((ROOT / "deployments" / "sample.yaml").read_text())
    for each in plan["deployments"]:
        kind = each["name"].partition("-")[0]
        for schedule in each.get("schedules", ()):
            schedule["cron"] = CRONS[kind]
            if kind == "ingest":
                schedule["parameters"] = {**each["parameters"], "editions": [EDITION]}
    return plan


def _below(pid: int) -> Iterator[Process]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (fields := _stat(int(folder.name))):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    queue = [pid]
    while queue:
        for child in children.get(queue.pop(), []):
            queue.append(child)
            if fields := _stat(child):
                yield Process(child, fields[19], _role(child))


def _role(pid: int) -> str:
    with contextlib.suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        return next((name for name, words in PARTS.items() if words in command), "other")
    return "other"


def _stat(pid: int) -> Sequence[str]:
    """Return the fields of /proc/PID/stat from the state on; none if there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ()
