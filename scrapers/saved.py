"""Read pages that somebody saved: .html and .txt files, plain or gzipped, WARC files, folders.

One page is in memory at a time. Whatever cannot be read becomes a SavedFault that names the file
and says why; nothing is skipped in silence but files of other types inside a folder.
"""

from __future__ import annotations

import gzip
import os
import stat
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataException
from warcio.recordloader import ArcWarcRecord

LARGEST_PAGE = 50 * 1024 * 1024
"""Bytes of a page after decompression; real ones have 0.6 MB at most."""

_HTML = (".html", ".htm")
_TEXT = (".txt",)
_WARC = (".warc",)
_KINDS = _HTML + _TEXT + _WARC
_KINDS_TOLD = ".html, .txt, .warc, each also .gz"
_MAGIC = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b")
_SNIFFED = 8192
_CHUNK = 64 * 1024
_BROKEN_GZIP = (gzip.BadGzipFile, EOFError, zlib.error)
_BROKEN_BODY = (zlib.error, ChunkedDataException)
_HTML_TYPES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class SavedPage:
    """A saved page as it was sent.

    ``file`` is the path as given, or folder/relative path. ``url`` is known of WARC records alone,
    as are ``retrieved_at``, ``status`` and ``headers`` (names in lower case); ``offset`` is where
    the record starts.
    """

    file: str
    body: bytes
    is_text: bool = False
    url: str = ""
    retrieved_at: datetime | None = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    offset: int = 0


@dataclass(frozen=True)
class SavedFault:
    """A file, or a record of one, that cannot be read, and why."""

    file: str
    reason: str


class _Unreadable(Exception):
    """Why a file cannot be read, in words for the operator."""


def read_saved(paths: Iterable[Path]) -> Iterator[SavedPage | SavedFault]:
    """Yield the pages of files and folders, folders recursively and in sorted order."""
    for path in paths:
        yield from _read_folder(path) if path.is_dir() else _read_named(path)


def reread(page_file: str, offset: int = 0) -> bytes:
    """Return the body of a page read before; raises OSError or ValueError where it is gone."""
    path = Path(page_file)
    try:
        if _kind(path) not in _WARC:
            return _contents(path)
        with path.open("rb") as stream:
            stream.seek(offset)
            if record := _next_record(ArchiveIterator(stream)):
                return _record_body(record)
    except (_Unreadable, *_BROKEN_BODY) as error:
        raise ValueError(f"{page_file}: {error}") from None
    raise ValueError(f"{page_file}: the file is shorter than it was")


def _read_named(path: Path) -> Iterator[SavedPage | SavedFault]:
    if _kind(path):
        yield from _read_file(path)
    elif path.exists():
        yield SavedFault(str(path), f"not a saved page ({_KINDS_TOLD})")
    else:
        yield SavedFault(str(path), "there is no such file or folder")


def _read_folder(folder: Path) -> Iterator[SavedPage | SavedFault]:
    is_empty = True
    for found in _walk(folder, folder.resolve()):
        is_empty = False
        yield from [found] if isinstance(found, SavedFault) else _read_file(found)
    if is_empty:
        yield SavedFault(str(folder), f"no saved pages ({_KINDS_TOLD}) in this folder")


def _walk(folder: Path, root: Path) -> Iterator[Path | SavedFault]:
    """Yield the page files below a folder; links are followed to files inside ``root`` alone."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield SavedFault(str(folder), f"cannot be opened: {error.strerror}")
        return
    for entry in entries:
        path = folder / entry.name
        if entry.is_symlink() and not path.resolve().is_relative_to(root):
            if _kind(path) or path.is_dir():
                yield SavedFault(str(path), "a link that leads out of the folder: not followed")
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(path, root)
        elif _kind(path) and not path.is_dir():
            yield path


def _kind(path: Path) -> str:
    """Return what a file holds by its name, without ``.gz``; ``""`` for no kind of page."""
    name = path.name.lower().removesuffix(".gz")
    return next((kind for kind in _KINDS if name.endswith(kind)), "")


def _read_file(path: Path) -> Iterator[SavedPage | SavedFault]:
    kind = _kind(path)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _Unreadable("not a regular file")
        if kind in _WARC:
            yield from _read_warc(path)
        else:
            yield SavedPage(str(path), _contents(path), is_text=kind in _TEXT)
    except _Unreadable as error:
        yield SavedFault(str(path), str(error))
    except OSError as error:
        yield SavedFault(str(path), f"cannot be read: {error.strerror or error}")


def _contents(path: Path) -> bytes:
    """Return a file's bytes, decompressed; raises _Unreadable, or OSError."""
    is_packed = path.name.lower().endswith(".gz")
    try:
        with gzip.open(path) if is_packed else path.open("rb") as stream:
            body = stream.read(LARGEST_PAGE + 1)
    except _BROKEN_GZIP as error:
        raise _Unreadable(f"broken gzip file: {error}") from None
    return _checked(body)


