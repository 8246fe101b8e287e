"""The web archive: captures it has of our locations (mementos), and pages it is asked to save."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update

from reports.model.identity import location_key
from reports.model.values import ChangeKind
from reports.text.plain import web_url
from reports.watch.outcome import Outcome
from storage.database.tables import (
    capture,
    carries,
    change,
    location,
    memento,
    reading,
    report,
    run,
    save_request,
    version,
)
from storage.texts.payloads import Payloads

_WORTH_SAVING = (
    ChangeKind.PUBLISHED,
    ChangeKind.EDITED,
    ChangeKind.RESTORED,
    ChangeKind.NOTED,
)
"""Kinds after which the page says something that it did not say before."""


@dataclass(frozen=True)
class Memento:
    """One capture that an archive has: when it captured, when we retrieved, what it said.

    ``retrieved_at`` is None if its bytes were not asked for: its digest was known, or the
    archive's index tells that it is a miss. ``words`` are hashes by name of report.
    """

    location_id: int
    captured_at: datetime
    retrieved_at: datetime | None
    memento_url: str
    digest: str
    outcome: str
    payload_sha256: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


class SaveState(StrEnum):
    """How far a request has come. ``asked`` has a job at the archive; ``failed`` is given up."""

    DUE = "due"
    ASKED = "asked"
    SAVED = "saved"
    FAILED = "failed"


@dataclass(frozen=True)
class SaveRequest:
    """One page to be saved."""

    id: int
    url: str
    state: SaveState
    attempts: int
    job_id: str
    asked_at: datetime | None


class WebArchive:
    """What is known of the web archive, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._payloads = Payloads(connection)

    def mementos(self, location_id: int) -> list[Memento]:
        """Return what is known of a location's captures, in order of time."""
        query = select(memento).where(memento.c.location_id == location_id)
        rows = self._connection.execute(query.order_by(memento.c.captured_at))
        return [_view(row) for row in rows]

    def mementos_of_source(self, source: str) -> dict[int, list[Memento]]:
        """Return every memento of a source by location, each in order of time."""
        query = (
            select(memento)
            .join(location, location.c.id == memento.c.location_id)
            .where(location.c.source == source)
            .order_by(memento.c.captured_at)
        )
        found: dict[int, list[Memento]] = defaultdict(list)
        for row in self._connection.execute(query):
            found[row.location_id].append(_view(row))
        return found

    def add_mementos(self, found: Iterable[Memento]) -> None:
        """Record mementos; one that could not be had or read before is replaced."""
        rows = [{**asdict(each), "words": dict(each.words)} for each in found]
        if not rows:
            return
        locations = {row["location_id"] for row in rows}
        moments = {row["captured_at"] for row in rows}
        failed = memento.delete().where(
            memento.c.location_id.in_(locations),
            memento.c.captured_at.in_(moments),
            memento.c.outcome == Outcome.UNREADABLE.value,
        )
        self._connection.execute(failed)
        self._connection.execute(memento.insert(), rows)

    def own_payloads(self, location_id: int) -> list[bytes]:
        """Return the bytes of the versions that were captured at a location."""
        query = select(version.c.payload_sha256).where(version.c.location_id == location_id)
        return [
            self._payloads.get(digest)
            for digest in self._connection.execute(query.distinct()).scalars()
        ]

    def body(self, known: Memento) -> bytes | None:
        """Return bytes that say what a memento said; None if none are stored.

        Its own, or those of a version with the same words: it differs from that one in noise.
        """
        said = (
            select(version.c.payload_sha256)
            .join(reading, reading.c.version_id == version.c.id)
            .join(carries, carries.c.report_id == version.c.report_id)
            .where(
                carries.c.location_id == known.location_id,
                reading.c.words_sha256.in_(list(known.words.values())),
            )
        )
        for digest in (known.payload_sha256, *self._connection.execute(said).scalars()):
            try:
                return self._payloads.get(digest)
            except KeyError:  # noise alone: never stored
                continue
        return None

    def watched(self, locations: Sequence[int], triggers: Collection[str]) -> set[int]:
        """Return the locations of which a run of one of these triggers brought a capture."""
        query = (
            select(capture.c.location_id)
            .join(run, run.c.id == capture.c.run_id)
            .where(run.c.trigger.in_(list(triggers)), capture.c.location_id.in_(list(locations)))
        )
        return set(self._connection.execute(query.distinct()).scalars())

    def last_seen(self, locations: Sequence[int]) -> dict[int, datetime]:
        """Return when the last version captured at each location was last seen, if there is one."""
        query = (
            select(version.c.location_id, func.max(version.c.last_seen_at))
            .where(version.c.location_id.in_(list(locations)))
            .group_by(version.c.location_id)
        )
        return {
            location_id: last_seen_at
            for location_id, last_seen_at in self._connection.execute(query)
        }

    def request_saves(self, run_id: int, now: datetime) -> int:
        """Queue the pages of a run's changes to be saved; returns how many there are."""
        query = (
            select(change.c.id, change.c.url, report.c.source)
            .join(report, report.c.id == change.c.report_id)
            .where(
                change.c.run_id == run_id,
                change.c.kind.in_([kind.value for kind in _WORTH_SAVING]),
                change.c.is_baseline.is_(False),
                change.c.is_held.is_(False),
            )
            .order_by(change.c.id)
        )
        rows: dict[str, dict[str, Any]] = {}
        for each in self._connection.execute(query).all():
            location_id = self._location(each.source, each.url)
            if location_id is not None and web_url(each.url):
                made = {"change_id": each.id, "location_id": location_id, "url": each.url}
                rows.setdefault(each.url, {**made, "state": SaveState.DUE.value, "due_at": now})
        if rows:
            self._connection.execute(save_request.insert(), list(rows.values()))
        return len(rows)

    def _location(self, source: str, url: str) -> int | None:
        key = location_key(url)
        query = select(location.c.id).where(location.c.source == source, location.c.key == key)
        return self._connection.execute(query).scalar()

    def has_due_save(self, now: datetime) -> bool:
        """Tell cheaply whether there is anything to ask about pages to be saved."""
        return self._connection.execute(_waiting(now).limit(1)).first() is not None

    def due_saves(self, now: datetime, state: SaveState, limit: int) -> list[SaveRequest]:
        """Return the requests of a state to ask about now, oldest first."""
        query = _waiting(now).where(save_request.c.state == state.value)
        rows = self._connection.execute(query.order_by(save_request.c.id).limit(limit))
        return [
            SaveRequest(
                row.id, row.url, SaveState(row.state), row.attempts, row.job_id, row.asked_at
            )
            for row in rows
        ]

    def saves_under_way(self) -> int:
        """Count the jobs that the archive has not finished."""
        query = select(func.count()).select_from(save_request)
        asked = save_request.c.state == SaveState.ASKED.value
        return int(self._connection.execute(query.where(asked)).scalar_one())

    def save_began(self, request_id: int, job_id: str, now: datetime, due_at: datetime) -> None:
        """Record that the archive has begun a job, and when to ask for its result."""
        values = {"job_id": job_id, "asked_at": now, "due_at": due_at}
        self._set(request_id, state=SaveState.ASKED.value, **values)

    def save_runs_on(self, request_id: int, due_at: datetime) -> None:
        """Record when to ask again for a job's result."""
        self._set(request_id, due_at=due_at)

    def retry_save(self, request_id: int, attempts: int, due_at: datetime, why: str) -> None:
        """Record that a page was not saved, why, and when to ask for it again."""
        values = {"attempts": attempts, "due_at": due_at, "last_error": why}
        self._set(request_id, state=SaveState.DUE.value, **values)

    def saved(self, request_id: int, memento_url: str) -> None:
        """Record where the archive has saved a page."""
        values = {"memento_url": memento_url, "last_error": ""}
        self._set(request_id, state=SaveState.SAVED.value, **values)

    def save_failed(self, request_id: int, why: str) -> None:
        """Give up saving a page."""
        self._set(request_id, state=SaveState.FAILED.value, last_error=why)

    def save_requests(self) -> list[tuple[str, SaveState, str, str]]:
        """Return (address, state, memento, last error) of every page to be saved, oldest first."""
        names = ("url", "state", "memento_url", "last_error")
        query = select(*(save_request.c[name] for name in names)).order_by(save_request.c.id)
        return [
            (row.url, SaveState(row.state), row.memento_url, row.last_error)
            for row in self._connection.execute(query)
        ]

    def _set(self, request_id: int, **values: object) -> None:
        statement = update(save_request).where(save_request.c.id == request_id)
        self._connection.execute(statement.values(**values))


def _view(row: Row[Any]) -> Memento:
    return Memento(**{name: getattr(row, name) for name in Memento.__dataclass_fields__})


_OPEN = (SaveState.DUE.value, SaveState.ASKED.value)


def _waiting(now: datetime) -> Select[Any]:
    return select(save_request).where(save_request.c.state.in_(_OPEN), save_request.c.due_at <= now)
