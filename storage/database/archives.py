"""Archives: backups of PostgreSQL by `pg_dump`, in its custom format. Written, checked, loaded."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Engine, text

from storage.database.copies import written_whole
from storage.database.engine import connected
from storage.database.errors import DatabaseUnusable
from storage.database.postgres_tools import dump_command, output_of, script_command

SUFFIX = ".pgdump"
_MAGIC = b"PGDMP"
_COPY = re.compile(rb'COPY (?:"?(\w+)"?\.)"?(\w+)"? \((.*)\) FROM stdin;\n')
_END = b"\\.\n"
_FOR_OTHERS = re.compile(rb"\\(?:un)?restrict \w+\n|SET transaction_timeout = 0;\n")
"""Lines of a script for psql alone, and one that servers before 17 do not know."""


@dataclass(frozen=True)
class Contents:
    """What an archive holds: the schema it was made of, its tables, the revision of ours."""

    schema: str
    tables: frozenset[str]
    revision: str


def is_archive(file: Path) -> bool:
    """Tell whether a file begins as an archive does."""
    try:
        with file.open("rb") as opened:
            return opened.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def write_archive(engine: Engine, target: Path, check: Callable[[Path], object]) -> None:
    """Write an archive of a database that may be in use, whole or not at all.

    ``check`` is given it before it takes its name. Raises what it raises, DatabaseUnusable if
    `pg_dump` is missing, too old or fails, or OSError.
    """
    with connected(engine, writes=False) as connection:
        schema = current_schema(connection)
        server = connection.execute(text("SHOW server_version_num")).scalar_one()
    words, environment = dump_command(engine, int(server) // 10_000, schema)
    with written_whole(target) as partial:
        # Through us, not by its own hand: a program that outlived us would write into the next one.
        with output_of(words, environment) as dumped, partial.open("r+b") as file:
            shutil.copyfileobj(dumped, file, 1 << 20)
        check(partial)


def read_archive(file: Path) -> Contents:
    """Read an archive from end to end, as a restore would; raises DatabaseUnusable if it cannot."""
    if not is_archive(file):
        raise DatabaseUnusable(f"{file} is not a backup of a PostgreSQL database")
    tables, schemas, revision = set(), set(), ""
    with _script(file, None) as script:
        for _statements, copied, data in _pieces(script):
            if copied is None:
                continue
            schemas.add(copied[1].decode())
            tables.add(copied[2].decode())
            for row in data:
                if copied[2] == b"alembic_version":
                    revision = row.decode(errors="replace").strip()
    if "payload" not in tables or not revision or len(schemas) != 1:
        raise DatabaseUnusable(f"{file} is not a backup of a reportwatch database")
    return Contents(schemas.pop(), frozenset(tables), revision)


def load(connection: Connection, file: Path, schema: str) -> None:
    """Make what an archive holds, in the transaction of a connection that is used for nothing else.

    Raises DatabaseUnusable if the archive cannot be read, psycopg.Error if the server refuses it.
    """
    driver: Any = connection.connection.driver_connection
    with _script(file, schema) as script, driver.cursor() as cursor:
        for statements, copied, data in _pieces(script):
            if statements.strip():
                cursor.execute(statements)
            if copied is not None:
                with cursor.copy(copied[0].rstrip().rstrip(b";")) as copy:
                    for row in data:
                        copy.write(row)


def rows_of(file: Path, columns: Mapping[str, Collection[str]]) -> dict[str, list[tuple[str, ...]]]:
    r"""Return some columns of some tables of an archive, as text; ``\N`` is null.

    Raises DatabaseUnusable if the archive cannot be read.
    """
    found: dict[str, list[tuple[str, ...]]] = {name: [] for name in columns}
    with _script(file, None) as script:
        for _statements, copied, data in _pieces(script):
            name = copied[2].decode() if copied else ""
            if copied is None or name not in found:
                continue
            names = [each.strip(' "') for each in copied[3].decode().split(",")]
            places = [names.index(each) for each in columns[name]]
            for row in data:
                values = row.decode(errors="replace").rstrip("\n").split("\t")
                found[name].append(tuple(values[place] for place in places))
    return found


def current_schema(connection: Connection) -> str:
    """Return the schema in which a connection makes tables; raises DatabaseUnusable without one."""
    schema = connection.execute(text("SELECT current_schema()")).scalar()
    if schema is None:
        raise DatabaseUnusable(
            "the database has no schema in which its user could make tables; let its search_path "
            "name one"
        )
    return str(schema)


def _script(file: Path, schema: str | None) -> Any:
    return output_of(*script_command(file, schema))


def _pieces(script: IO[bytes]) -> Iterator[tuple[bytes, re.Match[bytes] | None, Iterator[bytes]]]:
    """Give a script in pieces: statements, then the head of a table's rows, and the rows.

    The last piece has no rows.
    """
    statements: list[bytes] = []
    for line in script:
        head = _COPY.fullmatch(line)
        if head is None:
            if not _FOR_OTHERS.fullmatch(line):
                statements.append(line)
            continue
        rows = _rows(script)
        yield b"".join(statements), head, rows
        for _unread in rows:
            pass
        statements.clear()
    yield b"".join(statements), None, iter(())


def _rows(script: IO[bytes]) -> Iterator[bytes]:
    """Give a table's rows; of a script that ends before they do, its program says what failed."""
    for line in script:
        if line == _END:
            return
        yield line
