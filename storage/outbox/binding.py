"""Bind alerts that are due to the messages that will tell them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from reports.model.values import ChangeKind
from reports.notices.states import AlertState, MessageKind
from reports.notices.subscription import Every, SubscriberState
from storage.database.tables import alert, change, message, run, subscriber
from storage.watch.runs import RUNNING

NAMESPACE = uuid.UUID("6f0d3f4e-8c0e-5b5e-9d53-0d9d4b2f8c11")

_Pairs = list[tuple[int, int]]


class Binding:
    """The binding on one connection; the caller sees to it that nobody else binds meanwhile."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def bind(self, now: datetime, mass_limit: int, domain: str) -> int:
        """Bind due alerts of closed runs to messages; returns how many messages were made."""
        by_reader: dict[int, list[Row[Any]]] = defaultdict(list)
        for row in self._connection.execute(ready(now)):
            by_reader[row.subscriber_id].append(row)
        groups = [
            (reader, group, is_mass)
            for reader, rows in by_reader.items()
            for group, is_mass in _groups(rows, mass_limit)
        ]
        for reader, group, is_mass in groups:
            self._make(reader, group, now, domain, is_mass=is_mass)
        return len(groups)

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

    def _make(self, reader: int, ids: _Pairs, now: datetime, domain: str, *, is_mass: bool) -> None:
        name = f"{reader}:{','.join(str(change_id) for _, change_id in ids)}"
        made = self._insert(name, now, domain, subscriber_id=reader, is_mass=is_mass)
        self._connection.execute(
            update(alert)
            .where(alert.c.id.in_([alert_id for alert_id, _ in ids]))
            .values(message_id=made)
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


def ready(now: datetime) -> Any:
    """Select alerts of active readers that are due, not bound, and whose run has closed."""
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
        .join(subscriber, subscriber.c.id == alert.c.subscriber_id)
        .where(
            alert.c.message_id.is_(None),
            alert.c.is_dropped.is_(False),
            alert.c.due_at <= now,
            run.c.state != RUNNING,
            subscriber.c.state == SubscriberState.ACTIVE.value,
        )
        .order_by(alert.c.id)
    )


def _groups(rows: Sequence[Row[Any]], mass_limit: int) -> list[tuple[_Pairs, bool]]:
    """Cut one reader's alerts into messages: digests, topics of a run, mass ones, single ones."""
    digest = [(row.id, row.change_id) for row in rows if row.every != Every.NOW.value]
    groups: list[tuple[_Pairs, bool]] = [(digest, len(digest) > mass_limit)] if digest else []
    by_run: dict[int, _Pairs] = defaultdict(list)
    topics: dict[int, _Pairs] = defaultdict(list)
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
