"""Read the pages of WARC files, and of WACZ files, which are ZIP archives of WARC files.

A page is a ``response`` with status 200, a ``resource``, which converters write, or a ``revisit``
of a page before it in the file. Nothing of a WACZ is written to disk: its members are read in
place, by their own names.
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import (
    ChunkedDataException,
    ChunkedDataReader,
    DecompressingBufferedReader,
)
from warcio.recordloader import ArcWarcRecord

from reports.text.plain import fully_visible, one_line
from scrapers.encodings import BadBody, unpacked
from scrapers.saved.page import (
    BROKEN_GZIP,
    LARGEST_PAGE,
    BadFile,
    SavedFault,
    SavedPage,
    checked,
    checked_address,
    page_kind,
)
from scrapers.saved.warc_captures import CaptureGatherer

WARC, WACZ = ".warc", ".wacz"
_GZ = ".gz"
_MOST_MEMBERS = 1000
"""WARC files of one WACZ; recorders write one for each gigabyte or each browser."""
LARGEST_WACZ = 20 * 1024**3
"""Bytes of the WARC files of one WACZ, as they stand in it."""
_CHUNK = 64 * 1024
LONGEST_LINE = 64 * 1024
"""Bytes of one line of a header. The longest that recorders write are addresses and cookies."""
LARGEST_HEADER = 1024 * 1024
"""Bytes of one record's headers, with the empty lines before them."""
_MOST_REMEMBERED = 200_000
"""Names of pages of one file to which a revisit may refer: two a page, 200 bytes each."""
_LONGEST_ID = 200
_SAME_PAYLOAD = "/revisit/identical-payload-digest"
_BEGINNINGS = (b"<", b"{")
"""How a web page or data begins that is not packed."""
_BROKEN_BODY = (ChunkedDataException, BadBody)
_BROKEN_ZIP = (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error)


def read_warc(path: Path, media_types: tuple[str, ...]) -> Iterator[SavedPage | SavedFault]:
    """Yield the pages of a WARC file; raises BadFile, and OSError."""
    with path.open("rb") as stream:
        yield from _pages(str(path), stream, media_types)
    _check_packing(path.name, path.open("rb"))


def read_wacz(path: Path, media_types: tuple[str, ...]) -> Iterator[SavedPage | SavedFault]:
    """Yield the pages of the WARC files in a WACZ; raises BadFile, and OSError."""
    try:
        with zipfile.ZipFile(path) as archive:
            for member in _members(archive):
                name = f"{path}/{member.filename}"
                try:
                    with archive.open(member) as stream:
                        yield from _pages(name, stream, media_types)
                    _check_packing(name, archive.open(member))
                except BadFile as error:
                    yield SavedFault(name, str(error))
    except _BROKEN_ZIP as error:
        raise BadFile(f"broken WACZ file: {_printable(error)}") from None


def reread_record(path: Path, offset: int) -> bytes:
    """Return the body of a page read before; raises BadFile, and OSError."""
    with _opened(path) as stream:
        stream.seek(offset)
        record = _next_record(_iterator(stream))
        if record is None:
            raise BadFile("the file is shorter than it was")
        return _record_body(record)


def wacz_of(path: Path) -> Path | None:
    """Return the WACZ in which a file that was read stands, None if it stands in a folder."""
    return next((each for each in path.parents if each.name.lower().endswith(WACZ)), None)


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a WARC file, one inside a WACZ too."""
    if (outer := wacz_of(path)) is None:
        with path.open("rb") as stream:
            yield stream
        return
    try:
        with (
            zipfile.ZipFile(outer) as archive,
            archive.open(path.relative_to(outer).as_posix()) as stream,
        ):
            yield stream
    except (KeyError, *_BROKEN_ZIP) as error:
        raise BadFile(f"broken WACZ file: {_printable(error)}") from None


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the WARC files of a WACZ by name; raises BadFile if there are none or too many."""
    found = [each for each in archive.infolist() if _is_warc(each.filename)]
    if not found:
        raise BadFile("this WACZ file holds no WARC file")
    if len(found) > _MOST_MEMBERS:
        raise BadFile(f"this WACZ file holds more than {_MOST_MEMBERS:,} WARC files")
    if sum(each.file_size for each in found) > LARGEST_WACZ:
        limit = LARGEST_WACZ // 1024**3
        raise BadFile(f"larger than {limit} GiB when unpacked: unzip it, and import its folder")
    return sorted(found, key=lambda each: each.filename)


