"""What hosts were asked, day by day, and how reading their robots.txt went."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Table, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.database.tables import host, host_day, host_rest, host_turn

CLOCK_SLACK = timedelta(minutes=5)
"""What was noted later than this from now was noted by a clock that went wrong."""


@dataclass(frozen=True)
class HostDay:
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

    def asked_on(self, now: datetime) -> dict[str, HostDay]:
        """Return what each host was asked on the day of a moment."""
        query = select(host_day).where(host_day.c.asked_on == _day(now))
        return {
            row.host: HostDay(row.request_count, row.byte_count)
            for row in self._connection.execute(query)
        }

    def ask(self, now: datetime, asked: Mapping[str, HostDay]) -> None:
        """Add what hosts were asked; what came after midnight counts for the day of ``now``.

        Runs of two sources may ask the same host: in one statement, and hosts in the same order.
        """
        for name, each in sorted(asked.items()):
            row = {"request_count": each.requests, "byte_count": each.bytes}
            statement = self._insert(host_day).values(host=name, asked_on=_day(now), **row)
            added = {column: host_day.c[column] + count for column, count in row.items()}
            self._connection.execute(
                statement.on_conflict_do_update(index_elements=["host", "asked_on"], set_=added)
            )

    def robots(self) -> list[RobotsRead]:
        """Return how reading robots.txt went, in order of host."""
        query = select(host).order_by(host.c.host)
        return [
            RobotsRead(row.host, row.robots, row.read_at) for row in self._connection.execute(query)
        ]

    def note_robots(self, name: str, state: str, now: datetime) -> None:
        """Record how reading a host's robots.txt went."""
        facts = {"robots": state, "read_at": now}
        statement = self._insert(host).values(host=name, **facts)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["host"], set_=facts)
        )

    def rests(self, now: datetime, via: str) -> dict[str, datetime]:
        """Return until when hosts are to be left alone, of those that asked for it.

        ``via`` is the origin that is asked in their place, ``""`` for none. What a clock noted that
        was ahead by years would otherwise hold for years.
        """
        asked = (
            host_rest.c.via == via,
            host_rest.c.until_at > now,
            host_rest.c.asked_at <= now + CLOCK_SLACK,
        )
        query = select(host_rest).where(*asked).order_by(host_rest.c.host)
        return {row.host: row.until_at for row in self._connection.execute(query)}

    def rest(self, name: str, now: datetime, until: datetime, via: str) -> None:
        """Record that a host, or what is asked in its place, asked to be left alone."""
        facts = {"asked_at": now, "until_at": until}
        statement = self._insert(host_rest).values(host=name, via=via, **facts)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["host", "via"], set_=facts)
        )

    def take_turn(self, name: str, delay: timedelta, clock: Callable[[], datetime]) -> timedelta:
        """Take a host's turn if nobody was there within ``delay``, else return what is left of it.

        It is asked for again then, and may be another's: programs that wait come in any order. On a
        server its own clock counts, since those of several machines differ. A turn that was taken
        in times to come was taken by a clock that went wrong.
        """
        never = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
        row = self._insert(host_turn).values(host=name, taken_at=never).on_conflict_do_nothing()
        self._connection.execute(row)
        this = host_turn.c.host == name
        query = select(host_turn.c.taken_at).where(this).with_for_update()
        taken: datetime = self._connection.execute(query).scalar_one()
        now = self._now(clock)
        left = taken + delay - now
        if timedelta(0) < left and taken <= now + CLOCK_SLACK:
            return left
        self._connection.execute(update(host_turn).where(this).values(taken_at=now))
        return timedelta(0)

    def _now(self, clock: Callable[[], datetime]) -> datetime:
        if self._connection.dialect.name == "sqlite":
            return clock()
        now: datetime = self._connection.execute(select(func.clock_timestamp())).scalar_one()
        return now

    @property
    def _insert(self) -> Callable[[Table], sqlite.Insert | postgresql.Insert]:
        is_sqlite = self._connection.dialect.name == "sqlite"
        return sqlite.insert if is_sqlite else postgresql.insert


def _day(now: datetime) -> str:
    return now.astimezone(UTC).date().isoformat()
