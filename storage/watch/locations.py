"""Locations: the URLs at which reports were seen, and what the latest attempt at each brought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from reports.model.captured import CaptureRecord
from reports.model.identity import ReportId, location_key
from reports.model.values import Page
from reports.watch.outcome import Outcome
from reports.watch.surroundings import Surroundings
from storage.database.tables import carries, change, location, report
from storage.texts.versions import REPORT_NAME

GOOD = frozenset(
    {Outcome.PUBLISHED, Outcome.EDITED, Outcome.UNCHANGED, Outcome.DUPLICATE, Outcome.RESTORED}
    | {Outcome.MOVED}
)
"""Outcomes after which the location's words are known to be as they were."""

MARK = "~"
"""What a location's hint begins with if its page was said to be modified and not read since."""

LONGEST_URL = 1000
"""Characters of an address; the longest real one has 150."""


@dataclass(frozen=True)
class LocationView:
    """What is known of one location before the next attempt to read it."""

    id: int
    url: str
    key: str
    edition: str
    is_listed: bool = False
    outcome: str = ""
    reason: str = ""
    etag: str = ""
    last_modified: str = ""
    payload_sha256: str = ""
    region_sha256: str = ""
    surroundings_sha256: str = ""
    reader_revision: int = 0
    miss_count: int = 0
    first_missed_at: datetime | None = None
    checked_at: datetime | None = None
    seen_at: datetime | None = None
    unseen_count: int = 0
    shape: str = ""  # of the mark-up, when its page was last read well
    hint: str = ""  # what hints said of it then


@dataclass(frozen=True)
class ListedPage:
    """How a page stands that a listing names and that was looked at, and is not removed."""

    url: str
    edition: str
    outcome: str
    reason: str
    seen_at: datetime | None
    unseen_count: int
    miss_count: int


@dataclass(frozen=True)
class Sighting:
    """What one attempt to read one location brought, ready to be recorded.

    ``outcome`` is set if the attempt was decided without reading the page (a refusal, a miss, the
    same bytes again); otherwise ``page`` holds what the reader found. ``is_refused`` says of a page
    with an outcome that its shape is at fault. ``moved_to`` is the address a redirect ended at, if
    that is another page. ``is_clean_miss`` marks a 404 or 410 of the very address, or its page
    without its text, from a host that is well: a step toward a removal. ``surroundings`` are None
    if they were not read: their bytes are as they were, or do not count.
    """

    url: str
    edition: str
    seen_at: datetime
    outcome: Outcome | None = None
    reason: str = ""
    page: Page | None = None
    body: bytes = b""
    payload_sha256: str = ""
    region_sha256: str = ""
    surroundings_sha256: str = ""
    surroundings: Surroundings | None = None
    etag: str = ""
    last_modified: str = ""
    moved_to: str = ""
    is_listed: bool | None = None  # None: the attempt cannot tell
    is_clean_miss: bool = False
    is_refused: bool = False
    hint: str | None = None  # what hints say of the page as it is read; None: as before
    evidence: Mapping[str, Any] = field(default_factory=dict)
    record: CaptureRecord | None = None  # what was asked and answered, of captures and misses
    attached: tuple[str, ...] | None = None  # what the page that leads here names; None: unknown

    @property
    def brought_bytes(self) -> bool:
        """Whether the attempt brought a page's bytes (a 304 brings none)."""
        return bool(self.payload_sha256)

    @property
    def capture_sha256(self) -> str:
        """The digest of the capture record that it is stored with, ``""`` if it has none."""
        return self.record.sha256 if self.record and self.brought_bytes else ""

    @property
    def shape(self) -> str:
        """The shape of the mark-up that was read; ``""`` if the page was not parsed."""
        return self.page.shape if self.page else ""


def is_storable(url: str) -> bool:
    """Tell whether an address is short enough for a location: longer ones cannot be indexed."""
    return len(url) <= LONGEST_URL


