"""End a run: topics that left the lists, drift of the reader, pages to be kept elsewhere."""

from __future__ import annotations

from scrapers.source import Source
from services.assembly import Parts
from services.runs.anomalies import check_oddities
from services.runs.drift import check_drift
from services.runs.topics import record_vanished_topics
from storage.record.attempts import Recording


def conclude(parts: Parts, source: Source, recording: Recording) -> tuple[dict[str, str], ...]:
    """Record what the run as a whole tells, before its row is closed; return its faults.

    Faults are shown among the run's failures, as ``{"url", "outcome", "reason"}``.
    """
    with parts.store.write() as unit:
        record_vanished_topics(unit, recording, parts.now())
        if parts.settings.wayback_save and not recording.is_silent:
            unit.archive.request_saves(recording.run_id, parts.now())
        unit.commit()
    check_oddities(parts, source, recording)
    return check_drift(parts, source, recording)
