"""A report's history in order of capture: where an older capture belongs, what it interrupts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from storage.database.tables import capture, carries, location, version
from storage.texts.versions import StoredVersion, StoredVersions


@dataclass(frozen=True)
class VersionPeriod:
    """A version and the time it is known to have stood."""

    version: StoredVersion
    first: datetime
    last: datetime


class Timeline:
    """The stays of texts at reports, on one connection."""

    def __init__(self, connection: Connection, versions: StoredVersions, revision: int) -> None:
        self._connection = connection
        self._versions = versions
        self._revision = revision

    def known_until(self, latest: StoredVersion) -> datetime:
        """Return the moment up to which a report is known: an earlier capture is an older one."""
        return max(self._stay(latest).last, self._primary(latest.report_id, "checked_at"))

    def settle(
        self, report_id: int, moment: datetime, words_sha256: str
    ) -> tuple[bool, StoredVersion | None]:
        """Find where a capture belongs: whether it is known already, and the version before it.

        A text that is known to have stood before and after the capture, which says something
        else, has had two stays: it is split into two versions.
        """
        before = self._versions.before(report_id, moment, self._revision)
        after = self._versions.after(report_id, moment, self._revision)
        stays = [self._stay(each) for each in (before, after) if each]
        around = [stay for stay in stays if stay.first < moment < stay.last]
        if around and around[0].version.words_sha256 != words_sha256:
            return False, self._split(around[0], moment)
        for stay in around or stays:
            if stay.version.words_sha256 == words_sha256:
                self._versions.seen_later(stay.version, moment)
                self._versions.seen_earlier(stay.version, moment)
                return True, stay.version
        return False, before

    def _split(self, stay: VersionPeriod, moment: datetime) -> StoredVersion:
        """Cut a stay in two and return its first part; the part with the evidence keeps its row."""
        held = stay.version
        end, start = self._nearest(stay, moment)
        if moment < held.captured_at:
            self._set(held, first_seen_at=start)
            return self._versions.repeat(held, stay.first, end)
        self._set(held, last_seen_at=end)
        self._versions.repeat(held, start, stay.last)
        return held

    def _nearest(self, stay: VersionPeriod, moment: datetime) -> tuple[datetime, datetime]:
        """Return when the text was seen last before a moment, and first after it."""
        query = (
            select(capture.c.captured_at)
            .join(carries, carries.c.location_id == capture.c.location_id)
            .where(carries.c.report_id == stay.version.report_id)
            .where(capture.c.captured_at.between(stay.first, stay.last))
        )
        known = {stay.first, stay.version.captured_at, stay.last}
        known.update(self._connection.execute(query).scalars())
        earlier = max(each for each in known if each < moment)
        return earlier, min(each for each in known if each > moment)

    def _stay(self, held: StoredVersion) -> VersionPeriod:
        query = select(version.c.first_seen_at, version.c.last_seen_at)
        row = self._connection.execute(query.where(version.c.id == held.id)).one()
        later = select(version.c.id).where(
            version.c.report_id == held.report_id, version.c.captured_at > held.captured_at
        )
        if self._connection.execute(later.limit(1)).first():
            return VersionPeriod(held, row.first_seen_at, row.last_seen_at)
        seen = self._primary(held.report_id, "seen_at")
        return VersionPeriod(held, row.first_seen_at, max(row.last_seen_at, seen))

    def _primary(self, report_id: int, column: str) -> datetime:
        """Return a time of a report's primary location; its first capture where it has none yet."""
        known = (
            select(func.max(location.c[column]))
            .join(carries, carries.c.location_id == location.c.id)
            .where(carries.c.report_id == report_id, carries.c.is_primary)
        )
        first = select(func.min(version.c.captured_at)).where(version.c.report_id == report_id)
        found: datetime | None = self._connection.execute(known).scalar()
        return found or self._connection.execute(first).scalar_one()

    def _set(self, held: StoredVersion, **times: datetime) -> None:
        self._connection.execute(update(version).where(version.c.id == held.id).values(**times))
