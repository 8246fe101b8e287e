"""Whether payloads, readings and forms read back as they were stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, select
from sqlalchemy.exc import SQLAlchemyError

from storage.database.errors import Damaged, DatabaseFailed, NotStorable
from storage.database.tables import capture, form, listing, miss, payload, reading
from storage.texts.forms import Forms
from storage.texts.payloads import Payloads
from storage.texts.readings import Readings
from storage.watch.record_packing import RecordPacking

UNREADABLE = (
    Damaged,
    DatabaseFailed,
    NotStorable,
    SQLAlchemyError,
    KeyError,
    IndexError,
    ValueError,
    RuntimeError,
    TypeError,
)
"""What reading damaged bytes back may raise. A place that cannot be used is no damage."""

_AT_ONCE = 500
_OF_PAYLOAD = (payload.c.sha256, payload.c.size)
_OF_READING = (
    reading.c.id,
    reading.c.version_id,
    reading.c.reader_revision,
    reading.c.text_sha256,
    reading.c.words_sha256,
    reading.c.report_sha256,
)


def payload_rows(connection: Connection) -> Sequence[Row[Any]]:
    """Return the payloads without their bytes."""
    return connection.execute(select(*_OF_PAYLOAD)).all()


def payload_faults(
    connection: Connection, rows: Sequence[Row[Any]], tick: Callable[[], None]
) -> Iterator[str]:
    """Name the payloads whose bytes do not have their digest, or not their number."""
    store = Payloads(connection, is_fresh=True)
    for row in rows:
        tick()
        try:
            size = len(store.get(row.sha256))
        except UNREADABLE as error:
            yield f"payload {row.sha256}: {error}"
            continue
        if size != row.size:
            yield f"payload {row.sha256}: it has {size} bytes, and not {row.size}"


def reading_rows(connection: Connection) -> Sequence[Row[Any]]:
    """Return the readings without their bodies."""
    return connection.execute(select(*_OF_READING)).all()


def reading_faults(
    connection: Connection, rows: Sequence[Row[Any]], tick: Callable[[], None]
) -> Iterator[str]:
    """Name the readings whose text does not have the digests they are filed under."""
    store = Readings(connection)
    for row in rows:
        tick()
        try:
            value, _ = store.get(row.version_id, row.reader_revision)
        except UNREADABLE as error:
            yield f"reading {row.id}: {error}"
            continue
        stored = (row.text_sha256, row.words_sha256, row.report_sha256)
        if stored != (value.text_sha256, value.words_sha256, value.report_sha256):
            yield f"reading {row.id}: its text does not have the digest it is filed under"


def record_faults(connection: Connection) -> Iterator[str]:
    """Name the capture records that no longer read, or that are of other bytes than their row."""
    packing = RecordPacking(connection)
    for table in (capture, listing, miss):
        for row in _recorded(connection, table):
            try:
                record = packing.unpacked(row)
                assert record is not None
                is_of_row = table is not capture or record.payload_sha256 == row.payload_sha256
                is_whole = bool(record.exchanges) and is_of_row
            except UNREADABLE as error:
                yield f"{table.name} {row.id}: its capture record: {error}"
                continue
            if not is_whole:
                yield f"{table.name} {row.id}: its capture record is of other bytes"


def _recorded(connection: Connection, table: Table) -> Iterator[Row[Any]]:
    """Give the rows of a table that have a capture record, some at a time."""
    columns = [table.c[each] for each in ("id", "record", "record_base_id")]
    columns += [table.c.payload_sha256] if table is capture else []
    query = select(*columns).where(table.c.record.is_not(None)).order_by(table.c.id)
    last = 0
    while rows := connection.execute(query.where(table.c.id > last).limit(_AT_ONCE)).all():
        yield from rows
        last = rows[-1].id


def form_faults(connection: Connection) -> Iterator[str]:
    """Name the forms of pages that no longer read as they were stored."""
    store = Forms(connection)
    for report_id, digest in connection.execute(select(form.c.report_id, form.c.form_sha256)).all():
        try:
            is_whole = store.parts(report_id).sha256 == digest
        except UNREADABLE as error:
            yield f"form {report_id}: {error}"
            continue
        if not is_whole:
            yield f"form {report_id}: it does not have its digest"
