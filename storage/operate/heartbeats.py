"""Heartbeats: when something that must not stop was last alive."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from storage.database.tables import pulse


class Heartbeats:
    """The heartbeats on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def beat(self, name: str, now: datetime) -> None:
        """Record that something is alive now."""
        changed = update(pulse).where(pulse.c.name == name).values(beat_at=now)
        if not self._connection.execute(changed).rowcount:
            self._connection.execute(pulse.insert().values(name=name, beat_at=now))

    def forget(self, name: str) -> None:
        """Stop expecting heartbeats of something."""
        self._connection.execute(pulse.delete().where(pulse.c.name == name))

    def last(self, name: str) -> datetime | None:
        """Return when something was last alive, None if it never was."""
        query = select(pulse.c.beat_at).where(pulse.c.name == name)
        return self._connection.execute(query).scalar()

    def all(self) -> dict[str, datetime]:
        """Return every heartbeat by its name."""
        rows = self._connection.execute(select(pulse).order_by(pulse.c.name))
        return {row.name: row.beat_at for row in rows}
