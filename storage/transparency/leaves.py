"""Give what was recorded its leaf: in the transaction that records it, or late.

A leaf is made of the rows as they are stored, never of what a caller remembers, and an audit makes
it of them again. It has no position yet: that comes with a checkpoint, so that recording waits for
nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from reports.model.identity import ReportId
from reports.model.values import ChangeKind
from reports.transparency.leaf import ChangeLeaf, VersionLeaf, detail_sha256
from storage.changes.rows import name_of_change
from storage.database.known import recorded_at
from storage.database.recorded import Recorded, take_recorded
from storage.database.tables import change, leaf, location, reading, report, version
from storage.texts.versions import REPORT_NAME
from storage.transparency.captures import capture_digest, removal_digests
from storage.transparency.packing import pack

AT_ONCE = 500
"""Leaves made at once: SQLite takes so many numbers in one query."""


def write_leaves(connection: Connection) -> int:
    """Give everything its leaf that this transaction has recorded; return how many."""
    found = take_recorded(connection)
    return _write(connection, found, is_late=False) if found else 0


def write_late_leaves(connection: Connection) -> int:
    """Give some versions and changes a leaf that have none; return how many, 0 if all have one."""
    missing = Recorded(
        dict.fromkeys(_without(connection, version.c.id, leaf.c.version_id), ""),
        dict.fromkeys(_without(connection, change.c.id, leaf.c.change_id), ""),
    )
    return _write(connection, missing, is_late=True)


def _without(connection: Connection, of: Any, in_leaf: Any) -> list[int]:
    query = select(of).outerjoin(leaf, in_leaf == of).where(leaf.c.id.is_(None))
    return list(connection.execute(query.order_by(of).limit(AT_ONCE)).scalars())


def _write(connection: Connection, found: Recorded, *, is_late: bool) -> int:
    now = recorded_at(connection)
    rows: list[dict[str, Any]] = []
    versions = version_leaves(connection, found.versions, now, found.versions)
    changes = change_leaves(connection, found.changes, now, found.changes)
    for column, made in (("version_id", versions), ("change_id", changes)):
        for key, each in made.items():
            body = pack(replace(each, is_late=is_late).canonical)
            rows.append({"version_id": None, "change_id": None, column: key, "body": body})
    if rows:
        connection.execute(insert(leaf), rows)
    return len(rows)


def version_leaves(
    connection: Connection,
    ids: Iterable[int],
    recorded_at: datetime,
    captures: Mapping[int, str],
    revisions: Mapping[int, int] | None = None,
) -> dict[int, VersionLeaf]:
    """Return the leaves of versions as their rows say, by number.

    ``captures`` has the digests of capture records that are known; the others are looked up.
    ``revisions`` says by which reader each is to be read: else by the one that read it first.
    """
    found = {}
    for some in _cut(ids):
        query = (
            select(
                version.c.id,
                version.c.number,
                version.c.captured_at,
                version.c.payload_sha256,
                location.c.url,
                reading.c.text_sha256,
                reading.c.words_sha256,
                reading.c.report_sha256,
                reading.c.reader_revision,
                *REPORT_NAME,
            )
            .join(report, report.c.id == version.c.report_id)
            .join(location, location.c.id == version.c.location_id)
            .join(reading, reading.c.version_id == version.c.id)
            .where(version.c.id.in_(some))
            .order_by(version.c.id, reading.c.id.desc())
        )
        for row in connection.execute(query):
            wanted = (revisions or {}).get(row.id)
            if wanted is None or row.reader_revision == wanted:
                found[row.id] = _of_version(connection, row, recorded_at, captures.get(row.id, ""))
    return found


def _of_version(
    connection: Connection, row: Row[Any], recorded_at: datetime, capture: str
) -> VersionLeaf:
    name = ReportId(row.source, row.edition, row.country, row.part)
    return VersionLeaf(
        report=name,
        recorded_at=recorded_at,
        number=row.number,
        captured_at=row.captured_at,
        url=row.url,
        payload_sha256=row.payload_sha256,
        text_sha256=row.text_sha256,
        words_sha256=row.words_sha256,
        report_sha256=row.report_sha256,
        reader_revision=row.reader_revision,
        capture_sha256=capture or capture_digest(connection, name, row.number),
    )


def change_leaves(
    connection: Connection, ids: Iterable[int], recorded_at: datetime, captures: Mapping[int, str]
) -> dict[int, ChangeLeaf]:
    """Return the leaves of changes as their rows say, by number."""
    found = {}
    own = (
        change.c.id,
        change.c.kind,
        change.c.subject,
        change.c.from_version,
        change.c.to_version,
        change.c.detected_at,
        change.c.words_added,
        change.c.words_removed,
        change.c.is_baseline,
        change.c.url,
        change.c.returned_to,
        change.c.detail,
    )
    for some in _cut(ids):
        query = select(*own, *name_of_change()).outerjoin(report, report.c.id == change.c.report_id)
        rows = connection.execute(query.where(change.c.id.in_(some)).order_by(change.c.id)).all()
        for row in rows:
            found[row.id] = _of_change(connection, row, recorded_at, captures.get(row.id, ""))
    return found


def _of_change(
    connection: Connection, row: Row[Any], recorded_at: datetime, capture: str
) -> ChangeLeaf:
    kind = ChangeKind(row.kind)
    is_removal = kind is ChangeKind.REMOVED
    misses, listing = removal_digests(connection, row.id) if is_removal else ((), "")
    return ChangeLeaf(
        kind=kind,
        report=ReportId(row.source, row.edition, row.country, row.part),
        recorded_at=recorded_at,
        change=row.id,
        from_version=row.from_version,
        to_version=row.to_version,
        detected_at=row.detected_at,
        words_added=row.words_added,
        words_removed=row.words_removed,
        is_baseline=row.is_baseline,
        detail_sha256=detail_sha256(row.url, row.returned_to, row.detail),
        subject=row.subject,
        misses=misses,
        listing=listing,
        capture_sha256=capture,
    )


def _cut(ids: Iterable[int]) -> Iterator[Sequence[int]]:
    whole = sorted(ids)
    for at in range(0, len(whole), AT_ONCE):
        yield whole[at : at + AT_ONCE]
