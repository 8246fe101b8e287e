"""When the database came to know what it holds, and what it said before.

Every transaction that writes what is exported has one moment. No two exports as of one moment
differ: whoever exports as of T first has T written down, waiting for the transactions that have
their moment already, and every later transaction has a later one, whatever its clock says.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Table, Transaction, literal, select, update

from storage.database.tables import former_value, installation

CLOCK = "reportwatch.clock"
"""The execution option of a connection that is the clock it goes by."""

SYSTEM_CLOCK = partial(datetime.now, UTC)

_KEPT = "reportwatch.recorded_at"
_TICK = timedelta(microseconds=1)


def recorded_at(connection: Connection) -> datetime:
    """Return the moment of the transaction that is being written, the same to its end."""
    kept = connection.info.get(_KEPT)
    if kept and kept[0] is _transaction(connection):
        return kept[1]  # type: ignore[no-any-return]
    query = select(installation.c.exported_until).with_for_update(read=True)
    shown = connection.execute(query).scalar()
    now = _clock(connection)()
    moment = max(now, shown + _TICK) if shown else now
    connection.info[_KEPT] = (_transaction(connection), moment)  # its first statement began it
    return moment


def settle(connection: Connection, moment: datetime) -> None:
    """Have nothing that is written from now on be known at ``moment`` or before it.

    Waits for those who write, and is to be committed before anything is read as of the moment.
    """
    shown = installation.c.exported_until
    later = shown.is_(None) | (shown < literal(moment, shown.type))
    connection.execute(update(installation).where(later).values(exported_until=moment))


def revise(connection: Connection, table: Table, row_id: int, **values: Any) -> None:
    """Change columns of a row, and keep what they said: an export may have shown it."""
    columns = [table.c[name] for name in values]
    row = connection.execute(select(*columns).where(table.c.id == row_id)).one()
    said = {name: row._mapping[name] for name in values if row._mapping[name] != values[name]}
    if not said:
        return
    former = {name: _plain(value) for name, value in said.items()}
    moment = recorded_at(connection)
    connection.execute(
        former_value.insert(),
        {"table_name": table.name, "row_id": row_id, "until_at": moment, "said": former},
    )
    connection.execute(update(table).where(table.c.id == row_id).values(**values))


def _transaction(connection: Connection) -> Transaction | None:
    return connection.get_nested_transaction() or connection.get_transaction()


def _clock(connection: Connection) -> Callable[[], datetime]:
    clock: Callable[[], datetime] = connection.get_execution_options().get(CLOCK, SYSTEM_CLOCK)
    return clock


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
