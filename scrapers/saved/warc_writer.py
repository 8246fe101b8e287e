"""Write WARC 1.1: each record a gzip member of its own, the same records always the same bytes.

What a WARC says of a capture comes from its capture record. Nothing that is not known is written:
a page whose answer's headers are not known is a ``resource``, a request that is not known is left
out, and an answer whose body was not kept has its head alone and says that it is cut short.

Bodies are stored without their packing. Headers that describe the packing are renamed to
X-Archive-Orig-..., as other archives do, and Content-Length is that of the stored body.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid5

from reports.model.captured import CaptureOrigin, CaptureRecord, Exchange, Headers
from reports.text.addresses import split_address
from reports.text.canonical_json import Json, canonical_json, instant

BODY_NOTE = (
    "bodies are stored without Content-Encoding and Transfer-Encoding, UTF-16 as UTF-8; headers "
    "that describe how a body was packed are renamed to X-Archive-Orig-..., and Content-Length is "
    "that of the stored body"
)
RECORD_TYPE = "application/vnd.reportwatch.capture+json"
"""The media type of a metadata record that holds a capture record."""

_PROFILE = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_ORIGINAL = "X-Archive-Orig-"
_OF_PACKING = frozenset({"content-encoding", "transfer-encoding", "content-length"})
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_BREAKS = re.compile(r"[\x00\r\n]+[ \t]*")
_END = b"\r\n"


class Sink(Protocol):
    """What records are written to."""

    def write(self, data: bytes, /) -> object:
        """Take bytes."""


@dataclass(frozen=True)
class Original:
    """An earlier record with the same payload, to which a revisit refers."""

    name: str
    url: str
    captured_at: datetime


@dataclass(frozen=True)
class Captured:
    """One capture to be written.

    ``name`` names it for ever, such as ``capture/17``: the numbers of its records are made of it.
    ``page_url`` is the publisher's address. ``body`` is None if the bytes were not kept.
    ``original`` is the earlier capture in the same file that brought the same bytes, which are not
    written again. ``about`` is what else its metadata says. ``media_type`` is of the body if no
    header says it.
    """

    name: str
    page_url: str
    record: CaptureRecord
    captured_at: datetime
    body: bytes | None
    original: Original | None = None
    about: Mapping[str, Json] = field(default_factory=dict)
    media_type: str = "text/html"

    @property
    def url(self) -> str:
        """The address of the page: not that of an archive which brought its bytes."""
        return self.page_url if self.is_of_archive else self.record.last.url

    @property
    def is_of_archive(self) -> bool:
        """Whether an archive answered in the publisher's place."""
        return bool(self.record.document["origin"] == CaptureOrigin.ARCHIVE)


@dataclass(frozen=True)
class Placed:
    """A page in the file, as an index of it needs it: bytes from ``offset`` on, so many."""

    url: str
    captured_at: datetime
    status: int | None
    media_type: str
    payload_sha256: str
    offset: int
    length: int
    is_revisit: bool


