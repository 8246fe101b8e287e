"""News held back as a whole: after a restore, what readers had before it is found and due again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from reports.notices.states import AlertState, MessageKind
from storage.database.tables import alert, message, pulse
from storage.operate.heartbeats import Heartbeats

HOLD = "news-held"
"""The pulse whose moment says since when news are held; there is none if they are not."""

_WAITING = (AlertState.DUE.value, AlertState.RETRYING.value)


class Hold:
    """Whether news leave, on one connection. Every other message leaves as ever."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._pulses = Heartbeats(connection)

    def since(self) -> datetime | None:
        """Return since when news are held, None if they are not."""
        return self._pulses.last(HOLD)

    def begin(self, now: datetime) -> None:
        """Hold what is due, and what comes to be, until ``end``."""
        if self.since() is None:
            self._pulses.beat(HOLD, now)

    def end(self) -> None:
        """Let what waits leave by the next delivery."""
        self._pulses.forget(HOLD)

    def waiting(self) -> int:
        """Return how many alerts wait, whatever they are due for."""
        query = select(func.count()).select_from(alert).outerjoin(message)
        return int(self._connection.execute(query.where(_waits())).scalar_one())

    def drop(self, why: str) -> int:
        """Set all that waits aside, unsent; returns how many alerts."""
        count = self.waiting()
        news = (message.c.kind == MessageKind.NEWS.value, message.c.state.in_(_WAITING))
        set_aside = {"state": AlertState.DROPPED.value, "last_error": why}
        self._connection.execute(update(message).where(*news).values(**set_aside))
        unbound = (alert.c.message_id.is_(None), alert.c.is_dropped.is_(False))
        self._connection.execute(update(alert).where(*unbound).values(is_dropped=True))
        return count


def is_let_go() -> ColumnElement[bool]:
    """Return the condition that news may leave."""
    return ~select(pulse.c.name).where(pulse.c.name == HOLD).exists()


def may_leave() -> ColumnElement[bool]:
    """Return the condition that a message may leave: it is no news, or they are not held."""
    return or_(message.c.kind != MessageKind.NEWS.value, is_let_go())


def _waits() -> ColumnElement[bool]:
    is_unbound = and_(alert.c.message_id.is_(None), alert.c.is_dropped.is_(False))
    return or_(is_unbound, message.c.state.in_(_WAITING))
