"""The sources as `sources` prints them and the API gives them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.documents.source_state import source_state
from reports.watch.alarm import Alarm
from reports.wording.citation import stamp
from scrapers.registry import all_sources
from services.health.promises import promises
from services.settings import Settings
from storage.unit import Unit


def source_documents(unit: Unit, settings: Settings, now: datetime) -> list[dict[str, Any]]:
    """Return every source this program has: what is held of it, when it was read, its alarms."""
    held = {view.source: view for view in unit.reports.sources()}
    promised = {each.source: each for each in promises(unit, settings)}
    alarms = unit.alarms.open()
    documents = []
    for name, each in all_sources().items():
        view, promise = held.get(name), promised.get(name)
        when = promise.last_ok_at if promise else None
        documents.append(
            {
                "source": name,
                "publisher": each.publisher,
                "reader_revision": each.reader_revision,
                "editions": list(view.editions) if view else [],
                "reports": view.reports if view else 0,
                "last_ok_at": stamp(when) if when else None,
                "state": source_state(promise, now).value,
                "alarms": [_alarm(one) for one in alarms if one.source == name],
            }
        )
    return documents


def _alarm(alarm: Alarm) -> dict[str, Any]:
    return {
        "kind": alarm.kind,
        "subject": alarm.subject,
        "text": alarm.text,
        "examples": list(alarm.examples),
        "remedy": alarm.remedy,
        "raised_at": stamp(alarm.raised_at),
        "seen_at": stamp(alarm.seen_at),
    }
