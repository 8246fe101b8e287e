"""Changes: writing them down together with the alerts they cause, and reading them back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, func, literal, select, tuple_

from reports.model.identity import ReportId
from reports.model.reading import Reading
from reports.model.values import ArchiveEvidence, Change, ChangeKind
from reports.topics.trends import VanishedTopic
from storage.changes.filter import Interest
from storage.database.tables import alert, change, change_topic, report
from storage.readers.matching import Matcher
from storage.texts.versions import REPORT_NAME

NEWEST_FIRST = (change.c.detected_at.desc(), change.c.id.desc())


@dataclass(frozen=True)
class ListedChange:
    """A change with the run that found it."""

    run_id: int
    change: Change


class Changes:
    """The changes on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def _matcher(self) -> Matcher:
        return Matcher(self._connection)

    def add(
        self,
        report_id: int | None,
        run_id: int,
        value: Change,
        *,
        topics: frozenset[str],
        is_silent: bool,
    ) -> int:
        """Write a change and, unless it is silent, held or baseline, one alert per subscriber.

        ``report_id`` is None for a change of a whole edition. The topics of what is told are kept.
        """
        is_told = not (is_silent or value.is_held or value.is_baseline)
        edition = {} if report_id else _of_edition(value)
        done = self._connection.execute(
            change.insert(),
            {
                **edition,
                "report_id": report_id,
                "run_id": run_id,
                "kind": value.kind.value,
                "from_version": value.from_version,
                "to_version": value.to_version,
                "detected_at": value.detected_at,
                "words_added": value.words_added,
                "words_removed": value.words_removed,
                "returned_to": value.returned_to,
                "is_baseline": value.is_baseline,
                "is_held": value.is_held,
                "is_told": is_told,
                "url": value.url,
                "summary_line": value.summary_line,
                "detail": _detail(value),
            },
        )
        change_id = int(done.inserted_primary_key[0]) if done.inserted_primary_key else 0
        if is_told:
            self._keep_topics(change_id, topics)
            self._alert(change_id, value, topics)
        return change_id

    def _keep_topics(self, change_id: int, topics: frozenset[str]) -> None:
        rows = [{"change_id": change_id, "topic": topic} for topic in sorted(topics)]
        if rows:
            self._connection.execute(change_topic.insert(), rows)

    def _alert(self, change_id: int, value: Change, topics: frozenset[str]) -> None:
        """Queue one alert for every subscriber who asked, at the soonest of their rhythms."""
        rows = [
            {
                "change_id": change_id,
                "subscriber_id": each.subscriber_id,
                "channel": each.channel.value,
                "every": each.every.value,
                "due_at": each.due_at,
            }
            for each in self._matcher.matches(value, topics)
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

    def vanished_topics(self, source: str, edition: str) -> set[str]:
        """Return the topics already recorded as gone from an edition."""
        query = select(change.c.subject).where(
            change.c.kind == ChangeKind.TOPIC_VANISHED.value,
            change.c.source == source,
            change.c.edition == edition,
        )
        return set(self._connection.execute(query).scalars())

    def held_since(self, source: str, since: datetime) -> list[Change]:
        """Return the changes of a source held back since a time: texts that go to and fro."""
        asked = (change.c.is_held, change.c.detected_at >= since, report.c.source == source)
        rows = self._connection.execute(_query().where(*asked).order_by(change.c.id))
        return [_view(row) for row in rows]

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
        query = query.order_by(*NEWEST_FIRST)
        return [_view(row) for row in self._connection.execute(query.limit(limit))]

    def listed(
        self,
        interest: Interest,
        *,
        limit: int | None,
        offset: int = 0,
        before: tuple[datetime, int] | None = None,
    ) -> list[ListedChange]:
        """Return changes of an interest, newest first.

        ``before`` names the last change of the page before, by its time and number: what comes in
        meanwhile moves nothing from one page to another.
        """
        query = _query().where(*interest.conditions())
        if before:
            place = tuple_(change.c.detected_at, change.c.id)
            at = literal(before[0], change.c.detected_at.type)
            query = query.where(place < tuple_(at, literal(before[1])))
        query = query.order_by(*NEWEST_FIRST).limit(limit).offset(offset)
        rows = self._connection.execute(query)
        return [ListedChange(row.run_id, _view(row)) for row in rows]

    def count(self, interest: Interest) -> int:
        """Return how many changes an interest is about."""
        query = select(func.count()).select_from(change).where(*interest.conditions())
        if interest.is_of_reports:
            query = query.outerjoin(report, report.c.id == change.c.report_id)
        return int(self._connection.execute(query).scalar_one())

    def by_day(self, since: datetime) -> list[tuple[date, str, int]]:
        """Return how many changes of each kind were news on each day since a time."""
        day = func.date(change.c.detected_at)
        query = (
            select(day, change.c.kind, func.count())
            .where(change.c.detected_at >= since, change.c.is_baseline.is_(False))
            .group_by(day, change.c.kind)
            .order_by(day)
        )
        rows = self._connection.execute(query)
        return [(date.fromisoformat(str(when)), kind, count) for when, kind, count in rows]


def _of_edition(value: Change) -> dict[str, str]:
    return {
        "source": value.report.source,
        "edition": value.report.edition,
        "title": value.title,
        "subject": value.vanished.topic if value.vanished else value.report.country,
    }


def _detail(value: Change) -> dict[str, Any]:
    names = (*_LISTS, "issues_reworded")
    detail: dict[str, Any] = {name: getattr(value, name) for name in names if getattr(value, name)}
    if value.is_emptied:
        detail["is_emptied"] = True
    return {**detail, "vanished": asdict(value.vanished)} if value.vanished else detail


def _vanished(detail: dict[str, Any]) -> VanishedTopic | None:
    found = detail.get("vanished")
    return VanishedTopic(**{**found, "named_by": tuple(found["named_by"])}) if found else None


_LISTS = ("issues_added", "issues_removed", "notes_added", "notes_removed", "sections")
"""The parts of a change that are lists: nearly always empty, so only the others are kept."""


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


def name_of_change() -> list[ColumnElement[str]]:
    """Return the columns that name a change's report, or the edition it is of as a whole.

    In the order of a ReportId; the report's table is to be joined outer. A country that was dropped
    from an edition has no report in it, and is the change's subject.
    """
    of_edition = [func.coalesce(report.c[name], change.c[name]) for name in ("source", "edition")]
    is_of_country = change.c.kind == ChangeKind.COUNTRY_DROPPED.value
    country = func.coalesce(report.c.country, case((is_of_country, change.c.subject), else_=""))
    part = func.coalesce(report.c.part, "")
    return [
        column.label(named.name)
        for column, named in zip((*of_edition, country, part), REPORT_NAME, strict=True)
    ]


def _query() -> Select[Any]:
    own = {"source", "edition", "title", "subject"}
    columns = [column for column in change.c if column.name not in own]
    title = func.coalesce(report.c.title, change.c.title).label("title")
    return select(*columns, title, *name_of_change()).outerjoin(
        report, report.c.id == change.c.report_id
    )


def _view(row: Row[Any]) -> Change:
    lists = {name: tuple(row.detail.get(name, ())) for name in _LISTS}
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
        issues_reworded=tuple((old, new) for old, new in row.detail.get("issues_reworded", ())),
        is_emptied=bool(row.detail.get("is_emptied")),
        vanished=_vanished(row.detail),
        witnesses=tuple(
            ArchiveEvidence(datetime.fromisoformat(at), url)
            for at, url in row.detail.get("witnesses", ())
        ),
        **lists,
    )
