"""A database with rows in every table: what a walk recorded, and rows in tables it leaves empty."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corruptions import kind_of
from sqlalchemy import Column, Connection, Table, func, select
from walk_stage import Watch, watching

from reports.transparency.tiles import WIDTH
from services.transparency.checkpoints import begin_anew, make_checkpoint
from services.transparency.keys import witness_key
from storage.database.engine import WRITES, open_engine
from storage.database.tables import installation, leaf, metadata, row_seal
from storage.transparency.packing import pack

MOMENT = datetime(2026, 4, 1, tzinfo=UTC)
STEPS = 12


def fill(url: str, home: Path, steps: int = STEPS) -> list[str]:
    """Fill a migrated database; return the tables that no walk filled."""
    with watching(url, home) as watch:
        watch.subscribe("ann@law.example")
        watch.subscribe("bob@law.example")
        for step in range(min(steps, len(watch.site.timeline.steps))):
            watch.at(step)
        _log(watch)
        watch.parts.store.settle(watch.now)  # as an export does
    engine = open_engine(url)
    with engine.connect().execution_options(**{WRITES: True}) as connection:
        filled = [table.name for table in metadata.sorted_tables if _top_up(connection, table)]
        connection.commit()
    engine.dispose()
    return filled


def _log(watch: Watch) -> None:
    """Have a log that ended and one that goes on, with more than one tile: an audit reads them."""
    make_checkpoint(watch.parts)
    begin_anew(watch.parts, "to have two", "")
    with watch.parts.store.write() as unit:
        made = [{"body": pack(b'{"n":%d,"v":1}' % number)} for number in range(WIDTH)]
        unit._connection.execute(leaf.insert(), made)
        unit.commit()
    make_checkpoint(watch.parts)
    witness_key(watch.parts)


def _top_up(connection: Connection, table: Table) -> bool:
    """Add rows to a table of fewer than two, as the program itself would write them."""
    count = connection.execute(select(func.count()).select_from(table)).scalar_one()
    if table is row_seal or count >= (1 if table is installation else 2):
        return False
    for number in range(count, 2):
        # Numbers are the database's to give: one put in by hand would be given again.
        columns = [each for each in table.columns if each.name != "id"]
        values = {column.name: _value(connection, column, number) for column in columns}
        connection.execute(table.insert().values(values))
    return True


MEANT = {"record", "record_base_id", "change_id"}
"""Columns that may be empty, and whose values an audit reads: none that is made up would pass."""


def _value(connection: Connection, column: Column[Any], number: int) -> Any:
    if column.name in MEANT and column.nullable:
        return None
    for reference in column.foreign_keys:
        owner = reference.column
        owners = connection.execute(select(owner).order_by(owner).limit(2)).scalars().all()
        return owners[number] if number < len(owners) else None
    kind = kind_of(column)
    if kind is datetime:
        return MOMENT.replace(hour=number)
    if kind in (dict, list):
        return {"made": number}
    if kind is bytes:
        return f"{column.name} {number}".encode()
    if kind is str:
        return f"{column.name[:6]}{number}"
    return kind(number + 1)
