"""Old looks at locations in the order in which they were made, with what refers to each."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, or_, select, union

from reports.model.identity import location_key
from reports.watch.outcome import FAILURES, Outcome
from reports.watch.stretches import Look
from storage.database.tables import (
    capture,
    carries,
    change,
    location,
    payload,
    run,
    run_outcome,
    version,
)
from storage.watch.runs import RUNNING
from storage.watch.sources import Sources

UrlsByKey = Mapping[str, Sequence[str]]

LOCATIONS = 50
"""Locations that are read at once."""

_ALIKE = FAILURES | {Outcome.UNCHANGED, Outcome.DUPLICATE}
"""What looks can come to over and over that says no more than once: all others are kept."""


@dataclass(frozen=True)
class OldLook:
    """One look: its rows in the ledger by URL, its captures with what each stands for."""

    look: Look
    run_id: int = 0
    urls: tuple[str, ...] = ()
    captures: tuple[tuple[int, int], ...] = ()


_BREAK = OldLook(Look(None))
"""What stands in a row of looks for something that none of them brought, such as a removal."""


@dataclass
class _Rows:
    """The rows of one look, and when it was made."""

    at: datetime
    captures: list[Row[Any]] = field(default_factory=list)
    outcomes: list[Row[Any]] = field(default_factory=list)


@dataclass
class _Known:
    """What refers to the looks at one location: runs of changes, times of versions and imports."""

    changed_in: set[int] = field(default_factory=set)
    moments: set[datetime] = field(default_factory=set)
    imported_at: list[datetime] = field(default_factory=list)


def is_old(before: datetime, triggers: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    """Ask for runs that began before a moment and have ended, started by one of some triggers."""
    return run.c.started_at < before, run.c.state != RUNNING, run.c.trigger.in_(list(triggers))


def urls_by_key(
    connection: Connection, source: str, before: datetime, triggers: Collection[str]
) -> UrlsByKey:
    """Return the URLs in old rows of a source's ledger by the location that each is of."""
    query = select(run_outcome.c.url).distinct().join(run, run.c.id == run_outcome.c.run_id)
    asked = query.where(run.c.source == source, *is_old(before, triggers))
    found = defaultdict(list)
    for url in connection.execute(asked).scalars():
        found[location_key(url)].append(url)
    return found


