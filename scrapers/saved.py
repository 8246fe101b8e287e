"""Read pages that somebody saved: .html, .txt or .json files, also gzipped, WARC files, folders.

Which of them are pages is said by their media types: those of the source they are read for.
One page is in memory at a time. Whatever cannot be read becomes a SavedFault that names the file
and says why; nothing is skipped in silence but files of other types inside a folder.
"""

from __future__ import annotations

import gzip
import os
import stat
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataException
from warcio.recordloader import ArcWarcRecord

LARGEST_PAGE = 50 * 1024 * 1024
"""Bytes of a page after decompression; real ones have 0.6 MB at most."""

WEB_TYPES = ("text/html", "application/xhtml+xml")
_TEXT = ".txt"
_WARC = ".warc"
_NAMED = {"text/html": (".html", ".htm", _TEXT), "application/json": (".json",)}
_MAGIC = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b")
_SNIFFED = 8192
_CHUNK = 64 * 1024
_BROKEN_GZIP = (gzip.BadGzipFile, EOFError, zlib.error)
_BROKEN_BODY = (zlib.error, ChunkedDataException)


@dataclass(frozen=True)
class SavedPage:
    """A saved page as it was sent.

    ``file`` is the path as given, or folder/relative path. ``url`` is known of WARC records alone,
    as are ``retrieved_at``, ``status`` and ``headers`` (names in lower case); ``offset`` is where
    the record starts. ``media_type`` is what the page is of, by its name or its record.
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


@dataclass(frozen=True)
class SavedFault:
    """A file, or a record of one, that cannot be read, and why."""

    file: str
    reason: str


class _Unreadable(Exception):
    """Why a file cannot be read, in words for the operator."""


def read_saved(
    paths: Iterable[Path], media_types: Sequence[str] = WEB_TYPES
) -> Iterator[SavedPage | SavedFault]:
    """Yield the pages of files and folders, folders recursively and in sorted order.

    ``media_types`` are those that a page may be of; files of other types are none.
    """
    reader = _Reader(tuple(media_types))
    for path in paths:
        yield from reader.read_folder(path) if path.is_dir() else reader.read_named(path)


def reread(page_file: str, offset: int = 0) -> bytes:
    """Return the body of a page read before; raises OSError or ValueError if it is gone."""
    path = Path(page_file)
    try:
        if _kind(path, (_WARC,)) != _WARC:
            return _contents(path)
        with path.open("rb") as stream:
            stream.seek(offset)
            if record := _next_record(ArchiveIterator(stream)):
                return _record_body(record)
    except (_Unreadable, *_BROKEN_BODY) as error:
        raise ValueError(f"{page_file}: {error}") from None
    raise ValueError(f"{page_file}: the file is shorter than it was")


@dataclass(frozen=True)
class _Reader:
    """Reads the files of some media types."""

    media_types: tuple[str, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The ends of the names of files that may hold pages."""
        return (*(end for each in self.media_types for end in _NAMED.get(each, ())), _WARC)

    @property
    def named(self) -> str:
        """The kinds of files that may hold pages, for messages."""
        return f"{', '.join(end for end in self.kinds if end != '.htm')}, each also .gz"

    def read_named(self, path: Path) -> Iterator[SavedPage | SavedFault]:
        """Yield the pages of a file that the operator named."""
        if self._kind(path):
            yield from self._read_file(path)
        elif path.exists():
            yield SavedFault(str(path), f"not a saved page ({self.named})")
        else:
            yield SavedFault(str(path), "there is no such file or folder")

    def read_folder(self, folder: Path) -> Iterator[SavedPage | SavedFault]:
        """Yield the pages of a folder; files of other types are passed over."""
        is_empty = True
        for found in self._walk(folder, folder.resolve()):
            is_empty = False
            yield from [found] if isinstance(found, SavedFault) else self._read_file(found)
        if is_empty:
            yield SavedFault(str(folder), f"no saved pages ({self.named}) in this folder")

    def _walk(self, folder: Path, root: Path) -> Iterator[Path | SavedFault]:
        """Yield the page files below a folder; links lead to files inside ``root`` alone."""
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            yield SavedFault(str(folder), f"cannot be opened: {error.strerror}")
            return
        for entry in entries:
            path = folder / entry.name
            if entry.is_symlink() and not path.resolve().is_relative_to(root):
                if self._kind(path) or path.is_dir():
                    yield SavedFault(str(path), "a link that leads out of the folder: not followed")
            elif entry.is_dir(follow_symlinks=False):
                yield from self._walk(path, root)
            elif self._kind(path) and not path.is_dir():
                yield path

    def _kind(self, path: Path) -> str:
        return _kind(path, self.kinds)

    def _read_file(self, path: Path) -> Iterator[SavedPage | SavedFault]:
        kind = self._kind(path)
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                raise _Unreadable("not a regular file")
            if kind == _WARC:
                yield from _read_warc(path, self.media_types)
            else:
                media_type = next(each for each, ends in _NAMED.items() if kind in ends)
                yield SavedPage(str(path), _contents(path), media_type, is_text=kind == _TEXT)
        except _Unreadable as error:
            yield SavedFault(str(path), str(error))
        except OSError as error:
            yield SavedFault(str(path), f"cannot be read: {error.strerror or error}")


def _kind(path: Path, kinds: Sequence[str]) -> str:
    """Return what a file holds by its name, without ``.gz``; ``""`` for no kind of page."""
    name = path.name.lower().removesuffix(".gz")
    return next((kind for kind in kinds if name.endswith(kind)), "")


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


def _read_warc(path: Path, media_types: Sequence[str]) -> Iterator[SavedPage | SavedFault]:
    """Yield the pages that a WARC holds: its responses with status 200 and one of the types."""
    is_empty = True
    with path.open("rb") as stream:
        records = ArchiveIterator(stream)
        while (record := _next_record(records)) is not None:
            if _media_type(record) in media_types:
                is_empty = False
                yield _record(str(path), record, records)
    _check_packing(path)
    if is_empty:
        what = "web page" if WEB_TYPES[0] in media_types else " or ".join(media_types)
        raise _Unreadable(f"this WARC file holds no {what} with status 200")


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


def _media_type(record: ArcWarcRecord) -> str:
    """Return the media type of a record's page; ``""`` unless it is a page with status 200."""
    if record.rec_type != "response" or record.http_headers is None:
        return ""
    content_type = (record.http_headers.get_header("content-type") or "").partition(";")[0]
    is_page = record.http_headers.get_statuscode() == "200"
    return content_type.strip().lower() if is_page else ""


def _record(file: str, record: ArcWarcRecord, records: ArchiveIterator) -> SavedPage | SavedFault:
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    try:
        body = _record_body(record)
    except (_Unreadable, *_BROKEN_BODY) as error:
        return SavedFault(file, f"{url}: {error}")
    return SavedPage(
        file,
        body,
        _media_type(record),
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
    """Return a WARC-Date (ISO 8601, always UTC), None if it cannot be read."""
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
