"""Versions that the present reader has not read yet, and what it makes of them.

A reading is a row of its own for each revision of the reader: one that was cited stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select, update

from reports.model.form import Form
from reports.model.identity import ReportId
from reports.model.reading import Reading
from storage.database.tables import carries, location, reading, report, version
from storage.texts.forms import Forms, StoredForm
from storage.texts.versions import REPORT_NAME, StoredVersions


@dataclass(frozen=True)
class UnreadVersion:
    """A version that the present reader has not read, with how the last one read it.

    ``aliases`` are the parts under which later editions of its report came.
    """

    version_id: int
    number: int
    location_id: int
    payload_sha256: str
    url: str
    report: ReportId
    aliases: frozenset[str] = frozenset()

    def is_of(self, name: ReportId) -> bool:
        """Tell whether a name is the report's, as it is stored or as a later edition's."""
        return name == self.report or (
            replace(name, part=self.report.part) == self.report and (name.part in self.aliases)
        )


class StaleReadings:
    """The versions of one source that a revision of its reader has not read, on one connection."""

    def __init__(self, connection: Connection, source: str, revision: int) -> None:
        self._connection = connection
        self._source = source
        self._revision = revision
        self._versions = StoredVersions(connection)

    def count(self, editions: Sequence[str] = ()) -> int:
        """Return how many versions wait."""
        query = self._unread(editions).with_only_columns(func.count())
        return int(self._connection.execute(query).scalar_one())

    def batch(self, editions: Sequence[str] = (), *, after: int, limit: int) -> list[UnreadVersion]:
        """Return the next versions that wait, in order of id, those up to ``after`` left out."""
        query = self._unread(editions).where(version.c.id > after)
        return self._views(self._connection.execute(query.order_by(version.c.id).limit(limit)))

    def newest_at(self, locations: Sequence[int]) -> list[UnreadVersion]:
        """Return the latest versions of the reports at some locations, if they wait."""
        newest = (
            select(version.c.id)
            .where(version.c.report_id == report.c.id)
            .order_by(version.c.captured_at.desc(), version.c.number.desc())
            .limit(1)
            .correlate(report)
            .scalar_subquery()
        )
        query = (
            self._unread()
            .join(carries, carries.c.report_id == report.c.id)
            .where(carries.c.location_id.in_(locations), version.c.id == newest)
            .distinct()
        )
        return self._views(self._connection.execute(query))

    def body(self, unread: UnreadVersion) -> bytes:
        """Return the bytes a version was read from."""
        return self._versions.payloads.get(unread.payload_sha256)

    def reading(self, unread: UnreadVersion) -> Reading:
        """Return how the latest reader so far read a version."""
        return self._versions.readings.get(unread.version_id)[0]

    def keep(
        self,
        unread: UnreadVersion,
        value: Reading,
        body: bytes,
        *,
        region_sha256: str,
        shape: str,
        form: Form | None = None,
    ) -> None:
        """Store a version's reading by the present reader.

        A location whose latest capture is these very bytes need not be read again either;
        ``region_sha256``, ``shape`` and ``form`` are what the present reader takes for them.
        """
        self._versions.read_again(unread.version_id, self._revision, value, body)
        same_bytes = update(location).where(
            location.c.id == unread.location_id, location.c.payload_sha256 == unread.payload_sha256
        )
        done = self._connection.execute(
            same_bytes.values(
                reader_revision=self._revision, region_sha256=region_sha256, shape=shape
            )
        )
        if form is not None and done.rowcount:
            self._begin_form(unread, form, value)

    def _begin_form(self, unread: UnreadVersion, value: Form, reading: Reading) -> None:
        """Store the form that a location shows now: later ones are compared with it."""
        columns = (version.c.report_id, version.c.captured_at)
        query = select(*columns).where(version.c.id == unread.version_id)
        report_id, captured_at = self._connection.execute(query).one()
        stored = StoredForm(
            unread.location_id,
            self._revision,
            reading.words_sha256,
            value.sha256,
            unread.payload_sha256,
            captured_at,
        )
        Forms(self._connection).put(report_id, value, stored)

    def _unread(self, editions: Sequence[str] = ()) -> Select[Any]:
        read = select(reading.c.version_id).where(reading.c.reader_revision == self._revision)
        query = (
            select(
                version.c.id,
                version.c.number,
                version.c.location_id,
                version.c.payload_sha256,
                location.c.url,
                *REPORT_NAME,
            )
            .join(report, report.c.id == version.c.report_id)
            .join(location, location.c.id == version.c.location_id)
            .where(report.c.source == self._source, version.c.id.not_in(read))
        )
        return query.where(report.c.edition.in_(editions)) if editions else query

    def _views(self, rows: Iterable[Row[Any]]) -> list[UnreadVersion]:
        aliases = self._versions.aliases.of(self._source)
        found = []
        for row in rows:
            name = ReportId(*row[5:])
            also = frozenset(aliases.get(name, ()))
            found.append(UnreadVersion(row[0], row[1], row[2], row[3], row[4], name, also))
        return found
