"""What a database holds, by natural keys: equal for two databases that say the same.

Left out on purpose: row ids, times, the ledger of runs, and how often something was tried.
"""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, text

from storage.store import Store
from storage.watch.locations import GOOD

Snapshot = dict[str, list[tuple[Any, ...]]]

REPORT = "report.source, report.edition, report.country, report.part"
GOOD_ONES = ", ".join(f"'{outcome.value}'" for outcome in sorted(GOOD))
OUTCOME = f"CASE WHEN outcome IN ({GOOD_ONES}) THEN 'good' ELSE outcome END"  # all are alike
TELLING = "change.kind, change.from_version, change.to_version"

QUERIES = {
    "reports": f"SELECT {REPORT}, title, state, published_on FROM report",
    "locations": (
        f"SELECT source, key, url, edition, is_listed, {OUTCOME}, etag, last_modified,"
        " payload_sha256, region_sha256, reader_revision FROM location"
    ),
    "carries": (
        f"SELECT location.key, {REPORT}, is_primary, words_sha256, how FROM carries"
        " JOIN location ON location.id = location_id JOIN report ON report.id = report_id"
    ),
    "payloads": "SELECT sha256, shelf, size FROM payload",
    "versions": (
        f"SELECT {REPORT}, number, location.key, version.payload_sha256, notes"
        " FROM version JOIN report ON report.id = report_id"
        " JOIN location ON location.id = version.location_id"
    ),
    "readings": (
        f"SELECT {REPORT}, number, reading.reader_revision, text_sha256, words_sha256,"
        " report_sha256 FROM reading JOIN version ON version.id = version_id"
        " JOIN report ON report.id = version.report_id"
    ),
    "changes": (
        f"SELECT {REPORT}, {TELLING}, words_added, words_removed, returned_to, is_baseline,"
        " is_held, url, summary_line, detail FROM change JOIN report ON report.id = report_id"
    ),
    "alerts": (
        f"SELECT {REPORT}, {TELLING}, address, alert.channel, every,"
        " coalesce(message.state, 'due') FROM alert JOIN change ON change.id = change_id"
        " JOIN report ON report.id = change.report_id"
        " JOIN subscriber ON subscriber.id = alert.subscriber_id"
        " LEFT JOIN message ON message.id = alert.message_id"
    ),
    "reviews": "SELECT source, url, text_sha256, country, edition, why, state FROM review",
    "baselines": "SELECT source, baseline_at IS NOT NULL FROM source_state",
}


def snapshot(store: Store) -> Snapshot:
    """Return what a store holds, in an order of its own."""
    with store.read() as unit:
        return {name: _rows(unit._connection, query) for name, query in QUERIES.items()}


def _rows(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    rows = [tuple(_plain(value) for value in row) for row in connection.execute(text(query))]
    return sorted(rows, key=repr)


def _plain(value: Any) -> Any:
    """Give documents a form that can be sorted."""
    if isinstance(value, (dict, list)):
        return json.dumps(value, sort_keys=True)
    return value
