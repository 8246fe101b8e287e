"""Decide the removals of much of an edition at once: notify readers of them, or nobody."""

from __future__ import annotations

import time

from reports.model.identity import ReportId
from scrapers.source import Source
from services.assembly import Parts
from services.health.after_run import check_anomalies
from services.history.review import Decided, find_review
from services.runs.run import BadRequest, Trigger, fail_run, start_run, take_source_lock
from services.runs.search_index import index_after_run
from storage.operate.actions import OperatorAction
from storage.record.mass_removals import DROPPED, RELEASED
from storage.record.reviews import MASS, ReviewView
from storage.unit import Unit


def release(parts: Parts, review_id: int, who: str) -> Decided:
    """Announce the removals that a review holds, but of what came back; as a run of its own.

    Raises BadRequest, RunRefused.
    """
    source, waiting = _find(parts, review_id)
    lock = take_source_lock(parts, source.name)
    started = time.monotonic()
    try:
        recording = start_run(
            parts,
            source,
            trigger=Trigger.REVIEW,
            orchestrator="direct",
            flow_run="",
            parameters={"review": waiting.id, "edition": waiting.edition},
        )
        try:
            with parts.store.write() as unit:
                removed = unit.removals(recording).release(waiting.id, parts.now())
                _close(parts, unit, waiting, RELEASED, who)
                seconds = time.monotonic() - started
                unit.runs.end(recording.run_id, "done", now=parts.now(), seconds=seconds)
                unit.commit()
        except BaseException as error:
            fail_run(parts, recording.run_id, error, time.monotonic() - started)
            raise
    finally:
        lock.release()
    index_after_run(parts)
    check_anomalies(parts, source)
    return _decided(source, waiting, RELEASED, tuple(removed))


def drop(parts: Parts, review_id: int, who: str) -> Decided:
    """Announce none of the removals that a review holds; raises BadRequest, RunRefused."""
    source, waiting = _find(parts, review_id)
    lock = take_source_lock(parts, source.name)
    try:
        with parts.store.write() as unit:
            _close(parts, unit, waiting, DROPPED, who)
            unit.commit()
    finally:
        lock.release()
    check_anomalies(parts, source)
    return _decided(source, waiting, DROPPED)


def _find(parts: Parts, review_id: int) -> tuple[Source, ReviewView]:
    source, waiting = find_review(parts, review_id)
    if waiting.state != MASS:
        raise BadRequest(
            f"review {review_id} is of one text; accept or dismiss it, or name what it is of"
        )
    return source, waiting


def _close(parts: Parts, unit: Unit, waiting: ReviewView, how: str, who: str) -> None:
    now = parts.now()
    unit.reviews(waiting.source).close(waiting.id, how, None, now)
    unit.actions.note(OperatorAction(now, who, how, f"review {waiting.id}", waiting.why))


def _decided(
    source: Source, waiting: ReviewView, how: str, removed: tuple[ReportId, ...] = ()
) -> Decided:
    return Decided(waiting.id, source.name, waiting.url, None, None, how, removed)
