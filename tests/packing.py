"""Saved pages and WARC files, gzipped without a time: a test has the same name in every worker."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from functools import partial
from pathlib import Path

packed = partial(gzip.compress, mtime=0)

PAGE = b"<html><p>Fog over the harbour.</p></html>"
URL = "https://www.state.gov/reports/2021-country-reports-on-human-rights-practices/iceland/"


def record(
    url: str = URL,
    body: bytes = PAGE,
    status: str = "200 OK",
    kind: str = "response",
    content_type: str = "text/html; charset=UTF-8",
    extra: str = "",
) -> bytes:
    """A WARC 1.1 record as archives write it."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nX-Test: Yes\r\n{extra}\r\n"
    block = head.encode() + body
    fields = (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\n"
        "WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000001>\r\n"
        "WARC-Date: 2021-04-12T13:14:15Z\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return fields.encode() + block + b"\r\n\r\n"


def write_warc(path: Path, records: Iterable[bytes]) -> Path:
    is_packed = path.name.endswith(".gz")
    path.write_bytes(b"".join(packed(each) if is_packed else each for each in records))
    return path
