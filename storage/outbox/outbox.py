"""The outbox: alerts waiting to be told, and the messages that tell them.

An alert is one change for one recipient. When it is due and its run has closed it is bound to a
message: one per change, or one for all of a recipient's changes of a run where they are more than
the mass limit, or one for all topics that a run found to have vanished, or one digest. The binding
commits before anything is sent, so a message keeps its Message-ID over every attempt and every
crash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, not_, or_, select, update

from reports.notices.messages import OutgoingChange, OutgoingMessage
from reports.notices.states import AlertState, MessageKind
from reports.notices.subscription import Channel
from storage.changes.changes import Changes
from storage.database.tables import alert, message, subscriber
from storage.outbox.binding import Binding, ready
from storage.outbox.listing import AlertView, count_alerts, list_alerts
from storage.outbox.state import OutboxState, read_outbox_state
from storage.read.reports import Library


class Outbox:
    """The outbox on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def has_due(self, now: datetime, *, with_mail: bool = True) -> bool:
        """Tell cheaply whether ``bind``, ``recover`` or ``due`` would find anything to do."""
        if self.due(now, with_mail=with_mail, limit=1):
            return True
        lost = select(message.c.id).where(*_claimed(), message.c.leased_until <= now)
        if self._connection.execute(lost.limit(1)).first():
            return True
        waiting = ready(now).limit(1)
        if not with_mail:
            waiting = waiting.where(subscriber.c.channel != Channel.EMAIL.value)
        return self._connection.execute(waiting).first() is not None

    def bind(self, now: datetime, mass_limit: int, domain: str) -> int:
        """Bind due alerts of closed runs to messages; returns how many messages were made."""
        return Binding(self._connection).bind(now, mass_limit, domain)

    def put(
        self,
        kind: MessageKind,
        subscriber_id: int,
        detail: dict[str, Any],
        now: datetime,
        domain: str,
        recipient: str = "",
    ) -> int:
        """Queue a message that tells no change; to ``recipient`` where it is not the subscriber."""
        binding = Binding(self._connection)
        return binding.put(kind, subscriber_id, detail, now, domain, recipient)

    def recover(self, now: datetime, is_alive: Callable[[str], bool]) -> int:
        """Put back what was claimed by a worker that is gone, or whose lease is over."""
        query = select(message.c.id, message.c.claimed_by, message.c.leased_until)
        lost = [
            row.id
            for row in self._connection.execute(query.where(*_claimed())).all()
            if row.leased_until is None or row.leased_until <= now or not is_alive(row.claimed_by)
        ]
        if lost:
            statement = update(message).where(message.c.id.in_(lost), *_claimed())
            self._connection.execute(statement.values(state=AlertState.RETRYING.value, **_FREE))
        return len(lost)

    def due(
        self,
        now: datetime,
        *,
        with_mail: bool = True,
        with_others: bool = True,
        limit: int | None = None,
    ) -> list[int]:
        """Return the ids of the messages to send now, oldest first."""
        query = (
            select(message.c.id)
            .join(subscriber, subscriber.c.id == message.c.subscriber_id)
            .where(message.c.state.in_(_PENDING), message.c.due_at <= now)
        )
        if not with_mail:
            query = query.where(not_(_goes_by_mail()))
        if not with_others:
            query = query.where(_goes_by_mail())
        query = query.order_by(message.c.due_at, message.c.id).limit(limit)
        return list(self._connection.execute(query).scalars())

    def claim(self, message_id: int, worker: str, until: datetime) -> bool:
        """Take a message for sending; False where another has it, or its reader has left."""
        waits = (message.c.id == message_id, message.c.state.in_(_PENDING))
        taken = {"state": AlertState.CLAIMED.value, "claimed_by": worker, "leased_until": until}
        statement = update(message).where(*waits).values(**taken)
        return self._connection.execute(statement).rowcount == 1

    def load(
        self, message_id: int, known: dict[int, OutgoingChange] | None = None
    ) -> OutgoingMessage:
        """Return a message with everything it tells.

        ``known`` are changes loaded for other readers before; what is loaded now is added.
        """
        row = self._connection.execute(
            select(message, subscriber.c.address, subscriber.c.channel, subscriber.c.secret)
            .join(subscriber)
            .where(message.c.id == message_id)
        ).one()
        held = select(alert.c.change_id).where(alert.c.message_id == message_id)
        ids = sorted(self._connection.execute(held).scalars())
        loaded = {} if known is None else known
        loaded.update(self._changes([each for each in ids if each not in loaded]))
        told = [loaded[each] for each in ids]
        return OutgoingMessage(
            message_id=row.message_id,
            address=row.recipient or row.address,
            channel=Channel.EMAIL if row.recipient else Channel(row.channel),
            changes=tuple(told),
            attempts=row.attempts,
            id=row.id,
            is_mass=row.is_mass,
            subscriber_id=row.subscriber_id,
            created_at=row.created_at,
            kind=MessageKind(row.kind),
            is_for_owner=bool(row.recipient),
            detail=row.detail,
            secret=row.secret,
        )

    def _changes(self, ids: Sequence[int]) -> Iterator[tuple[int, OutgoingChange]]:
        library = Library(self._connection)
        for each in Changes(self._connection).get(ids):
            before = library.version(each.report, each.from_version)
            after = library.version(each.report, each.to_version)
            yield each.id, OutgoingChange(each, before, after)

    def sent(self, message_id: int, now: datetime, *, by: str = "") -> bool:
        """Record that a message was accepted; False where ``by`` no longer holds the claim."""
        return self._attempted(message_id, by, state=AlertState.SENT, sent_at=now, last_error="")

    def retry(self, message_id: int, due_at: datetime, error: str, *, by: str = "") -> bool:
        """Record a failed attempt and when to try again."""
        state = AlertState.RETRYING
        return self._attempted(message_id, by, state=state, due_at=due_at, last_error=error)

    def died(self, message_id: int, error: str, *, by: str = "") -> bool:
        """Give a message up; it stays visible as a dead letter."""
        return self._attempted(message_id, by, state=AlertState.DEAD, last_error=error)

    def dropped(self, message_id: int, why: str, *, by: str = "") -> bool:
        """Set a message aside that must not be sent, such as one without visible difference."""
        return self._set(message_id, by, state=AlertState.DROPPED, last_error=why)

    def bury(self, subscriber_id: int, why: str) -> int:
        """Give up everything that waits for one reader; returns how many messages."""
        waits = (message.c.subscriber_id == subscriber_id, message.c.state.in_(_PENDING))
        news = message.c.kind == MessageKind.NEWS.value
        statement = update(message).where(*waits, news)
        values = {"state": AlertState.DEAD.value, "last_error": why}
        return self._connection.execute(statement.values(**values)).rowcount

    def revive(self, now: datetime, alerts: Sequence[int] = (), address: str = "") -> int:
        """Make dead letters due again, all or some; returns how many messages."""
        values = {"state": AlertState.DUE.value, "due_at": now, "attempts": 0, "created_at": now}
        statement = update(message).where(
            message.c.state == AlertState.DEAD.value, *_chosen(alerts, address)
        )
        return self._connection.execute(statement.values(**values)).rowcount

    def drop(self, alerts: Sequence[int], why: str) -> int:
        """Set aside what waits or was given up, by alert; returns how many alerts.

        A message goes as a whole, with every alert it holds.
        """
        gone = [*_PENDING, AlertState.DEAD.value]
        messages = update(message).where(message.c.state.in_(gone), *_chosen(alerts, ""))
        values = {"state": AlertState.DROPPED.value, "last_error": why}
        dropped = self._connection.execute(messages.values(**values)).rowcount
        unbound = update(alert).where(alert.c.id.in_(alerts), alert.c.message_id.is_(None))
        return dropped + self._connection.execute(unbound.values(is_dropped=True)).rowcount

    def state(self, now: datetime, empty_since: datetime) -> OutboxState:
        """Return how the outbox stands; empty messages are those dropped since a time."""
        return read_outbox_state(self._connection, now, empty_since)

    def all(
        self,
        states: Sequence[str] = (),
        limit: int | None = None,
        *,
        offset: int = 0,
        address: str = "",
        before: int | None = None,
    ) -> list[AlertView]:
        """Return alerts, newest first, all or those of some states, an address, before one."""
        return list_alerts(
            self._connection, states, address, limit=limit, offset=offset, before=before
        )

    def counts(self, address: str = "") -> dict[str, int]:
        """Return how many alerts are in each state, all or those to one address."""
        return count_alerts(self._connection, address)

    def _attempted(self, message_id: int, by: str, **values: Any) -> bool:
        return self._set(message_id, by, attempts=message.c.attempts + 1, **values)

    def _set(self, message_id: int, by: str, *, state: AlertState, **values: Any) -> bool:
        """Change a message that is still held by whoever says so."""
        statement = update(message).where(message.c.id == message_id, message.c.claimed_by == by)
        values = {**values, "state": state.value, **_FREE}
        return self._connection.execute(statement.values(**values)).rowcount == 1


_PENDING = (AlertState.DUE.value, AlertState.RETRYING.value)

_FREE: dict[str, Any] = {"claimed_by": "", "leased_until": None}


def _claimed() -> tuple[ColumnElement[bool]]:
    return (message.c.state == AlertState.CLAIMED.value,)


def _goes_by_mail() -> ColumnElement[bool]:
    """Ask for messages to mail addresses: a reader's own, or another one named for the message."""
    return or_(message.c.recipient != "", subscriber.c.channel == Channel.EMAIL.value)


def _chosen(alerts: Sequence[int], address: str) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if alerts:
        asked.append(message.c.id.in_(select(alert.c.message_id).where(alert.c.id.in_(alerts))))
    if address:
        whose = select(subscriber.c.id).where(subscriber.c.address == address)
        asked.append(message.c.subscriber_id.in_(whose))
    return asked
