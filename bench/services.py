"""What runs beside the measured programs, in processes of its own: pages, and a Prefect server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from bench.child import ROOT, BenchFailed, cpu_of
from bench.modes import COUNT_PATH
from flows.environment import HOST, prefect_environment
from flows.prefect_api import Server, answers
from services.settings import Settings

START_SECONDS = 120
IDLE_SECONDS = 20.0
"""How long a server is watched that has nothing to do: its own services run every 5 to 60 s."""

SETTLE_SECONDS = 2.0
"""How long a Prefect server still writes down what a run that has ended told it."""


@dataclass(frozen=True)
class PageServer:
    """The running page server: an origin for each mode, and what it serves."""

    origins: Mapping[str, str]
    editions: Sequence[str]
    large_editions: Sequence[str]
    pages: int
    edits: int
    large: int
    large_edits: int
    first_url: str
    bytes: int

    def requests(self, mode: str) -> int:
        """Return how many requests a mode has had."""
        return counted(self.origins[mode])["requests"]


def counted(origin: str) -> dict[str, int]:
    """Return how many ``requests`` a served site has had and the ``bytes`` of bodies it sent."""
    with urlopen(origin + COUNT_PATH) as answer:  # nosec B310 # loopback
        told: dict[str, int] = json.load(answer)
        return told


@dataclass(frozen=True)
class PrefectServer:
    """A running Prefect server."""

    api_url: str
    pid: int

    def cpu(self) -> float:
        """Return the CPU seconds it has used so far."""
        return cpu_of(self.pid)

    def idle_cpu(self) -> float:
        """Return the CPU seconds it spends in a second in which nobody asks it anything."""
        before, began = self.cpu(), time.monotonic()
        time.sleep(IDLE_SECONDS)
        return (self.cpu() - before) / (time.monotonic() - began)

    def settled_cpu(self) -> float:
        """Return the same, once it has written down what the run that just ended told it."""
        time.sleep(SETTLE_SECONDS)
        return self.cpu()


@contextmanager
def page_server(corpus: Path | None, pages: int, large: int) -> Iterator[PageServer]:
    """Serve the pages for as long as the block lasts."""
    command = [sys.executable, "-m", "bench.site", "--pages", str(pages), "--large", str(large)]
    command += ["--corpus", str(corpus)] if corpus else []
    with running(command, dict(os.environ), stdout=subprocess.PIPE) as child:
        assert child.stdout
        line = child.stdout.readline()
        if not line:
            raise BenchFailed("the page server does not start")
        told: dict[str, Any] = json.loads(line)
        yield PageServer(**told)


@contextmanager
def prefect_server(home: Path) -> Iterator[PrefectServer]:
    """Run a Prefect server, set up as ``reportwatch up`` does, on a home of its own."""
    port = free_port()
    environment = prefect_environment(Settings(home=home), port)
    command = [sys.executable, "-m", "prefect", "server", "start"]
    home.mkdir(parents=True, exist_ok=True)
    with (
        (home / "prefect.log").open("wb") as log,
        running(command, {**os.environ, **environment}, stdout=log) as child,
    ):
        for _ in range(START_SECONDS * 4):
            if answers(Server(environment["PREFECT_API_URL"])):
                break
            if child.poll() is not None:
                raise BenchFailed(f"the Prefect server does not start: {_tail(home)}")
            time.sleep(0.25)
        yield PrefectServer(environment["PREFECT_API_URL"], child.pid)


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _tail(home: Path) -> str:
    return (home / "prefect.log").read_text(errors="replace")[-2000:]


@contextmanager
def running(
    command: list[str], environment: Mapping[str, str], stdout: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program for as long as the block lasts; its errors join its output in a file."""
    log = None if stdout is subprocess.PIPE else subprocess.STDOUT
    with subprocess.Popen(
        command, env=dict(environment), cwd=ROOT, stdout=stdout, stderr=log
    ) as child:
        try:
            yield child
        finally:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
