"""The seal of each row: a digest that the program's own writes renew, and nothing else does.

Triggers keep the seals, so that no statement can forget one. On SQLite they belong to the program's
writing connections and are stored nowhere; on PostgreSQL they act only in its transactions. What
another program, a disk or a hand changes keeps its old seal, and an audit finds it.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from storage.database.full_text import TABLE as WORDS
from storage.database.tables import metadata, row_seal

SEAL = row_seal.name
_LONGEST_KEY = 48
_KEEPS = "reportwatch.keeps_seals"


def sealed_tables(dialect: str) -> dict[str, tuple[str, ...]]:
    """Return the tables whose rows are sealed, each with the columns of its key."""
    keys = {
        name: tuple(column.name for column in table.primary_key)
        for name, table in sorted(metadata.tables.items())
        if name != SEAL
    }
    # The tables of FTS5 have no triggers: a trigger on one of them crashes SQLite.
    return {**keys, WORDS: ("rowid",)} if dialect == "postgresql" else keys


def row_key(*values: object) -> str:
    """Return how a row is named: the values of its key, the end of a long one as a digest."""
    name = " ".join(map(str, values)).encode("utf-8", "backslashreplace").decode()
    if len(name) <= _LONGEST_KEY:
        return name
    return f"{name[:24]}:{hashlib.sha256(name.encode()).hexdigest()[:23]}"


def digest(*values: object) -> bytes:
    """Return the seal of a row of SQLite: 16 bytes of a SHA-256 over kinds, lengths and values."""
    made = hashlib.sha256()
    for value in values:
        if isinstance(value, bytes):
            kind, body = "b", value
        else:
            kind, body = type(value).__name__[0], str(value).encode("utf-8", "surrogateescape")
        made.update(f"{kind}{len(body)}:".encode())
        made.update(body)
    return made.digest()[:16]


def keep_seals(connection: Connection) -> None:
    """Let what a connection writes from now on be sealed: in this transaction on PostgreSQL."""
    if connection.dialect.name == "sqlite":
        _keep_on_sqlite(connection)
    else:
        connection.exec_driver_sql(f"SET LOCAL {_KEEPS} = 'on'")


def seal_all(connection: Connection) -> None:
    """Seal every row anew, after the schema changed."""
    connection.execute(row_seal.delete())
    if connection.dialect.name == "sqlite":
        raw = raw_connection(connection)
        for name, key in sealed_tables("sqlite").items():
            sealed = ((name, row_key(*each[0]), digest(*each[1])) for each in rows(raw, name, key))
            raw.executemany(f"INSERT INTO {SEAL} VALUES (?, ?, ?)", sealed).close()  # noqa: S608
        return
    for statement in _FUNCTIONS:
        connection.execute(text(statement))
    for name, key in sealed_tables("postgresql").items():
        for statement in (*_postgres_trigger(name, key), _seal_table(name, key)):
            connection.execute(text(statement))


def raw_connection(connection: Connection) -> sqlite3.Connection:
    """Return the driver's own connection to SQLite."""
    raw = connection.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def rows(
    raw: sqlite3.Connection, table: str, key: tuple[str, ...]
) -> Iterator[tuple[tuple[object, ...], tuple[object, ...]]]:
    """Give each row's key and values as they are stored, also text that is not UTF-8."""
    columns = _columns(table)
    with any_text(raw):
        cursor = raw.execute(f"SELECT {', '.join(map(_quoted, columns))} FROM {_quoted(table)}")  # noqa: S608
    places = [columns.index(name) for name in key]
    cursor.arraysize = 200
    while True:
        with any_text(raw):
            row = cursor.fetchone()
        if row is None:
            return
        yield tuple(row[place] for place in places), row


@contextmanager
def any_text(raw: sqlite3.Connection) -> Iterator[None]:
    """Read texts that are not UTF-8 as well; others keep reading as they did."""
    before = raw.text_factory
    raw.text_factory = lambda body: body.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        raw.text_factory = before


def _columns(table: str) -> list[str]:
    return [column.name for column in metadata.tables[table].columns]


def _quoted(name: str) -> str:
    return f'"{name}"'


def _keep_on_sqlite(connection: Connection) -> None:
    info = connection.connection.info
    if info.get(_KEEPS):
        return
    raw = raw_connection(connection)
    raw.create_function("row_key", -1, row_key, deterministic=True)
    raw.create_function("row_digest", -1, digest, deterministic=True)
    for name, key in sealed_tables("sqlite").items():
        for statement in _sqlite_triggers(name, key):
            raw.execute(statement).close()
    info[_KEEPS] = True


