"""Run everything on one machine: a Prefect server, the runner and the monitor, kept alive.

Imports no Prefect: the programs it starts do, and can be killed without taking this one along.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from urllib.error import URLError
from urllib.request import urlopen

from pydantic import SecretStr

from cli.output.results import note
from cli.up.program import Program, rotate
from flows.credential import CREDENTIAL_FILE, own_credential
from flows.deployments_file import BUNDLED, read_deployments
from flows.environment import (
    HOST,
    runner_environment,
    server_environment,
    without_monitors_own,
    without_prefect,
)
from flows.prefect_api import ADDRESSES_FILE, READY_FILE, Addresses, Server, answers
from services.assembly import ensure_home
from services.settings import PREFIX, Settings

START_SECONDS = 120.0
"""How long a Prefect server may take to answer: its first start makes a database."""

MONITOR_SECONDS = 20.0

STOP_SECONDS = {"runner": 6.0, "monitor": 1.0, "prefect": 1.5}
"""How long a program may take to end before it is killed; all together stay under 10 s."""

EXTRA_STOP_SECONDS = 0.5
WATCH_SECONDS = 0.5


class UpRefused(RuntimeError):
    """``up`` cannot start or go on; the message says why and what to do."""


@dataclass(frozen=True)
class Extra:
    """A further program to keep running, such as a sample site or a mail sink."""

    name: str
    command: Sequence[str]


class Supervisor:
    """Starts, watches and stops the programs of one home folder.

    A context manager, to be used from a thread that outlives it. Entering it raises UpRefused,
    flows.deployments_file.BadDeployment or services.settings.BadSetting, with nothing left running.
    """

    def __init__(
        self, settings: Settings, deployments_file: Path = BUNDLED, extra: Sequence[Extra] = ()
    ) -> None:
        self._settings = settings.model_copy(update={"home": settings.home.absolute()})
        self._deployments = deployments_file.absolute()
        self._extra = extra
        self._programs: list[Program] = []
        self._lock = -1
        self._ending = threading.Event()
        self._addresses: Addresses | None = None
        self._server: Server | None = None

    @property
    def addresses(self) -> Addresses:
        """Where things answer, once everything is started."""
        assert self._addresses
        return self._addresses

    @property
    def server(self) -> Server:
        """The Prefect server with its credential, once everything is started."""
        assert self._server
        return self._server

    def __enter__(self) -> Supervisor:
        read_deployments(self._deployments)
        ensure_home(self._settings.home)
        self._take_lock()
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def watch(self) -> None:
        """Start again whatever dies, until ``end`` is called."""
        while not self._ending.wait(WATCH_SECONDS):
            for program in self._programs:
                program.revive(note)

    def end(self) -> None:
        """Have ``watch`` return soon; may be called from a signal handler."""
        self._ending.set()

    def _start(self) -> None:
        prefect_port = free_port(self._settings.prefect_port, "Prefect")
        port = free_port(self._settings.port, "the monitor")
        credential = own_credential(self._settings.home)
        ours = server_environment(self._settings, prefect_port, credential)
        self._server = Server(ours["PREFECT_API_URL"], credential)
        outside = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
        full = {
            **without_prefect(os.environ),
            **runner_environment(self._settings, prefect_port, credential),
            **settings_environment(self._settings),
            f"{PREFIX}PORT": str(port),
        }
        # A canary by default: to the monitor itself, which any installation of `up` has.
        full.setdefault(f"{PREFIX}CANARY", f"http://{HOST}:{port}/canary")
        self._addresses = Addresses(
            ours["PREFECT_API_URL"], ours["PREFECT_UI_URL"], f"http://{HOST}:{port}", os.getpid()
        )
        for each in self._extra:
            self._run(each.name, each.command, without_prefect(os.environ))
        # The server has no use for our settings, some of which are secret.
        self._run("prefect", _python("flows.server", "prefect", "server"), {**outside, **ours})
        self._run("monitor", _monitor(port), full)
        self._await_server(self._server)
        self._addresses.write(self._settings.home)
        (self._settings.home / READY_FILE).unlink(missing_ok=True)
        runner = _python("flows.runner", "--deployments", str(self._deployments))
        self._run("runner", runner, without_monitors_own(full))
        self._await_runner()
        self._await_monitor()
        note(f"Prefect   {self._addresses.ui_url}")
        note(f"          it asks for what {self._settings.home / CREDENTIAL_FILE} holds")
        note(f"monitor   {self._addresses.monitor_url}")

    def _run(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        logs = self._settings.home / "logs"
        logs.mkdir(exist_ok=True, mode=0o700)
        program = Program(name, command, environment, logs / f"{name}.log")
        rotate(program.log)
        program.start()
        self._programs.append(program)

    def _await_server(self, server: Server) -> None:
        program = self._named("prefect")
        for _ in range(int(START_SECONDS / WATCH_SECONDS)):
            if answers(server):
                return
            if self._ending.wait(WATCH_SECONDS):
                raise UpRefused("stopped while the Prefect server was starting")
            if not program.is_running:
                raise UpRefused(f"the Prefect server ended while starting; see {program.log}")
        raise UpRefused(f"the Prefect server does not answer; see {program.log}")

    def _await_runner(self) -> None:
        """Wait until the runner is at work: what an earlier start left is in order then."""
        runner = self._named("runner")
        for _ in range(int(START_SECONDS / WATCH_SECONDS)):
            if (self._settings.home / READY_FILE).exists():
                return
            if self._ending.wait(WATCH_SECONDS) or not runner.is_running:
                break
        raise UpRefused(f"the runner does not start; see {runner.log}")

    def _await_monitor(self) -> None:
        """Wait for the monitor, so that its address works when printed; do without if it fails."""
        monitor = self._named("monitor")
        for _ in range(int(MONITOR_SECONDS / WATCH_SECONDS)):
            if is_answering(self.addresses.monitor_url):
                return
            if not monitor.is_running or self._ending.wait(WATCH_SECONDS):
                break
        note(f"the monitor does not answer yet; its log is {monitor.log}")

    def _named(self, name: str) -> Program:
        return next(program for program in self._programs if program.name == name)

    def _take_lock(self) -> None:
        path = self._settings.home / "up.lock"
        self._lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._lock, 32, 0).decode(errors="replace").strip() or "unknown"
            os.close(self._lock)
            raise UpRefused(
                f"`reportwatch up` runs already for {self._settings.home} (process {holder}); "
                "stop that one first, or set REPORTWATCH_HOME to another folder"
            ) from None
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)

    def _stop(self) -> None:
        """End the runner first, so that its runs can still tell the server how they ended."""
        order = list(STOP_SECONDS)
        known = [program for program in self._programs if program.name in order]
        for program in sorted(known, key=lambda each: order.index(each.name)):
            program.stop(STOP_SECONDS[program.name])
        for program in self._programs:
            program.stop(EXTRA_STOP_SECONDS)
        (self._settings.home / ADDRESSES_FILE).unlink(missing_ok=True)
        os.close(self._lock)


class _Interrupted(BaseException):
    """SIGTERM or SIGINT came, whatever was being done."""


def run_until_signal(supervisor: Supervisor, started: Callable[[], None]) -> None:
    """Start everything, call ``started``, and watch until SIGTERM, SIGINT or ``end``.

    Raises what entering a Supervisor raises.
    """

    def interrupt(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)  # asked once: a second one must not cut the end short
        raise _Interrupted

    before = {each: signal.signal(each, interrupt) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        with supervisor:
            started()
            supervisor.watch()
    except _Interrupted:
        note("stopped")
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def free_port(wanted: int, whose: str) -> int:
    """Return a port on loopback: the wanted one, or a free one where that is busy, and say so."""
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            found = int(probe.getsockname()[1])
            if wanted not in (0, found):
                note(f"port {wanted} is busy; {whose} takes {found} instead")
            return found
    raise UpRefused(f"there is no free port on {HOST} for {whose}")


def is_answering(url: str) -> bool:
    """Tell whether a loopback address answers with anything but a server's error."""
    try:
        with urlopen(f"{url}/healthz", timeout=2.0) as response:  # noqa: S310 - our own address
            return bool(response.status < 500)
    except URLError as error:
        return getattr(error, "code", 0) == 503  # the monitor says "stale": it answers
    except OSError:
        return False


def settings_environment(settings: Settings) -> dict[str, str]:
    """Return the settings as the environment variables that would set them."""
    chosen = settings.model_dump(exclude_unset=True)
    chosen["home"] = settings.home
    return {PREFIX + name.upper(): _text(value) for name, value in chosen.items()}


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value).lower() if isinstance(value, bool) else str(value)


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def _monitor(port: int) -> list[str]:
    return _python("monitor", "--host", HOST, "--port", str(port))
