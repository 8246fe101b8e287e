"""Capture records: of captures, of the misses that a removal rests on, of good listings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, delete, func, select, update

from reports.model.captured import CaptureOrigin, CaptureRecord, Exchange, make_record
from reports.model.identity import ReportId
from reports.watch.outcome import Outcome
from storage.database.tables import (
    capture,
    change,
    listing,
    location,
    miss,
    payload,
    report,
    version,
)
from storage.texts.aliases import named
from storage.watch.locations import LocationView, Sighting
from storage.watch.record_packing import RecordPacking

MOST_MISSES = 100
"""Misses of one page in a row whose records are kept: the first ones, and the last."""


@dataclass(frozen=True)
class StoredRecord:
    """A capture record, when the capture was made, and the bytes that it brought.

    ``url`` is the address of its location. ``capture_id`` is None for a version of whose capture
    nothing was kept. ``imported_from`` names the file that it came in: then what the record says
    is that file's word.
    """

    url: str
    captured_at: datetime
    record: CaptureRecord
    payload_sha256: str
    capture_id: int | None = None
    imported_from: str = ""


@dataclass(frozen=True)
class RecordedMiss:
    """A clean answer that a page is not there; ``record`` is None for one from before records."""

    id: int
    missed_at: datetime
    record: CaptureRecord | None


@dataclass(frozen=True)
class RecordedListing:
    """A good listing beside a miss: how many reports it named, and what was asked and answered."""

    id: int
    edition: str
    read_at: datetime
    link_count: int
    record: CaptureRecord | None


@dataclass(frozen=True)
class RemovalRecords:
    """What a removal rests on: its misses, oldest first, and the good listing beside the last."""

    misses: tuple[RecordedMiss, ...]
    listing: RecordedListing | None


class CaptureRecords:
    """The capture records on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._packing = RecordPacking(connection)

    def add(self, run_id: int, attempts: Sequence[tuple[LocationView, Sighting]]) -> None:
        """Record the captures and the clean misses among some attempts.

        A miss after a removal says nothing more: the removal rests on those before it.
        """
        captures = [
            {
                "location_id": known.id,
                "run_id": run_id,
                "captured_at": sighting.seen_at,
                "payload_sha256": sighting.payload_sha256,
                "evidence": dict(sighting.evidence),
                **self._packing.packed(sighting.record),
            }
            for known, sighting in attempts
            if sighting.brought_bytes
        ]
        if captures:
            self._connection.execute(capture.insert(), captures)
        for known, sighting in attempts:
            is_news = sighting.is_clean_miss and known.outcome != Outcome.REMOVED
            if is_news and sighting.record:
                self._add_miss(run_id, known, sighting)

    def of_capture(self, capture_id: int) -> StoredRecord:
        """Return the record of a capture; raises KeyError for an unknown one, or Damaged.

        One from before records were kept is derived from what was kept of it, and says so.
        """
        query = _captures().where(capture.c.id == capture_id)
        row = self._connection.execute(query).first()
        if row is None:
            raise KeyError(capture_id)
        return self._stored(row)

    def of_version(self, name: ReportId, number: int) -> StoredRecord:
        """Return the record of the capture that a version was read from; raises KeyError, Damaged.

        Of a version whose capture nothing was kept of, the record says its address, its time and
        its bytes, and that it is derived.
        """
        found = (
            select(version, location.c.url)
            .join(report, report.c.id == version.c.report_id)
            .join(location, location.c.id == version.c.location_id)
            .where(*named(name), version.c.number == number)
        )
        of = self._connection.execute(found).first()
        if of is None:
            raise KeyError(f"{name} {number}")
        same = (
            capture.c.location_id == of.location_id,
            capture.c.captured_at == of.captured_at,
            capture.c.payload_sha256 == of.payload_sha256,
        )
        query = _captures().where(*same).order_by(capture.c.record.is_(None), capture.c.id)
        row = self._connection.execute(query.limit(1)).first()
        if row is not None:
            return self._stored(row)
        derived = derived_record(
            of.url, of.captured_at, of.payload_sha256, self._size(of.payload_sha256), {}
        )
        return StoredRecord(of.url, of.captured_at, derived, of.payload_sha256)

    def rest_on(self, change_id: int, location_id: int, since: datetime | None) -> None:
        """Note that a removal rests on the misses of a location since a moment."""
        if since is None:
            return
        of = and_(miss.c.location_id == location_id, miss.c.missed_at >= since)
        free = update(miss).where(of, miss.c.change_id.is_(None))
        self._connection.execute(free.values(change_id=change_id))

    def of_removal(self, change_id: int) -> RemovalRecords:
        """Return what a removal rests on; nothing for one from before records. Raises Damaged."""
        rows = self._connection.execute(
            select(miss).where(miss.c.change_id == change_id).order_by(miss.c.missed_at, miss.c.id)
        ).all()
        misses = tuple(
            RecordedMiss(row.id, row.missed_at, self._packing.unpacked(row)) for row in rows
        )
        return RemovalRecords(misses, self._listing_beside(change_id) if rows else None)

    def _listing_beside(self, change_id: int) -> RecordedListing | None:
        """Return the good listing that the run of a removal's last miss read of its edition."""
        query = (
            select(listing)
            .join(miss, miss.c.run_id == listing.c.run_id)
            .join(change, change.c.id == miss.c.change_id)
            .join(report, report.c.id == change.c.report_id)
            .where(miss.c.change_id == change_id, listing.c.is_good)
            .where(listing.c.edition == report.c.edition)
            .order_by(miss.c.missed_at.desc(), listing.c.id.desc())
        )
        row = self._connection.execute(query.limit(1)).first()
        if row is None:
            return None
        return RecordedListing(
            row.id, row.edition, row.read_at, row.link_count, self._packing.unpacked(row)
        )

    def _stored(self, row: Row[Any]) -> StoredRecord:
        record = self._packing.unpacked(row) or derived_record(
            row.url, row.captured_at, row.payload_sha256, row.size, row.evidence
        )
        file = str(row.evidence.get("file") or "")
        return StoredRecord(
            row.url, row.captured_at, record, row.payload_sha256, row.id, imported_from=file
        )

    def _size(self, digest: str) -> int | None:
        query = select(payload.c.size).where(payload.c.sha256 == digest)
        return self._connection.execute(query).scalar()

    def _add_miss(self, run_id: int, known: LocationView, sighting: Sighting) -> None:
        if known.miss_count >= MOST_MISSES:
            self._drop_last_miss(known.id)
        row = {"location_id": known.id, "run_id": run_id, "missed_at": sighting.seen_at}
        packed = self._packing.packed(sighting.record)
        self._connection.execute(miss.insert(), {**row, **packed})

    def _drop_last_miss(self, location_id: int) -> None:
        last = select(func.max(miss.c.id)).where(miss.c.location_id == location_id)
        of = and_(miss.c.id == last.scalar_subquery(), miss.c.change_id.is_(None))
        self._connection.execute(delete(miss).where(of))


