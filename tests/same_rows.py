"""What two databases hold, row for row, but for times and what only says who did the work.

Numbers that a database gave are compared by their order: what is rolled back uses some up.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Column, Connection, Table, select

from storage.database.engine import open_engine
from storage.database.tables import metadata

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")

OF_THE_WORK = {
    *("row_seal", "record_base", "run_batch", "host_turn", "host_day", "installation", "pulse"),
}
"""Tables of the work itself: seals and records hold times, robots.txt is read by each program."""

OF_THE_RUN = {
    "run": {"seconds", "flow_run", "orchestrator", "trigger"},
    "capture": {"evidence", "record", "record_base_id"},
    "miss": {"record", "record_base_id"},
    "listing": {"record", "record_base_id"},
    "leaf": {"body", "id"},
}
"""Columns of the work, and of the moment: headers of an answer and its record have its date.

Of a transaction first the versions get leaves, then the changes: where one ends is of the work too.
"""

UNSAID = {"report_index.reading_id": "reading.id"}
"""What columns refer to without a foreign key."""


def rows_of(url: str, asked: str = "") -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every table, in order of their keys, without columns of time.

    ``asked`` is what was asked in the publisher's place: its port differs from site to site.
    """
    engine = open_engine(url)
    found = {}
    with engine.connect() as connection:
        order = {
            f"{table.name}.id": _order(connection, table)
            for table in metadata.sorted_tables
            if "id" in table.columns
        }
        for table in metadata.sorted_tables:
            if table.name in OF_THE_WORK:
                continue
            left_out = OF_THE_RUN.get(table.name, set())
            columns = [
                column
                for column in table.columns
                if column.name not in left_out and not column.name.endswith(("_at", "_since"))
            ]
            query = select(*columns).order_by(*table.primary_key)
            numbers = [order.get(_refers_to(column), {}) for column in columns]
            rows = [
                tuple(
                    _told(of.get(value) if of else value, asked)
                    for of, value in zip(numbers, row, strict=True)
                )
                for row in connection.execute(query)
            ]
            found[table.name] = sorted(rows) if "id" in left_out else rows
    engine.dispose()
    return found


def _order(connection: Connection, table: Table) -> dict[Any, int]:
    ids = connection.execute(select(table.c.id).order_by(table.c.id)).scalars()
    return {number: place for place, number in enumerate(ids)}


def _refers_to(column: Column[Any]) -> str:
    for each in column.foreign_keys:
        return str(each.column)
    return str(column) if column.name == "id" else UNSAID.get(str(column), "")


def _told(value: Any, asked: str) -> str:
    told = _MOMENT.sub("MOMENT", repr(value))
    for name in filter(None, (asked, urlsplit(asked).netloc)):
        told = told.replace(name, "ASKED")
    return told


def differing(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> dict[str, Any]:
    """Return, by table, the first row that differs."""
    found = {}
    for name, rows in one.items():
        pairs = zip([*rows, None], [*other[name], None], strict=False)
        if rows != other[name]:
            found[name] = next((a, b) for a, b in pairs if a != b)
    return found