class WarcWriter:
    """Appends records to a stream. ``namespace`` tells this installation's records from others."""

    def __init__(self, stream: Sink, namespace: UUID) -> None:
        self._stream = stream
        self._namespace = namespace
        self.offset = 0

    def info(self, made_at: datetime, fields: Mapping[str, str]) -> None:
        """Write what the file is, first of all."""
        head = {"WARC-Type": "warcinfo", "WARC-Date": instant(made_at)}
        text = "".join(f"{name}: {_line(value)}\r\n" for name, value in fields.items())
        self._write("warcinfo", head, "application/warc-fields", text.encode())

    def capture(self, captured: Captured) -> list[Placed]:
        """Write all that is known of a capture; return the pages among it, redirects too."""
        # Of what an archive answered the metadata tells: its headers are not the page's.
        hops = () if captured.is_of_archive else captured.record.exchanges[:-1]
        placed = [self._hop(captured, number, hop) for number, hop in enumerate(hops)]
        last = self._last(captured)
        self._metadata(captured, is_placed=last is not None)
        return [each for each in [*placed, last] if each is not None]

    def _hop(self, captured: Captured, number: int, hop: Exchange) -> Placed | None:
        """Write a redirect, whose body was not kept."""
        name = f"{captured.name}/hop/{number}"
        placed = None
        if _is_answered(hop):
            at = hop.answered_at or captured.captured_at
            head = {**_head("response", hop, at), "WARC-Truncated": "unspecified"}
            placed = self._page(name, head, hop, at, _answer_head(hop, 0), "", is_revisit=False)
        self._request(name, hop, captured.captured_at, placed)
        return placed

    def _last(self, captured: Captured) -> Placed | None:
        """Write the answer that brought the payload."""
        last, at, body = captured.record.last, captured.captured_at, captured.body
        digest = captured.record.payload_sha256
        placed = None
        is_known = _is_answered(last) and not captured.is_of_archive
        if captured.original is not None:
            head = {**_head("revisit", last, at), **self._refers(captured.original, digest)}
            head["WARC-Target-URI"] = _uri(captured.url)
            size = captured.record.payload_size
            block = _answer_head(last, size) if is_known else b""
            placed = self._page(captured.name, head, last, at, block, digest, is_revisit=True)
        elif body is not None and is_known:
            head = {**_head("response", last, at), "WARC-Payload-Digest": f"sha256:{digest}"}
            block = _answer_head(last, len(body)) + body
            placed = self._page(captured.name, head, last, at, block, digest, is_revisit=False)
        elif body is not None:
            placed = self._resource(captured, body)
        elif is_known and last.status != 200:  # a page without its words would mislead
            head = {**_head("response", last, at), "WARC-Truncated": "unspecified"}
            placed = self._page(captured.name, head, last, at, _answer_head(last, 0), "")
        self._request(captured.name, last, at, placed)
        return placed

    def _refers(self, original: Original, digest: str) -> dict[str, str]:
        return {
            "WARC-Profile": _PROFILE,
            "WARC-Payload-Digest": f"sha256:{digest}",
            "WARC-Refers-To": self._id(original.name),
            "WARC-Refers-To-Target-URI": _uri(original.url),
            "WARC-Refers-To-Date": instant(original.captured_at),
        }

    def _page(
        self,
        name: str,
        head: Mapping[str, str],
        exchange: Exchange,
        at: datetime,
        block: bytes,
        digest: str,
        *,
        is_revisit: bool = False,
    ) -> Placed:
        offset = self.offset
        self._write(name, head, "application/http; msgtype=response", block)
        media_type = exchange.header("content-type").partition(";")[0].strip().lower()
        return Placed(
            head["WARC-Target-URI"],
            at,
            exchange.status,
            media_type,
            digest,
            offset,
            self.offset - offset,
            is_revisit,
        )

    def _resource(self, captured: Captured, body: bytes) -> Placed:
        """Write a page of which no answer is known, only its bytes."""
        offset, digest = self.offset, captured.record.payload_sha256
        head = {
            "WARC-Type": "resource",
            "WARC-Date": instant(captured.captured_at),
            "WARC-Target-URI": _uri(captured.url),
            "WARC-Payload-Digest": f"sha256:{digest}",
        }
        self._write(captured.name, head, captured.media_type, body)
        return Placed(
            _uri(captured.url),
            captured.captured_at,
            None,
            captured.media_type,
            digest,
            offset,
            self.offset - offset,
            is_revisit=False,
        )

    def _request(self, name: str, exchange: Exchange, at: datetime, placed: Placed | None) -> None:
        if exchange.request_headers is None or exchange.method is None:
            return
        head = {"WARC-Type": "request", "WARC-Date": instant(at)}
        head["WARC-Target-URI"] = _uri(exchange.url)
        if placed is not None:
            head["WARC-Concurrent-To"] = self._id(name)
        parts = split_address(exchange.url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        first = f"{exchange.method} {_line(path)} HTTP/1.1"
        block = _http_head(first, exchange.request_headers)
        self._write(f"{name}/request", head, "application/http; msgtype=request", block)

    def _metadata(self, captured: Captured, *, is_placed: bool) -> None:
        head = {
            "WARC-Type": "metadata",
            "WARC-Date": instant(captured.captured_at),
            # Not the page's own address: pywb would show what is said of a page in its place.
            "WARC-Target-URI": self._id(captured.name).strip("<>"),
        }
        if is_placed:
            head["WARC-Refers-To"] = self._id(captured.name)
        says: dict[str, Json] = {
            **captured.about,
            "capture_record": captured.record.document,
            "capture_sha256": captured.record.sha256,
            "stored_body": _said_of_body(captured),
        }
        self._write(f"{captured.name}/metadata", head, RECORD_TYPE, canonical_json(says))

    def _id(self, name: str) -> str:
        return f"<urn:uuid:{uuid5(self._namespace, name)}>"

    def _write(self, name: str, head: Mapping[str, str], content_type: str, block: bytes) -> None:
        lines = {
            "WARC-Record-ID": self._id(name),
            **head,
            "WARC-Block-Digest": f"sha256:{hashlib.sha256(block).hexdigest()}",
            "Content-Type": _line(content_type),
            "Content-Length": str(len(block)),
        }
        text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS + 16)
        for part in (b"WARC/1.1\r\n", text.encode(), _END, block, _END + _END):
            self._put(packer.compress(part))
        self._put(packer.flush())

    def _put(self, data: bytes) -> None:
        if data:
            self._stream.write(data)
            self.offset += len(data)