def derived_record(
    url: str,
    captured_at: datetime,
    payload_sha256: str,
    size: int | None,
    evidence: Mapping[str, Any],
) -> CaptureRecord:
    """Return the record of a capture from before records were kept, from what was kept of it.

    The same capture gives the same bytes for ever: leaves of the log name their digest.
    """
    hops = [url, *map(str, evidence.get("redirects") or ())]
    headers = evidence.get("headers")
    last = Exchange(
        hops[-1],
        answered_at=captured_at,
        status=evidence.get("status"),
        headers=None if headers is None else tuple(sorted(map(_pair, headers.items()))),
        remote_address=evidence.get("remote_ip"),
    )
    known = {
        name: evidence[name]
        for name in ("file", "review", "archive", "memento", "digest", "retrieved_at")
        if evidence.get(name) is not None
    }
    origin = CaptureOrigin.PUBLISHER
    if "archive" in known:
        origin = CaptureOrigin.ARCHIVE
    elif "file" in known:
        origin = CaptureOrigin.FILE
    return make_record(
        [*(Exchange(each) for each in hops[:-1]), last],
        origin=origin,
        client=None,
        payload_sha256=payload_sha256,
        payload_size=size,
        about=known,
        is_derived=True,
    )


def _pair(header: tuple[Any, Any]) -> tuple[str, str]:
    return str(header[0]), str(header[1])


def _captures() -> Select[Any]:
    return (
        select(capture, location.c.url, payload.c.size)
        .join(location, location.c.id == capture.c.location_id)
        .outerjoin(payload, payload.c.sha256 == capture.c.payload_sha256)
    )
