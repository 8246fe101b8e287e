"""Several machines as one test has them: every program that runs reportwatch without `up`.

PostgreSQL, Redis, Prefect's API servers and its services on both, workers, and `attend`; all on
loopback, each by its name, so that a test may kill, stop and start any of them::

    with running_cluster(tmp_path, workers=2, attends=1, settings={"VIA": origin}) as cluster:
        cluster.deploy(PLAN)
        run = cluster.run("ingest/ingest", source="sample-hrr")
        cluster.programs.kill("worker-1", with_children=True)
        cluster.programs.start_again("worker-1")
        cluster.wait_for_end(run)
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
import pytest
from patience import PATIENCE, wait_for
from postgres import PostgresServer, find_programs, serve_postgres
from prefect_stage import ask
from programs import Program, Programs, clean_environment, free_port, programs

from flows.environment import BATCHED_RECORDER, QUIET, SLOT_WAIT_SECONDS
from services.assembly import open_parts
from services.settings import PREFIX, Settings, load_settings
from storage.watch.runs import RunView

ROOT = Path(__file__).parents[1]
HOST = "127.0.0.1"
CREDENTIAL = "reportwatch:of-the-cluster"
SECRET = "0123456789abcdef0123456789abcdef0123456789abcdef"
POOL = "reportwatch"
OURS, PREFECTS = "reportwatch", "prefect"
FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
CONNECTIONS = "200"


def answers(url: str) -> bool:
    """Return whether an address answers a GET with 200."""
    try:
        with urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def redis_answers(port: int) -> bool:
    """Return whether Redis answers a PING."""
    with suppress(OSError), socket.create_connection((HOST, port), 1) as line:
        line.sendall(b"PING\r\n")
        return line.recv(7) == b"+PONG\r\n"
    return False


def redis_environment(port: int) -> dict[str, str]:
    """Return what Prefect's servers need for events, their order and leases in Redis."""
    return {
        "PREFECT_MESSAGING_BROKER": "prefect_redis.messaging",
        "PREFECT_MESSAGING_CACHE": "prefect_redis.messaging",
        "PREFECT_SERVER_EVENTS_CAUSAL_ORDERING": "prefect_redis.ordering",
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect_redis.lease_storage",
        "PREFECT_SERVER_DOCKET_URL": f"redis://{HOST}:{port}/1",
        "PREFECT_REDIS_MESSAGING_HOST": HOST,
        "PREFECT_REDIS_MESSAGING_PORT": str(port),
        "PREFECT_REDIS_MESSAGING_DB": "0",
    }