def _is_warc(name: str) -> bool:
    """Tell whether a member is a WARC file with a plain path: it is a name and leads nowhere."""
    is_plain = name.isprintable() and ".." not in name.split("/") and not name.startswith("/")
    return is_plain and name.lower().removesuffix(_GZ).endswith(WARC)


def _pages(
    name: str, stream: IO[bytes], media_types: tuple[str, ...]
) -> Iterator[SavedPage | SavedFault]:
    """Yield the pages of an open WARC file; raises BadFile if it holds none."""
    is_empty = True
    gatherer, bodies = CaptureGatherer(), _Bodies(name)
    records = _iterator(stream)
    while (record := _next_record(records)) is not None:
        if _media_type(record) in media_types:
            is_empty = False
            page = _record(name, record, records)
        elif record.rec_type == "revisit" and bodies.has(record):
            page = _record(name, record, records, bodies)
        else:
            gatherer.take_other(record)
            continue
        if isinstance(page, SavedPage):
            bodies.remember(record, page)
            yield from gatherer.take_page(page, record)
        else:
            yield from gatherer.release()
            yield page
    yield from gatherer.release()
    if is_empty:
        raise BadFile(f"this WARC file holds no {page_kind(media_types)} with status 200")


class _Bodies:
    """Where in a file the pages stand to which later records may refer: revisits have no bytes."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._pages: OrderedDict[str, tuple[int, str]] = OrderedDict()

    def remember(self, record: ArcWarcRecord, page: SavedPage) -> None:
        """Note where a page stands, by the number of its record and by its digest."""
        if record.rec_type == "revisit":
            return
        for name in ("WARC-Record-ID", "WARC-Payload-Digest"):
            if said := record.rec_headers.get_header(name):
                self._pages[said[:_LONGEST_ID]] = (page.offset, page.media_type)
        while len(self._pages) > _MOST_REMEMBERED:
            self._pages.popitem(last=False)

    def has(self, record: ArcWarcRecord) -> bool:
        """Tell whether the page that a revisit refers to is known to stand in the file."""
        return self._of(record) is not None

    def get(self, record: ArcWarcRecord) -> tuple[bytes, str, int]:
        """Return the page that a revisit refers to: bytes, media type, where its record starts."""
        found = self._of(record)
        assert found is not None
        return reread_record(Path(self._file), found[0]), found[1], found[0]

    def _of(self, record: ArcWarcRecord) -> tuple[int, str] | None:
        profile = record.rec_headers.get_header("WARC-Profile") or ""
        if not profile.endswith(_SAME_PAYLOAD):
            return None
        names = ("WARC-Refers-To", "WARC-Payload-Digest")
        said = (record.rec_headers.get_header(name) or "" for name in names)
        return next((self._pages[each] for each in said if each in self._pages), None)


def _check_packing(name: str, stream: IO[bytes]) -> None:
    """Raise BadFile for a gzipped WARC that breaks off: warcio takes that for its end."""
    try:
        with stream, gzip.open(stream) as opened:
            while name.lower().endswith(_GZ) and opened.read(_CHUNK):
                pass
    except BROKEN_GZIP as error:
        raise BadFile(f"broken gzip file: {error}") from None


def _iterator(stream: IO[bytes]) -> ArchiveIterator:
    """Return warcio's reader of records, with a bound on what it reads by lines."""
    records = ArchiveIterator(stream)
    records.reader = _BoundedReader(records.fh, block_size=_CHUNK)
    return records


