"""Run everything on one machine: a Prefect server, the runner and the monitor, kept alive.

Imports no Prefect: the programs it starts do, and can be killed without taking this one along.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType, TracebackType
from urllib.error import URLError
from urllib.request import urlopen

from cli.output.results import note
from cli.up.home_lock import HomeLock, UpRefused
from cli.up.liveness import FilePulse, Probe, http_probe
from cli.up.logs import Log
from cli.up.ports import free_port, taken
from cli.up.prefect_database import PrefectDatabase
from cli.up.program import Program
from cli.up.start_progress import StartProgress
from cli.up.systemd import ServiceManager
from cli.up.variables import interface_environment, settings_environment
from flows.credential import CREDENTIAL_FILE, own_credential
from flows.deployments_file import BUNDLED, read_deployments
from flows.environment import (
    HOST,
    runner_environment,
    server_environment,
    without_monitors_own,
    without_prefect,
)
from flows.prefect_api import ADDRESSES_FILE, PULSE_FILE, READY_FILE, Addresses, Server, answers
from services.assembly import ensure_home
from services.settings import PREFIX, Settings

MONITOR_SECONDS = 20.0

STOP_SECONDS = {"runner": 6.0, "monitor": 1.0, "prefect": 1.5}
"""How long a program may take to end before it is killed; all together stay under 10 s."""

EXTRA_STOP_SECONDS = 0.5
WATCH_SECONDS = 0.5


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
        self._lock: HomeLock | None = None
        self._manager = ServiceManager()
        self._database = PrefectDatabase(self._settings.home / "prefect", note)
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
        self._progress = StartProgress(note)
        read_deployments(self._deployments)
        ensure_home(self._settings.home)
        self._lock = HomeLock(self._settings.home)
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
        """Start again whatever dies or hangs, until ``end`` is called."""
        self._manager.ready()
        while not self._ending.wait(WATCH_SECONDS):
            self._manager.alive()
            for program in self._programs:
                program.revive(note)
            if self._database.was_replaced and self._named("prefect").has_answered:
                self._database.was_replaced = False
                self._named("runner").kill()  # it registers the plan at the server as it starts
            self._refuse_another_home()

    def _refuse_another_home(self) -> None:
        if self._lock is not None and not self._lock.is_in_place:
            raise UpRefused(
                f"the home folder {self._settings.home} was moved, removed or replaced while `up` "
                "runs; start it again with REPORTWATCH_HOME as it is now"
            )

    def end(self) -> None:
        """Have ``watch`` return soon; may be called from a signal handler."""
        self._ending.set()

    def _start(self) -> None:
        prefect_port = free_port(self._settings.prefect_port, "Prefect")
        port = free_port(self._settings.port, "the monitor")
        credential = own_credential(self._settings.home)
        ours = {
            **server_environment(self._settings, prefect_port, credential),
            **interface_environment(self._settings.home),
        }
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
        self._database.prepare()
        self._database.was_replaced = False  # the runner registers the plan in any case
        self._run(
            "monitor",
            _monitor(port, self._settings.proxies),
            full,
            http_probe(f"http://{HOST}:{port}/healthz"),
            port=port,
        )
        self._run(
            "prefect",
            _python("flows.server", "prefect", "server"),
            {**outside, **ours},
            self._prefect_probe(f"{ours['PREFECT_API_URL']}/health"),
            self._prepare_prefect,
            prefect_port,
        )
        server = self._server
        self._await(self._named("prefect"), lambda: answers(server))
        self._addresses.write(self._settings.home)
        (self._settings.home / READY_FILE).unlink(missing_ok=True)
        runner = _python("flows.runner", "--deployments", str(self._deployments))
        pulse = FilePulse(self._settings.home / PULSE_FILE)
        self._run("runner", runner, without_monitors_own(full), pulse)
        # Once it is ready, what an earlier start left is in order.
        self._await(self._named("runner"), (self._settings.home / READY_FILE).exists)
        self._await_monitor()
        self._progress.ready()
        note(f"Prefect   {self._addresses.ui_url}")
        note(f"          it asks for what {self._settings.home / CREDENTIAL_FILE} holds")
        note(f"monitor   {self._addresses.monitor_url}")

    def _run(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        probe: Probe | None = None,
        prepare: Callable[[bool], bool] | None = None,
        port: int = 0,
    ) -> None:
        logs = self._settings.home / "logs"
        logs.mkdir(exist_ok=True, mode=0o700)
        log = Log(logs / f"{name}.log")
        log.set_aside()
        obstacle = partial(taken, port) if port else None
        program = Program(name, command, environment, log, probe, prepare, obstacle)
        program.start()
        self._programs.append(program)

    def _prefect_probe(self, url: str) -> Probe:
        answers_at_all = http_probe(url)

        def ask() -> bool:
            self._database.check()
            return answers_at_all()

        return ask

    def _prepare_prefect(self, has_answered: bool) -> bool:
        """Look at the server's database before it starts again; return whether it was replaced.

        Only a server that never came to answer may have ended because of it.
        """
        last_words = "" if has_answered else self._named("prefect").log.tail()
        return self._database.prepare(last_words)

    def _await(self, program: Program, is_there: Callable[[], bool]) -> None:
        """Wait for a program for as long as it lives, while the others are kept running.

        Raises UpRefused if it ends, unless it was killed for hanging or what ended it was mended.
        """
        wait = self._progress.wait_for(program.name, program.log.path)
        while not is_there():
            if self._ending.wait(WATCH_SECONDS):
                raise UpRefused(f"stopped while {program.name} was starting")
            if not (program.is_running or program.start_again_if_mended()):
                program.log.finish(1.0)
                raise UpRefused(f"{program.name} ended while starting; see {program.log.path}")
            program.end_if_hung(note)
            for other in self._programs:
                if other is not program:
                    other.revive(note)
            if said := wait.tell():
                self._manager.starting(said)

    def _await_monitor(self) -> None:
        """Wait for the monitor, so that its address works when printed; do without if it fails."""
        monitor = self._named("monitor")
        for _ in range(int(MONITOR_SECONDS / WATCH_SECONDS)):
            if is_answering(self.addresses.monitor_url):
                return
            if not monitor.is_running or self._ending.wait(WATCH_SECONDS):
                break
        note(f"the monitor does not answer yet; its log is {monitor.log.path}")

    def _named(self, name: str) -> Program:
        return next(program for program in self._programs if program.name == name)

    def _stop(self) -> None:
        """End the runner first, so that its runs can still tell the server how they ended."""
        self._manager.stopping()
        order = list(STOP_SECONDS)
        known = [program for program in self._programs if program.name in order]
        for program in sorted(known, key=lambda each: order.index(each.name)):
            program.stop(STOP_SECONDS[program.name])
        for program in self._programs:
            program.stop(EXTRA_STOP_SECONDS)
        (self._settings.home / ADDRESSES_FILE).unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.release()


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


def is_answering(url: str) -> bool:
    """Tell whether a loopback address answers with anything but a server's error."""
    try:
        with urlopen(f"{url}/healthz", timeout=2.0) as response:  # noqa: S310  # nosec B310 # ours
            return bool(response.status < 500)
    except URLError as error:
        return getattr(error, "code", 0) == 503  # the monitor says "stale": it answers
    except OSError:
        return False


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def _monitor(port: int, proxies: str) -> list[str]:
    forwarded = ["--forwarded-allow-ips", proxies] if proxies else ["--no-proxy-headers"]
    return _python(
        "uvicorn",
        "monitor.app:app_from_environment",
        "--factory",
        *("--host", HOST, "--port", str(port), "--ws", "none", "--log-level", "warning"),
        *("--no-server-header", "--no-access-log"),
        *forwarded,
    )
