"""Versions: what a report said, one row for each uninterrupted period of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, CursorResult, Row, Select, func, select, update

from reports.model.identity import ReportId
from reports.model.reading import Reading
from reports.model.values import Identified
from storage.database.known import recorded_at, revise
from storage.database.recorded import recorded
from storage.database.tables import carries, location, reading, report, version
from storage.texts.aliases import Aliases
from storage.texts.facts import ReportFacts
from storage.texts.payloads import Payloads
from storage.texts.readings import Readings

REPORT_NAME = (report.c.source, report.c.edition, report.c.country, report.c.part)
"""The columns that make a ReportId, in its order."""


@dataclass(frozen=True)
class StoredVersion:
    """A version's row with the hash that decides."""

    id: int
    report_id: int
    number: int
    captured_at: datetime
    payload_sha256: str
    words_sha256: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class StoredReport:
    """A report's row."""

    id: int
    name: ReportId
    title: str
    state: str


class StoredVersions:
    """Reports and their versions on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.readings = Readings(connection)
        self.payloads = Payloads(connection)
        self.facts = ReportFacts(connection)
        self.aliases = Aliases(connection)

    def report(self, name: ReportId) -> StoredReport | None:
        """Return a report by its name."""
        return self.reports([name]).get(name)

    def reports(self, names: Sequence[ReportId]) -> dict[ReportId, StoredReport]:
        """Return the reports stored among some names of one source, in one query."""
        if not names:
            return {}
        query = select(report).where(
            report.c.source == names[0].source,
            report.c.edition.in_({name.edition for name in names}),
            report.c.country.in_({name.country for name in names}),
        )
        found = {}
        for row in self._connection.execute(query):
            name = ReportId(row.source, row.edition, row.country, row.part)
            found[name] = StoredReport(row.id, name, row.title, row.state)
        for alias, name in self._aliased([each for each in names if each not in found]).items():
            if name in found:
                found[alias] = found[name]
        return {name: found[name] for name in names if name in found}

    def _aliased(self, names: Sequence[ReportId]) -> dict[ReportId, ReportId]:
        documents = [name for name in names if name.is_document]
        return self.aliases.stored(documents) if documents else {}

    def documents_of(self, name: ReportId) -> list[StoredReport]:
        """Return the documents stored of a name's edition and country."""
        query = select(report).where(
            report.c.source == name.source,
            report.c.edition == name.edition,
            report.c.country == name.country,
        )
        found = []
        for row in self._connection.execute(query.order_by(report.c.id)):
            own = ReportId(row.source, row.edition, row.country, row.part)
            if own.is_document:
                found.append(StoredReport(row.id, own, row.title, row.state))
        return found

    def retitle(self, stored: StoredReport, title: str) -> None:
        """Give a report the title of its newest edition; earlier versions keep theirs."""
        untitled = (version.c.report_id == stored.id, version.c.own_title == "")
        self._connection.execute(update(version).where(*untitled).values(own_title=stored.title))
        self._connection.execute(update(report).where(report.c.id == stored.id).values(title=title))

    def add_report(self, found: Identified, published_on: str) -> StoredReport:
        """Insert a report."""
        name = found.report
        done = self._connection.execute(
            report.insert(),
            {
                "source": name.source,
                "edition": name.edition,
                "country": name.country,
                "part": name.part,
                "title": found.title,
                "state": "present",
                "published_on": published_on,
            },
        )
        return StoredReport(_key(done), name, found.title, "present")

    def set_state(self, report_id: int, state: str) -> None:
        """Set a report's state: present, suspected or removed."""
        self._connection.execute(update(report).where(report.c.id == report_id).values(state=state))

    def latest(self, report_id: int, revision: int) -> StoredVersion | None:
        """Return the version captured last, with its words as read by ``revision`` if it was."""
        return self._first(
            _stored(report_id, revision).order_by(
                version.c.captured_at.desc(), version.c.number.desc()
            )
        )

    def before(self, report_id: int, moment: datetime, revision: int) -> StoredVersion | None:
        """Return the version that was there at a moment."""
        query = _stored(report_id, revision).where(version.c.captured_at <= moment)
        return self._first(query.order_by(version.c.captured_at.desc(), version.c.number.desc()))

    def after(self, report_id: int, moment: datetime, revision: int) -> StoredVersion | None:
        """Return the version that came first after a moment."""
        query = _stored(report_id, revision).where(version.c.captured_at > moment)
        return self._first(query.order_by(version.c.captured_at, version.c.number))

    def first_captured_at(self, report_id: int) -> datetime | None:
        """Return when the earliest version of a report was captured."""
        query = select(func.min(version.c.captured_at)).where(version.c.report_id == report_id)
        return self._connection.execute(query).scalar()

    def with_words(self, report_id: int, words_sha256: str) -> int:
        """Return the number of the newest version with these words, 0 if there is none."""
        query = (
            select(func.max(version.c.number))
            .join(reading, reading.c.version_id == version.c.id)
            .where(version.c.report_id == report_id, reading.c.words_sha256 == words_sha256)
        )
        return self._connection.execute(query).scalar() or 0

    def add(
        self,
        report_id: int,
        location_id: int,
        found: Identified,
        *,
        body: bytes,
        revision: int,
        captured_at: datetime,
        capture_sha256: str = "",
        is_first: bool = False,
    ) -> StoredVersion:
        """Store a payload, a version and its reading; numbers go in order of recording.

        ``is_first`` says that the report was inserted just now: nothing need be looked up.
        ``capture_sha256`` is the digest of its capture's record, for its leaf of the log.
        """
        first = None if is_first else self._first_version(report_id)
        name = found.report
        digest = self.payloads.put(
            body, shelf=f"{name.source}/{name.edition}", like=first.payload_sha256 if first else ""
        )
        number = 1 if is_first else self._highest(report_id) + 1
        done = self._connection.execute(
            version.insert(),
            {
                "report_id": report_id,
                "number": number,
                "location_id": location_id,
                "payload_sha256": digest,
                "captured_at": captured_at,
                "first_seen_at": captured_at,
                "last_seen_at": captured_at,
                "notes": list(found.reading.notes),
                "own_title": found.title if name.is_document else "",
                "recorded_at": recorded_at(self._connection),
            },
        )
        version_id = _key(done)
        recorded(self._connection).versions[version_id] = capture_sha256
        if is_first:
            self.readings.put_first(version_id, revision, found.reading, body)
            self.facts.put_first(report_id, version_id, revision, found.reading)
        else:
            self.readings.put(version_id, revision, found.reading, body)
            if self._newest(report_id) == version_id:
                self.facts.put(report_id, version_id, revision, found.reading)
        words = found.reading.words_sha256
        notes = found.reading.notes
        return StoredVersion(version_id, report_id, number, captured_at, digest, words, notes)

    def repeat(self, stored: StoredVersion, first: datetime, last: datetime) -> StoredVersion:
        """Insert another period of a version's text, with the same payload for its evidence."""
        number = self._highest(stored.report_id) + 1
        row = self._connection.execute(select(version).where(version.c.id == stored.id)).one()
        facts = {name: value for name, value in row._mapping.items() if name != "id"}
        facts.update(number=number, captured_at=first, first_seen_at=first, last_seen_at=last)
        facts.update(recorded_at=recorded_at(self._connection))
        made = _key(self._connection.execute(version.insert(), facts))
        recorded(self._connection).versions[made] = ""
        value, revision = self.readings.get(stored.id)
        self.readings.put(made, revision, value, self.payloads.get(stored.payload_sha256))
        return replace(stored, id=made, number=number, captured_at=first)

    def reading_of(self, stored: StoredVersion, revision: int) -> Reading:
        """Return a version's reading by a revision, or by the latest one if that has none."""
        try:
            return self.readings.get(stored.id, revision)[0]
        except KeyError:
            return self.readings.get(stored.id)[0]

    def set_notes(self, version_id: int, notes: tuple[str, ...]) -> None:
        """Replace a version's notes: they change without making a version."""
        statement = update(version).where(version.c.id == version_id)
        self._connection.execute(statement.values(notes=list(notes)))

    def end(self, stored: StoredVersion) -> None:
        """Record when a version that is being superseded was last seen."""
        seen = (
            select(func.max(location.c.seen_at))
            .join(carries, carries.c.location_id == location.c.id)
            .where(carries.c.report_id == stored.report_id, carries.c.is_primary)
        )
        at = self._connection.execute(seen).scalar()
        if at and at > stored.captured_at:
            revise(self._connection, version, stored.id, last_seen_at=at)

    def seen_earlier(self, stored: StoredVersion, moment: datetime) -> None:
        """Record that a version was there at an earlier moment already."""
        query = select(version.c.first_seen_at).where(version.c.id == stored.id)
        if self._connection.execute(query).scalar_one() > moment:
            revise(self._connection, version, stored.id, first_seen_at=moment)

    def seen_later(self, stored: StoredVersion, moment: datetime) -> None:
        """Record that a version was still there at a later moment."""
        query = select(version.c.last_seen_at).where(version.c.id == stored.id)
        if self._connection.execute(query).scalar_one() < moment:
            revise(self._connection, version, stored.id, last_seen_at=moment)

    def read_again(self, version_id: int, revision: int, value: Reading, body: bytes) -> None:
        """Store a version's reading by another revision; its notes are not reported as new.

        Notes that came after the version was captured stay as they are.
        """
        before, _ = self.readings.get(version_id)
        self.readings.put(version_id, revision, value, body)
        known = select(version.c.notes, version.c.report_id).where(version.c.id == version_id)
        notes, report_id = self._connection.execute(known).one()
        if tuple(notes) == before.notes:
            self.set_notes(version_id, value.notes)
        if self._newest(report_id) == version_id:
            self.facts.put(report_id, version_id, revision, value)

    def with_text(self, source: str, text_sha256: str) -> list[ReportId]:
        """Return the reports of a source whose summary has this hash in any version."""
        query = (
            select(*REPORT_NAME)
            .join(version, version.c.report_id == report.c.id)
            .join(reading, reading.c.version_id == version.c.id)
            .where(report.c.source == source, reading.c.text_sha256 == text_sha256)
            .distinct()
        )
        return sorted(ReportId(*row) for row in self._connection.execute(query))

    def _newest(self, report_id: int) -> int | None:
        """Return the id of the version captured last."""
        query = select(version.c.id).where(version.c.report_id == report_id)
        order = (version.c.captured_at.desc(), version.c.number.desc())
        return self._connection.execute(query.order_by(*order).limit(1)).scalar()

    def _highest(self, report_id: int) -> int:
        query = select(func.max(version.c.number)).where(version.c.report_id == report_id)
        return self._connection.execute(query).scalar() or 0

    def _first_version(self, report_id: int) -> Row[Any] | None:
        query = select(version).where(version.c.report_id == report_id)
        return self._connection.execute(query.order_by(version.c.number).limit(1)).first()

    def _first(self, query: Select[Any]) -> StoredVersion | None:
        row = self._connection.execute(query.limit(1)).first()
        if row is None:
            return None
        return StoredVersion(
            row.id,
            row.report_id,
            row.number,
            row.captured_at,
            row.payload_sha256,
            row.words_sha256,
            tuple(row.notes),
        )


def _key(done: CursorResult[Any]) -> int:
    """Return the id of the row that was inserted."""
    assert done.inserted_primary_key
    return int(done.inserted_primary_key[0])


def _stored(report_id: int, revision: int) -> Select[Any]:
    """Select versions with their words as read by ``revision``, else by the latest reader."""
    by_revision = (
        select(reading.c.words_sha256)
        .where(reading.c.version_id == version.c.id)
        .order_by((reading.c.reader_revision == revision).desc(), reading.c.reader_revision.desc())
        .limit(1)
        .scalar_subquery()
        .label("words_sha256")
    )
    return select(version, by_revision).where(version.c.report_id == report_id)