class Locations:
    """The locations of one source on one connection."""

    def __init__(self, connection: Connection, source: str) -> None:
        self._connection = connection
        self._source = source

    def all(self, editions: Sequence[str] = (), outcomes: Sequence[str] = ()) -> list[LocationView]:
        """Return known locations, of some editions or last outcomes if any are given."""
        query = select(location).where(location.c.source == self._source)
        for column, asked in ((location.c.edition, editions), (location.c.outcome, outcomes)):
            if asked:
                query = query.where(column.in_(asked))
        return [view(row) for row in self._connection.execute(query.order_by(location.c.id))]

    def listed(self) -> list[ListedPage]:
        """Return how every page stands that a listing names, of those that were looked at."""
        columns = [location.c[name] for name in ListedPage.__dataclass_fields__]
        query = select(*columns).where(
            location.c.source == self._source,
            location.c.is_listed,
            location.c.checked_at.is_not(None),
            location.c.outcome != Outcome.REMOVED,
        )
        rows = self._connection.execute(query.order_by(location.c.id))
        return [ListedPage(*row) for row in rows]

    def by_url(self, urls: Iterable[str]) -> dict[str, LocationView]:
        """Return the known ones among some URLs, under the URLs asked for."""
        keys = {url: location_key(url) for url in urls}
        query = select(location).where(
            location.c.source == self._source, location.c.key.in_(list(set(keys.values())))
        )
        found = {row.key: view(row) for row in self._connection.execute(query)}
        return {url: found[key] for url, key in keys.items() if key in found}

    def places(self) -> dict[int, set[tuple[str, str]]]:
        """Return the (country, part) pairs that each location carries."""
        found: dict[int, set[tuple[str, str]]] = {}
        query = (
            select(carries.c.location_id, report.c.country, report.c.part)
            .join(report, report.c.id == carries.c.report_id)
            .where(report.c.source == self._source)
        )
        for location_id, country, part in self._connection.execute(query):
            found.setdefault(location_id, set()).add((country, part))
        return found

    def named(self, locations: Iterable[int]) -> dict[int, str]:
        """Return the report that each of some locations carries; of several, the first."""
        query = (
            select(carries.c.location_id, *REPORT_NAME)
            .join(report, report.c.id == carries.c.report_id)
            .where(carries.c.location_id.in_(set(locations)))
            .order_by(carries.c.is_primary, report.c.id.desc())
        )
        return {row[0]: str(ReportId(*row[1:])) for row in self._connection.execute(query)}

    def copies(self) -> set[int]:
        """Return the locations that carry reports and are no report's primary one."""
        query = select(carries.c.location_id).join(location, location.c.id == carries.c.location_id)
        carrying = query.where(location.c.source == self._source)
        primary = carrying.where(carries.c.is_primary)
        return set(self._connection.execute(carrying).scalars()) - set(
            self._connection.execute(primary).scalars()
        )

    def add(self, url: str, edition: str, *, is_listed: bool) -> LocationView:
        """Insert a location; the caller has made sure that it is new."""
        made = LocationView(0, url, location_key(url), edition, is_listed=is_listed)
        names = ("url", "key", "edition", "is_listed")
        facts = {name: getattr(made, name) for name in names}
        done = self._connection.execute(location.insert(), {"source": self._source, **facts})
        assert done.inserted_primary_key
        return replace(made, id=int(done.inserted_primary_key[0]))

    def expect(self, listed: Mapping[str, str]) -> None:
        """Insert listed pages that could not be read yet, by URL with their edition."""
        known = self.by_url(listed)
        fresh = {location_key(url): url for url in listed if url not in known}
        for url in fresh.values():
            self.add(url, listed[url], is_listed=True)

    def forget_hints(self, location_id: int) -> None:
        """Have a location's page fetched soon, and read whatever its bytes."""
        known = dict.fromkeys(("etag", "last_modified", "payload_sha256", "region_sha256"), "")
        statement = update(location).where(location.c.id == location_id)
        self._connection.execute(statement.values(**known, hint=MARK))

    def hint(self, hints: Mapping[int, str]) -> None:
        """Record what hints say of locations, by id."""
        rows = [{"location": each, "hinted": hint} for each, hint in hints.items()]
        if rows:
            statement = update(location).where(location.c.id == bindparam("location"))
            self._connection.execute(statement.values(hint=bindparam("hinted")), rows)

    def retire(self, ids: Iterable[int]) -> None:
        """Record that locations are away for good."""
        statement = update(location).where(location.c.id.in_(list(ids)))
        self._connection.execute(statement.values(outcome=Outcome.REMOVED.value))

    def list_as(self, ids: Iterable[int], *, is_listed: bool) -> None:
        """Record whether a listing names locations that are not read."""
        statement = update(location).where(location.c.id.in_(list(ids)))
        self._connection.execute(statement.values(is_listed=is_listed))

    def last_changes(self) -> dict[int, datetime]:
        """Return when the reports that locations carry last changed, by location id."""
        query = (
            select(carries.c.location_id, func.max(change.c.detected_at))
            .join(change, change.c.report_id == carries.c.report_id)
            .join(location, location.c.id == carries.c.location_id)
            .where(location.c.source == self._source, change.c.is_baseline.is_(False))
            .group_by(carries.c.location_id)
        )
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def record_attempts(
        self,
        attempts: Sequence[tuple[LocationView, Sighting, Outcome, str]],
        revision: int,
        *,
        is_live: bool,
    ) -> None:
        """Record what came of some attempts, in one statement; a later one builds on a former.

        Live ones are the latest, whatever a clock said that was ahead when others were recorded.
        """
        rows: list[dict[str, Any]] = []
        latest: dict[int, LocationView] = {}
        for known, sighting, outcome, reason in attempts:
            before = latest.get(known.id, known)
            row = _after(before, sighting, outcome, reason, revision, is_live=is_live)
            latest[known.id] = replace(before, **{name: row[name] for name in _CHANGED})
            rows.append(row)
        if rows:
            columns = [name for name in rows[0] if name != "location"]
            values: dict[str, Any] = {name: bindparam(name) for name in columns}
            statement = update(location).where(location.c.id == bindparam("location"))
            self._connection.execute(statement.values(**values), rows)


