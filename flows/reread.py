"""Read stored payloads again with the present reader, so that like is compared with like."""

from __future__ import annotations

from collections.abc import Sequence

from flows.assembly import Parts
from scrapers.source import Source
from storage.locations import LocationView


def reread_stale(parts: Parts, source: Source, locations: Sequence[LocationView]) -> None:
    """Add the present reader's reading to versions whose locations an older reader read.

    A better reader must not look like an edit by the publisher: nobody is told, and readings that
    were cited stay as they are.
    """
    revision = source.reader_revision
    stale = [each.id for each in locations if each.reader_revision not in (0, revision)]
    if not stale:
        return
    with parts.store.read() as unit:
        held = unit.versions.unread_by(revision, stale)
        bodies = {each.version_id: unit.versions.payloads.get(each.payload_sha256) for each in held}
    readings = {}
    for each in held:
        page = source.read(bodies[each.version_id], each.url)
        same = [found.reading for found in page.reports if found.report == each.report]
        if same:
            readings[each.version_id] = same[0]
    with parts.store.write() as unit:
        for version_id, reading in readings.items():
            unit.versions.read_again(version_id, revision, reading, bodies[version_id])
        unit.commit()
