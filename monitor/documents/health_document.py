"""The JSON document of the health check: names, times and figures, no text of a publisher."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.documents.health import Health
from monitor.documents.source_state import SourceState
from reports.watch.promise import Promise
from reports.wording.citation import stamp

Document = dict[str, Any]


def health_document(health: Health) -> Document:
    """Return what ``/healthz`` answers; it needs no password, so it repeats no error's words."""
    judged = health.judgement
    return {
        "status": health.status,
        "sources": [_source(each, health.states[each.source]) for each in judged.promises],
        "database": health.database,
        "scheduler": {
            "last_check_at": _stamp(judged.last_check_at),
            "fresh": health.is_scheduler_well,
        },
        "findings": _findings(health),
        "alarms": health.alarms,
    }


def _source(promise: Promise, state: SourceState) -> Document:
    is_stale = state is SourceState.STALE
    return {
        "source": promise.source,
        "last_ok_at": _stamp(promise.last_ok_at),
        "fresh": not is_stale,
        "promise_hours": promise.hours,
        "stale_since": _stamp(promise.broken_at) if is_stale else None,
    }


def _findings(health: Health) -> Document:
    """Return what is wrong now by kind: which source, and what of it."""
    found: Document = {}
    for source, finding in health.judgement.findings:
        entry = {"source": source, "subject": finding.subject}
        found.setdefault(finding.kind.value, []).append(entry)
    return found


def _stamp(when: datetime | None) -> str | None:
    return stamp(when) if when else None