def _sqlite_triggers(table: str, key: tuple[str, ...]) -> Iterator[str]:
    new, old = (f"row_key({_of(side, key)})" for side in ("new", "old"))

    def forget(key: str) -> str:
        return f"DELETE FROM {SEAL} WHERE table_name = '{table}' AND row_key = {key};"  # noqa: S608

    # Not INSERT OR REPLACE: in a trigger the statement that fired it decides what a conflict does.
    seal = (
        f"{forget(new)} INSERT INTO {SEAL} "  # noqa: S608
        f"VALUES ('{table}', {new}, row_digest({_of('new', _columns(table))}));"
    )
    is_moved = " OR ".join(f"old.{_quoted(each)} IS NOT new.{_quoted(each)}" for each in key)
    moved = forget(old).replace(";", f" AND ({is_moved});")
    for action, body in (("INSERT", seal), ("UPDATE", moved + seal), ("DELETE", forget(old))):
        yield (
            f"CREATE TEMP TRIGGER seal_{table}_{action.lower()} "
            f"AFTER {action} ON main.{_quoted(table)} BEGIN {body} END"
        )


def _of(side: str, names: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"{side}.{_quoted(name)}" for name in names)


_FUNCTIONS = (
    f"""
    CREATE OR REPLACE FUNCTION row_seal_key(doc json, VARIADIC names text[]) RETURNS text
    LANGUAGE sql STABLE AS $$
      SELECT CASE WHEN length(name) <= {_LONGEST_KEY} THEN name ELSE left(name, 24) || '\\:'
        || left(encode(sha256(convert_to(name, 'UTF8')), 'hex'), 23) END
      FROM (SELECT string_agg(readable ->> part, ' ' ORDER BY place) AS name
            FROM CAST(replace(CAST(doc AS text), '\\u0000', '') AS json) AS readable,
              unnest(names) WITH ORDINALITY AS parts(part, place)) AS named
    $$
    """,  # noqa: S608
    """
    CREATE OR REPLACE FUNCTION row_seal_digest(doc json) RETURNS bytea
    LANGUAGE sql STABLE AS $$
      SELECT substring(sha256(convert_to(CAST(doc AS text), 'UTF8')) FROM 1 FOR 16)
    $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION row_seal_keep() RETURNS trigger
    LANGUAGE plpgsql SET timezone = 'UTC' AS $$
    DECLARE
      names text[] := TG_ARGV[0];
    BEGIN
      IF current_setting('{_KEEPS}', true) IS DISTINCT FROM 'on' THEN
        RETURN NULL;
      END IF;
      IF TG_OP <> 'INSERT' THEN
        DELETE FROM {SEAL} WHERE table_name = TG_TABLE_NAME
          AND row_key = row_seal_key(to_json(OLD), VARIADIC names);
      END IF;
      IF TG_OP <> 'DELETE' THEN
        INSERT INTO {SEAL} VALUES (TG_TABLE_NAME, row_seal_key(to_json(NEW), VARIADIC names),
          row_seal_digest(to_json(NEW)));
      END IF;
      RETURN NULL;
    END $$
    """,  # noqa: S608
)


def _postgres_trigger(table: str, key: tuple[str, ...]) -> tuple[str, str]:
    return (
        f"DROP TRIGGER IF EXISTS row_seal ON {_quoted(table)}",
        f"CREATE TRIGGER row_seal AFTER INSERT OR UPDATE OR DELETE ON {_quoted(table)} "
        f"FOR EACH ROW EXECUTE FUNCTION row_seal_keep('{{{','.join(key)}}}')",
    )


def seals_now(table: str, key: tuple[str, ...]) -> str:
    """Return a query of PostgreSQL for the key and the seal that each row should have."""
    names = ", ".join(f"'{name}'" for name in key)
    return (
        f"SELECT row_seal_key(to_json(each), {names}) AS row_key, "  # noqa: S608
        f"row_seal_digest(to_json(each)) AS sha256 FROM {_quoted(table)} AS each"
    )


def _seal_table(table: str, key: tuple[str, ...]) -> str:
    now = seals_now(table, key)
    return f"INSERT INTO {SEAL} SELECT '{table}', row_key, sha256 FROM ({now}) AS now"  # noqa: S608