@dataclass
class Cluster:
    """A running cluster; what it is made of is started and ended by name in `programs`.

    The names: `redis`, `prefect-1` …, `prefect-services`, `worker-1` …, `attend-1` …; PostgreSQL is
    beside them as `postgres`, and `kill_postgres` and `start_postgres` are its own.
    """

    folder: Path
    postgres: PostgresServer
    programs: Programs
    settings_of_all: dict[str, str]
    ports: dict[str, int] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        return self.postgres.url(OURS)

    @property
    def api_url(self) -> str:
        return f"http://{HOST}:{self.ports['prefect-1']}/api"

    @property
    def settings(self) -> Settings:
        """Return our settings as a program beside the workers has them."""
        return load_settings(home=self.home("test"), database_url=self.database_url, secret=SECRET)

    def home(self, name: str) -> Path:
        home = self.folder / "homes" / name
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        return home

    def environment(self, name: str) -> dict[str, str]:
        """Return the environment of a program that asks the Prefect server: a worker, `attend`."""
        return {
            **clean_environment(),
            **QUIET,
            # A worker starts `python` for a run, and means the one of the project.
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "PREFECT_HOME": str(self.home(name) / "prefect"),
            "PREFECT_API_URL": self.api_url,
            "PREFECT_API_AUTH_STRING": CREDENTIAL,
            "PREFECT_WORKER_QUERY_SECONDS": "2",
            "PREFECT_LOGGING_EXTRA_LOGGERS": "flows,services,scrapers,storage,alerts",
            "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
            f"{PREFIX}HOME": str(self.home(name)),
            f"{PREFIX}DATABASE_URL": self.database_url,
            f"{PREFIX}SECRET": SECRET,
            f"{PREFIX}DELAY": "0",
            **{f"{PREFIX}{each}": value for each, value in self.settings_of_all.items()},
            "PYTHONPATH": str(ROOT),
        }

    def server_environment(self, name: str) -> dict[str, str]:
        """Return the environment of a Prefect server, or of its services."""
        return {
            **clean_environment(),
            **QUIET,
            **BATCHED_RECORDER,
            **redis_environment(self.ports["redis"]),
            "PREFECT_HOME": str(self.home(name) / "prefect"),
            "PREFECT_API_DATABASE_CONNECTION_URL": (
                f"postgresql+asyncpg://watch@{HOST}:{self.postgres.port}/{PREFECTS}"
            ),
            "PREFECT_SERVER_DATABASE_MIGRATE_ON_START": "false",
            "PREFECT_SERVER_API_AUTH_STRING": CREDENTIAL,
            "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": str(SLOT_WAIT_SECONDS),
            "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        }

    def start_redis(self) -> None:
        """Start Redis, whose memory outlives it in a file of its folder."""
        port = self.ports["redis"] = free_port()
        folder = self.home("redis")
        kept = ["--save", "", "--appendonly", "yes", "--dir", str(folder)]
        command = ["redis-server", "--bind", HOST, "--port", str(port), *kept]
        self._start("redis", command, clean_environment(), lambda: redis_answers(port))

    def upgrade_prefects_database(self) -> None:
        """Make Prefect's tables: the servers and services start with a database that has them."""
        self.type("server", "database", "upgrade", "-y", as_server=True)

    def start_server(self, number: int = 1) -> None:
        """Start an API server of Prefect's: `prefect-NUMBER`."""
        name = f"prefect-{number}"
        port = self.ports[name] = free_port()
        where = ["--host", HOST, "--port", str(port)]
        command = _prefect("server", "start", "--no-services", *where)
        health = f"http://{HOST}:{port}/api/health"
        self._start(name, command, self.server_environment(name), lambda: answers(health))

    def start_services(self) -> None:
        """Start Prefect's services: the scheduler, late runs, automations, clean-up."""
        name = "prefect-services"
        environment = self.server_environment(name)
        command = _prefect("server", "services", "start")
        self._start(name, command, environment, _is_ready_at_once)

    def start_worker(
        self,
        number: int,
        before: Sequence[str] = (),
        more: Mapping[str, str] | None = None,
        **settings: str,
    ) -> None:
        """Start a worker of the pool, `worker-NUMBER`; settings of its own beside the others'.

        ``before`` are words of a program that starts it, ``more`` are variables with whole names.
        """
        name = f"worker-{number}"
        port = self.ports[name] = free_port()
        environment = {
            **self.environment(name),
            "PREFECT_WORKER_WEBSERVER_HOST": HOST,
            "PREFECT_WORKER_WEBSERVER_PORT": str(port),
            **{f"{PREFIX}{each}": value for each, value in settings.items()},
            **(more or {}),
        }
        command = [
            *before,
            *_prefect("worker", "start", "--pool", POOL, "--type", "process", "--name", name),
            *("--with-healthcheck", "--install-policy", "never"),
        ]
        health = f"http://{HOST}:{port}/health"
        self._start(name, command, environment, lambda: answers(health))

    def start_attend(self, number: int, **settings: str) -> None:
        """Start `reportwatch attend`: `attend-NUMBER`."""
        name = f"attend-{number}"
        own = {f"{PREFIX}{each}": value for each, value in settings.items()}
        command = [sys.executable, "-m", "cli", "attend"]
        environment = {**self.environment(name), **own}
        self._start(name, command, environment, _is_ready_at_once)

    def kill_postgres(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Kill PostgreSQL outright; SIGQUIT lets it stop as after a crash, SIGINT in order."""
        self.postgres.stop(how)

    def start_postgres(self) -> None:
        """Start PostgreSQL again, once the processes of the one that was killed are gone."""
        deadline = time.monotonic() + 60
        while True:
            try:
                return self.postgres.start_again()
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, "PostgreSQL does not start again"
                time.sleep(0.5)

    def deploy(self, plan: Path | None = None) -> str:
        """Make the pool and deploy what a plan names; the sample site's if none is given."""
        plan = plan or ROOT / "deployments" / "sample.yaml"
        said = self.type("work-pool", "create", POOL, "--type", "process", "--overwrite")
        return said + self.type("deploy", "--all", "--prefect-file", str(plan))

    def type(self, *words: str, as_server: bool = False) -> str:
        """Run a command of Prefect's to its end and return what it said."""
        environment = self.server_environment("typed") if as_server else self.environment("typed")
        ended = subprocess.run(
            _prefect("--no-prompt", *words),
            env={**environment, "COLUMNS": "200"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr

    def reportwatch(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of ours with the settings of the workers."""
        return subprocess.run(
            [sys.executable, "-m", "cli", *words],
            env=self.environment("typed"),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def api(self, path: str, body: object = None, method: str | None = None) -> Any:
        """Ask the first Prefect server."""
        return ask(self.api_url, path, body, method, credential=CREDENTIAL)

    def run(self, deployment: str, **parameters: object) -> str:
        """Have a worker run a deployment and return the flow run's id."""
        found = self.api(f"/deployments/name/{deployment}")
        made = f"/deployments/{found['id']}/create_flow_run"
        return str(self.api(made, {"parameters": parameters})["id"])

    def wait_for_end(self, run: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """Wait until a flow run has ended and return it."""

        def ended() -> dict[str, Any] | None:
            found: dict[str, Any] = self.api(f"/flow_runs/{run}")
            return found if found["state"] and found["state"]["type"] in FINAL else None

        found: dict[str, Any] = wait_for(ended, f"flow run {run} has not ended", seconds)
        return found

    def runs(self, deployment: str = "") -> list[dict[str, Any]]:
        """Return the flow runs, of one deployment if it is named."""
        wanted: dict[str, Any] = {"limit": 200}
        if deployment:
            found = self.api(f"/deployments/name/{deployment}")
            wanted["deployments"] = {"id": {"any_": [found["id"]]}}
        flow_runs: list[dict[str, Any]] = self.api("/flow_runs/filter", wanted)
        return flow_runs

    def ledger(self) -> list[RunView]:
        """Return the runs of our own ledger, oldest first."""
        with open_parts(self.settings) as parts, parts.store.read() as unit:
            return list(reversed(unit.runs.page(limit=None)[0]))

    def _start(
        self, name: str, command: list[str], environment: Mapping[str, str], is_ready: Any
    ) -> None:
        log = self.folder / f"{name}.log"
        self.programs.start(Program(name, command, environment, log, is_ready, folder=ROOT))


def _is_ready_at_once() -> bool:
    """Say that a program that tells nobody when it is ready is ready once it runs."""
    return True


def _prefect(*words: str) -> list[str]:
    return [sys.executable, "-m", "prefect", *words]


@contextmanager
def running_cluster(
    folder: Path,
    *,
    servers: int = 1,
    workers: int = 2,
    attends: int = 0,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Cluster]:
    """Start a cluster and end it with the block; settings of ours without their prefix.

    Skips the test if PostgreSQL or Redis is not installed.
    """
    postgres = find_programs()
    if postgres is None or shutil.which("redis-server") is None:
        pytest.skip("PostgreSQL or Redis is not installed")
    with (
        # What was committed outlives a kill, as anywhere but in the other tests.
        serve_postgres(postgres, max_connections=CONNECTIONS, synchronous_commit="on") as server,
        programs() as started,
    ):
        for each in (OURS, PREFECTS):
            server.run(f"CREATE DATABASE {each}")
        cluster = Cluster(folder, server, started, dict(settings or {}))
        cluster.start_redis()
        cluster.upgrade_prefects_database()
        for number in range(1, servers + 1):
            cluster.start_server(number)
        cluster.start_services()
        for number in range(1, workers + 1):
            cluster.start_worker(number)
        for number in range(1, attends + 1):
            cluster.start_attend(number)
        yield cluster
