"""Alerts as people list and handle them: states, retries, dropping, repeating to one address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, func, select, update

from reports.model.identity import ReportId
from reports.notices.states import AlertState, MessageKind
from reports.notices.subscription import Every, Subscriber
from storage.changes.changes import Changes
from storage.changes.rows import name_of_change
from storage.changes.watched import ReaderNews, WatchedPassages
from storage.database.encryption import Cipher, NoCipher
from storage.database.tables import alert, change, change_topic, message, report, subscriber
from storage.outbox.outbox import PENDING
from storage.readers.addresses import has_address, read_address
from storage.readers.subscriptions import Subscriptions
from storage.texts.versions import REPORT_NAME

_DONE = (AlertState.SENT.value, AlertState.DEAD.value)


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


class Alerts:
    """The alerts on one connection."""

    def __init__(self, connection: Connection, cipher: Cipher | None = None) -> None:
        self._connection = connection
        self._cipher = cipher or NoCipher()

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
        state = _state().label("state")
        query = (
            select(
                alert.c.id.label("alert"),
                alert.c.change_id.label("change"),
                change.c.summary_line,
                subscriber.c.address,
                alert.c.subscriber_id,
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
            .offset(offset)
        )
        if states:
            query = query.where(state.in_(states))
        if before is not None:
            query = query.where(alert.c.id < before)
        if address:
            query = query.where(has_address(self._cipher, address))
        return [self._view(row) for row in self._connection.execute(query)]

    def counts(self, address: str = "") -> dict[str, int]:
        """Return how many alerts are in each state, all or those to one address."""
        state = _state()
        query = select(state, func.count()).select_from(alert)
        joined = query.outerjoin(message, message.c.id == alert.c.message_id).group_by(state)
        if address:
            joined = joined.join(subscriber, subscriber.c.id == alert.c.subscriber_id)
            joined = joined.where(has_address(self._cipher, address))
        return {name: count for name, count in self._connection.execute(joined)}

    def message_of(self, number: int) -> int | None:
        """Return the number of the message that carries an alert; None until one does."""
        bound = select(alert.c.message_id).where(alert.c.id == number)
        return self._connection.execute(bound).scalar_one_or_none()

    def revive(self, now: datetime, alerts: Sequence[int] = (), address: str = "") -> int:
        """Make dead letters due again, all or some; returns how many messages."""
        values = {"state": AlertState.DUE.value, "due_at": now, "attempts": 0, "created_at": now}
        statement = update(message).where(
            message.c.state == AlertState.DEAD.value, *_chosen(alerts, self._whose(address))
        )
        return self._connection.execute(statement.values(**values)).rowcount

    def drop(self, alerts: Sequence[int], why: str) -> int:
        """Set aside what waits or was given up, by alert; returns how many alerts.

        A message goes as a whole, with every alert it holds.
        """
        gone = [*PENDING, AlertState.DEAD.value]
        messages = update(message).where(message.c.state.in_(gone), *_chosen(alerts))
        values = {"state": AlertState.DROPPED.value, "last_error": why}
        dropped = self._connection.execute(messages.values(**values)).rowcount
        unbound = update(alert).where(alert.c.id.in_(alerts), alert.c.message_id.is_(None))
        return dropped + self._connection.execute(unbound.values(is_dropped=True)).rowcount

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
        """Queue alerts of what was notified since then but not to it; returns how many."""
        asked = Subscriptions(self._connection, self._cipher).all(reader.address)
        has_passages = any(one.filter.passage for one in asked)
        watched = WatchedPassages(self._connection)
        rows = []
        for each in Changes(self._connection).get(self._unqueued(reader.id, since)):
            topics = self._topics(each.id)
            is_asked = any(one.filter.fits(each, topics) for one in asked)
            passages = watched.catch_up(reader.id, each) if has_passages else ReaderNews()
            if not (is_asked or passages.matched):
                continue
            told = passages.told(is_all=not is_asked).as_json() if passages.news else None
            rows.append(
                {
                    "change_id": each.id,
                    "subscriber_id": reader.id,
                    "channel": reader.channel.value,
                    "every": Every.DAY.value,  # what was missed comes together
                    "due_at": now,
                    "passages": told,
                }
            )
        if rows:
            self._connection.execute(alert.insert(), rows)
        return len(rows)

    def _unqueued(self, subscriber_id: int, since: datetime) -> list[int]:
        queued = select(alert.c.change_id).where(alert.c.subscriber_id == subscriber_id)
        query = select(change.c.id).where(
            change.c.is_told, change.c.detected_at >= since, change.c.id.not_in(queued)
        )
        return list(self._connection.execute(query.order_by(change.c.id)).scalars())

    def _whose(self, address: str) -> Any:
        """Return the query for the subscriber of an address; None for ``""``: any."""
        if not address:
            return None
        return select(subscriber.c.id).where(has_address(self._cipher, address))

    def _view(self, row: Row[Any]) -> AlertView:
        facts = dict(row._mapping)
        name = ReportId(*(facts.pop(column.name) for column in REPORT_NAME))
        state = AlertState(facts.pop("state"))
        facts["address"] = read_address(self._cipher, facts.pop("subscriber_id"), row.address)
        return AlertView(report=str(name), state=state, **facts)

    def _topics(self, change_id: int) -> frozenset[str]:
        query = select(change_topic.c.topic).where(change_topic.c.change_id == change_id)
        return frozenset(self._connection.execute(query).scalars())


def _chosen(alerts: Sequence[int], whose: Any = None) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if alerts:
        asked.append(message.c.id.in_(select(alert.c.message_id).where(alert.c.id.in_(alerts))))
    if whose is not None:
        asked.append(message.c.subscriber_id.in_(whose))
    return asked


def _state() -> Any:
    """Return an alert's state: its message's, or that of one not bound yet."""
    unbound = case(
        (alert.c.is_dropped.is_(True), AlertState.DROPPED.value), else_=AlertState.DUE.value
    )
    return func.coalesce(message.c.state, unbound)
