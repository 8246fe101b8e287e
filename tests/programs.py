"""Programs that a test starts, waits for, kills and starts again, each by its name."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from services.parent_death import tied
from services.settings import PREFIX

PATIENCE = 180
"""Seconds that a program may take to be ready on a machine with other work."""

LEAVE = 60
"""Seconds that a program may take to end after SIGTERM before it is killed."""


def clean_environment() -> dict[str, str]:
    """Return this program's environment without settings of Prefect's, of ours, of telemetry."""
    of_others = ("PREFECT_", PREFIX, "OTEL_")
    return {k: v for k, v in os.environ.items() if not k.startswith(of_others)}


def descendants(pid: int) -> list[int]:
    """Return the processes that a process started, and those that these started."""
    children: dict[int, list[int]] = {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(each.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(each.parent.name))
    found, waiting = list[int](), [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def is_alive(pid: int) -> bool:
    """Return whether a process runs or is stopped: one that nobody waits for is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return fields[0] not in ("Z", "X")


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Program:
    """One program: its command, whole environment, and how to tell that it is ready."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    is_ready: Callable[[], bool]
    folder: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    child: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self.child, f"{self.name} was not started"
        return self.child.pid

    def is_running(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def start(self) -> None:
        """Start it in a process group of its own; it dies with the tests' process."""
        assert not self.is_running(), f"{self.name} runs already"
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                tied(self.command),
                env=self.environment,
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait(self, patience: float = PATIENCE) -> None:
        """Wait until it is ready; fail with the end of its log if it ends or takes too long."""
        deadline = time.monotonic() + patience
        while not self.is_ready():
            assert self.is_running(), f"{self.name} ended by itself:\n{self.said()}"
            assert time.monotonic() < deadline, f"{self.name} is not ready:\n{self.said()}"
            time.sleep(0.1)

    def said(self, letters: int = 4000) -> str:
        """Return the end of its log."""
        return self.log.read_text(errors="replace")[-letters:] if self.log.exists() else ""

    def stop(self) -> int:
        """End it as its operator does, and return its exit code; kill it if it stays."""
        assert self.child
        if self.is_running():
            self.child.send_signal(self.stop_signal)
            try:
                self.child.wait(LEAVE)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.child.wait(LEAVE)

    def kill(self, how: signal.Signals = signal.SIGKILL, *, with_children: bool = False) -> None:
        """Send it a signal, and what it started too if asked for; wait for its end if it dies."""
        assert self.child
        with suppress(ProcessLookupError):
            for each in descendants(self.child.pid) if with_children else ():
                with suppress(ProcessLookupError):
                    os.kill(each, how)
            self.child.send_signal(how)
        if how == signal.SIGKILL:
            self.child.wait(LEAVE)

    def end_group(self) -> None:
        """Kill what is left of its process group: flow runs whose worker was killed, say."""
        if self.child:
            with suppress(ProcessLookupError):
                os.killpg(self.child.pid, signal.SIGKILL)


@dataclass
class Programs:
    """Programs by name, in the order in which they start."""

    by_name: dict[str, Program] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Program:
        return self.by_name[name]

    def start(self, program: Program, patience: float = PATIENCE) -> Program:
        """Add a program, start it, and wait until it is ready."""
        assert program.name not in self.by_name, f"{program.name} is there already"
        self.by_name[program.name] = program
        program.start()
        program.wait(patience)
        return program

    def stop(self, name: str) -> int:
        """End a program as its operator does; return its exit code."""
        return self[name].stop()

    def kill(self, name: str, *, with_children: bool = False) -> None:
        """Kill a program outright; it may be started again by `start_again`."""
        self[name].kill(with_children=with_children)

    def start_again(self, name: str) -> None:
        """Start a program that has ended, with the same command and environment."""
        self[name].start()
        self[name].wait()

    def start_ended(self, apart: str = "") -> list[str]:
        """Start again what has ended, as a service manager would; return the names."""
        ended = [x.name for x in self.by_name.values() if x.name != apart and not x.is_running()]
        for name in ended:
            self.start_again(name)
        return ended

    def restart(self, name: str) -> None:
        """Stop a program as its operator does and start it again."""
        self.stop(name)
        self.start_again(name)

    def end(self) -> None:
        """Stop all, the last started first, and kill what is left."""
        for each in reversed(self.by_name.values()):
            if each.child:
                each.stop()
                each.end_group()


@contextmanager
def programs() -> Iterator[Programs]:
    """Give an empty set of programs; whatever was started ends with the block."""
    started = Programs()
    try:
        yield started
    finally:
        started.end()
