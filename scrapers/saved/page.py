"""What somebody saved: a page, or the reason why a file or a record of one cannot be read."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reports.model.captured import CaptureRecord
from scrapers.encodings import as_utf8

LARGEST_PAGE = 50 * 1024 * 1024
"""Bytes of a page after decompression; real ones have 0.6 MB at most."""

BROKEN_GZIP = (gzip.BadGzipFile, EOFError, zlib.error)
"""What reading a gzip file raises that is no whole one."""

WEB_TYPES = ("text/html", "application/xhtml+xml")
_MAGIC = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b")
_SNIFFED = 8192


@dataclass(frozen=True)
class SavedPage:
    """A saved page as it was sent, UTF-16 as UTF-8.

    ``file`` is the path as given, or folder/relative path; a file inside a WACZ has its name
    behind that of the WACZ. ``url`` is known of WARC records and MHTML files alone, as is
    ``retrieved_at``; ``status`` and ``headers`` (names in lower case) of WARC responses; ``offset``
    is where the record starts, and ``record`` what a WARC says of the capture. ``media_type`` is
    what the page is of, by its name or its record.
    """

    file: str
    body: bytes
    media_type: str = "text/html"
    is_text: bool = False
    url: str = ""
    retrieved_at: datetime | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    offset: int = 0
    record: CaptureRecord | None = None


@dataclass(frozen=True)
class SavedFault:
    """A file, or a record of one, that cannot be read, and why."""

    file: str
    reason: str


class BadFile(Exception):
    """Why a file cannot be read, in words for the operator."""


def checked(body: bytes) -> bytes:
    """Return the bytes of a page, UTF-16 as UTF-8; raises BadFile for what is none."""
    if len(body) > LARGEST_PAGE:
        raise BadFile(f"larger than {LARGEST_PAGE // 1024**2} MiB when unpacked")
    if not body.strip():
        raise BadFile("the file is empty")
    body = as_utf8(body)
    if body.startswith(_MAGIC) or b"\x00" in body[:_SNIFFED]:
        raise BadFile("a binary file, not a page")
    return body


def checked_address(url: str) -> str:
    """Return the address that a file gives a page; raises BadFile for what is none."""
    if not url.isprintable() or " " in url:
        raise BadFile("its address has characters that no address has")
    return url


def page_kind(media_types: tuple[str, ...]) -> str:
    """Name what a page of some media types is, for messages."""
    return "web page" if WEB_TYPES[0] in media_types else " or ".join(media_types)
