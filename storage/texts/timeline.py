"""A report's history in order of capture: where an older capture belongs, what it interrupts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from storage.database.known import revise
from storage.database.tables import capture, carries, location, version
from storage.texts.versions import StoredVersion, StoredVersions


@dataclass(frozen=True)
class VersionPeriod:
    """A version and the time in which the report is known to have said it."""

    version: StoredVersion
    first: datetime
    last: datetime


class Timeline:
    """The periods of reports' versions, on one connection."""

    def __init__(self, connection: Connection, versions: StoredVersions, revision: int) -> None:
        self._connection = connection
        self._versions = versions
        self._revision = revision

    def known_until(self, latest: StoredVersion) -> datetime:
        """Return the moment up to which a report is known: an earlier capture is an older one."""
        return max(self._period(latest).last, self._primary(latest.report_id, "checked_at"))

    def settle(
        self, report_id: int, moment: datetime, words_sha256: str
    ) -> tuple[bool, StoredVersion | None]:
        """Find where a capture belongs: whether it is known already, and the version before it.

        A text that is known from before and after the capture, which says something else, was
        there in two periods: it is split into two versions.
        """
        before = self._versions.before(report_id, moment, self._revision)
        after = self._versions.after(report_id, moment, self._revision)
        periods = [self._period(each) for each in (before, after) if each]
        around = [period for period in periods if period.first < moment < period.last]
        if around and around[0].version.words_sha256 != words_sha256:
            return False, self._split(around[0], moment)
        for period in around or periods:
            if period.version.words_sha256 == words_sha256:
                self._versions.seen_later(period.version, moment)
                self._versions.seen_earlier(period.version, moment)
                return True, period.version
        return False, before

    def _split(self, period: VersionPeriod, moment: datetime) -> StoredVersion:
        """Cut a period in two and return the first; the part with the evidence keeps its row."""
        stored = period.version
        end, start = self._nearest(period, moment)
        if moment < stored.captured_at:
            self._set(stored, first_seen_at=start)
            return self._versions.repeat(stored, period.first, end)
        self._set(stored, last_seen_at=end)
        self._versions.repeat(stored, start, period.last)
        return stored

    def _nearest(self, period: VersionPeriod, moment: datetime) -> tuple[datetime, datetime]:
        """Return when the text was seen last before a moment, and first after it."""
        query = (
            select(capture.c.captured_at)
            .join(carries, carries.c.location_id == capture.c.location_id)
            .where(carries.c.report_id == period.version.report_id)
            .where(capture.c.captured_at.between(period.first, period.last))
        )
        known = {period.first, period.version.captured_at, period.last}
        known.update(self._connection.execute(query).scalars())
        earlier = max(each for each in known if each < moment)
        return earlier, min(each for each in known if each > moment)

    def _period(self, stored: StoredVersion) -> VersionPeriod:
        query = select(version.c.first_seen_at, version.c.last_seen_at)
        row = self._connection.execute(query.where(version.c.id == stored.id)).one()
        later = select(version.c.id).where(
            version.c.report_id == stored.report_id, version.c.captured_at > stored.captured_at
        )
        if self._connection.execute(later.limit(1)).first():
            return VersionPeriod(stored, row.first_seen_at, row.last_seen_at)
        seen = self._primary(stored.report_id, "seen_at")
        return VersionPeriod(stored, row.first_seen_at, max(row.last_seen_at, seen))

    def _primary(self, report_id: int, column: str) -> datetime:
        """Return a time of a report's primary location; its first capture if it has none yet."""
        known = (
            select(func.max(location.c[column]))
            .join(carries, carries.c.location_id == location.c.id)
            .where(carries.c.report_id == report_id, carries.c.is_primary)
        )
        first = select(func.min(version.c.captured_at)).where(version.c.report_id == report_id)
        found: datetime | None = self._connection.execute(known).scalar()
        return found or self._connection.execute(first).scalar_one()

    def _set(self, stored: StoredVersion, **times: datetime) -> None:
        revise(self._connection, version, stored.id, **times)
