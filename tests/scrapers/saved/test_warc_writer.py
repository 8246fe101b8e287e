"""Writing WARC: whatever a server sent, the file stays one that others read, and says the truth."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from reports.model.captured import CaptureOrigin, Exchange, make_record
from scrapers.saved.files import read_saved
from scrapers.saved.page import SavedPage
from scrapers.saved.warc_index import cdxj, surt
from scrapers.saved.warc_writer import Captured, WarcWriter

NAMESPACE = UUID("6f8c3a52-9b1e-4d0c-8a36-0d5b9e0c7f11")
AT = datetime(2026, 5, 1, 9, 0, 0, 123456, tzinfo=UTC)
URL = "https://sample.example/reports/belvaria/?a=1"
BODY = b"<html>Belvaria</html>"

ANSWER = Exchange(
    URL,
    "GET",
    AT,
    AT,
    (("Host", "sample.example"), ("User-Agent", "reportwatch")),
    200,
    "OK",
    "HTTP/1.1",
    (("Content-Type", "text/html"), ("Content-Encoding", "br"), ("Content-Length", "7")),
    remote_address="192.0.2.7",
)


def captured(answer: Exchange = ANSWER, body: bytes | None = BODY, **facts: Any) -> Captured:
    hops = facts.pop("hops", ())
    record = make_record(
        [*hops, answer],
        origin=CaptureOrigin.PUBLISHER,
        client="reportwatch",
        payload_sha256=hashlib.sha256(BODY).hexdigest(),
        payload_size=len(BODY),
    )
    return Captured("capture/1", URL, record, AT, body, **facts)


def written(*captures: Captured) -> bytes:
    stream = io.BytesIO()
    writer = WarcWriter(stream, NAMESPACE)
    writer.info(AT, {"software": "reportwatch", "description": "two\r\nlines"})
    for each in captures:
        writer.capture(each)
    assert writer.offset == len(stream.getvalue())
    return stream.getvalue()


def records(body: bytes) -> list[Any]:
    found = []
    for each in ArchiveIterator(io.BytesIO(body), check_digests=True):
        each.payload = each.raw_stream.read()
        assert each.digest_checker.passed is not False
        found.append(each)
    return found


def kinds(body: bytes) -> list[str]:
    return [each.rec_type for each in records(body)]


def test_a_body_is_stored_unpacked_and_its_head_says_how_it_came() -> None:
    _, answer, request, metadata = records(written(captured()))
    assert answer.payload == BODY
    assert answer.http_headers.headers == [
        ("Content-Type", "text/html"),
        ("X-Archive-Orig-Content-Encoding", "br"),
        ("X-Archive-Orig-Content-Length", "7"),
        ("Content-Length", str(len(BODY))),
    ]
    head = dict(answer.rec_headers.headers)
    assert head["WARC-Date"] == "2026-05-01T09:00:00.123456Z"
    assert head["WARC-Payload-Digest"] == f"sha256:{hashlib.sha256(BODY).hexdigest()}"
    assert head["WARC-IP-Address"] == "192.0.2.7"
    assert request.http_headers.statusline == "/reports/belvaria/?a=1 HTTP/1.1"
    assert request.rec_headers.get_header("WARC-Concurrent-To") == head["WARC-Record-ID"]
    assert metadata.rec_headers.get_header("WARC-Refers-To") == head["WARC-Record-ID"]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (captured(), ["response", "request", "metadata"]),
        (captured(replace(ANSWER, request_headers=None)), ["response", "metadata"]),
        (captured(replace(ANSWER, protocol=None)), ["resource", "request", "metadata"]),
        (captured(Exchange(URL)), ["resource", "metadata"]),
        (captured(body=None), ["request", "metadata"]),  # a page without words would mislead
        (captured(replace(ANSWER, status=404), None), ["response", "request", "metadata"]),
        (captured(Exchange(URL), None), ["metadata"]),
        (
            captured(hops=(replace(ANSWER, url="https://sample.example/old", status=301),)),
            ["response", "request", "response", "request", "metadata"],
        ),
    ],
)
def test_what_is_not_known_is_not_written(made: Captured, expected: list[str]) -> None:
    assert kinds(written(made)) == ["warcinfo", *expected]


HOSTILE = {
    "a line that ends early": ("X-A", "one\r\nX-Forged: two"),
    "an end of the head": ("X-A", "one\r\n\r\nHTTP/1.1 200 OK"),
    "a folded line": ("X-A", "one\r\n  two"),
    "NUL": ("X-A", "one\x00two"),
    "a record of its own": ("X-A", "one\r\n\r\n\r\n\r\nWARC/1.1\r\nWARC-Type: response\r\n\r\n"),
    "a name that is none": ("X A:\r\nB", "one"),
    "an empty name": ("", "one"),
    "Latin-1": ("X-A", "caf\xe9"),
    "letters beyond Latin-1": ("X-A", "\u0108\U0001f600"),
    "half a pair": ("X-A", "\x85\x1f\x7f"),
    "a megabyte": ("X-A", "a" * 1024 * 1024),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_header_breaks_the_file(name: str) -> None:
    header = HOSTILE[name]
    answer = replace(ANSWER, headers=(header, ("X-After", "here")), request_headers=(header,))
    body = written(captured(answer), captured(replace(answer, url=f"{URL}\r\nWARC-Type: x")))
    found = records(body)
    assert [each.rec_type for each in found] == [
        "warcinfo",
        *("response", "request", "metadata") * 2,
    ]
    for each in (found[1], found[4]):
        assert each.payload == BODY
        names = [name for name, _ in each.http_headers.headers]
        assert "X-Forged" not in names
        assert names[-2:] == ["X-After", "Content-Length"]


def test_a_hostile_file_name_or_reason_breaks_nothing(tmp_path: Any) -> None:
    answer = replace(ANSWER, reason="OK\r\nX-Forged: 1", remote_address="192.0.2.7\r\nX: 1")
    path = tmp_path / "all.warc.gz"
    path.write_bytes(written(captured(answer)))
    assert Checker(SimpleNamespace(inputs=[str(path)], verbose=False)).process_all() == 0
    (found,) = [each for each in records(path.read_bytes()) if each.rec_type == "response"]
    assert found.rec_headers.get_header("X") is None
    assert found.http_headers.get_header("X-Forged") is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.state.gov/reports/2021/kaz/", "gov,state)/reports/2021/kaz"),
        ("http://sample.example/", "example,sample)/"),
        ("https://sample.example:8443/A?b=2&a=1", "example,sample:8443)/a?a=1&b=2"),
        ("https://www2.state.gov", "gov,state)/"),
        ("http://192.0.2.7/x", "192.0.2.7)/x"),
        ("import:0123/page.html", "import:0123/page.html"),
    ],
)
def test_an_address_is_sorted_as_other_indexes_do(url: str, expected: str) -> None:
    assert surt(url) == expected


def test_an_index_is_in_order_whatever_the_order_of_writing() -> None:
    writer = WarcWriter(io.BytesIO(), NAMESPACE)
    made = [
        replace(captured(replace(ANSWER, url=f"https://sample.example/{each}")), name=each)
        for each in "cab"
    ]
    placed = [one for each in made for one in writer.capture(each)]
    lines = cdxj(placed, "data.warc.gz").decode().splitlines()
    assert [line.partition(" ")[0][-1] for line in lines] == ["a", "b", "c"]


def _foreign(kind: str, block: bytes, **fields: str) -> bytes:
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    lines = f"WARC/1.1\r\nWARC-Type: {kind}\r\n{head}Content-Length: {len(block)}\r\n\r\n"
    return lines.encode() + block + b"\r\n\r\n"


@pytest.mark.parametrize("is_before", [True, False])
def test_headers_and_requests_of_other_crawlers_are_kept(tmp_path: Any, *, is_before: bool) -> None:
    common = {"WARC_Target_URI": URL, "WARC_Date": "2026-05-01T09:00:00Z"}
    http = {"Content_Type": "application/http"}
    page = _foreign(
        "response",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: a=1\r\n\r\n" + BODY,
        WARC_Record_ID="<urn:uuid:1>",
        WARC_IP_Address="192.0.2.9",
        **common,
        **http,
    )
    request = _foreign(
        "request",
        b"GET /reports/belvaria/?a=1 HTTP/1.1\r\nHost: sample.example\r\n\r\n",
        WARC_Record_ID="<urn:uuid:2>",
        **common,
        **http,
    )
    info = _foreign("warcinfo", b"software: Heritrix/3\r\n", Content_Type="application/warc-fields")
    path = tmp_path / "a.warc"
    path.write_bytes(info + (request + page if is_before else page + request))
    (found,) = read_saved([path])
    assert isinstance(found, SavedPage) and found.record is not None
    last = found.record.last
    assert (last.method, last.request_headers) == ("GET", (("Host", "sample.example"),))
    assert (last.status, last.remote_address, last.protocol) == (200, "192.0.2.9", "HTTP/1.1")
    assert last.headers == (("Content-Type", "text/html"), ("Set-Cookie", "(left out)"))
    assert found.record.document["client"] == "Heritrix/3"
    assert found.record.document["origin"] == "file"


def test_what_is_said_of_other_bytes_is_not_taken(tmp_path: Any) -> None:
    made = captured()
    other = replace(made, body=b"<html>forged</html>")
    path = tmp_path / "a.warc.gz"
    path.write_bytes(written(other))
    (found,) = read_saved([path])
    assert isinstance(found, SavedPage) and found.record is not None
    assert found.record.document["origin"] == "file"
    path.write_bytes(written(made))
    (found,) = read_saved([path])
    assert isinstance(found, SavedPage)
    assert found.record == made.record
