"""The tables. Columns: ``_at`` a UTC time, ``_on`` a date, ``is_``/``has_`` a truth value."""

from storage.database.tables.access import access_key
from storage.database.tables.changes import (
    change,
    change_topic,
    installation,
)
from storage.database.tables.columns import SHA, UtcTime, metadata
from storage.database.tables.operations import (
    alarm,
    operator_action,
    pulse,
)
from storage.database.tables.readers import (
    alert,
    message,
    subscriber,
    subscription,
)
from storage.database.tables.seals import row_seal
from storage.database.tables.search import passage, report_index
from storage.database.tables.texts import (
    carries,
    form,
    held_removal,
    payload,
    reading,
    report,
    report_alias,
    report_facts,
    report_topic,
    review,
    version,
)
from storage.database.tables.watch import (
    absence,
    capture,
    frame_part,
    hint,
    host,
    host_day,
    host_rest,
    listing,
    location,
    memento,
    run,
    run_outcome,
    save_request,
    source_state,
    surroundings,
)

__all__ = [
    "SHA",
    "UtcTime",
    "absence",
    "access_key",
    "alarm",
    "alert",
    "capture",
    "carries",
    "change",
    "change_topic",
    "form",
    "frame_part",
    "held_removal",
    "hint",
    "host",
    "host_day",
    "host_rest",
    "installation",
    "listing",
    "location",
    "memento",
    "message",
    "metadata",
    "operator_action",
    "passage",
    "payload",
    "pulse",
    "reading",
    "report",
    "report_alias",
    "report_facts",
    "report_index",
    "report_topic",
    "review",
    "row_seal",
    "run",
    "run_outcome",
    "save_request",
    "source_state",
    "subscriber",
    "subscription",
    "surroundings",
    "version",
]
