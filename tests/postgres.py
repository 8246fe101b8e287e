"""Start a real PostgreSQL server for the tests: a scratch cluster on loopback, gone at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from programs import free_port
from setups import counted

PATIENCE = 30.0
INITIALLY = ("-U", "watch", "-A", "trust", "-N", "-E", "UTF8", "--locale=C")
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "16MB",
    "max_connections": "60",
    "autovacuum": "off",
    "log_min_messages": "fatal",
}


def find_programs() -> Path | None:
    """Return the folder of PostgreSQL's server programs, the newest where there are several."""
    on_path = shutil.which("initdb")
    if on_path and shutil.which("postgres"):
        return Path(on_path).parent
    found = [each.parent for each in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(found, key=lambda each: float(each.parent.name), default=None)


class PostgresServer:
    """A running server; databases are cheap copies of templates."""

    def __init__(self, port: int, start: Callable[[], subprocess.Popen[bytes]]) -> None:
        self.port = port
        self._start = start
        self._child = start()
        self._made = 0

    def url(self, database: str) -> str:
        return f"postgresql://watch@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template0") -> str:
        """Make a database and return its name."""
        self._made += 1
        counted["databases"] += 1
        name = f"t{os.getpid()}_{self._made}"
        with self._connected() as connection:
            # Copying files is the fastest way, of which older servers know no other.
            how = " STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else ""
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}{how}")
        return name

    def drop(self, name: str) -> None:
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def open_or_shut(self, name: str, *, is_open: bool) -> None:
        """Let nobody connect to a database, or let them again."""
        self.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {str(is_open).lower()}")

    def hang_up(self, name: str) -> None:
        """End every session with a database, as a restart would."""
        query = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
        self.run(f"{query}'{name}'")

    def end_locks(self, name: str) -> int:
        """End the sessions that hold advisory locks in a database; return how many."""
        query = (
            "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database d ON d.oid = database"
            f" WHERE locktype = 'advisory' AND datname = '{name}'"
        )
        with self._connected() as connection:
            return len(connection.execute(query).fetchall())

    def restart(self, how: signal.Signals) -> None:
        """Restart the server: SIGINT ends sessions and stops, SIGQUIT stops as a crash does."""
        self.stop(how)
        self.start_again()

    def start_again(self) -> None:
        self._child = self._start()
        self.wait()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        self._child.send_signal(how)
        self._child.wait(PATIENCE)

    def wait(self) -> None:
        """Wait until the server answers."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self.run("SELECT 1")
            except psycopg.OperationalError:
                if self._child.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def run(self, statement: str) -> None:
        with self._connected() as connection:
            connection.execute(statement)

    def _connected(self) -> psycopg.Connection:
        return psycopg.connect(self.url("postgres"), autocommit=True)


@contextmanager
def serve_postgres(programs: Path, **settings: str) -> Iterator[PostgresServer]:
    """Run a server in a folder of its own until the block ends; settings beside `SETTINGS`."""
    folder = Path(tempfile.mkdtemp(prefix="reportwatch-postgres-"))
    folder.chmod(0o755)
    owner = _owner(folder)
    try:
        data = folder / "data"
        subprocess.run(
            [programs / "initdb", "-D", data, *INITIALLY],
            check=True,
            capture_output=True,
            cwd=folder,
            **owner,
        )
        with _running(programs, data, owner, settings) as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(
    programs: Path, data: Path, owner: dict[str, Any], more: Mapping[str, str]
) -> Iterator[PostgresServer]:
    port = free_port()
    settings = {**SETTINGS, **more, "port": str(port), "unix_socket_directories": str(data.parent)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    log = data.parent / "log"

    def start() -> subprocess.Popen[bytes]:
        with log.open("ab") as output:
            return subprocess.Popen(
                [programs / "postgres", "-D", data, *options],
                stdout=output,
                stderr=output,
                cwd=data.parent,
                **owner,
            )

    server = PostgresServer(port, start)
    try:
        server.wait()
        yield server
    finally:
        server.stop()


def _owner(folder: Path) -> dict[str, Any]:
    """Return how to start PostgreSQL's programs: never as root, which they refuse."""
    if os.getuid() != 0:
        return {}
    names = {each.pw_name: each for each in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()}