def _check_packing(path: Path) -> None:
    """Raise _Unreadable for a gzipped WARC that breaks off: warcio takes that for its end."""
    if path.name.lower().endswith(".gz"):
        try:
            with gzip.open(path) as stream:
                while stream.read(_CHUNK):
                    pass
        except _BROKEN_GZIP as error:
            raise _Unreadable(f"broken gzip file: {error}") from None


def _checked(body: bytes) -> bytes:
    if len(body) > LARGEST_PAGE:
        raise _Unreadable(f"larger than {LARGEST_PAGE // 1024**2} MiB when unpacked")
    if not body.strip():
        raise _Unreadable("the file is empty")
    if body.startswith(_MAGIC) or b"\x00" in body[:_SNIFFED]:
        raise _Unreadable("a binary file, not a page")
    return body


def _read_warc(path: Path) -> Iterator[SavedPage | SavedFault]:
    """Yield the web pages that a WARC holds: its responses with status 200 and HTML."""
    is_empty = True
    with path.open("rb") as stream:
        records = ArchiveIterator(stream)
        while (record := _next_record(records)) is not None:
            if _is_page(record):
                is_empty = False
                yield _record(str(path), record, records)
    _check_packing(path)
    if is_empty:
        raise _Unreadable("this WARC file holds no web page with status 200")


def _next_record(records: ArchiveIterator) -> ArcWarcRecord | None:
    try:
        return next(records, None)
    except OSError:
        raise
    except Exception as error:  # warcio fails on a broken header with whatever it stumbles over
        raise _Unreadable(_told(error)) from None


def _told(error: Exception) -> str:
    """Return what warcio says of a broken file, which may quote any of its bytes."""
    if "non-chunked" in str(error):
        return "broken WARC file: its records are gzipped as one; gunzip it and try again"
    said = "".join(c for c in str(error)[:100] if c.isprintable())
    return f"broken WARC file: {said}"


def _is_page(record: ArcWarcRecord) -> bool:
    if record.rec_type != "response" or record.http_headers is None:
        return False
    content_type = (record.http_headers.get_header("content-type") or "").partition(";")[0]
    is_html = content_type.strip().lower() in _HTML_TYPES
    return is_html and record.http_headers.get_statuscode() == "200"


def _record(file: str, record: ArcWarcRecord, records: ArchiveIterator) -> SavedPage | SavedFault:
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    try:
        body = _record_body(record)
    except (_Unreadable, *_BROKEN_BODY) as error:
        return SavedFault(file, f"{url}: {error}")
    return SavedPage(
        file,
        body,
        url=url,
        retrieved_at=_utc(record.rec_headers.get_header("WARC-Date") or ""),
        headers={name.lower(): value for name, value in record.http_headers.headers},
        offset=records.get_record_offset(),  # reads to the record's end: after its body
    )


def _record_body(record: ArcWarcRecord) -> bytes:
    stream = record.content_stream()
    body = bytearray()
    while len(body) <= LARGEST_PAGE and (chunk := stream.read(_CHUNK)):
        body += chunk
    if record.raw_stream.limit > 0 and len(body) <= LARGEST_PAGE:
        raise _Unreadable("the record stops before its end")
    return _checked(bytes(body))


def _utc(date: str) -> datetime | None:
    """Return a WARC-Date (ISO 8601, always UTC), None where it cannot be read."""
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
