"""Changes: writing them down together with the alerts they cause, and reading them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from reports.identity import ReportId
from reports.model import Change, ChangeKind, Every, Reading, Subscription
from storage.subscriptions import Subscriptions, wants
from storage.tables import alert, change, report, subscriber

DIGEST_HOUR = 6  # UTC; daily digests then, weekly ones on Mondays


class Changes:
    """The changes on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def _subscriptions(self) -> list[Subscription]:
        return Subscriptions(self._connection).all()

    @cached_property
    def _subscribers(self) -> dict[str, int]:
        rows = self._connection.execute(select(subscriber.c.address, subscriber.c.id))
        return {row.address: row.id for row in rows}

    def add(
        self,
        report_id: int,
        run_id: int,
        value: Change,
        *,
        topics: frozenset[str],
        is_silent: bool,
    ) -> int:
        """Write a change and, unless it is silent, held or baseline, one alert per subscriber."""
        done = self._connection.execute(
            change.insert().values(
                report_id=report_id,
                run_id=run_id,
                kind=value.kind.value,
                from_version=value.from_version,
                to_version=value.to_version,
                detected_at=value.detected_at,
                words_added=value.words_added,
                words_removed=value.words_removed,
                returned_to=value.returned_to,
                is_baseline=value.is_baseline,
                is_held=value.is_held,
                url=value.url,
                summary_line=value.summary_line,
                detail={name: getattr(value, name) for name in _LISTS if getattr(value, name)},
            )
        )
        change_id = int(done.inserted_primary_key[0]) if done.inserted_primary_key else 0
        if not (is_silent or value.is_held or value.is_baseline):
            self._alert(change_id, value, topics)
        return change_id

    def _alert(self, change_id: int, value: Change, topics: frozenset[str]) -> None:
        """Queue one alert for every subscriber who asked, at the soonest of their rhythms."""
        soonest: dict[str, Subscription] = {}
        for one in self._subscriptions:
            if wants(one, value, topics):
                held = soonest.get(one.address)
                if held is None or _ORDER[one.every] < _ORDER[held.every]:
                    soonest[one.address] = one
        rows = [
            {
                "change_id": change_id,
                "subscriber_id": self._subscribers[one.address],
                "channel": one.channel.value,
                "every": one.every.value,
                "due_at": _due(one.every, value.detected_at),
            }
            for one in soonest.values()
        ]
        if rows:
            self._connection.execute(alert.insert(), rows)

    def edits_since(self, report_id: int, since: datetime) -> int:
        """Count the edits of a report since a time."""
        query = select(change.c.id).where(
            change.c.report_id == report_id,
            change.c.kind == ChangeKind.EDITED.value,
            change.c.detected_at >= since,
        )
        return len(self._connection.execute(query).all())

    def get(self, ids: Sequence[int]) -> list[Change]:
        """Return changes by id, in order of id."""
        rows = self._connection.execute(_query().where(change.c.id.in_(ids)).order_by(change.c.id))
        return [_view(row) for row in rows]

    def find(
        self,
        *,
        since: datetime | None = None,
        kinds: Sequence[str] = (),
        run_id: int | None = None,
        of: ReportId | None = None,
        limit: int | None = None,
    ) -> list[Change]:
        """Return changes, newest first."""
        query = _query()
        if since:
            query = query.where(change.c.detected_at >= since)
        if kinds:
            query = query.where(change.c.kind.in_(kinds))
        if run_id is not None:
            query = query.where(change.c.run_id == run_id)
        if of is not None:
            query = query.where(
                report.c.source == of.source,
                report.c.edition == of.edition,
                report.c.country == of.country,
                report.c.part == of.part,
            )
        query = query.order_by(change.c.detected_at.desc(), change.c.id.desc())
        return [_view(row) for row in self._connection.execute(query.limit(limit))]


_LISTS = ("issues_added", "issues_removed", "notes_added", "notes_removed")
"""The parts of a change that are lists: nearly always empty, so only the others are kept."""

_ORDER = {Every.NOW: 0, Every.DAY: 1, Every.WEEK: 2}


def _due(every: Every, now: datetime) -> datetime:
    """Return when an alert may be sent: at once, or at the next digest hour."""
    if every is Every.NOW:
        return now
    digest = now.replace(hour=DIGEST_HOUR, minute=0, second=0, microsecond=0)
    days = 1 if digest <= now else 0
    if every is Every.WEEK:
        days += -(digest + timedelta(days=days)).weekday() % 7
    return digest + timedelta(days=days)


def topics_of(*readings: Reading | None, issues: Sequence[str] | None = None) -> frozenset[str]:
    """Return the topics of the given issues (default: of all) in some readings."""
    return frozenset(
        topic
        for value in readings
        if value
        for issue in value.issues.items
        if issues is None or issue.text in issues
        for topic in issue.topics
    )


def _query() -> Select[Any]:
    names = ("source", "edition", "country", "part", "title")
    return select(change, *(report.c[name] for name in names)).join(
        report, report.c.id == change.c.report_id
    )


def _view(row: Row[Any]) -> Change:
    detail = {name: tuple(texts) for name, texts in row.detail.items()}
    return Change(
        id=row.id,
        kind=ChangeKind(row.kind),
        report=ReportId(row.source, row.edition, row.country, row.part),
        title=row.title,
        from_version=row.from_version,
        to_version=row.to_version,
        detected_at=row.detected_at,
        words_added=row.words_added,
        words_removed=row.words_removed,
        returned_to=row.returned_to,
        summary_line=row.summary_line,
        url=row.url,
        is_baseline=row.is_baseline,
        is_held=row.is_held,
        **detail,
    )
