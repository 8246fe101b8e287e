"""How the outbox stands: what was given up, what waits too long, what should never have been."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from reports.notices.states import AlertState, MessageKind
from storage.database.tables import message

_WAITING = (AlertState.DUE.value, AlertState.RETRYING.value, AlertState.CLAIMED.value)


@dataclass(frozen=True)
class OutboxState:
    """Counts of messages; ``reasons`` are why the newest were given up, each once.

    ``untried_since`` is when the oldest message that waits for its first attempt became due.
    """

    dead: int
    reasons: tuple[str, ...]
    empty: int
    untried: int
    untried_since: datetime | None


def read_outbox_state(connection: Connection, now: datetime, empty_since: datetime) -> OutboxState:
    """Look at the outbox; empty messages are those dropped since a time."""
    is_news = message.c.kind != MessageKind.CANARY.value
    dead = (message.c.state == AlertState.DEAD.value, is_news)
    newest = select(message.c.last_error).where(*dead).order_by(message.c.id.desc()).limit(100)
    reasons = dict.fromkeys(connection.execute(newest).scalars())
    dropped = (
        message.c.state == AlertState.DROPPED.value,
        message.c.created_at >= empty_since,
        message.c.last_error.contains("would show no difference"),
    )
    untried = (
        message.c.state.in_(_WAITING),
        message.c.attempts == 0,
        message.c.due_at <= now,
        is_news,
    )
    query = select(func.count(), func.min(message.c.due_at)).where(*untried)
    waiting = connection.execute(query).one()
    return OutboxState(
        dead=_count(connection, *dead),
        reasons=tuple(reasons),
        empty=_count(connection, *dropped),
        untried=waiting[0],
        untried_since=waiting[1],
    )


def _count(connection: Connection, *asked: object) -> int:
    query = select(func.count()).select_from(message).where(*asked)  # type: ignore[arg-type]
    return int(connection.execute(query).scalar_one())
