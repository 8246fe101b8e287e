"""Changes: writing them down together with the alerts they cause, and reading them back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, func, literal, or_, select, tuple_

from reports.model.identity import ReportId
from reports.model.values import ON_DEMAND, Change, ChangeKind, NextEdition
from storage.changes.filter import ChangeConditions
from storage.changes.rows import change_columns, change_of, edition_columns, select_changes
from storage.changes.template_changes import hold_template_changes
from storage.database.known import recorded_at
from storage.database.recorded import recorded
from storage.database.tables import (
    alert,
    change,
    change_topic,
    reading,
    report,
    run,
    save_request,
    version,
)
from storage.readers.matching import MatchedReader, Matcher
from storage.texts.aliases import named
from storage.watch.runs import RUNNING

if TYPE_CHECKING:
    from storage.changes.watched import ReaderNews, WatchedPassages

NEWEST_FIRST = (change.c.detected_at.desc(), change.c.id.desc())


@dataclass(frozen=True)
class ListedChange:
    """A change with the run that found it."""

    run_id: int
    change: Change


@dataclass(frozen=True)
class NotifiedChange:
    """A change with the topics it touches, and when its alerts could leave.

    ``state`` differs wherever the texts shown of it would: after a new reading, with a copy kept.
    """

    change: Change
    topics: tuple[str, ...]
    notified_at: datetime
    state: Hashable


class Changes:
    """The changes on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self._connection)

    @cached_property
    def _watched(self) -> WatchedPassages:
        from storage.changes.watched import WatchedPassages

        return WatchedPassages(self._connection)

    def add(
        self,
        report_id: int | None,
        run_id: int,
        value: Change,
        *,
        topics: frozenset[str],
        is_silent: bool,
        capture_sha256: str = "",
    ) -> int:
        """Write a change and, unless it is silent, held or baseline, one alert per subscriber.

        ``report_id`` is None for a change of a whole edition. Topics are kept of what is notified.
        ``capture_sha256`` is the digest of the capture record that shows it, for its leaf.
        """
        is_told = not (is_silent or value.is_held or value.is_baseline)
        columns: dict[str, Any] = {"report_id": report_id, "run_id": run_id, "is_told": is_told}
        columns["recorded_at"] = recorded_at(self._connection)
        if report_id is None:
            columns |= edition_columns(value)
        done = self._connection.execute(change.insert(), {**columns, **change_columns(value)})
        change_id = int(done.inserted_primary_key[0]) if done.inserted_primary_key else 0
        recorded(self._connection).changes[change_id] = capture_sha256
        passages = self._watched.follow(report_id, value, is_told=is_told) if report_id else {}
        if is_told:
            self._keep_topics(change_id, topics)
            self._alert(change_id, self._matcher.matches(value, topics), passages)
        return change_id

    def _keep_topics(self, change_id: int, topics: frozenset[str]) -> None:
        rows = [{"change_id": change_id, "topic": topic} for topic in sorted(topics)]
        if rows:
            self._connection.execute(change_topic.insert(), rows)

    def _alert(
        self,
        change_id: int,
        matched: Sequence[MatchedReader],
        passages: Mapping[int, ReaderNews],
    ) -> None:
        """Queue one alert for every subscriber who asked, at the soonest of their rhythms."""
        readers = {each.subscriber_id: each for each in matched}
        for number, of_reader in passages.items():
            asked = [*of_reader.matched, *filter(None, [readers.get(number)])]
            if asked:
                readers[number] = min(asked, key=lambda each: each.due_at)
        asked_more = {each.subscriber_id for each in matched}
        rows = [
            {
                "change_id": change_id,
                "subscriber_id": number,
                "channel": each.channel.value,
                "every": each.every.value,
                "due_at": each.due_at,
                "passages": passages[number].told(is_all=number not in asked_more).as_json()
                if number in passages
                else None,
            }
            for number, each in readers.items()
        ]
        if rows:
            self._connection.execute(alert.insert(), rows)

    def count_since(self, report_id: int, kind: ChangeKind, since: datetime) -> int:
        """Count the changes of one kind of a report since a time."""
        query = select(change.c.id).where(
            change.c.report_id == report_id,
            change.c.kind == kind.value,
            change.c.detected_at >= since,
        )
        return len(self._connection.execute(query).all())

    def noted_since(self, report_id: int, since: datetime) -> list[tuple[str, ...]]:
        """Return the notes that came or went at each change of a report's notes since a time."""
        asked = (
            change.c.report_id == report_id,
            change.c.kind == ChangeKind.NOTED.value,
            change.c.detected_at >= since,
        )
        rows = self._connection.execute(select_changes().where(*asked))
        found = [change_of(row) for row in rows]
        return [(*each.notes_added, *each.notes_removed) for each in found]

    def vanished_topics(self, source: str, edition: str) -> set[str]:
        """Return the topics already recorded as gone from an edition."""
        return self._subjects(ChangeKind.TOPIC_VANISHED, source, edition)

    def _subjects(self, kind: ChangeKind, source: str, edition: str) -> set[str]:
        query = select(change.c.subject).where(
            change.c.kind == kind.value, change.c.source == source, change.c.edition == edition
        )
        return set(self._connection.execute(query).scalars())

    def dropped_countries(self, source: str, edition: str) -> set[str]:
        """Return the countries already recorded as dropped from an edition."""
        return self._subjects(ChangeKind.COUNTRY_DROPPED, source, edition)

    def last_moved_to(self, report_id: int) -> str:
        """Return the address a report was last announced to have moved to, ``""`` for none."""
        query = select(change.c.url).where(
            change.c.report_id == report_id, change.c.kind == ChangeKind.MOVED.value
        )
        return self._connection.execute(query.order_by(change.c.id.desc())).scalar() or ""

    def held_since(self, source: str, since: datetime) -> list[Change]:
        """Return the changes of a source held back since a time, but for the template's."""
        asked = (change.c.is_held, change.c.detected_at >= since, report.c.source == source)
        rows = self._connection.execute(select_changes().where(*asked).order_by(change.c.id))
        found = map(change_of, rows)
        return [each for each in found if not (each.appearance and each.appearance.is_shared)]

    def hold_template_changes(self, source: str, run_id: int, now: datetime) -> int:
        """Hold a run's changes of appearance that many pages share; return how many."""
        return hold_template_changes(self._connection, source, run_id, now)

    def get(self, ids: Sequence[int]) -> list[Change]:
        """Return changes by id, in order of id."""
        rows = self._connection.execute(
            select_changes().where(change.c.id.in_(ids)).order_by(change.c.id)
        )
        return [change_of(row) for row in rows]

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
        query = select_changes()
        if since:
            query = query.where(change.c.detected_at >= since)
        if kinds:
            query = query.where(change.c.kind.in_(kinds))
        if run_id is not None:
            query = query.where(change.c.run_id == run_id)
        if of is not None:
            query = query.where(*named(of))
        query = query.order_by(*NEWEST_FIRST)
        return [change_of(row) for row in self._connection.execute(query.limit(limit))]

    def next_edition(self, name: ReportId, older: int, newer: int) -> NextEdition | None:
        """Return how one version of a report follows another if it is its next edition."""
        edited = self.find(of=name, kinds=(ChangeKind.EDITED.value,))
        between = [
            each for each in edited if (each.from_version, each.to_version) == (older, newer)
        ]
        return between[0].follows if between else None

    def listed(
        self,
        asked: ChangeConditions,
        *,
        limit: int | None,
        offset: int = 0,
        before: tuple[datetime, int] | None = None,
    ) -> list[ListedChange]:
        """Return changes of a filter, newest first.

        ``before`` names the last change of the page before, by its time and number: what comes in
        meanwhile moves nothing from one page to another.
        """
        query = select_changes().where(*asked.conditions())
        if before:
            columns = tuple_(change.c.detected_at, change.c.id)
            at = literal(before[0], change.c.detected_at.type)
            query = query.where(columns < tuple_(at, literal(before[1])))
        query = query.order_by(*NEWEST_FIRST).limit(limit).offset(offset)
        rows = self._connection.execute(query)
        return [ListedChange(row.run_id, change_of(row)) for row in rows]

    def count(self, asked: ChangeConditions) -> int:
        """Return how many changes a filter lets through."""
        query = select(func.count()).select_from(change).where(*asked.conditions())
        if asked.is_of_reports:
            query = query.outerjoin(report, report.c.id == change.c.report_id)
        return int(self._connection.execute(query).scalar_one())

    def by_day(self, since: datetime) -> list[tuple[date, str, int]]:
        """Return how many changes of each kind were found on each day since a time."""
        day = func.date(change.c.detected_at)
        query = (
            select(day, change.c.kind, func.count())
            .where(change.c.detected_at >= since, change.c.is_baseline.is_(False))
            .group_by(day, change.c.kind)
            .order_by(day)
        )
        rows = self._connection.execute(query)
        return [(date.fromisoformat(str(when)), kind, count) for when, kind, count in rows]

    def notified(self, asked: ChangeConditions, limit: int) -> list[NotifiedChange]:
        """Return at most ``limit`` notified changes, newest first, without any text.

        They are those that cause alerts, as soon as alerts may leave: when their run has closed.
        Kinds that are notified on demand have to be asked for by name.
        """
        on_demand = () if asked.kinds else (change.c.kind.not_in(sorted(ON_DEMAND)),)
        query = (
            select(
                change.c.id,
                func.coalesce(run.c.ended_at, change.c.detected_at).label("notified_at"),
            )
            .join(run, run.c.id == change.c.run_id)
            .outerjoin(report, report.c.id == change.c.report_id)
            .where(change.c.is_told, run.c.state != RUNNING, *asked.conditions(), *on_demand)
            .order_by(change.c.detected_at.desc(), change.c.id.desc())
        )
        rows = {row.id: row for row in self._connection.execute(query.limit(limit))}
        found = {each.id: each for each in self.get(list(rows))}
        topics, readings, copies = self._topics(rows), self._readings(rows), self._copies(rows)
        return [
            NotifiedChange(
                found[key],
                tuple(topics[key]),
                row.notified_at,
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
        """Return the archive's copy of each change's page."""
        asked = (save_request.c.change_id.in_(ids), save_request.c.memento_url != "")
        query = select(save_request.c.change_id, save_request.c.id).where(*asked)
        return {change_id: copy for change_id, copy in self._connection.execute(query)}

    def has_notified_topic(self, topic: str) -> bool:
        """Tell whether any notified change touches a topic."""
        query = select(change_topic.c.topic).where(change_topic.c.topic == topic).limit(1)
        return self._connection.execute(query).first() is not None