class _BoundedReader(DecompressingBufferedReader):  # type: ignore[misc] # warcio has no types
    """Reads the lines of headers: warcio puts a long line together at the square of its length."""

    in_header = 0

    def readline(self, length: int | None = None) -> bytes:
        """Return a line; raises BadFile if it, or all those of one header, are too long."""
        most = min(length or LONGEST_LINE + 1, LONGEST_LINE + 1)
        line = bytearray()
        while len(line) < most and not line.endswith(b"\n"):
            self._fillbuff()
            if self.empty():
                break
            line += self.buff.readline(most - len(line))
        self.in_header += len(line)
        if len(line) > LONGEST_LINE:
            raise BadFile(f"a header has a line of more than {LONGEST_LINE // 1024} KB")
        if self.in_header > LARGEST_HEADER:
            raise BadFile(f"a header has more than {LARGEST_HEADER // 1024} KB")
        return bytes(line)


def _next_record(records: ArchiveIterator) -> ArcWarcRecord | None:
    try:
        records.reader.in_header = 0
        return next(records, None)
    except (OSError, BadFile):
        raise
    except Exception as error:  # warcio fails on a broken header with whatever it stumbles over
        raise BadFile(_reason(error)) from None


def _reason(error: Exception) -> str:
    """Return what warcio says of a broken file, which may quote any of its bytes."""
    if "non-chunked" in str(error):
        return "broken WARC file: its records are gzipped as one; gunzip it and try again"
    return f"broken WARC file: {_printable(error)}"


def _printable(error: Exception) -> str:
    return "".join(c for c in str(error)[:100] if c.isprintable())


def _media_type(record: ArcWarcRecord) -> str:
    """Return the media type of a record's page; ``""`` unless it is a page, if with status 200."""
    if record.rec_type == "resource":
        content_type = record.rec_headers.get_header("Content-Type") or ""
    elif record.rec_type == "response" and record.http_headers is not None:
        is_page = record.http_headers.get_statuscode() == "200"
        content_type = record.http_headers.get_header("content-type") or "" if is_page else ""
    else:
        return ""
    return content_type.partition(";")[0].strip().lower()


def _record(
    file: str, record: ArcWarcRecord, records: ArchiveIterator, bodies: _Bodies | None = None
) -> SavedPage | SavedFault:
    """Return the page of a record; that of a revisit stands before it, among ``bodies``."""
    url = (record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    try:
        checked_address(url)
        if bodies is None:
            body, media_type = _record_body(record), _media_type(record)
            offset = records.get_record_offset()  # reads to the record's end: after its body
        else:
            body, media_type, offset = bodies.get(record)
    except (BadFile, *_BROKEN_BODY) as error:
        return SavedFault(file, f"{fully_visible(one_line(url, 200))}: {error}")
    headers = record.http_headers.headers if record.http_headers else ()
    return SavedPage(
        file,
        body,
        media_type,
        url=url,
        retrieved_at=_utc(record.rec_headers.get_header("WARC-Date") or ""),
        headers={name.lower(): value for name, value in headers},
        offset=offset,
    )


def _record_body(record: ArcWarcRecord) -> bytes:
    """Return a record's page, unpacked.

    Some recorders unpack a body and leave the header that says how it was packed: what is a page
    as it stands is taken so.
    """
    headers = record.http_headers
    stream = record.raw_stream
    if headers and (headers.get_header("transfer-encoding") or "").lower() == "chunked":
        stream = ChunkedDataReader(stream)
    body = bytearray()
    while len(body) <= LARGEST_PAGE and (chunk := stream.read(_CHUNK)):
        body += chunk
    if record.raw_stream.limit > 0 and len(body) <= LARGEST_PAGE:
        raise BadFile("the record stops before its end")
    coding = (headers.get_header("content-encoding") or "") if headers else ""
    try:
        return checked(unpacked(bytes(body), coding, LARGEST_PAGE))
    except BadBody:
        if body.lstrip()[:1] not in _BEGINNINGS:
            raise
        return checked(bytes(body))


def _utc(date: str) -> datetime | None:
    """Return a WARC-Date (ISO 8601, always UTC), None if it cannot be read."""
    try:
        moment = datetime.fromisoformat(date)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
