"""The installation's log and its keys: what it signed of itself, and what others signed of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from storage.database.tables import checkpoint, signing_key, time_stamp, transparency_log


@dataclass(frozen=True)
class StoredLog:
    """One log of this installation; one that has not ended is the log."""

    id: int
    origin: str
    vkey: str
    began_at: datetime
    ended_at: datetime | None
    why_ended: str


@dataclass(frozen=True)
class StoredCheckpoint:
    """What a log signed at one size. ``note`` is the whole note, with cosignatures."""

    id: int
    log_id: int
    size: int
    note: str
    signed_at: datetime
    published_at: datetime | None


@dataclass(frozen=True)
class StoredToken:
    """What an authority answered for a checkpoint, and the time that it says."""

    authority: str
    token: bytes
    stamped_at: datetime


class Logs:
    """The logs on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def current(self) -> StoredLog | None:
        """Return the log; None if none has begun."""
        query = select(transparency_log).where(transparency_log.c.ended_at.is_(None))
        row = self._connection.execute(query.order_by(transparency_log.c.id.desc())).first()
        return _log(row) if row else None

    def all(self) -> list[StoredLog]:
        """Return all logs, the oldest first."""
        rows = self._connection.execute(select(transparency_log).order_by(transparency_log.c.id))
        return [_log(row) for row in rows]

    def begin(self, origin: str, vkey: str, now: datetime) -> None:
        """Begin a log."""
        row = {"origin": origin, "vkey": vkey, "began_at": now, "why_ended": ""}
        self._connection.execute(insert(transparency_log), row)

    def end(self, log_id: int, why: str, now: datetime) -> None:
        """End a log, saying why."""
        of = update(transparency_log).where(transparency_log.c.id == log_id)
        self._connection.execute(of.values(ended_at=now, why_ended=why))

    def key(self, vkey: str) -> str | None:
        """Return a key as it is kept, encrypted; None if it is not known."""
        query = select(signing_key.c.sealed).where(signing_key.c.vkey == vkey)
        return self._connection.execute(query).scalar()

    def witness_vkey(self) -> str:
        """Return the key by which this installation cosigns, ``""`` before its first use."""
        query = select(signing_key.c.vkey).where(signing_key.c.is_witness)
        return self._connection.execute(query.order_by(signing_key.c.made_at)).scalar() or ""

    def add_key(self, vkey: str, sealed: str, now: datetime, *, is_witness: bool) -> None:
        """Keep a key, encrypted."""
        row = {"vkey": vkey, "sealed": sealed, "made_at": now, "is_witness": is_witness}
        self._connection.execute(insert(signing_key), row)

    def newest(self, log_id: int) -> StoredCheckpoint | None:
        """Return the largest checkpoint of a log; None if it has none."""
        query = select(checkpoint).where(checkpoint.c.log_id == log_id)
        row = self._connection.execute(query.order_by(checkpoint.c.size.desc())).first()
        return _checkpoint(row) if row else None

    def checkpoints(self, log_id: int) -> list[StoredCheckpoint]:
        """Return the checkpoints of a log, the smallest first."""
        query = select(checkpoint).where(checkpoint.c.log_id == log_id)
        return [_checkpoint(row) for row in self._connection.execute(query.order_by("size"))]

    def first_with(self, log_id: int, position: int) -> StoredCheckpoint | None:
        """Return the first published checkpoint whose tree holds a position; None if none does."""
        query = select(checkpoint).where(
            checkpoint.c.log_id == log_id,
            checkpoint.c.size > position,
            checkpoint.c.published_at.is_not(None),
        )
        row = self._connection.execute(query.order_by(checkpoint.c.size).limit(1)).first()
        return _checkpoint(row) if row else None

    def add_checkpoint(self, log_id: int, size: int, note: str, now: datetime) -> None:
        """Keep a checkpoint that was signed just now, before anybody sees it."""
        row = {"log_id": log_id, "size": size, "note": note, "signed_at": now}
        self._connection.execute(insert(checkpoint), row)

    def set_note(self, checkpoint_id: int, note: str) -> None:
        """Keep a checkpoint's note with the cosignatures that came."""
        of = update(checkpoint).where(checkpoint.c.id == checkpoint_id)
        self._connection.execute(of.values(note=note))

    def set_published(self, checkpoint_id: int, now: datetime) -> None:
        """Note when a checkpoint was published first."""
        of = update(checkpoint).where(checkpoint.c.id == checkpoint_id)
        self._connection.execute(
            of.where(checkpoint.c.published_at.is_(None)).values(published_at=now)
        )

    def tokens(self, checkpoint_id: int) -> list[StoredToken]:
        """Return the time stamps over a checkpoint."""
        query = select(time_stamp).where(time_stamp.c.checkpoint_id == checkpoint_id)
        rows = self._connection.execute(query.order_by(time_stamp.c.authority))
        return [StoredToken(row.authority, bytes(row.token), row.stamped_at) for row in rows]

    def add_token(self, checkpoint_id: int, token: StoredToken) -> None:
        """Keep a time stamp over a checkpoint."""
        row = {
            "checkpoint_id": checkpoint_id,
            "authority": token.authority,
            "token": token.token,
            "stamped_at": token.stamped_at,
        }
        self._connection.execute(insert(time_stamp), row)


def _log(row: Row[Any]) -> StoredLog:
    return StoredLog(row.id, row.origin, row.vkey, row.began_at, row.ended_at, row.why_ended)


def _checkpoint(row: Row[Any]) -> StoredCheckpoint:
    return StoredCheckpoint(row.id, row.log_id, row.size, row.note, row.signed_at, row.published_at)
