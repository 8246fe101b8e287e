"""Put the records of one capture in a WARC together: its answer, its request, what is said of it.

Crawlers write the request before the answer or behind it. What our own export says of a capture
is taken as it stands if it is about the very bytes; of others a capture record is made from the
headers that the WARC has. What it does not have is not known.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from warcio.recordloader import ArcWarcRecord

from reports.model.captured import (
    CaptureOrigin,
    CaptureRecord,
    Exchange,
    Headers,
    kept_headers,
    make_record,
    read_record,
)
from reports.text.canonical_json import canonical_json
from reports.text.fingerprint import payload_sha256
from reports.text.plain import one_line
from scrapers.saved.page import SavedPage
from scrapers.saved.warc_writer import RECORD_TYPE

_LARGEST_SAID = 1024 * 1024
"""Bytes of what a WARC says of a capture or of itself."""
_LONGEST_NAME = 200


@dataclass(frozen=True)
class _Request:
    method: str
    headers: Headers


@dataclass(frozen=True)
class _Held:
    """A page whose request, or what is said of it, may follow."""

    page: SavedPage
    record_id: str
    answer: Exchange
    software: str
    request: _Request | None = None
    said: CaptureRecord | None = None

    def released(self) -> SavedPage:
        """Return the page with its capture record."""
        if self.said is not None:
            is_ours = self.said.document["origin"] == CaptureOrigin.PUBLISHER
            url = self.said.url if is_ours else self.page.url
            return replace(self.page, url=url, record=self.said)
        answer = self.answer
        if self.request:
            method, headers = self.request.method, self.request.headers
            answer = replace(answer, method=method, request_headers=headers)
        record = make_record(
            [answer],
            origin=CaptureOrigin.FILE,
            client=self.software or None,
            payload_sha256=payload_sha256(self.page.body),
            payload_size=len(self.page.body),
            about={"file": self.page.file, "warc_record_id": self.record_id},
        )
        return replace(self.page, record=record)


class CaptureGatherer:
    """Takes the records of a WARC file one after another and gives its pages, one behind."""

    def __init__(self) -> None:
        self._software = ""
        self._before: tuple[str, _Request] | None = None
        self._held: _Held | None = None

    def take_page(self, page: SavedPage, record: ArcWarcRecord) -> Iterator[SavedPage]:
        """Take a page and the record it is from; yield the one before."""
        yield from self.release()
        answer = _answer(page, record)
        request = self._before[1] if self._before and self._before[0] == page.url else None
        record_id = _said_id(record, "WARC-Record-ID")
        self._held = _Held(page, record_id, answer, self._software, request)
        self._before = None

    def take_other(self, record: ArcWarcRecord) -> None:
        """Take a record that is no page: it may be about one."""
        if record.rec_type == "warcinfo":
            self._software = _software(record)
        elif record.rec_type == "request" and record.http_headers is not None:
            self._take_request(record)
        elif record.rec_type == "metadata" and record.content_type == RECORD_TYPE:
            self._take_said(record)

    def release(self) -> Iterator[SavedPage]:
        """Yield the page that is held, if there is one."""
        if self._held:
            held, self._held = self._held, None
            yield held.released()

    def _take_request(self, record: ArcWarcRecord) -> None:
        # warcio reads a request's method as its protocol
        method = (record.http_headers.protocol or "")[:20]
        request = _Request(method, kept_headers(record.http_headers.headers)[0])
        url = _url(record)
        held = self._held
        concurrent = record.rec_headers.get_header("WARC-Concurrent-To")
        is_of_held = held is not None and (
            concurrent == held.record_id if concurrent else url == held.page.url
        )
        if held is not None and is_of_held and held.request is None:
            self._held = replace(held, request=request)
        else:
            self._before = (url, request)

    def _take_said(self, record: ArcWarcRecord) -> None:
        """Take what our own export says of a capture, if it is about the bytes that are held."""
        held = self._held
        if held is None or _said_id(record, "WARC-Refers-To") != held.record_id:
            return
        try:
            document = json.loads(record.raw_stream.read(_LARGEST_SAID))
            said = read_record(canonical_json(document["capture_record"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            return  # what it says cannot be used: the answer's own headers can
        if said.payload_sha256 == payload_sha256(held.page.body):
            self._held = replace(held, said=said)


def _answer(page: SavedPage, record: ArcWarcRecord) -> Exchange:
    """Return the exchange that a record of an answer says; of a resource hardly anything."""
    answer = Exchange(page.url, answered_at=page.retrieved_at)
    http = record.http_headers
    if http is None or record.rec_type == "resource":
        return answer
    headers, left_out = kept_headers(http.headers)
    status, _, reason = http.statusline.partition(" ")
    return replace(
        answer,
        status=int(status) if status.isdigit() and len(status) < 4 else None,
        reason=reason,
        protocol=http.protocol or None,
        headers=headers,
        headers_left_out=left_out,
        remote_address=record.rec_headers.get_header("WARC-IP-Address"),
    )


def _software(record: ArcWarcRecord) -> str:
    """Return which program wrote a WARC file, by its first record."""
    text = record.raw_stream.read(_LARGEST_SAID).decode("utf-8", "replace")
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "software":
            return one_line(value.strip(), _LONGEST_NAME)
    return ""


def _url(record: ArcWarcRecord) -> str:
    return (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")


def _said_id(record: ArcWarcRecord, name: str) -> str:
    return (record.rec_headers.get_header(name) or "")[:_LONGEST_NAME]
