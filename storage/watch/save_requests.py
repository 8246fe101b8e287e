"""Save requests: pages that a web archive is to keep as they stand, and how far each has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, func, select, update

from reports.model.values import ChangeKind
from reports.text.plain import web_url
from storage.database.tables import change, location, report, save_request
from storage.watch.locations import location_key

_WORTH_KEEPING = (
    ChangeKind.PUBLISHED,
    ChangeKind.EDITED,
    ChangeKind.RESTORED,
    ChangeKind.NOTED,
)
"""Kinds after which the page says something that it did not say before."""


class SaveState(StrEnum):
    """How far a request has come. ``asked`` has a job at the archive; ``failed`` is given up."""

    DUE = "due"
    ASKED = "asked"
    SAVED = "saved"
    FAILED = "failed"


@dataclass(frozen=True)
class SaveRequest:
    """One page to be kept."""

    id: int
    url: str
    state: SaveState
    attempts: int
    job_id: str
    asked_at: datetime | None


class Saves:
    """The save requests on one connection: one for each page of a run's news."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def queue(self, run_id: int, now: datetime) -> int:
        """Queue the pages of a run's news; returns how many there are."""
        query = (
            select(change.c.id, change.c.url, report.c.source)
            .join(report, report.c.id == change.c.report_id)
            .where(
                change.c.run_id == run_id,
                change.c.kind.in_([kind.value for kind in _WORTH_KEEPING]),
                change.c.is_baseline.is_(False),
                change.c.is_held.is_(False),
            )
            .order_by(change.c.id)
        )
        rows: dict[str, dict[str, Any]] = {}
        for each in self._connection.execute(query).all():
            place = self._place(each.source, each.url)
            if place is not None and web_url(each.url):
                made = {"change_id": each.id, "location_id": place, "url": each.url}
                rows.setdefault(each.url, {**made, "state": SaveState.DUE.value, "due_at": now})
        if rows:
            self._connection.execute(save_request.insert(), list(rows.values()))
        return len(rows)

    def _place(self, source: str, url: str) -> int | None:
        key = location_key(url)
        query = select(location.c.id).where(location.c.source == source, location.c.key == key)
        return self._connection.execute(query).scalar()

    def has_due(self, now: datetime) -> bool:
        """Tell cheaply whether there is anything to ask."""
        return self._connection.execute(_waiting(now).limit(1)).first() is not None

    def due(self, now: datetime, state: SaveState, limit: int) -> list[SaveRequest]:
        """Return what is to be asked now in a state, oldest first."""
        query = _waiting(now).where(save_request.c.state == state.value)
        rows = self._connection.execute(query.order_by(save_request.c.id).limit(limit))
        return [
            SaveRequest(
                row.id, row.url, SaveState(row.state), row.attempts, row.job_id, row.asked_at
            )
            for row in rows
        ]

    def under_way(self) -> int:
        """Count the jobs that the archive has not finished."""
        query = select(func.count()).select_from(save_request)
        asked = save_request.c.state == SaveState.ASKED.value
        return int(self._connection.execute(query.where(asked)).scalar_one())

    def asked(self, request_id: int, job_id: str, now: datetime, due_at: datetime) -> None:
        """Write down that the archive has begun a job, and when to ask what came of it."""
        values = {"job_id": job_id, "asked_at": now, "due_at": due_at}
        self._set(request_id, state=SaveState.ASKED.value, **values)

    def still_running(self, request_id: int, due_at: datetime) -> None:
        """Write down when to ask again what came of a job."""
        self._set(request_id, due_at=due_at)

    def retry(self, request_id: int, attempts: int, due_at: datetime, why: str) -> None:
        """Write down that a page was not kept, why, and when to ask for it again."""
        values = {"attempts": attempts, "due_at": due_at, "last_error": why}
        self._set(request_id, state=SaveState.DUE.value, **values)

    def saved(self, request_id: int, memento_url: str) -> None:
        """Write down where the archive keeps a page."""
        values = {"memento_url": memento_url, "last_error": ""}
        self._set(request_id, state=SaveState.SAVED.value, **values)

    def failed(self, request_id: int, why: str) -> None:
        """Give a page up."""
        self._set(request_id, state=SaveState.FAILED.value, last_error=why)

    def all(self) -> list[tuple[str, SaveState, str, str]]:
        """Return (address, state, memento, last error) of every request, oldest first."""
        names = ("url", "state", "memento_url", "last_error")
        query = select(*(save_request.c[name] for name in names)).order_by(save_request.c.id)
        return [
            (row.url, SaveState(row.state), row.memento_url, row.last_error)
            for row in self._connection.execute(query)
        ]

    def _set(self, request_id: int, **values: object) -> None:
        statement = update(save_request).where(save_request.c.id == request_id)
        self._connection.execute(statement.values(**values))


_OPEN = (SaveState.DUE.value, SaveState.ASKED.value)


def _waiting(now: datetime) -> Select[Any]:
    return select(save_request).where(save_request.c.state.in_(_OPEN), save_request.c.due_at <= now)
