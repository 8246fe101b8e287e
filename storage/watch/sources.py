"""The state of each source: its baseline, its last runs, and the ways to ask what changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from reports.watch.outcome import LEAST_LOOKS
from storage.database.tables import hint, listing, run, source_state
from storage.watch.runs import INTERRUPTED, RUNNING

WORKS, ABSENT, FAILING = "works", "absent", "failing"
"""States of a way to ask what changed."""

SEARCHED = 50
"""Runs of a source among which the last one of the whole is searched."""


@dataclass(frozen=True)
class EndedRun:
    """The last run of the whole of a source that has ended.

    ``listing_count`` are the listings it read, ``link_count`` the links of all of them.
    """

    id: int
    source: str
    trigger: str
    state: str
    counts: dict[str, int]
    error: str
    ended_at: datetime
    listing_count: int
    link_count: int


@dataclass(frozen=True)
class HintState:
    """What is remembered of one way to ask a source's site what changed.

    ``origin`` is what was asked in the publisher's place, ``""`` for the publisher. ``cursor`` and
    ``entry_count`` are where to go on. ``vouched_count`` counts attempts at pages that it said
    were unmodified, ``missed_count`` the edits that those attempts found.
    """

    kind: str
    state: str
    asked_at: datetime
    reason: str = ""
    origin: str = ""
    cursor: str = ""
    entry_count: int = 0
    vouched_count: int = 0
    missed_count: int = 0


class Sources:
    """The sources on one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def baseline_at(self, source: str) -> datetime | None:
        """Return when a source's baseline was complete, None before."""
        query = select(source_state.c.baseline_at).where(source_state.c.source == source)
        return self._connection.execute(query).scalar()

    def has_baseline(self, source: str) -> bool:
        """Tell whether one run of a source has read a whole listing to its end."""
        return self.baseline_at(source) is not None

    def mark_read(self, source: str, now: datetime, *, is_baseline: bool) -> None:
        """Record that a source was read well, and whether its baseline is complete by that."""
        query = select(source_state).where(source_state.c.source == source)
        known = self._connection.execute(query).first()
        if known is None:
            self._connection.execute(source_state.insert().values(source=source))
        changes: dict[str, Any] = {"last_ok_at": now}
        if is_baseline and (known is None or known.baseline_at is None):
            changes["baseline_at"] = now
        self._connection.execute(
            update(source_state).where(source_state.c.source == source).values(**changes)
        )

    def last_ok(self) -> dict[str, datetime]:
        """Return when each source was last read well."""
        rows = self._connection.execute(select(source_state)).all()
        return {row.source: row.last_ok_at for row in rows if row.last_ok_at}

    def under_way(self) -> set[str]:
        """Return the sources of which a run is open."""
        query = select(run.c.source).distinct().where(run.c.state == RUNNING)
        return set(self._connection.execute(query).scalars())

    def last_run(self, source: str, triggers: Collection[str]) -> EndedRun | None:
        """Return the last ended run of the whole of a source that something of a list started.

        Runs of single pages or countries, and those that a person broke off, are no measure; nor
        are scheduled ones that asked for next to nothing, since next to nothing was due.
        """
        asked = (
            run.c.source == source,
            run.c.state != RUNNING,
            run.c.error != INTERRUPTED,
            run.c.trigger.in_(triggers),
        )
        query = select(run).where(*asked).order_by(run.c.id.desc()).limit(SEARCHED)
        rows = self._connection.execute(query).all()
        listed = self._that_read_listings([row.id for row in rows])
        whole = (row for row in rows if not {"urls", "countries"} & set(row.parameters))
        found = next((row for row in whole if row.id in listed or _is_measure(row)), None)
        return self._ended(found) if found else None

    def _that_read_listings(self, runs: Collection[int]) -> set[int]:
        query = select(listing.c.run_id).where(listing.c.run_id.in_(runs)).distinct()
        return set(self._connection.execute(query).scalars())

    def _ended(self, row: Row[Any]) -> EndedRun:
        counted = func.count(), func.coalesce(func.sum(listing.c.link_count), 0)
        query = select(*counted).where(listing.c.run_id == row.id)
        listings, links = self._connection.execute(query).one()
        return EndedRun(
            id=row.id,
            source=row.source,
            trigger=row.trigger,
            state=row.state,
            counts=dict(row.counts),
            error=row.error,
            ended_at=row.ended_at or row.started_at,
            listing_count=int(listings),
            link_count=int(links),
        )

    def hints(self, source: str) -> dict[str, HintState]:
        """Return what is remembered of the ways to ask a source what changed, by kind."""
        query = select(hint).where(hint.c.source == source).order_by(hint.c.kind)
        return {
            row.kind: HintState(
                **{name: getattr(row, name) for name in HintState.__dataclass_fields__}
            )
            for row in self._connection.execute(query)
        }

    def save_hint(self, source: str, hinted: HintState) -> None:
        """Remember the state of a way to ask; its record of misses stays."""
        facts = {
            "state": hinted.state,
            "reason": hinted.reason,
            "asked_at": hinted.asked_at,
            "origin": hinted.origin,
            "cursor": hinted.cursor,
            "entry_count": hinted.entry_count,
        }
        same = (hint.c.source == source, hint.c.kind == hinted.kind)
        done = self._connection.execute(update(hint).where(*same).values(**facts))
        if not done.rowcount:
            named = {"source": source, "kind": hinted.kind}
            self._connection.execute(hint.insert().values(**named, **facts))

    def restart_hints(self, source: str, *, but: str) -> None:
        """Forget the cursor of every way to ask a source but one."""
        others = (hint.c.source == source, hint.c.kind != but, hint.c.cursor != "")
        self._connection.execute(update(hint).where(*others).values(cursor="", entry_count=0))

    def grade_hint(self, source: str, kind: str, vouched: int, missed: int) -> None:
        """Add attempts at pages that hints called unmodified, and the edits that these found."""
        self._connection.execute(
            update(hint)
            .where(hint.c.source == source, hint.c.kind == kind)
            .values(
                vouched_count=hint.c.vouched_count + vouched,
                missed_count=hint.c.missed_count + missed,
            )
        )


def _is_measure(row: Row[Any]) -> bool:
    """Tell whether a run that read no listing is a measure of its source all the same."""
    return bool(row.state != "done" or row.counts.get("checked", 0) >= LEAST_LOOKS)
