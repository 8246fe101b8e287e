"""Bodies through the fetch gate: whole and sound, or an error; never without end."""

from __future__ import annotations

import codecs
import threading
import time
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import brotli
import pytest
import zstandard
from loopback_site import Site, answer, in_turn, raw
from packing import packed

from scrapers.fetch.errors import (
    BadEncoding,
    FetchError,
    TooLarge,
    Truncated,
    Unreachable,
)
from scrapers.fetch.gate import FetchGate

MakeGate = Callable[..., FetchGate]
PAGE = b"<html><main><h1>Freedonia</h1></main></html>"


def _encoded(body: bytes, coding: str) -> bytes:
    return answer_head(len(body), coding) + body


def answer_head(length: int, coding: str) -> bytes:
    return (
        f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nContent-Encoding: {coding}\r\n\r\n"
    ).encode()


ZSTD = zstandard.ZstdCompressor().compress
RAW_DEFLATE = zlib.compressobj(wbits=-15)
GOOD_BODIES = {
    "gzip": (packed(PAGE), "gzip"),
    "upper case": (packed(PAGE), "GZip"),
    "old name": (packed(PAGE), "x-gzip"),
    "two members": (packed(PAGE[:9]) + packed(PAGE[9:]), "gzip"),
    "padding behind": (packed(PAGE) + b"\0\0\0", "gzip"),
    "deflate": (zlib.compress(PAGE), "deflate"),
    "bare deflate": (RAW_DEFLATE.compress(PAGE) + RAW_DEFLATE.flush(), "deflate"),
    "identity": (PAGE, "identity"),
    "brotli": (brotli.compress(PAGE), "br"),
    "zstandard": (ZSTD(PAGE), "zstd"),
    "two frames": (ZSTD(PAGE[:9]) + ZSTD(PAGE[9:]), "zstd"),
    "one in the other": (packed(brotli.compress(PAGE)), "br, gzip"),
    "nothing and gzip": (packed(PAGE), "identity, gzip"),
    "UTF-16": (packed(codecs.BOM_UTF16_LE + PAGE.decode().encode("utf-16-le")), "gzip"),
    "UTF-16, the other way round": (codecs.BOM_UTF16_BE + PAGE.decode().encode("utf-16-be"), ""),
}


@pytest.mark.parametrize("name", GOOD_BODIES)
def test_bodies_are_decompressed(site: Site, make_gate: MakeGate, name: str) -> None:
    site.pages["/"] = raw(_encoded(*GOOD_BODIES[name]))
    assert make_gate().get(f"{site.origin}/").body == PAGE


SPOILT = bytearray(packed(PAGE * 50))
SPOILT[30] ^= 0xFF
BAD_BODIES = [
    (_encoded(b"<html>not compressed</html>", "gzip"), BadEncoding),
    (_encoded(bytes(SPOILT), "gzip"), BadEncoding),
    (_encoded(b"<html>not compressed</html>", "deflate"), BadEncoding),
    (_encoded(b"whatever", "br"), BadEncoding),
    (_encoded(ZSTD(PAGE)[1:], "zstd"), BadEncoding),
    (_encoded(packed(PAGE), "compress"), BadEncoding),
    (_encoded(packed(packed(packed(packed(PAGE)))), "gzip, gzip, gzip, gzip"), BadEncoding),
    (_encoded(ZSTD(b"") * 101, "zstd"), BadEncoding),
    (_encoded(packed(b"") * 101, "gzip"), BadEncoding),
    (_encoded(packed(PAGE)[:-5], "gzip"), Truncated),
    (_encoded(brotli.compress(PAGE)[:-3], "br"), Truncated),
    (_encoded(ZSTD(PAGE)[:-3], "zstd"), Truncated),
    (answer_head(1000, "identity") + PAGE, Truncated),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nshort", Truncated),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n", Truncated),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabcd\r\n", Truncated),
    (_encoded(packed(b"\0" * 3_000_000), "gzip"), TooLarge),
    (_encoded(zlib.compress(b"\0" * 3_000_000), "deflate"), TooLarge),
    (_encoded(brotli.compress(b"\0" * 3_000_000), "br"), TooLarge),
    (_encoded(ZSTD(b"\0" * 3_000_000), "zstd"), TooLarge),
    (_encoded(packed(ZSTD(b"\0" * 3_000_000)), "zstd, gzip"), TooLarge),
    (answer_head(1_000_001, "identity"), TooLarge),
    (b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 1_000_001, TooLarge),
    (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n" + b"x" * 1_000_001,
        TooLarge,
    ),
]


