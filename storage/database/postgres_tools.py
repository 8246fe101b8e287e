"""PostgreSQL's own programs: found, held against the server's version, run with hidden passwords.

A password is in the environment of the program that is run, which none but its user can read, and
never on its command line.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import Engine

from storage.database.engine import SECRETS
from storage.database.errors import DatabaseUnusable

_ELSEWHERE = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")
"""Folders of PostgreSQL's packages (Debian, Red Hat) that are not on the path."""


def program_for(name: str, server: int | None) -> str:
    """Return the path of one of PostgreSQL's client programs that is new enough for a server.

    ``server`` is the server's major version, None if any will do. Raises DatabaseUnusable if the
    program is not installed, or older than the server.
    """
    newest = 0
    for path in _installed(name):
        version = _version(path)
        if version >= (server or 1):
            return path
        newest = max(newest, version)
    package = f"install PostgreSQL's client programs (Debian: postgresql-client-{server or 15})"
    if newest:
        raise DatabaseUnusable(
            f"{name} is of version {newest}, older than the server ({server}); {package}"
        )
    raise DatabaseUnusable(f"{name} is not installed, which PostgreSQL needs here; {package}")


def dump_command(engine: Engine, server: int, schema: str) -> tuple[list[str], dict[str, str]]:
    """Return the words and the environment of a `pg_dump` of one schema to standard output."""
    from psycopg.conninfo import make_conninfo  # drivers are imported by those who use them

    _, facts = engine.dialect.create_connect_args(engine.url)
    # libpq has no variable for the password of a key; the context is the driver's own.
    hidden = (*SECRETS, "context")
    shown = {name: value for name, value in facts.items() if name not in hidden}
    address = make_conninfo(**{"connect_timeout": 10, **shown})
    secret = {"PGPASSWORD": str(facts["password"])} if facts.get("password") else {}
    quoted = schema.replace('"', '""')
    words = [
        program_for("pg_dump", server),
        f"--dbname={address}",
        "--format=custom",
        f'--schema="{quoted}"',
        "--encoding=UTF8",
        "--no-owner",
        "--no-privileges",
        "--no-password",
        "--lock-wait-timeout=60000",
    ]
    return words, {**_environment(), **secret}


def script_command(archive: Path, schema: str | None) -> tuple[list[str], dict[str, str]]:
    """Return the words and the environment of a `pg_restore` that writes an archive's script.

    It connects to no server. ``schema``: what is in it, and not the schema itself.
    """
    words = [program_for("pg_restore", None), "--no-owner", "--no-privileges", "--file=-"]
    if schema is not None:
        words.append(f"--schema={schema}")
    return [*words, str(archive.absolute())], _environment()


@contextmanager
def output_of(words: list[str], environment: dict[str, str]) -> Iterator[IO[bytes]]:
    """Give what a program writes; it ends with us, since nobody would read from it any more.

    Raises DatabaseUnusable in the program's own words if it fails.
    """
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(  # noqa: S603 # a program of PostgreSQL, no shell
            words,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
        )
        assert child.stdout is not None
        try:
            yield child.stdout
        except BaseException:
            child.kill()
            raise
        finally:
            child.stdout.close()
            child.wait()
        if child.returncode:
            complaints.seek(0)
            said = complaints.read(20_000).decode(errors="replace")
            raise DatabaseUnusable(_complaint(Path(words[0]).name, child.returncode, said))


def _complaint(name: str, code: int, said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if "error:" in line] or lines[-1:]
    if not errors or code < 0:
        return f"{name} was ended by signal {-code}" if code < 0 else f"{name} failed ({code})"
    return f"{name}: {errors[0].split('error:', 1)[-1].strip()[:300]}"


def _environment() -> dict[str, str]:
    ours = ("REPORTWATCH_", "PREFECT_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "LC_ALL": "C"}


def _installed(name: str) -> Iterator[str]:
    on_path = shutil.which(name)
    if on_path:
        yield on_path
    for pattern in _ELSEWHERE:
        folders = Path("/").glob(pattern.lstrip("/"))
        for each in sorted(folders, key=lambda folder: _number(str(folder))):
            if (each / name).is_file():
                yield str(each / name)


def _version(path: str) -> int:
    try:
        told = subprocess.run(  # noqa: S603 # as above
            [path, "--version"], capture_output=True, env=_environment(), timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    return _number(told.stdout.decode(errors="replace"))


def _number(words: str) -> int:
    found = re.search(r"\d+", words)
    return int(found[0]) if found else 0
