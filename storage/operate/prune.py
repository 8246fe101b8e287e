"""Remove what only repeats what is kept: old looks alike the one before and the one after.

For ever are kept the first and the last look of each stretch of looks alike, every look that came
to something, what versions and changes refer to, and what imports brought. A capture that stays
stands for those alike before it, and says for how many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    exists,
    func,
    select,
    update,
)

from reports.watch.outcome import Outcome
from reports.watch.stretches import Look, surplus
from storage.database.tables import (
    alarm,
    capture,
    change,
    host_day,
    listing,
    location,
    miss,
    run,
    run_outcome,
    version,
)
from storage.operate.looks import LOCATIONS, Looks, OldLook, UrlsByKey, is_old, urls_by_key
from storage.watch.sources import SEARCHED, Sources


@dataclass(frozen=True)
class Place:
    """How far a pass over all locations has come: the source, and the next location of it.

    ``urls`` are those of the source's old looks, read once for all of its locations.
    """

    source: str
    urls: UrlsByKey
    location: int = 0


@dataclass(frozen=True)
class SurplusLook:
    """A look that may go; ``heir`` is the capture that stands for its captures then, if any."""

    run_id: int
    urls: tuple[str, ...]
    captures: tuple[int, ...]
    heir: int
    capture_count: int


class Prune:
    """What may go of what is older than a moment, on one connection.

    ``triggers`` are those of runs that look at the publisher's own pages: of others nothing goes.
    """

    def __init__(self, connection: Connection, before: datetime, triggers: Collection[str]) -> None:
        self._connection = connection
        self._before = before
        self._triggers = list(triggers)
        self._old = is_old(before, self._triggers)

    def begin(self) -> Place | None:
        """Return where a pass begins; None if there is nothing to look at."""
        return self._next_source("")

    def looks(self, place: Place) -> tuple[list[SurplusLook], Place | None]:
        """Return the looks that may go at some locations, and where to go on, if anywhere."""
        table = Looks(self._connection, place.source, self._before, self._triggers, place.urls)
        ids = table.locations(place.location)
        found = (
            [each for looks in table.at(ids).values() for each in _surplus(looks)] if ids else []
        )
        if len(ids) == LOCATIONS:
            return found, replace(place, location=ids[-1] + 1)
        return found, self._next_source(place.source)

    def drop_looks(self, looks: Sequence[SurplusLook]) -> bool:
        """Delete looks; False, and nothing is done, if a version has come to need one meanwhile."""
        captures = [number for each in looks for number in each.captures]
        of_version = and_(
            version.c.location_id == capture.c.location_id,
            version.c.captured_at == capture.c.captured_at,
        )
        needed = select(capture.c.id).join(version, of_version).where(capture.c.id.in_(captures))
        if self._connection.execute(needed.limit(1)).first():
            return False
        counts: dict[int, int] = defaultdict(int)
        for each in looks:
            counts[each.heir] += each.capture_count
        inherited = update(capture).where(capture.c.id == bindparam("heir"))
        more = capture.c.capture_count + bindparam("more")
        rows = [{"heir": heir, "more": count} for heir, count in counts.items() if count]
        if rows:
            self._connection.execute(inherited.values(capture_count=more), rows)
        self._connection.execute(delete(capture).where(capture.c.id.in_(captures)))
        row = run_outcome.c.run_id == bindparam("run"), run_outcome.c.url == bindparam("at")
        ledger = [{"run": each.run_id, "at": url} for each in looks for url in each.urls]
        if ledger:
            self._connection.execute(delete(run_outcome).where(*row), ledger)
        return True

    def listings(self) -> list[int]:
        """Return the readings of listings that may go: alike the one before and the one after."""
        query = (
            select(listing)
            .join(run, run.c.id == listing.c.run_id)
            .where(*self._old)
            .order_by(listing.c.source, listing.c.edition, listing.c.id)
        )
        rows = self._connection.execute(query).all()
        needed = {self._last_run(source) for source in {row.source for row in rows}}
        needed |= set(self._connection.execute(select(miss.c.run_id).distinct()).scalars())
        found: list[int] = []
        for _, group in groupby(rows, key=lambda row: (row.source, row.edition)):
            reads = list(group)
            first_at = min(row.read_at for row in reads)
            looks = [
                Look(
                    f"{row.link_count} {row.is_good}",
                    is_pinned=row.read_at == first_at or row.run_id in needed,
                )
                for row in reads
            ]
            found += [reads[place].id for place in surplus(looks)]
        return found

    def idle_runs(self, without: Collection[int] = ()) -> list[int]:
        """Return the runs that may go: those that had nothing to ask, and to which nothing refers.

        ``without`` are readings of listings that will have gone. The newest runs of each source
        stay: what the last one came to is searched among them.
        """
        refers = [
            exists().where(table.c.run_id == run.c.id)
            for table in (alarm, capture, change, miss, run_outcome)
        ]
        query = select(run.c.id, run.c.source, run.c.counts).where(
            *self._old, run.c.state == "done", run.c.error == "", *(~each for each in refers)
        )
        idle = [
            row
            for row in self._connection.execute(query.order_by(run.c.id))
            if not row.counts.get("checked", 0)
        ]
        newest = {source: self._newest(source) for source in {row.source for row in idle}}
        gone = set(without)
        kept = {
            row.run_id
            for row in self._connection.execute(select(listing.c.id, listing.c.run_id))
            if row.id not in gone
        }
        return [row.id for row in idle if row.id < newest[row.source] and row.id not in kept]

    def drop_listings(self, ids: Sequence[int]) -> None:
        """Delete readings of listings."""
        self._connection.execute(delete(listing).where(listing.c.id.in_(ids)))

    def misses(self) -> list[int]:
        """Return the old misses that no removal rests on, and none can rest on any more."""
        is_pending = and_(
            location.c.id == miss.c.location_id,
            location.c.first_missed_at <= miss.c.missed_at,
            location.c.outcome != Outcome.REMOVED,
        )
        query = select(miss.c.id).where(
            miss.c.missed_at < self._before,
            miss.c.change_id.is_(None),
            ~exists().where(is_pending),
        )
        return list(self._connection.execute(query.order_by(miss.c.id)).scalars())

    def drop_misses(self, ids: Sequence[int]) -> None:
        """Delete misses, but those that a removal has come to rest on meanwhile."""
        of = and_(miss.c.id.in_(ids), miss.c.change_id.is_(None))
        self._connection.execute(delete(miss).where(of))

    def drop_runs(self, ids: Sequence[int]) -> None:
        """Delete runs."""
        self._connection.execute(delete(run).where(run.c.id.in_(ids)))

    def host_days(self) -> int:
        """Return how many days of hosts may go: budgets ask for the present one alone."""
        query = select(func.count()).select_from(host_day).where(self._is_past())
        return int(self._connection.execute(query).scalar_one())

    def drop_host_days(self) -> int:
        """Delete the days of hosts that are over; return how many."""
        return self._connection.execute(delete(host_day).where(self._is_past())).rowcount

    def _is_past(self) -> ColumnElement[bool]:
        return host_day.c.asked_on < self._before.date().isoformat()

    def _next_source(self, after: str) -> Place | None:
        query = select(func.min(location.c.source)).where(location.c.source > after)
        found = self._connection.execute(query).scalar()
        if not found:
            return None
        return Place(found, urls_by_key(self._connection, found, self._before, self._triggers))

    def _last_run(self, source: str) -> int:
        last = Sources(self._connection).last_run(source, self._triggers)
        return last.id if last else 0

    def _newest(self, source: str) -> int:
        """Return the oldest of the newest runs of a source, 0 if it has fewer."""
        query = select(run.c.id).where(run.c.source == source).order_by(run.c.id.desc())
        return self._connection.execute(query.offset(SEARCHED - 1).limit(1)).scalar() or 0


def _surplus(looks: Sequence[OldLook]) -> list[SurplusLook]:
    """Return the looks at one location that may go, each with the capture that inherits."""
    gone = set(surplus([each.look for each in looks]))
    found, heir = [], 0
    for place in reversed(range(len(looks))):
        each = looks[place]
        if place in gone:
            count = sum(count for _, count in each.captures)
            captures = tuple(number for number, _ in each.captures)
            found.append(SurplusLook(each.run_id, each.urls, captures, heir, count))
        elif each.captures:
            heir = each.captures[0][0]
    return found[::-1]