@pytest.mark.parametrize(("wire", "error"), BAD_BODIES)
def test_bodies_that_are_not_whole_and_sound_never_get_through(
    site: Site, make_gate: MakeGate, wire: bytes, error: type[FetchError]
) -> None:
    site.pages["/"] = raw(wire)
    with pytest.raises(error):
        make_gate(max_bytes=1_000_000).get(f"{site.origin}/")


def test_a_body_of_exactly_the_limit_is_taken(site: Site, make_gate: MakeGate) -> None:
    body = b"x" * 1000
    site.pages.update({"/": answer(200, body), "/z": raw(_encoded(packed(body), "gzip"))})
    gate = make_gate(max_bytes=1000)
    assert gate.get(f"{site.origin}/").body == gate.get(f"{site.origin}/z").body == body


def test_a_truncated_body_is_asked_for_again(site: Site, make_gate: MakeGate) -> None:
    site.pages["/"] = in_turn(raw(answer_head(1000, "identity") + PAGE), answer(200, PAGE))
    assert make_gate(retries=1).get(f"{site.origin}/").body == PAGE


def _dripping(head: bytes, drop: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(head)
        handler.close_connection = True
        while True:  # until the client has had enough
            handler.wfile.write(drop)
            time.sleep(0.02)

    return send


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (answer_head(10_000, "identity"), b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"X-Slow: 1\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
    ],
    ids=["body", "headers", "one header", "chunks", "chunk size"],
)
def test_a_server_that_never_ends_is_left_in_time(
    site: Site, make_gate: MakeGate, head: bytes, drop: bytes
) -> None:
    site.pages["/"] = _dripping(head, drop)
    with pytest.raises(Unreachable, match="no whole answer in time"):
        make_gate(monotonic=time.monotonic, total_timeout=0.3).get(f"{site.origin}/")


def test_a_silent_server_is_left_in_time(site: Site, make_gate: MakeGate) -> None:
    quiet = threading.Event()
    site.pages["/"] = lambda handler: quiet.wait(5) and None
    try:
        with pytest.raises(Unreachable, match="in time"):
            make_gate(read_timeout=0.1).get(f"{site.origin}/")
    finally:
        quiet.set()


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n"


@pytest.mark.parametrize("interim", [b"HTTP/1.1 100 Continue\r\n\r\n", HINTS, HINTS * 5])
def test_interim_answers_are_passed_over(site: Site, make_gate: MakeGate, interim: bytes) -> None:
    site.pages["/"] = raw(interim + OK + b"Content-Length: 4\r\n\r\npage")
    got = make_gate().get(f"{site.origin}/")
    assert (got.status, got.body) == (200, b"page")


@pytest.mark.parametrize(
    ("wire", "says"),
    [
        (HINTS * 6, "interim answers"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 6, "interim answers"),
        (CHUNKED + b"1\r\nx\r\n0\r\n" + b"X: y\r\n" * 101, "lines came behind"),
        (CHUNKED + b"1;" + b"x" * 65_000 + b"\r\nx\r\n", ""),
        (CHUNKED + (b"1;" + b"x" * 60_000 + b"\r\nx\r\n") * 20, "longer on the wire"),
    ],
    ids=["hints", "continue", "trailers", "one chunk extension", "chunk extensions"],
)
def test_what_surrounds_a_body_has_an_end_too(
    site: Site, make_gate: MakeGate, wire: bytes, says: str
) -> None:
    """The connection stays open: the end is the client's, and comes at once."""
    quiet = threading.Event()

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(wire)
        quiet.wait(5)

    site.pages["/"] = send if says else raw(wire + b"0\r\n\r\n")
    gate = make_gate(monotonic=time.monotonic, max_bytes=1000)
    try:
        if says:
            with pytest.raises(TooLarge, match=says):
                gate.get(f"{site.origin}/")
        else:
            assert gate.get(f"{site.origin}/").body == b"x"
    finally:
        quiet.set()


def test_protocols_are_not_switched(site: Site, make_gate: MakeGate) -> None:
    site.pages["/"] = raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")
    with pytest.raises(Unreachable, match="switched protocols"):
        make_gate().get(f"{site.origin}/")
