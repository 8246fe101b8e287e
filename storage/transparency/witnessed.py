"""Logs of others that this installation witnesses: their newest checkpoint, what contradicts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from storage.database.tables import log_fork, witnessed_log


@dataclass(frozen=True)
class WitnessedLog:
    """A log and its newest checkpoint, ``""`` if none came yet. ``url`` is ``""`` if it comes."""

    origin: str
    vkey: str
    url: str
    note: str
    size: int
    cosigned_at: datetime | None


@dataclass(frozen=True)
class LogFork:
    """Two checkpoints that one log signed and that cannot both be true; both are whole notes."""

    origin: str
    found_at: datetime
    why: str
    kept: str
    given: str


class WitnessedLogs:
    """The logs on one connection that this installation witnesses."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def all(self) -> list[WitnessedLog]:
        """Return the logs, by origin."""
        rows = self._connection.execute(select(witnessed_log).order_by(witnessed_log.c.origin))
        return [_witnessed(row) for row in rows]

    def get(self, origin: str, *, to_change: bool = False) -> WitnessedLog | None:
        """Return a log; None if it is not witnessed.

        ``to_change`` has others wait who want to change it too, until the transaction ends.
        """
        query = select(witnessed_log).where(witnessed_log.c.origin == origin)
        row = self._connection.execute(query.with_for_update() if to_change else query).first()
        return _witnessed(row) if row else None

    def put(self, origin: str, vkey: str, url: str) -> None:
        """Witness a log from now on, or fetch it elsewhere; its newest checkpoint stays."""
        known = self.get(origin)
        if known:
            of = update(witnessed_log).where(witnessed_log.c.origin == origin)
            self._connection.execute(of.values(url=url))
            return
        row = {"origin": origin, "vkey": vkey, "url": url, "note": "", "size": 0}
        self._connection.execute(insert(witnessed_log), row)

    def forget(self, origin: str) -> bool:
        """Witness a log no more; tell whether it was witnessed."""
        of = delete(witnessed_log).where(witnessed_log.c.origin == origin)
        return bool(self._connection.execute(of).rowcount)

    def cosigned(self, origin: str, note: str, size: int, now: datetime) -> None:
        """Keep a checkpoint as the newest one of its log."""
        of = update(witnessed_log).where(witnessed_log.c.origin == origin)
        self._connection.execute(of.values(note=note, size=size, cosigned_at=now))

    def add_fork(self, found: LogFork) -> bool:
        """Keep two checkpoints that contradict each other; False if these are kept already."""
        same = (log_fork.c.kept == found.kept, log_fork.c.given == found.given)
        if self._connection.execute(select(log_fork.c.id).where(*same)).first():
            return False
        self._connection.execute(insert(log_fork), vars(found))
        return True

    def forks(self, origin: str = "") -> list[LogFork]:
        """Return what contradicts itself, of one log or of all, the oldest first."""
        query = select(log_fork).order_by(log_fork.c.id)
        rows = self._connection.execute(
            query.where(log_fork.c.origin == origin) if origin else query
        )
        return [LogFork(row.origin, row.found_at, row.why, row.kept, row.given) for row in rows]


def _witnessed(row: Row[Any]) -> WitnessedLog:
    return WitnessedLog(row.origin, row.vkey, row.url, row.note, row.size, row.cosigned_at)
