"""Remove what only repeats what is kept, once it is old: by itself once a day, or by hand."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from services.agreed_settings import require_agreed
from services.assembly import Parts
from services.payloads import tidy
from services.runs.run import WATCHING
from storage.database.errors import DatabaseUnusable, StorageError
from storage.operate.prune import Place, Prune, SurplusLook
from storage.unit import Unit

LOCK = "prune"
PULSE = "prune"
MOST = 500
"""Rows removed in one transaction: a run that wants to write meanwhile waits for a moment."""

_OF_LOOKS = (
    "the looks of the days kept, of older ones the first and the last of each stretch that came to "
    "the same, and what versions, changes and misses need"
)
WHY_KEPT = {
    "capture": f"{_OF_LOOKS}; all that was imported",
    "run_outcome": _OF_LOOKS,
    "listing": "the readings of the days kept, of older ones the first and the last of each "
    "stretch with as many links",
    "miss": "the misses of the days kept, those of pages that are away, and what removals rest on",
    "run": "all that looked at a page, found something or failed, and the newest of each source",
    "host_day": "the days kept",
}
"""What stays of each table that rows are removed from."""

_TABLES = tuple(WHY_KEPT)

_IN_THIS_ORDER = (
    ("miss", Prune.misses, Prune.drop_misses),
    ("listing", Prune.listings, Prune.drop_listings),
    ("run", Prune.idle_runs, Prune.drop_runs),
)
"""What is removed after the looks: what refers to others goes before them."""

Result = TypeVar("Result")

log = logging.getLogger(__name__)


def before(parts: Parts) -> datetime | None:
    """Return the moment before which repeated looks may go; None if everything is kept."""
    days = parts.settings.keep_days
    return parts.now() - timedelta(days=days) if days else None


def surplus(parts: Parts) -> dict[str, int]:
    """Count by table the rows that ``prune`` would remove."""
    found = Counter(dict.fromkeys(_TABLES, 0))
    moment = before(parts)
    if moment is None:
        return found
    for looks in _surplus_looks(parts, moment):
        found += _rows(looks)
    with parts.store.read() as unit:
        table = _prune(unit, moment)
        listings = table.listings()
        found["listing"] += len(listings)
        found["miss"] += len(table.misses())
        found["run"] += len(table.idle_runs(listings))
        found["host_day"] += table.host_days()
    return {name: found[name] for name in _TABLES}


def prune(parts: Parts) -> dict[str, int]:
    """Remove what only repeats what is kept; return the rows removed, by table.

    Each transaction is short, so that runs and deliveries go on beside it. Raises
    storage.database.errors.StorageError; what was removed by then is counted by the next one.
    SettingsDiffer where other machines keep another number of days.
    """
    require_agreed(parts)
    lock = parts.store.lock(LOCK)
    if lock is None:
        raise DatabaseUnusable("another pruning is under way; wait for its end")
    try:
        return _remove(parts)
    finally:
        lock.release()


def prune_if_due(parts: Parts) -> None:
    """Prune once a day (UTC). Never raises: what fails is done by the next check."""
    try:
        with parts.store.read() as unit:
            last = unit.heartbeats.last(PULSE)
        if last is not None and last.date() == parts.now().date():
            return
        removed = prune(parts)
        tidy(parts.store, parts.settings.payloads, parts.now)
        with parts.store.write() as unit:
            unit.heartbeats.beat(PULSE, parts.now())
            unit.commit()
        if any(removed.values()):
            log.info("pruned: %s", ", ".join(f"{n} of {name}" for name, n in removed.items() if n))
    except StorageError as error:
        log.warning("pruning is left to the next check: %s", error)


def _remove(parts: Parts) -> dict[str, int]:
    removed = Counter(dict.fromkeys(_TABLES, 0))
    moment = before(parts)
    if moment is None:
        return removed

    def do(work: Callable[[Prune], Result]) -> Result:
        return parts.store.transact(lambda unit: work(_prune(unit, moment)))

    for looks in _surplus_looks(parts, moment):
        for parcel in _parcels(looks):
            if do(partial(Prune.drop_looks, looks=parcel)):
                removed += _rows(parcel)
    for name, find, drop in _IN_THIS_ORDER:
        with parts.store.read() as unit:
            found = find(_prune(unit, moment))
        for ids in _in_parts(found):
            do(partial(drop, ids=ids))
        removed[name] = len(found)
    removed["host_day"] = do(Prune.drop_host_days)
    return {name: removed[name] for name in _TABLES}


def _prune(unit: Unit, moment: datetime) -> Prune:
    return unit.prune(moment, WATCHING)


def _surplus_looks(parts: Parts, moment: datetime) -> Iterator[list[SurplusLook]]:
    """Give the looks that may go, some locations at a time; each time is read for itself."""
    with parts.store.read() as unit:
        place = _prune(unit, moment).begin()
    while place is not None:
        looks, place = parts.store.consult(partial(_looks, place=place, moment=moment))
        if looks:
            yield looks


def _looks(unit: Unit, place: Place, moment: datetime) -> tuple[list[SurplusLook], Place | None]:
    return _prune(unit, moment).looks(place)


def _rows(looks: Sequence[SurplusLook]) -> Counter[str]:
    return Counter(
        capture=sum(len(each.captures) for each in looks),
        run_outcome=sum(len(each.urls) for each in looks),
    )


def _parcels(looks: Sequence[SurplusLook]) -> Iterator[list[SurplusLook]]:
    """Cut looks into parcels of about as many rows as one transaction removes."""
    parcel: list[SurplusLook] = []
    rows = 0
    for each in looks:
        parcel.append(each)
        rows += len(each.captures) + len(each.urls)
        if rows >= MOST:
            yield parcel
            parcel, rows = [], 0
    if parcel:
        yield parcel


def _in_parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), MOST):
        yield ids[start : start + MOST]
