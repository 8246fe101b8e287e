"""Captures as a WARC file: of everything, a source, a report, or one version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version as version_of
from typing import TYPE_CHECKING

from reports.model.captured import CaptureRecord
from reports.model.identity import ReportId
from reports.text.canonical_json import Json
from scrapers.saved.warc_writer import BODY_NOTE, Captured, Original, Placed, Sink, WarcWriter
from storage.read.captured_pages import CapturedPage, CaptureScope

if TYPE_CHECKING:
    from datetime import datetime

    from storage.store import Store
    from storage.unit import Unit
    from storage.watch.capture_records import StoredRecord

_CONFORMS = "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


@dataclass
class WarcCounts:
    """What was written: captures with their bytes, revisits, captures without bytes, misses."""

    captures: int = 0
    revisits: int = 0
    without_body: int = 0
    misses: int = 0


def write_warc(store: Store, stream: Sink, scope: CaptureScope) -> WarcCounts:
    """Write every capture of a scope in the order of recording, then what removals rest on.

    One page is in memory at a time, and 100 bytes for each one before it, to know its bytes again.
    Raises storage.database.errors.StorageError if bytes cannot be had.
    """
    counts = WarcCounts()
    with store.read() as unit:
        pages = unit.captured_pages
        writer = _begun(unit, stream, pages.last_at(scope), _scope_name(scope))
        first: dict[bytes, int] = {}
        for page in pages.every(scope):
            writer.capture(_captured(unit, page, first, counts))
        for removal in pages.removals(scope):
            for each in _removal(unit, removal):
                writer.capture(each)
                counts.misses += each.name.startswith("miss/")
    return counts


def write_version(
    unit: Unit, name: ReportId, number: int, stream: Sink, removals: Sequence[int] | None = None
) -> list[Placed]:
    """Write the capture that a version was read from, and what its removals rest on, or some.

    Return the pages in it, for its index. Raises KeyError for an unknown version, and
    storage.database.errors.StorageError if its bytes cannot be had.
    """
    stored = unit.capture_records.of_version(name, number)
    body = unit.versions.payloads.get(stored.payload_sha256)
    writer = _begun(unit, stream, stored.captured_at, f"{name} version {number}")
    what = f"capture/{stored.capture_id}" if stored.capture_id else f"version/{name}/{number}"
    about = _about(stored, ((name, number),))
    placed = writer.capture(
        Captured(what, stored.url, stored.record, stored.captured_at, body, about=about)
    )
    if removals is None:
        removals = unit.captured_pages.removals(CaptureScope(report=name), number)
    for removal in removals:
        for each in _removal(unit, removal):
            placed += writer.capture(each)
    return placed


def _begun(unit: Unit, stream: Sink, made_at: datetime | None, what: str) -> WarcWriter:
    """Return a file that says what it is. Its time is that of the newest capture in it."""
    installation = unit.installation
    writer = WarcWriter(stream, installation.uuid)
    writer.info(
        made_at or installation.made_at,
        {
            "software": f"reportwatch/{version_of('reportwatch')}",
            "format": "WARC File Format 1.1",
            "conformsTo": _CONFORMS,
            "isPartOf": f"urn:uuid:{installation.uuid}",
            "description": f"captures of {what}; {BODY_NOTE}",
        },
    )
    return writer


def _scope_name(scope: CaptureScope) -> str:
    return str(scope.report) if scope.report else scope.source or "all sources"


def _captured(
    unit: Unit, page: CapturedPage, first: dict[bytes, int], counts: WarcCounts
) -> Captured:
    """Return a capture to be written: with its bytes, or the earlier one that brought them."""
    stored = page.stored
    digest = bytes.fromhex(stored.payload_sha256)
    original, body = None, None
    if not page.is_kept:
        counts.without_body += 1
    elif digest in first:
        counts.revisits += 1
        original = _original(unit, first[digest])
    else:
        counts.captures += 1
        first[digest] = page.id
        body = unit.versions.payloads.get(stored.payload_sha256)
    about = {"looks": page.capture_count, **_about(stored, page.versions)}
    name = f"capture/{page.id}"
    return Captured(name, stored.url, stored.record, stored.captured_at, body, original, about)


def _about(stored: StoredRecord, versions: Sequence[tuple[ReportId, int]]) -> dict[str, Json]:
    """Return what is said of a capture beside its record."""
    named: list[Json] = [{"report": str(name), "version": number} for name, number in versions]
    return {"versions": named, "imported_from": stored.imported_from or None}


def _original(unit: Unit, capture_id: int) -> Original:
    stored = unit.capture_records.of_capture(capture_id)
    return Original(f"capture/{capture_id}", stored.record.last.url, stored.captured_at)


def _removal(unit: Unit, change_id: int) -> Iterator[Captured]:
    """Yield the misses that a removal rests on, and the listing beside the last one."""
    rests_on = unit.capture_records.of_removal(change_id)
    for each in rests_on.misses:
        if each.record is not None:
            yield _bodiless(f"miss/{each.id}", each.record, each.missed_at, {"removal": change_id})
    beside = rests_on.listing
    if beside is not None and beside.record is not None:
        about: dict[str, Json] = {
            "removal": change_id,
            "listing": beside.edition,
            "link_count": beside.link_count,
        }
        yield _bodiless(f"listing/{beside.id}/{change_id}", beside.record, beside.read_at, about)


def _bodiless(name: str, record: CaptureRecord, at: datetime, about: dict[str, Json]) -> Captured:
    return Captured(name, record.url, record, at, None, about=about)
