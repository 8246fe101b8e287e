"""The changes that were news to whoever had asked for them: newest first, by what they are of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, func, or_, select

from reports.model.values import Change, VersionView
from reports.notices.messages import OutgoingChange
from storage.changes.changes import Changes
from storage.changes.filter import Interest
from storage.database.tables import (
    change,
    change_topic,
    installation,
    reading,
    report,
    run,
    save_request,
    version,
)
from storage.read.reports import Library
from storage.watch.runs import RUNNING


@dataclass(frozen=True)
class NotifiedChange:
    """A change with the topics it touches, and when it became news.

    ``state`` differs wherever the texts shown of it would: after a new reading, with a copy kept.
    """

    change: Change
    topics: tuple[str, ...]
    told_at: datetime
    state: Hashable


@dataclass(frozen=True)
class Installation:
    """What tells this database from all others; copies and backups of it are the same one."""

    uuid: UUID
    made_at: datetime


class ToldChanges:
    """The changes told, on one connection.

    They are those that cause alerts, as soon as alerts may leave: when their run has closed.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def installation(self) -> Installation:
        """Return what names this database for ever."""
        row = self._connection.execute(select(installation)).one()
        return Installation(UUID(row.uuid), row.made_at)

    def newest(self, interest: Interest, limit: int) -> list[NotifiedChange]:
        """Return at most ``limit`` changes of an interest, newest first, without any text."""
        query = (
            select(
                change.c.id,
                func.coalesce(run.c.ended_at, change.c.detected_at).label("told_at"),
            )
            .join(run, run.c.id == change.c.run_id)
            .outerjoin(report, report.c.id == change.c.report_id)
            .where(change.c.is_told, run.c.state != RUNNING, *interest.conditions())
            .order_by(change.c.detected_at.desc(), change.c.id.desc())
        )
        rows = {row.id: row for row in self._connection.execute(query.limit(limit))}
        found = {each.id: each for each in Changes(self._connection).get(list(rows))}
        topics, readings, copies = self._topics(rows), self._readings(rows), self._copies(rows)
        return [
            NotifiedChange(
                found[key],
                tuple(topics[key]),
                row.told_at,
                (readings.get(key, 0), copies.get(key, 0)),
            )
            for key, row in rows.items()
        ]

    def _topics(self, ids: Collection[int]) -> dict[int, list[str]]:
        topics: dict[int, list[str]] = defaultdict(list)
        query = select(change_topic).where(change_topic.c.change_id.in_(ids))
        for row in self._connection.execute(query.order_by(change_topic.c.topic)):
            topics[row.change_id].append(row.topic)
        return topics

    def _readings(self, ids: Collection[int]) -> dict[int, int]:
        """Return the newest reading of each change's versions."""
        shown = or_(
            version.c.number == change.c.from_version, version.c.number == change.c.to_version
        )
        query = (
            select(change.c.id, func.max(reading.c.id))
            .join(version, and_(version.c.report_id == change.c.report_id, shown))
            .join(reading, reading.c.version_id == version.c.id)
            .where(change.c.id.in_(ids))
            .group_by(change.c.id)
        )
        return {change_id: newest for change_id, newest in self._connection.execute(query)}

    def _copies(self, ids: Collection[int]) -> dict[int, int]:
        """Return the copy kept of each change's page."""
        asked = (save_request.c.change_id.in_(ids), save_request.c.memento_url != "")
        query = select(save_request.c.change_id, save_request.c.id).where(*asked)
        return {change_id: copy for change_id, copy in self._connection.execute(query)}

    def texts(self, told: Change) -> OutgoingChange:
        """Return a change with the versions it shows, as they stood when it was told."""
        library = Library(self._connection)
        before, after = (
            _as_it_stood(library.version(told.report, number), told.detected_at)
            for number in (told.from_version, told.to_version)
        )
        return OutgoingChange(told, before, after)

    def has_topic(self, topic: str) -> bool:
        """Tell whether any change told touches a topic."""
        query = select(change_topic.c.topic).where(change_topic.c.topic == topic).limit(1)
        return self._connection.execute(query).first() is not None


def _as_it_stood(view: VersionView | None, when: datetime) -> VersionView | None:
    """Return a version as it was known when a change was seen: it may have been seen since."""
    return view and replace(view, last_seen_at=max(view.captured_at, min(view.last_seen_at, when)))
