"""Tell one address again what it was told, and what it missed while it was set aside."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from reports.notices.states import AlertState, MessageKind
from reports.notices.subscription import Every, Subscriber, wants
from storage.changes.changes import Changes
from storage.database.tables import alert, change, change_topic, message
from storage.readers.subscriptions import Subscriptions

_DONE = (AlertState.SENT.value, AlertState.DEAD.value)


class Replays:
    """Replays on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def repeat(self, reader: Subscriber, since: datetime, now: datetime) -> int:
        """Make messages due again, under the names they had; returns how many.

        A receiver knows by the name what it has taken already.
        """
        statement = update(message).where(
            message.c.subscriber_id == reader.id,
            message.c.kind == MessageKind.NEWS.value,
            message.c.state.in_(_DONE),
            message.c.created_at >= since,
        )
        values = {"state": AlertState.DUE.value, "due_at": now, "attempts": 0}
        return self._connection.execute(statement.values(**values)).rowcount

    def make_up(self, reader: Subscriber, since: datetime, now: datetime) -> int:
        """Queue alerts of what was told since then and never queued for it; returns how many."""
        asked = Subscriptions(self._connection).all(reader.address)
        missed = [
            each
            for each in Changes(self._connection).get(self._unqueued(reader.id, since))
            if any(wants(one, each, self._topics(each.id)) for one in asked)
        ]
        rows = [
            {
                "change_id": each.id,
                "subscriber_id": reader.id,
                "channel": reader.channel.value,
                "every": Every.DAY.value,  # what was missed comes together
                "due_at": now,
            }
            for each in missed
        ]
        if rows:
            self._connection.execute(alert.insert(), rows)
        return len(rows)

    def _unqueued(self, subscriber_id: int, since: datetime) -> list[int]:
        queued = select(alert.c.change_id).where(alert.c.subscriber_id == subscriber_id)
        query = select(change.c.id).where(
            change.c.is_told, change.c.detected_at >= since, change.c.id.not_in(queued)
        )
        return list(self._connection.execute(query.order_by(change.c.id)).scalars())

    def _topics(self, change_id: int) -> frozenset[str]:
        query = select(change_topic.c.topic).where(change_topic.c.change_id == change_id)
        return frozenset(self._connection.execute(query).scalars())