class Looks:
    """The old looks of one source's runs, on one connection."""

    def __init__(
        self,
        connection: Connection,
        source: str,
        before: datetime,
        triggers: Collection[str],
        urls: UrlsByKey,
    ) -> None:
        self._connection = connection
        self._source = source
        self._old = is_old(before, triggers)
        self._triggers = list(triggers)
        self._urls = urls
        last = Sources(connection).last_run(source, self._triggers)
        self._last_run = last.id if last else 0  # judged for as long as no other has ended

    def locations(self, first: int) -> list[int]:
        """Return the next locations, from a number on."""
        query = select(location.c.id).where(
            location.c.source == self._source, location.c.id >= first
        )
        return list(
            self._connection.execute(query.order_by(location.c.id).limit(LOCATIONS)).scalars()
        )

    def at(self, ids: Sequence[int]) -> dict[int, list[OldLook]]:
        """Return the old looks at some locations, in order; between them stands what broke them."""
        known = self._known(ids)
        found: dict[int, dict[int, _Rows]] = {each: {} for each in ids}
        for row in self._captures(ids):
            if row.is_ours:
                looks = found[row.location_id]
                looks.setdefault(row.run_id, _Rows(row.captured_at)).captures.append(row)
            else:
                known[row.location_id].imported_at.append(row.captured_at)
        for location_id, row in self._outcomes(ids):
            looks = found[location_id]
            looks.setdefault(row.run_id, _Rows(row.started_at)).outcomes.append(row)
        return {each: self._in_order(found[each], known[each]) for each in ids}

    def _captures(self, ids: Sequence[int]) -> Iterable[Row[Any]]:
        """Return old captures of ours, and all those that were imported, whenever that was."""
        is_ours = run.c.trigger.in_(self._triggers)
        query = (
            select(
                capture.c.id,
                capture.c.location_id,
                capture.c.run_id,
                capture.c.captured_at,
                capture.c.payload_sha256,
                capture.c.capture_count,
                is_ours.label("is_ours"),
                capture.c.evidence["shape"].as_string().is_not(None).label("has_turned"),
                payload.c.sha256.is_not(None).label("is_stored"),
            )
            .join(run, run.c.id == capture.c.run_id)
            .outerjoin(payload, payload.c.sha256 == capture.c.payload_sha256)
            .where(capture.c.location_id.in_(ids))
            .where(or_(~is_ours, (self._old[0]) & (self._old[1])))
        )
        return self._connection.execute(query.order_by(capture.c.run_id, capture.c.id))

    def _outcomes(self, ids: Sequence[int]) -> Iterable[tuple[int, Row[Any]]]:
        """Return the old rows of the ledger about some locations; one may have several URLs."""
        keyed = select(location.c.key, location.c.id).where(location.c.id.in_(ids))
        ids_by_url = {
            url: row.id
            for row in self._connection.execute(keyed)
            for url in self._urls.get(row.key, ())
        }
        query = (
            select(run_outcome, run.c.started_at)
            .join(run, run.c.id == run_outcome.c.run_id)
            .where(run.c.source == self._source, *self._old, run_outcome.c.url.in_(ids_by_url))
        )
        for row in self._connection.execute(query):
            yield ids_by_url[row.url], row

    def _known(self, ids: Sequence[int]) -> dict[int, _Known]:
        found: dict[int, _Known] = defaultdict(_Known)
        said = union(
            select(carries.c.location_id, carries.c.report_id).where(
                carries.c.location_id.in_(ids)
            ),
            select(version.c.location_id, version.c.report_id).where(
                version.c.location_id.in_(ids)
            ),
        ).subquery()
        changes = select(said.c.location_id, change.c.run_id).join(
            change, change.c.report_id == said.c.report_id
        )
        for location_id, run_id in self._connection.execute(changes.distinct()):
            found[location_id].changed_in.add(run_id)
        times = (version.c.captured_at, version.c.first_seen_at, version.c.last_seen_at)
        versions = select(said.c.location_id, *times).join(
            version, version.c.report_id == said.c.report_id
        )
        for location_id, *moments in self._connection.execute(versions):
            found[location_id].moments.update(moments)
        return found

    def _in_order(self, rows: dict[int, _Rows], known: _Known) -> list[OldLook]:
        runs = sorted(rows)
        pinned = _pinned([row for each in runs for row in rows[each].captures], known)
        times = [rows[each].at for each in runs]
        breaks = {bisect_left(runs, each) for each in known.changed_in - set(runs)}
        breaks |= {bisect_right(times, moment) for moment in known.imported_at}
        found = []
        for place, run_id in enumerate(runs):
            if place in breaks:
                found.append(_BREAK)
            one = rows[run_id]
            look = Look(
                None if run_id in known.changed_in else _state(one.outcomes),
                has_evidence=bool(one.captures),
                is_pinned=run_id == self._last_run or any(row.id in pinned for row in one.captures),
            )
            captures = tuple((row.id, row.capture_count) for row in one.captures)
            found.append(OldLook(look, run_id, tuple(row.url for row in one.outcomes), captures))
        return found


def _pinned(captures: Sequence[Row[Any]], known: _Known) -> set[int]:
    """Return the captures that something needs: versions, and bytes kept that they brought."""
    pinned = {row.id for row in captures if row.has_turned or row.captured_at in known.moments}
    stored = [row for row in captures if row.is_stored]
    first = {row.payload_sha256: row.id for row in reversed(stored)}
    last = {row.payload_sha256: row.id for row in stored}
    return pinned | set(first.values()) | set(last.values())


def _state(outcomes: Sequence[Row[Any]]) -> str | None:
    """Return what a look came to, if others are alike that came to the same."""
    if len(outcomes) != 1 or outcomes[0].outcome not in _ALIKE:
        return None
    return f"{outcomes[0].outcome} {outcomes[0].reason}"
