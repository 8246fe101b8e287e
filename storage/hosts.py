"""What hosts were asked, day by day, and how reading their robots.txt went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, select, update

from storage.tables import host, host_day


@dataclass(frozen=True)
class Asked:
    """What a host was asked on one day."""

    requests: int
    bytes: int


@dataclass(frozen=True)
class RobotsRead:
    """How reading a host's robots.txt went: ok, none or unreachable, and when."""

    host: str
    state: str
    read_at: datetime


class Hosts:
    """The hosts on one connection. A day is one of UTC."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def asked_on(self, now: datetime) -> dict[str, Asked]:
        """Return what each host was asked on the day of a moment."""
        query = select(host_day).where(host_day.c.asked_on == _day(now))
        return {
            row.host: Asked(row.request_count, row.byte_count)
            for row in self._connection.execute(query)
        }

    def ask(self, now: datetime, asked: Mapping[str, Asked]) -> None:
        """Add what hosts were asked; what came after midnight counts for the day of ``now``."""
        for name, each in asked.items():
            same = (host_day.c.host == name, host_day.c.asked_on == _day(now))
            done = self._connection.execute(
                update(host_day)
                .where(*same)
                .values(
                    request_count=host_day.c.request_count + each.requests,
                    byte_count=host_day.c.byte_count + each.bytes,
                )
            )
            if not done.rowcount:
                row = {"request_count": each.requests, "byte_count": each.bytes}
                self._connection.execute(
                    host_day.insert().values(host=name, asked_on=_day(now), **row)
                )

    def robots(self) -> list[RobotsRead]:
        """Return how reading robots.txt went, in order of host."""
        query = select(host).order_by(host.c.host)
        return [
            RobotsRead(row.host, row.robots, row.read_at) for row in self._connection.execute(query)
        ]

    def note_robots(self, name: str, state: str, now: datetime) -> None:
        """Write down how reading a host's robots.txt went."""
        facts = {"robots": state, "read_at": now}
        done = self._connection.execute(update(host).where(host.c.host == name).values(**facts))
        if not done.rowcount:
            self._connection.execute(host.insert().values(host=name, **facts))


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()
