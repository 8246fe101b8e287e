"""Messages that tell no change: when they were written, and what they hold."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select

from reports.notices.states import AlertState, MessageKind
from storage.database.tables import message


class Letters:
    """The letters in the outbox, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def last_at(
        self, kind: MessageKind, subscriber_id: int, before: datetime | None = None
    ) -> datetime | None:
        """Return when the last letter of a kind to a subscriber was written, before a time."""
        query = select(func.max(message.c.created_at)).where(
            message.c.kind == kind.value, message.c.subscriber_id == subscriber_id
        )
        if before is not None:
            query = query.where(message.c.created_at <= before)
        return self._connection.execute(query).scalar()

    def canaries(self, subscriber_id: int) -> list[str]:
        """Return the numbers of the canaries sent to a subscriber that are still known."""
        query = select(message.c.detail).where(
            message.c.kind == MessageKind.CANARY.value,
            message.c.subscriber_id == subscriber_id,
            message.c.state == AlertState.SENT.value,
        )
        rows = self._connection.execute(query.order_by(message.c.id.desc()))
        return [str(detail["number"]) for detail in rows.scalars()]

    def count_since(self, kind: MessageKind, since: datetime) -> int:
        """Return how many letters of a kind were written since a time."""
        query = select(func.count()).where(
            message.c.kind == kind.value, message.c.created_at >= since
        )
        return int(self._connection.execute(query.select_from(message)).scalar_one())

    def held(self, number: int, kind: MessageKind) -> tuple[int, dict[str, Any], datetime] | None:
        """Return whose a letter is, what it holds and when it was written."""
        query = select(message).where(message.c.id == number, message.c.kind == kind.value)
        row = self._connection.execute(query).first()
        return (row.subscriber_id, row.detail, row.created_at) if row else None

    def forget(self, kind: MessageKind, before: datetime) -> int:
        """Delete letters of a kind that are done with; returns how many."""
        done = (AlertState.SENT.value, AlertState.DEAD.value, AlertState.DROPPED.value)
        asked = (
            message.c.kind == kind.value,
            message.c.created_at < before,
            message.c.state.in_(done),
        )
        return self._connection.execute(delete(message).where(*asked)).rowcount
