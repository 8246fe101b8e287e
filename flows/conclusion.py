"""End a run: topics that left the lists, drift of the reader, pages to be kept elsewhere."""

from __future__ import annotations

from flows.assembly import Parts
from flows.drift import check_drift
from flows.oddities import check_oddities
from flows.topics import record_vanished_topics
from scrapers.source import Source
from storage.looks import Recording


def conclude(parts: Parts, source: Source, recording: Recording) -> tuple[dict[str, str], ...]:
    """Record what the run as a whole tells, before its row is closed; return its faults.

    Faults are shown among the run's failures, as ``{"url", "outcome", "reason"}``.
    """
    with parts.store.write() as unit:
        record_vanished_topics(unit, recording, parts.now())
        if parts.settings.wayback_save and not recording.is_silent:
            unit.saves.queue(recording.run_id, parts.now())
        unit.commit()
    check_oddities(parts, source, recording)
    return check_drift(parts, source, recording)
