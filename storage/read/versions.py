"""Versions as commands, pages and messages show them, with their evidence and archive copies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from reports.model.identity import ReportId
from reports.model.reading import Reading
from reports.model.values import Change, VersionView
from reports.watch.outcome import Outcome
from storage.database.tables import (
    carries,
    change,
    location,
    memento,
    reading,
    report,
    save_request,
    version,
)
from storage.texts.aliases import named
from storage.texts.payloads import Payloads
from storage.texts.readings import Readings
from storage.texts.versions import REPORT_NAME
from storage.watch.capture_records import CaptureRecords


@dataclass(frozen=True)
class VersionRow:
    """One version in a report's history, without its text."""

    number: int
    title: str
    url: str
    captured_at: datetime
    last_seen_at: datetime
    text_sha256: str
    report_sha256: str
    payload_sha256: str
    reader_revision: int


class Versions:
    """The versions on one connection, for reading. ``payloads`` are the bytes of their pages."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.payloads = Payloads(connection)

    def get(self, name: ReportId, number: int | None) -> VersionView | None:
        """Return one version of a report; None if there is no such number."""
        if number is None:
            return None
        query = _versions(name).where(version.c.number == number)
        row = self._connection.execute(query).first()
        return self._view(row) if row else None

    def reading(self, name: ReportId, number: int, revision: int) -> Reading:
        """Return what one revision of a reader understood of a version; raises KeyError."""
        row = self._connection.execute(_versions(name).where(version.c.number == number)).first()
        if row is None:
            raise KeyError(f"{name} {number}")
        return Readings(self._connection).get(row.id, revision)[0]

    def latest(self, name: ReportId) -> VersionView | None:
        """Return the version captured last."""
        order = (version.c.captured_at.desc(), version.c.number.desc())
        row = self._connection.execute(_versions(name).order_by(*order).limit(1)).first()
        return self._view(row) if row else None

    def all(self, name: ReportId) -> list[VersionView]:
        """Return every version of a report, the one captured last first."""
        order = (version.c.captured_at.desc(), version.c.number.desc())
        rows = self._connection.execute(_versions(name).order_by(*order)).all()
        return [self._view(row) for row in rows]

    def history(self, name: ReportId) -> list[VersionRow]:
        """Return every version of a report without its text, the one captured last first."""
        newest = (
            select(func.max(reading.c.reader_revision))
            .where(reading.c.version_id == version.c.id)
            .correlate(version)
            .scalar_subquery()
        )
        hashes = (reading.c.text_sha256, reading.c.report_sha256, reading.c.reader_revision)
        query = (
            _versions(name)
            .add_columns(*hashes)
            .join(reading, reading.c.version_id == version.c.id)
            .where(reading.c.reader_revision == newest)
            .order_by(version.c.captured_at.desc(), version.c.number.desc())
        )
        return [_version_row(row) for row in self._connection.execute(query)]

    def every(self) -> Iterator[VersionView]:
        """Yield every version stored, in order of report and number."""
        names = select(*REPORT_NAME).order_by(*REPORT_NAME)
        for row in self._connection.execute(names).all():
            yield from sorted(self.all(ReportId(*row)), key=lambda each: each.number)

    def of_change(self, shown: Change) -> tuple[VersionView | None, VersionView | None]:
        """Return the versions that a change shows, before and after it."""
        return self.get(shown.report, shown.from_version), self.get(shown.report, shown.to_version)

    def of_change_then(self, shown: Change) -> tuple[VersionView | None, VersionView | None]:
        """Return the versions that a change shows, as they were known when it was detected."""
        before, after = self.of_change(shown)
        when = shown.detected_at
        return before and _as_known(before, when), after and _as_known(after, when)

    def evidence(self, name: ReportId, number: int) -> Mapping[str, Any]:
        """Return what was noted when a version was captured: status, headers, redirects."""
        exchanges = CaptureRecords(self._connection).of_version(name, number).record.exchanges
        last = exchanges[-1]
        known = {
            "status": last.status,
            "headers": dict(last.headers or ()),
            "redirects": [each.url for each in exchanges[1:]],
            "remote_ip": last.remote_address,
        }
        return {name: each for name, each in known.items() if each}

    def _view(self, row: Row[Any]) -> VersionView:
        value, revision = Readings(self._connection).get(row.id)
        return VersionView(
            report=ReportId(row.source, row.edition, row.country, row.part),
            number=row.number,
            title=row.title,
            reading=replace(value, notes=tuple(row.notes)),  # notes change without a new reading
            url=row.url,
            captured_at=row.captured_at,
            last_seen_at=_last_seen(row),
            payload_sha256=row.payload_sha256,
            reader_revision=revision,
            memento_url=self._memento_url(row),
        )

    def _memento_url(self, row: Row[Any]) -> str:
        """Return where the web archive shows a version, given its row; ``""`` if nowhere known.

        That is the page as saved on our request, else the capture that the version was read from.
        """
        saved = (
            select(save_request.c.memento_url)
            .join(change, change.c.id == save_request.c.change_id)
            .where(
                change.c.report_id == row.report_id,
                change.c.to_version == row.number,
                save_request.c.memento_url != "",
            )
            .order_by(save_request.c.id.desc())
        )
        if url := self._connection.execute(saved.limit(1)).scalar():
            return str(url)
        read_from = select(memento.c.memento_url).where(
            memento.c.location_id == row.location_id,
            memento.c.captured_at == row.captured_at,
            memento.c.outcome != Outcome.SUSPECTED.value,
        )
        return str(self._connection.execute(read_from).scalar() or "")


def _version_row(row: Row[Any]) -> VersionRow:
    names = [name for name in VersionRow.__dataclass_fields__ if name != "last_seen_at"]
    facts = {name: getattr(row, name) for name in names}
    return VersionRow(**facts, last_seen_at=_last_seen(row))


def _last_seen(row: Row[Any]) -> datetime:
    """Return when a version was last seen; while it is the latest, its location knows better."""
    last: datetime = row.last_seen_at
    seen = row.location_seen_at if row.is_latest else None
    return max(last, seen) if seen else last


def _as_known(view: VersionView, when: datetime) -> VersionView:
    """Return a version as it was known at a moment: it may have been seen since."""
    return replace(view, last_seen_at=max(view.captured_at, min(view.last_seen_at, when)))


def _versions(name: ReportId) -> Select[Any]:
    newest = (
        select(version.c.id)
        .where(version.c.report_id == report.c.id)
        .order_by(version.c.captured_at.desc(), version.c.number.desc())
        .limit(1)
        .correlate(report)
        .scalar_subquery()
    )
    primary_seen = (
        select(func.max(location.c.seen_at))
        .join(carries, carries.c.location_id == location.c.id)
        .where(carries.c.report_id == report.c.id, carries.c.is_primary)
        .correlate(report)
        .scalar_subquery()
    )
    return (
        select(
            version,
            *REPORT_NAME,
            func.coalesce(func.nullif(version.c.own_title, ""), report.c.title).label("title"),
            location.c.url,
            primary_seen.label("location_seen_at"),
            (version.c.id == newest).label("is_latest"),
        )
        .join(report, report.c.id == version.c.report_id)
        .join(location, location.c.id == version.c.location_id)
        .where(*named(name))
    )