def _after(
    known: LocationView,
    sighting: Sighting,
    outcome: Outcome,
    reason: str,
    revision: int,
    *,
    is_live: bool,
) -> dict[str, Any]:
    """Return a location's columns after an attempt; a failed one keeps what was known."""
    is_late = is_live or known.checked_at is None or sighting.seen_at >= known.checked_at
    is_good = is_late and outcome in GOOD and sighting.outcome is not Outcome.SUSPECTED
    is_new = is_good and sighting.brought_bytes
    is_miss = is_late and sighting.is_clean_miss
    return {
        "location": known.id,
        "edition": known.edition or sighting.edition,
        "is_listed": known.is_listed if sighting.is_listed is None else sighting.is_listed,
        "outcome": outcome.value if is_late else known.outcome,
        "reason": reason if is_late else known.reason,
        "checked_at": sighting.seen_at if is_late else known.checked_at,
        "seen_at": sighting.seen_at if is_good else known.seen_at,
        "unseen_count": _unseen_count(known, is_late=is_late, is_good=is_good),
        "etag": sighting.etag if is_new else known.etag,
        "last_modified": sighting.last_modified if is_new else known.last_modified,
        "payload_sha256": sighting.payload_sha256 if is_new else known.payload_sha256,
        "region_sha256": sighting.region_sha256 if is_new else known.region_sha256,
        "surroundings_sha256": (sighting.surroundings_sha256 if is_new else "")
        or known.surroundings_sha256,
        "reader_revision": revision if is_new else known.reader_revision,
        "shape": (sighting.shape if is_new else "") or known.shape,
        "hint": sighting.hint if is_good and sighting.hint is not None else known.hint,
        "miss_count": known.miss_count + 1 if is_miss else 0 if is_good else known.miss_count,
        "first_missed_at": (known.first_missed_at or sighting.seen_at)
        if is_miss
        else None
        if is_good
        else known.first_missed_at,
    }


def _unseen_count(known: LocationView, *, is_late: bool, is_good: bool) -> int:
    """Return how many looks in a row have not seen a page's words."""
    if is_good:
        return 0
    return known.unseen_count + 1 if is_late else known.unseen_count


_CHANGED = (
    "outcome",
    "reason",
    "etag",
    "last_modified",
    "payload_sha256",
    "region_sha256",
    "surroundings_sha256",
    "reader_revision",
    "shape",
    "hint",
    "miss_count",
    "first_missed_at",
    "checked_at",
    "seen_at",
    "unseen_count",
)
"""What one attempt changes and the next starts from."""


def view(row: Row[Any]) -> LocationView:
    """Return the value of a row."""
    return LocationView(**{name: getattr(row, name) for name in LocationView.__dataclass_fields__})
