"""Which alerts are due, and how one reader's alerts are grouped into messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, or_, select

from reports.model.values import ChangeKind
from reports.notices.subscription import Every, SubscriberState
from storage.database.tables import alert, change, run, subscriber
from storage.outbox.hold import is_let_go
from storage.watch.runs import RUNNING

Pairs = list[tuple[int, int]]
"""Alerts by their ids, each with the id of its change."""


NEVER_SO_FAR = timedelta(days=30)
"""Nothing waits for so long: what says so was made by a clock that was ahead, and is due."""


def is_due(due_at: ColumnElement[Any], now: datetime) -> ColumnElement[bool]:
    """Return the condition that something is due."""
    return or_(due_at <= now, due_at > now + NEVER_SO_FAR)


def ready_alerts(now: datetime) -> Any:
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
            is_let_go(),
            is_due(alert.c.due_at, now),
            run.c.state != RUNNING,
            subscriber.c.state == SubscriberState.ACTIVE.value,
        )
        .order_by(alert.c.id)
    )


def group_alerts(rows: Sequence[Row[Any]], mass_limit: int) -> list[tuple[Pairs, bool]]:
    """Group one reader's alerts into messages: digests, topics of a run, mass ones, single ones."""
    digest = [(row.id, row.change_id) for row in rows if row.every != Every.NOW.value]
    groups: list[tuple[Pairs, bool]] = [(digest, len(digest) > mass_limit)] if digest else []
    by_run: dict[int, Pairs] = defaultdict(list)
    topics: dict[int, Pairs] = defaultdict(list)
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
