"""The outbox: alerts that wait, and the messages that carry them, from binding to delivery.

An alert is one change for one recipient. When it is due and its run has closed it is bound to a
message: one per change, or one for all of a recipient's changes of a run if they are more than
the mass limit, or one for all topics that a run found to have vanished, or one digest. The binding
commits before anything is sent, so a message keeps its Message-ID over every attempt and every
crash.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, not_, or_, select, update

from reports.notices.messages import OutgoingChange, OutgoingMessage
from reports.notices.states import AlertState, MessageKind
from reports.notices.subscription import Channel
from reports.notices.watched import ToldPassages
from storage.changes.changes import Changes
from storage.database.encryption import ADDRESS, SECRET, Cipher, NoCipher
from storage.database.tables import alert, message, subscriber
from storage.outbox.binding import Pairs, group_alerts, is_due, ready_alerts
from storage.outbox.hold import may_leave
from storage.read.versions import Versions

NAMESPACE = uuid.UUID("6f0d3f4e-8c0e-5b5e-9d53-0d9d4b2f8c11")

PENDING = (AlertState.DUE.value, AlertState.RETRYING.value)
"""States in which a message waits to be sent."""

_WAITING = (*PENDING, AlertState.CLAIMED.value)

_FREE: dict[str, Any] = {"claimed_by": "", "leased_until": None}


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


class Outbox:
    """The outbox on one connection."""

    def __init__(self, connection: Connection, cipher: Cipher | None = None) -> None:
        self._connection = connection
        self._cipher = cipher or NoCipher()

    def bind(self, now: datetime, mass_limit: int, domain: str) -> int:
        """Bind due alerts of closed runs to messages; returns how many messages were made."""
        by_reader: dict[int, list[Row[Any]]] = defaultdict(list)
        for row in self._connection.execute(ready_alerts(now)):
            by_reader[row.subscriber_id].append(row)
        groups = [
            (reader, group, is_mass)
            for reader, rows in by_reader.items()
            for group, is_mass in group_alerts(rows, mass_limit)
        ]
        for reader, group, is_mass in groups:
            self._make(reader, group, now, domain, is_mass=is_mass)
        return len(groups)

    def _make(self, reader: int, ids: Pairs, now: datetime, domain: str, *, is_mass: bool) -> None:
        name = f"{reader}:{','.join(str(change_id) for _, change_id in ids)}"
        made = self._insert(name, now, domain, subscriber_id=reader, is_mass=is_mass)
        self._connection.execute(
            update(alert)
            .where(alert.c.id.in_([alert_id for alert_id, _ in ids]))
            .values(message_id=made)
        )

    def put(
        self,
        kind: MessageKind,
        subscriber_id: int,
        detail: dict[str, Any],
        now: datetime,
        domain: str,
        recipient: str = "",
    ) -> int:
        """Queue a message of no change; to ``recipient`` if that is not the subscriber."""
        name = f"{kind}:{subscriber_id}:{recipient}:{sorted(detail.items())}"
        return self._insert(
            name,
            now,
            domain,
            subscriber_id=subscriber_id,
            kind=kind.value,
            detail=detail,
            recipient=recipient,
        )

    def _insert(self, name: str, now: datetime, domain: str, **values: Any) -> int:
        made = self._connection.execute(
            message.insert().values(
                message_id=f"<{uuid.uuid5(NAMESPACE, f'{name}:{now.isoformat()}')}@{domain}>",
                state=AlertState.DUE.value,
                due_at=now,
                created_at=now,
                **values,
            )
        )
        assert made.inserted_primary_key
        return int(made.inserted_primary_key[0])

    def has_due(self, now: datetime, *, with_mail: bool = True) -> bool:
        """Tell cheaply whether ``bind``, ``recover`` or ``due`` would find anything to do."""
        if self.due(now, with_mail=with_mail, limit=1):
            return True
        lost = select(message.c.id).where(*_claimed(), message.c.leased_until <= now)
        if self._connection.execute(lost.limit(1)).first():
            return True
        waiting = ready_alerts(now).limit(1)
        if not with_mail:
            waiting = waiting.where(subscriber.c.channel != Channel.EMAIL.value)
        return self._connection.execute(waiting).first() is not None

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
            .where(message.c.state.in_(PENDING), is_due(message.c.due_at, now), may_leave())
        )
        if not with_mail:
            query = query.where(not_(_goes_by_mail()))
        if not with_others:
            query = query.where(_goes_by_mail())
        query = query.order_by(message.c.due_at, message.c.id).limit(limit)
        return list(self._connection.execute(query).scalars())

    def oldest_due(self, now: datetime) -> datetime | None:
        """Return since when the message has been due that waits longest, None if none does."""
        query = select(func.min(message.c.due_at)).where(
            message.c.state.in_(PENDING), is_due(message.c.due_at, now), may_leave()
        )
        return self._connection.execute(query).scalar()

    def claim(self, message_id: int, worker: str, until: datetime) -> bool:
        """Take a message for sending; False if another has it, its reader left, or it is held."""
        waits = (message.c.id == message_id, message.c.state.in_(PENDING), may_leave())
        taken = {"state": AlertState.CLAIMED.value, "claimed_by": worker, "leased_until": until}
        statement = update(message).where(*waits).values(**taken)
        return self._connection.execute(statement).rowcount == 1

    def load(
        self, message_id: int, known: dict[int, OutgoingChange] | None = None
    ) -> OutgoingMessage:
        """Return a message with every change it reports.

        ``known`` are changes loaded for other readers before; what is loaded now is added. Raises
        EncryptedElsewhere if the secret of this home does not open the reader's address.
        """
        row = self._connection.execute(
            select(message, subscriber.c.address, subscriber.c.channel, subscriber.c.secret)
            .join(subscriber)
            .where(message.c.id == message_id)
        ).one()
        bound = select(alert.c.change_id, alert.c.passages).where(alert.c.message_id == message_id)
        passages = {change: told for change, told in self._connection.execute(bound)}
        ids = sorted(passages)
        loaded = {} if known is None else known
        missing = Changes(self._connection).get([each for each in ids if each not in loaded])
        versions = Versions(self._connection)
        loaded.update(
            (each.id, OutgoingChange(each, *versions.of_change(each))) for each in missing
        )
        return OutgoingMessage(
            message_id=row.message_id,
            address=row.recipient or self._cipher.decrypt(ADDRESS, row.address),
            channel=Channel.EMAIL if row.recipient else Channel(row.channel),
            changes=tuple(loaded[each] for each in ids),
            attempts=row.attempts,
            id=row.id,
            is_mass=row.is_mass,
            subscriber_id=row.subscriber_id,
            created_at=row.created_at,
            kind=MessageKind(row.kind),
            is_for_owner=bool(row.recipient),
            detail=row.detail,
            secret="" if row.recipient else self._cipher.decrypt(SECRET, row.secret),
            passages={each: ToldPassages.of(told) for each, told in passages.items() if told},
        )

    def sent(self, message_id: int, now: datetime, *, by: str = "") -> bool:
        """Record that a message was accepted; False if ``by`` no longer holds the claim."""
        return self._attempted(message_id, by, state=AlertState.SENT, sent_at=now, last_error="")

    def retry(self, message_id: int, due_at: datetime, error: str, *, by: str = "") -> bool:
        """Record a failed attempt and when to try again."""
        state = AlertState.RETRYING
        return self._attempted(message_id, by, state=state, due_at=due_at, last_error=error)

    def died(self, message_id: int, error: str, *, by: str = "") -> bool:
        """Give a message up; it stays visible as a dead letter."""
        return self._attempted(message_id, by, state=AlertState.DEAD, last_error=error)

    def put_back(self, message_id: int, *, by: str) -> bool:
        """Let a claimed message wait as it did, as if it had never been claimed."""
        return self._set(message_id, by, state=AlertState.RETRYING)

    def dropped(self, message_id: int, why: str, *, by: str = "") -> bool:
        """Set a message aside that must not be sent, such as one without visible difference."""
        return self._set(message_id, by, state=AlertState.DROPPED, last_error=why)

    def give_up(self, subscriber_id: int, why: str) -> int:
        """Give up everything that waits for one reader; returns how many messages."""
        waits = (message.c.subscriber_id == subscriber_id, message.c.state.in_(PENDING))
        is_news = message.c.kind == MessageKind.NEWS.value
        statement = update(message).where(*waits, is_news)
        values = {"state": AlertState.DEAD.value, "last_error": why}
        return self._connection.execute(statement.values(**values)).rowcount

    def _attempted(self, message_id: int, by: str, **values: Any) -> bool:
        return self._set(message_id, by, attempts=message.c.attempts + 1, **values)

    def _set(self, message_id: int, by: str, *, state: AlertState, **values: Any) -> bool:
        """Change a message that is still held by whoever says so."""
        statement = update(message).where(message.c.id == message_id, message.c.claimed_by == by)
        values = {**values, "state": state.value, **_FREE}
        return self._connection.execute(statement.values(**values)).rowcount == 1

    def state(self, now: datetime, empty_since: datetime) -> OutboxState:
        """Return the state of the outbox; empty messages are those dropped since a time."""
        is_news = message.c.kind != MessageKind.CANARY.value
        dead = (message.c.state == AlertState.DEAD.value, is_news)
        newest = select(message.c.last_error).where(*dead).order_by(message.c.id.desc()).limit(100)
        reasons = dict.fromkeys(self._connection.execute(newest).scalars())
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
            may_leave(),
        )
        query = select(func.count(), func.min(message.c.due_at)).where(*untried)
        waiting = self._connection.execute(query).one()
        return OutboxState(
            dead=self._count(*dead),
            reasons=tuple(reasons),
            empty=self._count(*dropped),
            untried=waiting[0],
            untried_since=waiting[1],
        )

    def _count(self, *asked: ColumnElement[bool]) -> int:
        query = select(func.count()).select_from(message).where(*asked)
        return int(self._connection.execute(query).scalar_one())

    def last_at(
        self, kind: MessageKind, subscriber_id: int, before: datetime | None = None
    ) -> datetime | None:
        """Return when the last message of a kind to a subscriber was written, before a time."""
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

    def addressed_since(self, kind: MessageKind, since: datetime) -> list[tuple[str, datetime]]:
        """Return to whom messages of a kind were written since a time, and when."""
        query = select(subscriber.c.address, message.c.created_at).where(
            message.c.kind == kind.value,
            message.c.created_at >= since,
            subscriber.c.id == message.c.subscriber_id,
        )
        return [(address, at) for address, at in self._connection.execute(query)]

    def detail_of(
        self, number: int, kind: MessageKind
    ) -> tuple[int, dict[str, Any], datetime] | None:
        """Return the subscriber of a message of no change, its detail and when it was written."""
        query = select(message).where(message.c.id == number, message.c.kind == kind.value)
        row = self._connection.execute(query).first()
        return (row.subscriber_id, row.detail, row.created_at) if row else None

    def forget(self, kind: MessageKind, before: datetime) -> int:
        """Delete messages of a kind that are done with; returns how many."""
        done = (AlertState.SENT.value, AlertState.DEAD.value, AlertState.DROPPED.value)
        asked = (
            message.c.kind == kind.value,
            message.c.created_at < before,
            message.c.state.in_(done),
        )
        return self._connection.execute(delete(message).where(*asked)).rowcount


def _claimed() -> tuple[ColumnElement[bool]]:
    return (message.c.state == AlertState.CLAIMED.value,)


def _goes_by_mail() -> ColumnElement[bool]:
    """Ask for messages to mail addresses: a reader's own, or another one named for the message."""
    return or_(message.c.recipient != "", subscriber.c.channel == Channel.EMAIL.value)
