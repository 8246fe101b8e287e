"""What is read of WARC files and of the WACZ files that hold some."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
import zstandard
from packing import PAGE, URL, packed, record, write_warc

from scrapers.saved import page, warc
from scrapers.saved.files import read_saved, reread
from scrapers.saved.page import SavedFault, SavedPage

OTHER = URL.replace("iceland", "norway")
BOMB = b"a" * (1024**2 + 1)


def read(path: Path) -> list[SavedPage]:
    found = list(read_saved([path]))
    assert all(isinstance(each, SavedPage) for each in found), found
    return [each for each in found if isinstance(each, SavedPage)]


def fault(path: Path) -> SavedFault:
    [found] = read_saved([path])
    assert isinstance(found, SavedFault)
    return found


@pytest.mark.parametrize(
    ("body", "extra"),
    [
        (packed(BOMB), "Content-Encoding: gzip\r\n"),
        (brotli.compress(BOMB), "Content-Encoding: br\r\n"),
        (zstandard.compress(BOMB), "Content-Encoding: zstd\r\n"),
    ],
)
def test_bomb_in_a_warc_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: bytes, extra: str
) -> None:
    for module in (page, warc):
        monkeypatch.setattr(module, "LARGEST_PAGE", 1024**2)
    path = write_warc(tmp_path / "a.warc", [record(body=body, extra=extra)])
    assert "decompresses to more than the 1048576 bytes" in fault(path).reason


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_warc_yields_its_web_pages_with_all_that_is_known(tmp_path: Path, name: str) -> None:
    path = write_warc(
        tmp_path / name,
        [
            record(kind="request"),
            record(),
            record(status="404 Not Found"),
            record(status="301 Moved"),
            record(content_type="application/pdf"),
            record(OTHER, b"<html>" + PAGE * 5_000, content_type="TEXT/HTML"),
        ],
    )
    first, second = read(path)
    assert (first.file, first.url, first.body, first.is_text) == (str(path), URL, PAGE, False)
    assert first.retrieved_at == datetime(2021, 4, 12, 13, 14, 15, tzinfo=UTC)
    assert first.status == 200
    assert first.headers["x-test"] == "Yes"
    assert (second.url, len(second.body)) == (OTHER, 6 + len(PAGE) * 5_000)
    assert reread(first.file, first.offset) == first.body
    assert reread(second.file, second.offset) == second.body


@pytest.mark.parametrize(
    ("body", "extra"),
    [
        (packed(PAGE), "Content-Encoding: gzip\r\n"),
        (brotli.compress(PAGE), "Content-Encoding: br\r\n"),
        (zstandard.compress(PAGE), "Content-Encoding: zstd\r\n"),
        (PAGE, "Content-Encoding: br\r\n"),  # unpacked by the recorder, which left the header
        (b"2a\r\n\n" + PAGE + b"\r\n0\r\n\r\n", "Transfer-Encoding: Chunked\r\n"),
        (b"29\r\n" + PAGE + b"\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n"),
    ],
)
def test_transfer_of_a_record_is_undone(tmp_path: Path, body: bytes, extra: str) -> None:
    path = write_warc(tmp_path / "a.warc", [record(body=body, extra=extra)])
    assert read(path)[0].body.strip() == PAGE
    assert reread(str(path)).strip() == PAGE


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_warc_that_breaks_off_says_so_after_its_whole_read(tmp_path: Path, name: str) -> None:
    path = write_warc(tmp_path / name, [record(), record(body=PAGE * 200)])
    path.write_bytes(path.read_bytes()[:-100])
    first, *rest = read_saved([path])
    assert isinstance(first, SavedPage)
    assert rest
    assert all(isinstance(each, SavedFault) for each in rest)


def test_warc_packed_as_one_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.warc.gz"
    path.write_bytes(packed(record() + record()))
    assert "gunzip it" in str(list(read_saved([path]))[-1])


@pytest.mark.parametrize("date", ["", "yesterday", "2021-99-99T00:00:00Z"])
def test_unreadable_date_of_a_record_is_none(tmp_path: Path, date: str) -> None:
    raw = record().replace(b"2021-04-12T13:14:15Z", date.encode())
    assert read(write_warc(tmp_path / "a.warc", [raw]))[0].retrieved_at is None


def resource(url: str = URL, body: bytes = PAGE, content_type: str = "text/html") -> bytes:
    """A record that is the page itself, as converters write it."""
    fields = (
        f"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: {url}\r\n"
        "WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000002>\r\n"
        "WARC-Date: 2021-04-12T13:14:15Z\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return fields.encode() + body + b"\r\n\r\n"


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_resource_records_are_pages_if_they_are_web_pages(tmp_path: Path, name: str) -> None:
    records = [
        resource("dns:www.state.gov", b"192.0.2.1", "text/dns"),
        resource(content_type="text/html; charset=utf-8"),
        resource(OTHER, b"%PDF-1.7", "application/pdf"),
    ]
    [found] = read(write_warc(tmp_path / name, records))
    assert (found.url, found.body, found.headers) == (URL, PAGE, {})
    assert found.retrieved_at == datetime(2021, 4, 12, 13, 14, 15, tzinfo=UTC)
    assert reread(found.file, found.offset) == PAGE


def test_encoding_that_is_not_read_is_named(tmp_path: Path) -> None:
    raw = record(body=b"\x01\x02", extra="Content-Encoding: compress\r\n")
    assert "the encoding 'compress'" in fault(write_warc(tmp_path / "a.warc", [raw])).reason


def wacz(path: Path, members: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return path


def test_wacz_yields_the_pages_of_its_warc_files(tmp_path: Path) -> None:
    members = {
        "datapackage.json": b"{}",
        "archive/b.warc.gz": packed(record(OTHER)),
        "archive/a.warc": record() + record(OTHER, PAGE * 2),
        "pages/pages.jsonl": b"",
    }
    path = wacz(tmp_path / "a.wacz", members)
    found = read(path)
    assert [each.file for each in found] == [
        f"{path}/archive/a.warc",
        f"{path}/archive/a.warc",
        f"{path}/archive/b.warc.gz",
    ]
    assert [each.url for each in found] == [URL, OTHER, OTHER]
    assert [reread(each.file, each.offset) for each in found] == [each.body for each in found]


def test_no_path_of_a_wacz_leaves_it(tmp_path: Path) -> None:
    (tmp_path / "secret.warc").write_bytes(record())
    names = ("../secret.warc", "archive/../../secret.warc", str(tmp_path / "secret.warc"))
    path = wacz(tmp_path / "a.wacz", dict.fromkeys(names, record()))
    assert fault(path).reason == "this WACZ file holds no WARC file"


def test_fault_in_one_warc_of_a_wacz_does_not_end_the_reading(tmp_path: Path) -> None:
    members = {
        "archive/a.warc": b"hello",
        "archive/b.warc.gz": packed(record())[:-4],
        "archive/c.warc": record(),
    }
    found = list(read_saved([wacz(tmp_path / "a.wacz", members)]))
    faults = [Path(each.file).name for each in found if isinstance(each, SavedFault)]
    assert (faults, type(found[-1])) == (["a.warc", "b.warc.gz"], SavedPage)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "broken WACZ file"),
        (b"hello", "broken WACZ file"),
        (b"PK\x03\x04", "broken WACZ file"),
    ],
)
def test_wacz_that_is_none_is_a_fault(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "a.wacz"
    path.write_bytes(content)
    assert reason in fault(path).reason


def test_wacz_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = wacz(tmp_path / "a.wacz", {f"archive/{n}.warc": record() for n in range(3)})
    monkeypatch.setattr(warc, "_MOST_MEMBERS", 2)
    assert "more than 2 WARC files" in fault(path).reason
    monkeypatch.setattr(warc, "_MOST_MEMBERS", 3)
    monkeypatch.setattr(warc, "LARGEST_WACZ", len(record()))
    assert "unzip it" in fault(path).reason


def test_damaged_member_of_a_wacz_is_a_fault(tmp_path: Path) -> None:
    path = wacz(tmp_path / "a.wacz", {"archive/a.warc": record() * 50})
    raw = bytearray(path.read_bytes())
    raw[60:90] = bytes(30)
    path.write_bytes(bytes(raw))
    found = list(read_saved([path]))
    assert isinstance(found[-1], SavedFault)
    assert "broken WA" in found[-1].reason


@pytest.mark.parametrize("size", [70_000, 2_000_000, 30_000_000])
@pytest.mark.parametrize(
    ("start", "filler"),
    [
        (b"WARC/1.0\r\nWARC-Type: response\r\nX-Long: ", b"a"),
        (b"WARC/1.0 ", b"a"),
        (b"WARC/1.0\r\nX-Long: a\r\n ", b"a"),
        (record()[: record().index(b"X-Test") + 8], b"a"),
    ],
    ids=["a field", "the first line", "a line that goes on", "a field of the answer"],
)
def test_a_header_line_has_a_bound_whatever_its_length(
    tmp_path: Path, start: bytes, filler: bytes, size: int
) -> None:
    start = start.replace(str(len(record())).encode(), str(size * 2).encode())
    start = start.replace(b"Content-Length: ", b"Content-Length: 9999999")
    path = tmp_path / "a.warc"
    path.write_bytes(start + filler * size + b"\r\n\r\n\r\n")
    before = time.process_time()
    assert fault(path).reason == "a header has a line of more than 64 KB"
    assert time.process_time() - before < 2  # what is longer is not read: 0.1 s at any size


@pytest.mark.parametrize("lines", [b"X-Field: some words\r\n", b" goes on and on\r\n"])
def test_the_lines_of_one_header_have_a_bound(tmp_path: Path, lines: bytes) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(b"WARC/1.0\r\nX: a\r\n" + lines * 200_000 + b"\r\n\r\n")
    assert fault(path).reason == "a header has more than 1024 KB"


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_long_lines_within_the_bound_are_read_whole(tmp_path: Path, name: str) -> None:
    cookies = "Set-Cookie: " + "c" * 60_000 + "\r\n"
    path = write_warc(tmp_path / name, [record(extra=cookies * 5) for _ in range(4)])
    found = read(path)
    assert [len(each.headers["set-cookie"]) for each in found] == [60_000] * 4
    assert [reread(each.file, each.offset) for each in found] == [PAGE] * 4
