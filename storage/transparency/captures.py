"""The digests of capture records that leaves name."""

from __future__ import annotations

from sqlalchemy import Connection

from reports.model.identity import ReportId
from storage.watch.capture_records import CaptureRecords


def capture_digest(connection: Connection, name: ReportId, number: int) -> str:
    """Return the digest of the capture record that a version was read from; raises Damaged."""
    return CaptureRecords(connection).of_version(name, number).record.sha256


def removal_digests(connection: Connection, change_id: int) -> tuple[tuple[str, ...], str]:
    """Return the digests of the misses that a removal rests on, and of the listing beside them.

    Of a miss or a listing from before records were kept there is none. Raises Damaged.
    """
    found = CaptureRecords(connection).of_removal(change_id)
    misses = tuple(each.record.sha256 for each in found.misses if each.record)
    beside = found.listing.record if found.listing else None
    return misses, beside.sha256 if beside else ""
