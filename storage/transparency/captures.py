"""The digests of capture records that leaves name."""

from __future__ import annotations

from sqlalchemy import Connection

from reports.model.identity import ReportId


def capture_digest(_connection: Connection, _name: ReportId, _number: int) -> str:
    """Return the digest of the capture record that a version was read from."""
    return ""


def removal_digests(_connection: Connection, _change_id: int) -> tuple[tuple[str, ...], str]:
    """Return the digests of the misses that a removal rests on, and of the listing beside them."""
    return (), ""
