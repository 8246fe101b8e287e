"""Payloads: the raw bytes of captures, content-addressed and compressed.

The rest of storage sees ``put`` and ``get`` by SHA-256 alone: the packed bytes lie in the database,
where ``put`` leaves them, or have been moved from there to a folder or a bucket. A payload is
stored against its report's first payload, that one against the first of its shelf (source and
edition), which stands alone: two steps at most to read anything back.
"""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import Connection, Row, func, select

from reports.text.fingerprint import payload_sha256
from storage.database.errors import Damaged
from storage.database.tables import payload, payload_place
from storage.texts.compression import compress, decompress
from storage.texts.places import place_at, shown

STORED = (
    payload.c.sha256,
    payload.c.base_sha256,
    payload.c.body,
    payload.c.object_name,
    select(payload_place.c.address)
    .where(payload_place.c.id == payload.c.place_id)
    .scalar_subquery()
    .label("address"),
)
"""What is read of a payload's row to read its bytes."""

PACKED_SIZE = func.coalesce(payload.c.object_size, func.length(payload.c.body))
"""How many bytes a payload takes, packed, wherever they lie."""


def missing(row: Row[Any]) -> Damaged:
    """Return what is wrong if a row's object is not there."""
    return Damaged(
        f"payload {row.sha256} is missing: {shown(row.address)} has no object {row.object_name}; "
        "bring it back from a copy of that place, or restore a backup that is older than the move"
    )


def _lies(row: Row[Any]) -> str:
    return f"{shown(row.address)} (object {row.object_name})" if row.address else "the database"


class Payloads:
    """The payloads of one connection.

    ``is_fresh`` reads everything anew, whatever this process has read before: for audits.
    """

    def __init__(self, connection: Connection, *, is_fresh: bool = False) -> None:
        self._connection = connection
        self._recent = _Recent(4) if is_fresh else _RECENT
        self._exemplars: dict[str, str] = {}

    def put(self, body: bytes, *, shelf: str, like: str = "") -> str:
        """Store bytes once and return their SHA-256; ``like`` names a payload they resemble."""
        digest = payload_sha256(body)
        if self._has(digest):
            return digest
        base = self._root(like) or self._exemplar(shelf)
        packed = compress(body, self.get(base) if base else b"")
        row = {"sha256": digest, "shelf": shelf, "size": len(body), "body": packed}
        self._connection.execute(payload.insert(), {**row, "base_sha256": base or None})
        return digest

    def get(self, digest: str) -> bytes:
        """Return stored bytes; raises KeyError, PlaceFailed, or Damaged for others than those."""
        if known := self._recent.get(digest):
            return known
        found = self._connection.execute(select(*STORED).where(payload.c.sha256 == digest)).first()
        if found is None:
            raise KeyError(digest)
        body = self.unpack(found, self._packed(found))
        if found.base_sha256 is None:
            self._recent.put(digest, body)
        return body

    def unpack(self, row: Row[Any], packed: bytes) -> bytes:
        """Return the bytes of a row's payload, given them packed; raises what ``get`` raises."""
        body = decompress(packed, self.get(row.base_sha256) if row.base_sha256 else b"")
        if payload_sha256(body) != row.sha256:
            raise Damaged(f"payload {row.sha256} is damaged; restore a backup of {_lies(row)}")
        return body

    def _packed(self, row: Row[Any]) -> bytes:
        if row.address is None:
            return bytes(row.body)
        packed = place_at(row.address).get([row.object_name]).get(row.object_name)
        if packed is None:
            raise missing(row)
        return packed

    def _has(self, digest: str) -> bool:
        query = select(payload.c.sha256).where(payload.c.sha256 == digest)
        return self._connection.execute(query).first() is not None

    def _root(self, digest: str) -> str:
        """Return the payload to store a re-capture against, one step from standing alone."""
        while digest:
            base = self._base(digest)
            if base is None or self._base(base) is None:
                break
            digest = base
        return digest

    def _base(self, digest: str) -> str | None:
        query = select(payload.c.base_sha256).where(payload.c.sha256 == digest)
        return self._connection.execute(query).scalar()

    def _exemplar(self, shelf: str) -> str:
        """Return the payload that stands alone on a shelf, ``""`` while the shelf is empty."""
        if shelf not in self._exemplars:
            query = (
                select(payload.c.sha256)
                .where(payload.c.shelf == shelf, payload.c.base_sha256.is_(None))
                .limit(1)
            )
            found = self._connection.execute(query).scalar()
            if not found:
                return ""
            self._exemplars[shelf] = found
        return self._exemplars[shelf]


class _Recent:
    """The few stand-alone payloads in use: each is the base of a whole edition."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._bodies: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def get(self, digest: str) -> bytes | None:
        return self._bodies.get(digest)

    def put(self, digest: str, body: bytes) -> None:
        with self._lock:
            self._bodies[digest] = body
            while len(self._bodies) > self._size:
                self._bodies.pop(next(iter(self._bodies)))


_RECENT = _Recent(4)
