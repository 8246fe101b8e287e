"""Capture records as they are stored: each packed against one of its host, most of which it shares.

A record of an answer takes 3 KB and some 200 bytes packed so, since servers send the same headers
with nearly every page.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, func, select

from reports.model.captured import CaptureRecord
from storage.database.errors import Damaged
from storage.database.tables import record_base
from storage.texts.compression import compress, decompress

MOST_BASES = 50
"""Records of one host that others are packed against; a new one is kept if none is like it."""

_LONGEST_HOST = 255
_POOR = 3
"""A record that takes more than this part of itself is like no base of its host."""


class RecordPacking:
    """Packs and unpacks the records of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._bases: dict[int, bytes] = {}
        self._newest: dict[str, int] = {}

    def packed(self, record: CaptureRecord | None) -> dict[str, Any]:
        """Return the columns that hold a record, storing what it is packed against if need be."""
        if record is None:
            return {"record": None, "record_base_id": None}
        host = (urlsplit(record.last.url).hostname or "")[:_LONGEST_HOST]
        base_id = self._newest_base(host)
        body = compress(record.canonical, self._base(base_id)) if base_id else b""
        is_poor = not body or len(body) > len(record.canonical) / _POOR
        if is_poor and (made := self._add_base(host, record.canonical)):
            base_id, body = made, compress(record.canonical, record.canonical)
        return {"record": body, "record_base_id": base_id}

    def unpacked(self, row: Row[Any]) -> CaptureRecord | None:
        """Return the record of a row, None if it has none; raises Damaged."""
        if row.record is None:
            return None
        return CaptureRecord(decompress(bytes(row.record), self._base(row.record_base_id)))

    def _newest_base(self, host: str) -> int:
        """Return the number of the base of a host that was made last, 0 if there is none."""
        if host not in self._newest:
            query = select(func.max(record_base.c.id)).where(record_base.c.host == host)
            self._newest[host] = self._connection.execute(query).scalar() or 0
        return self._newest[host]

    def _base(self, base_id: int | None) -> bytes:
        """Return the bytes that records are packed against; raises Damaged if they are gone."""
        if base_id is None:
            return b""
        if base_id not in self._bases:
            query = select(record_base.c.body).where(record_base.c.id == base_id)
            body = self._connection.execute(query).scalar()
            if body is None:
                raise Damaged(f"record_base {base_id} is missing; restore a backup")
            self._bases[base_id] = decompress(bytes(body))
        return self._bases[base_id]

    def _add_base(self, host: str, canonical: bytes) -> int:
        """Keep a record for others to be packed against; 0 if its host has enough of them."""
        of_host = select(func.count()).select_from(record_base).where(record_base.c.host == host)
        if self._connection.execute(of_host).scalar_one() >= MOST_BASES:
            return 0
        row = {"host": host, "body": compress(canonical)}
        done = self._connection.execute(record_base.insert(), row)
        assert done.inserted_primary_key
        made = int(done.inserted_primary_key[0])
        self._bases[made], self._newest[host] = canonical, made
        return made
