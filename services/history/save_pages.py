"""Have the Internet Archive keep pages that are news, without ever holding up a run."""

from __future__ import annotations

import logging
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

from scrapers.archive.save_page import SavePageNow, SaveRefused
from services.assembly import Parts
from services.gates import archive_gate
from storage.watch.archive import SaveRequest, SaveState

AT_ONCE = 3
"""Jobs at the Archive at once; an account may have a few more."""

SPACING = 5.0
"""Seconds between two requests: an account may ask for 12 pages a minute."""

WAITS = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 240, 720, 1440))
"""Before each further try; after the last the page is given up."""

JOB_TAKES = timedelta(seconds=20)
"""Until the first question what came of a job, and between two questions."""

LONGEST_JOB = timedelta(minutes=30)
"""After which a job is taken for lost: the Archive ends its jobs long before."""

_log = logging.getLogger(__name__)


@dataclass
class SaveCounts:
    """How many pages were asked for, are kept, and were given up in one round."""

    asked: int = 0
    saved: int = 0
    failed: int = 0


def save_pages(parts: Parts) -> SaveCounts:
    """Ask for what is due and what came of what was asked; one round at a time.

    Cheap if nothing is due. Whatever the Archive answers is written down and tried again later.
    """
    counts = SaveCounts()
    if not (parts.settings.wayback_save and _has_due(parts)):
        return counts
    lock = parts.store.lock("save-pages")
    if lock is None:
        return counts
    try:
        keys = parts.settings.wayback_keys.get_secret_value()
        with closing(archive_gate(parts, SPACING)) as gate:
            _round(parts, SavePageNow(gate, keys), counts)
    finally:
        lock.release()
    return counts


def _has_due(parts: Parts) -> bool:
    with parts.store.read() as unit:
        return unit.archive.has_due_save(parts.now())


def _round(parts: Parts, archive: SavePageNow, counts: SaveCounts) -> None:
    """Check jobs first: each that has ended makes room for another."""
    now = parts.now()
    with parts.store.read() as unit:
        asked = unit.archive.due_saves(now, SaveState.ASKED, AT_ONCE)
    for each in asked:
        _check_job(parts, archive, each, counts)
    with parts.store.read() as unit:
        room = max(AT_ONCE - unit.archive.saves_under_way(), 0)
        due = unit.archive.due_saves(now, SaveState.DUE, room)
    for each in due:
        _ask(parts, archive, each, counts)


def _ask(parts: Parts, archive: SavePageNow, request: SaveRequest, counts: SaveCounts) -> None:
    try:
        job_id = archive.ask(request.url)
    except SaveRefused as refused:
        _later(parts, request, str(refused), counts)
        return
    counts.asked += 1
    with parts.store.write() as unit:
        unit.archive.save_began(request.id, job_id, parts.now(), parts.now() + JOB_TAKES)
        unit.commit()


def _check_job(
    parts: Parts, archive: SavePageNow, request: SaveRequest, counts: SaveCounts
) -> None:
    try:
        memento_url = archive.outcome(request.url, request.job_id)
        if not memento_url and request.asked_at and parts.now() - request.asked_at > LONGEST_JOB:
            raise SaveRefused("the job did not end")
    except SaveRefused as refused:
        _later(parts, request, str(refused), counts)
        return
    with parts.store.write() as unit:
        if memento_url:
            unit.archive.saved(request.id, memento_url)
            counts.saved += 1
        else:
            unit.archive.save_runs_on(request.id, parts.now() + JOB_TAKES)
        unit.commit()


def _later(parts: Parts, request: SaveRequest, why: str, counts: SaveCounts) -> None:
    """Try again after a wait that grows, or give the page up."""
    attempts = request.attempts + 1
    with parts.store.write() as unit:
        if attempts > len(WAITS):
            _log.warning("given up: %s was not kept by the Archive: %s", request.url, why)
            unit.archive.save_failed(request.id, why)
            counts.failed += 1
        else:
            unit.archive.retry_save(request.id, attempts, parts.now() + WAITS[attempts - 1], why)
        unit.commit()
