"""The outbox: alerts waiting to be told, and the messages that tell them.

An alert is one change for one recipient. When it is due and its run has closed it is bound to a
message: one per change, or one for all of a recipient's changes of a run where they are more than
the mass limit, or one for all topics that a run found to have vanished, or one digest. The binding
commits before anything is sent, so a message keeps its Message-ID over every attempt and every
crash.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from reports.identity import ReportId
from reports.model import ChangeKind
from reports.outgoing import AlertState, MessageKind, OutgoingChange, OutgoingMessage
from reports.subscription import Channel, Every
from storage.changes import Changes, name_of_change
from storage.read_models import Library
from storage.runs import RUNNING
from storage.tables import alert, change, message, report, run, subscriber
from storage.versions import REPORT_NAME

NAMESPACE = uuid.UUID("6f0d3f4e-8c0e-5b5e-9d53-0d9d4b2f8c11")


@dataclass(frozen=True)
class AlertView:
    """One alert as the contract's ``alerts`` shows it."""

    alert: int
    change: int
    report: str
    summary_line: str
    address: str
    channel: str
    state: AlertState
    attempts: int
    due_at: datetime
    message_id: str
    last_error: str


class Outbox:
    """The outbox on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def has_due(self, now: datetime) -> bool:
        """Tell cheaply whether ``bind`` or ``due`` would find anything to do."""
        waiting = select(message.c.id).where(message.c.state.in_(_PENDING), message.c.due_at <= now)
        if self._connection.execute(waiting.limit(1)).first():
            return True
        return self._connection.execute(_ready(now).limit(1)).first() is not None

    def bind(self, now: datetime, mass_limit: int, domain: str) -> int:
        """Bind due alerts of closed runs to messages; returns how many messages were made."""
        by_reader: dict[int, list[Row[Any]]] = defaultdict(list)
        for row in self._connection.execute(_ready(now)):
            by_reader[row.subscriber_id].append(row)
        groups = [
            (reader, group, is_mass)
            for reader, rows in by_reader.items()
            for group, is_mass in _groups(rows, mass_limit)
        ]
        for reader, group, is_mass in groups:
            self._make(reader, group, now, domain, is_mass=is_mass)
        return len(groups)

    def _make(
        self,
        reader: int,
        ids: Sequence[tuple[int, int]],
        now: datetime,
        domain: str,
        *,
        is_mass: bool,
    ) -> None:
        name = f"{reader}:{','.join(str(change_id) for _, change_id in ids)}"
        made = self._connection.execute(
            message.insert().values(
                message_id=f"<{uuid.uuid5(NAMESPACE, f'{name}:{now.isoformat()}')}@{domain}>",
                subscriber_id=reader,
                is_mass=is_mass,
                state=AlertState.DUE.value,
                due_at=now,
                created_at=now,
            )
        )
        assert made.inserted_primary_key
        self._connection.execute(
            update(alert)
            .where(alert.c.id.in_([alert_id for alert_id, _ in ids]))
            .values(message_id=made.inserted_primary_key[0])
        )

    def reclaim(self) -> int:
        """Put back what a crash left claimed; the caller holds the delivery lock."""
        statement = update(message).where(message.c.state == AlertState.CLAIMED.value)
        return self._connection.execute(statement.values(state=AlertState.RETRYING.value)).rowcount

    def due(self, now: datetime) -> list[int]:
        """Return the ids of the messages to send now, oldest first."""
        query = select(message.c.id).where(message.c.state.in_(_PENDING), message.c.due_at <= now)
        return list(
            self._connection.execute(query.order_by(message.c.due_at, message.c.id)).scalars()
        )

    def claim(self, message_id: int) -> bool:
        """Mark a message as being sent; False where it is gone: its reader has left meanwhile."""
        waits = (message.c.id == message_id, message.c.state.in_(_PENDING))
        statement = update(message).where(*waits).values(state=AlertState.CLAIMED.value)
        return self._connection.execute(statement).rowcount == 1

    def load(self, message_id: int) -> OutgoingMessage:
        """Return a message with everything it tells."""
        row = self._connection.execute(
            select(message, subscriber.c.address, subscriber.c.channel, subscriber.c.secret)
            .join(subscriber)
            .where(message.c.id == message_id)
        ).one()
        held = select(alert.c.change_id).where(alert.c.message_id == message_id)
        changes = Changes(self._connection).get(list(self._connection.execute(held).scalars()))
        library = Library(self._connection)
        told = []
        for each in changes:
            before = library.version(each.report, each.from_version)
            after = library.version(each.report, each.to_version)
            told.append(OutgoingChange(each, before, after))
        return OutgoingMessage(
            message_id=row.message_id,
            address=row.recipient or row.address,
            channel=Channel.EMAIL if row.recipient else Channel(row.channel),
            changes=tuple(told),
            attempts=row.attempts,
            is_mass=row.is_mass,
            subscriber_id=row.subscriber_id,
            created_at=row.created_at,
            kind=MessageKind(row.kind),
            detail=row.detail,
            secret=row.secret,
        )

    def sent(self, message_id: int, now: datetime) -> None:
        """Record that a message was accepted."""
        self._attempted(message_id, state=AlertState.SENT.value, sent_at=now, last_error="")

    def retry(self, message_id: int, due_at: datetime, error: str) -> None:
        """Record a failed attempt and when to try again."""
        state = AlertState.RETRYING.value
        self._attempted(message_id, state=state, due_at=due_at, last_error=error)

    def died(self, message_id: int, error: str) -> None:
        """Give a message up; it stays visible as a dead letter."""
        self._attempted(message_id, state=AlertState.DEAD.value, last_error=error)

    def dropped(self, message_id: int, why: str) -> None:
        """Set a message aside that must not be sent, such as one without visible difference."""
        self._set(message_id, state=AlertState.DROPPED.value, last_error=why)

    def revive(self, now: datetime) -> int:
        """Make dead letters due again; returns how many."""
        statement = update(message).where(message.c.state == AlertState.DEAD.value)
        values = {"state": AlertState.DUE.value, "due_at": now, "attempts": 0, "created_at": now}
        return self._connection.execute(statement.values(**values)).rowcount

    def all(self, states: Sequence[str] = (), limit: int | None = None) -> list[AlertView]:
        """Return alerts, newest first."""
        state = func.coalesce(message.c.state, AlertState.DUE.value).label("state")
        query = (
            select(
                alert.c.id.label("alert"),
                alert.c.change_id.label("change"),
                change.c.summary_line,
                subscriber.c.address,
                alert.c.channel,
                state,
                func.coalesce(message.c.attempts, 0).label("attempts"),
                func.coalesce(message.c.due_at, alert.c.due_at).label("due_at"),
                func.coalesce(message.c.message_id, "").label("message_id"),
                func.coalesce(message.c.last_error, "").label("last_error"),
                *name_of_change(),
            )
            .join(change, change.c.id == alert.c.change_id)
            .outerjoin(report, report.c.id == change.c.report_id)
            .join(subscriber, subscriber.c.id == alert.c.subscriber_id)
            .outerjoin(message, message.c.id == alert.c.message_id)
            .order_by(alert.c.id.desc())
            .limit(limit)
        )
        if states:
            query = query.where(state.in_(states))
        return [_alert_view(row) for row in self._connection.execute(query)]

    def counts(self) -> dict[str, int]:
        """Return how many alerts are in each state."""
        found: dict[str, int] = defaultdict(int)
        state = func.coalesce(message.c.state, AlertState.DUE.value)
        query = select(state, func.count()).select_from(alert)
        joined = query.outerjoin(message, message.c.id == alert.c.message_id).group_by(state)
        for name, count in self._connection.execute(joined):
            found[name] = count
        return dict(found)

    def _attempted(self, message_id: int, **values: Any) -> None:
        self._set(message_id, attempts=message.c.attempts + 1, **values)

    def _set(self, message_id: int, **values: Any) -> None:
        statement = update(message).where(message.c.id == message_id)
        self._connection.execute(statement.values(**values))


_PENDING = (AlertState.DUE.value, AlertState.RETRYING.value)


def _ready(now: datetime) -> Any:
    """Select alerts that are due, not yet bound, and whose run has closed."""
    return (
        select(
            alert.c.id,
            alert.c.subscriber_id,
            alert.c.change_id,
            alert.c.every,
            change.c.run_id,
            change.c.kind,
        )
        .join(change, change.c.id == alert.c.change_id)
        .join(run, run.c.id == change.c.run_id)
        .where(alert.c.message_id.is_(None), alert.c.due_at <= now, run.c.state != RUNNING)
        .order_by(alert.c.id)
    )


def _groups(rows: Sequence[Row[Any]], mass_limit: int) -> list[tuple[list[tuple[int, int]], bool]]:
    """Cut one reader's alerts into messages: digests, topics of a run, mass ones, single ones."""
    digest = [(row.id, row.change_id) for row in rows if row.every != Every.NOW.value]
    groups: list[tuple[list[tuple[int, int]], bool]] = [(digest, False)] if digest else []
    by_run: dict[int, list[tuple[int, int]]] = defaultdict(list)
    topics: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row in rows:
        if row.every == Every.NOW.value:
            is_topic = row.kind == ChangeKind.TOPIC_VANISHED.value
            (topics if is_topic else by_run)[row.run_id].append((row.id, row.change_id))
    groups += [(pairs, False) for pairs in topics.values()]
    for pairs in by_run.values():
        if len(pairs) > mass_limit:
            groups.append((pairs, True))
        else:
            groups += [([pair], False) for pair in pairs]
    return groups


def _alert_view(row: Row[Any]) -> AlertView:
    facts = dict(row._mapping)
    name = ReportId(*(facts.pop(column.name) for column in REPORT_NAME))
    state = AlertState(facts.pop("state"))
    return AlertView(report=str(name), state=state, **facts)
