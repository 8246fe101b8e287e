"""The outbox as people list it: alert by alert, with what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, select

from reports.model.identity import ReportId
from reports.notices.states import AlertState
from storage.changes.changes import name_of_change
from storage.database.tables import alert, change, message, report, subscriber
from storage.texts.versions import REPORT_NAME


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


def list_alerts(
    connection: Connection,
    states: Sequence[str],
    address: str,
    *,
    limit: int | None,
    offset: int,
    before: int | None = None,
) -> list[AlertView]:
    """Return alerts, newest first; no states are all states."""
    state = _state().label("state")
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
        .offset(offset)
    )
    if states:
        query = query.where(state.in_(states))
    if before is not None:
        query = query.where(alert.c.id < before)
    if address:
        query = query.where(subscriber.c.address == address)
    return [_alert_view(row) for row in connection.execute(query)]


def count_alerts(connection: Connection, address: str) -> dict[str, int]:
    """Return how many alerts are in each state."""
    state = _state()
    query = select(state, func.count()).select_from(alert)
    joined = query.outerjoin(message, message.c.id == alert.c.message_id).group_by(state)
    if address:
        joined = joined.join(subscriber, subscriber.c.id == alert.c.subscriber_id)
        joined = joined.where(subscriber.c.address == address)
    return {name: count for name, count in connection.execute(joined)}


def _state() -> Any:
    """Return an alert's state: its message's, or that of one not bound yet."""
    unbound = case(
        (alert.c.is_dropped.is_(True), AlertState.DROPPED.value), else_=AlertState.DUE.value
    )
    return func.coalesce(message.c.state, unbound)


def _alert_view(row: Row[Any]) -> AlertView:
    facts = dict(row._mapping)
    name = ReportId(*(facts.pop(column.name) for column in REPORT_NAME))
    state = AlertState(facts.pop("state"))
    return AlertView(report=str(name), state=state, **facts)