def _said_of_body(captured: Captured) -> str:
    if captured.original is not None:
        return "the same bytes as an earlier capture brought, which are not written again"
    return BODY_NOTE if captured.body is not None else "the body was not kept"


def _is_answered(exchange: Exchange) -> bool:
    """Tell whether the head of an answer is known whole, so that it can be written as one."""
    return None not in (exchange.status, exchange.protocol, exchange.headers)


def _head(kind: str, exchange: Exchange, at: datetime) -> dict[str, str]:
    head = {
        "WARC-Type": kind,
        "WARC-Date": instant(at),
        "WARC-Target-URI": _uri(exchange.url),
    }
    if exchange.remote_address:
        head["WARC-IP-Address"] = _line(exchange.remote_address)
    return head


def _answer_head(exchange: Exchange, length: int | None) -> bytes:
    """Return the head of an answer as it goes with its body as stored, of so many bytes."""
    first = f"{exchange.protocol} {exchange.status} {_line(exchange.reason or '')}".rstrip()
    headers = [
        (f"{_ORIGINAL}{name}" if name.lower() in _OF_PACKING else name, value)
        for name, value in exchange.headers or ()
    ]
    stored = [] if length is None else [("Content-Length", str(length))]
    return _http_head(first, [*headers, *stored])


def _http_head(first: str, headers: Headers | Iterable[tuple[str, str]]) -> bytes:
    """Return the head of a message; what would break out of a line is folded into it."""
    lines = [first, *(f"{name}: {_line(value)}" for name, value in headers if _is_token(name))]
    return b"".join(_bytes(line) + _END for line in lines) + _END


def _is_token(name: str) -> bool:
    return _TOKEN.fullmatch(name) is not None


def _line(text: str) -> str:
    return _BREAKS.sub(" ", text)


def _bytes(line: str) -> bytes:
    """Return the bytes of a header, which were read as Latin-1."""
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode("utf-8", "replace")


def _uri(url: str) -> str:
    """Return an address without what would end its line."""
    return re.sub(r"[\x00-\x20\x7f]+", lambda found: "%20" * len(found.group()), url)
