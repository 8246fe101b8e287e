"""Servers that mean harm: each exchange ends in time, within its memory. Slow tier."""

from __future__ import annotations

import gzip
import hashlib
import resource
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from authority import Authority
from loopback_site import FakeTime, loopback_names

from scrapers.fetch.errors import FetchError, Truncated, Unreachable, Untrusted
from scrapers.fetch.gate import FetchGate

MakeGate = Callable[..., FetchGate]
SECONDS = 1.0
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
MB = 1024 * 1024


def _bomb(encoding: bytes, body: bytes) -> bytes:
    head = OK + b"Content-Encoding: " + encoding + b"\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body


def _many(count: int, line: bytes) -> bytes:
    return b"".join(line % n for n in range(count))


ZEROS = gzip.compress(bytes(64 * MB), 9)
# by name: what is sent first, then again and again (None: nothing; the line stays open), the pause
SERVERS: dict[str, tuple[bytes, bytes | None, float]] = {
    "silence": (b"", None, 0),
    "a byte of the status line at a time": (b"", b"H", 0.1),
    "an endless status line": (b"HTTP/1.1 200 ", b"O" * 4096, 0),
    "a status line, then silence": (OK, None, 0),
    "a header at a time": (OK, b"X: y\r\n", 0.1),
    "a byte of a header at a time": (OK + b"X: ", b"y", 0.1),
    "endless headers": (OK, b"X: y\r\n" * 100, 0),
    "an endless header": (OK + b"X: ", b"y" * 4096, 0),
    "a folded header without end": (OK + b"X: y\r\n", b" more\r\n" * 100, 0),
    "a body a byte at a time": (OK + b"Content-Length: 100000\r\n\r\n", b"x", 0.1),
    "a body that never comes": (OK + b"Content-Length: 10\r\n\r\n", None, 0),
    "an endless body": (OK + b"\r\n", b"x" * 65536, 0),
    "a length of a terabyte": (OK + b"Content-Length: 1000000000000\r\n\r\n", b"x" * 65536, 0),
    "a negative length": (OK + b"Content-Length: -1\r\n\r\n", b"x" * 65536, 0),
    "a length in words": (OK + b"Content-Length: many\r\n\r\n", b"x" * 65536, 0),
    "two lengths": (OK + b"Content-Length: 5\r\nContent-Length: 50\r\n\r\nhello", None, 0),
    "a length of 5,000 digits": (OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", None, 0),
    "a body longer than its length": (OK + b"Content-Length: 2\r\n\r\n" + b"x" * 9999, None, 0),
    "length and chunks": (CHUNKED[:-2] + b"Content-Length: 3\r\n\r\n0\r\n\r\n", None, 0),
    "chunks of one byte": (CHUNKED, b"1\r\nx\r\n" * 1000, 0),
    "a chunk at a time": (CHUNKED, b"1\r\nx\r\n", 0.1),
    "a chunk of a terabyte": (CHUNKED + b"FFFFFFFFFF\r\n", b"x" * 65536, 0),
    "a chunk size without end": (CHUNKED, b"0" * 4096, 0),
    "a chunk size in words": (CHUNKED + b"many\r\n", b"x" * 100, 0.1),
    "a negative chunk": (CHUNKED + b"-5\r\n", b"x" * 100, 0.1),
    "chunk extensions": (CHUNKED, b"1;" + b"x" * 60000 + b"\r\nx\r\n", 0),
    "a chunk without its end": (CHUNKED + b"5\r\nhello", b"x" * 100, 0.1),
    "trailers without end": (CHUNKED + b"0\r\n", b"X: y\r\n" * 100, 0),
    "a trailer at a time": (CHUNKED + b"0\r\n", b"X: y\r\n", 0.1),
    "an endless trailer": (CHUNKED + b"0\r\nX: ", b"y" * 4096, 0),
    "100 without end": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 20, 0),
    "103 without end": (b"", b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" * 20, 0),
    "100 at a time": (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.1),
    "101": (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", b"x" * 4096, 0),
    "100 with endless headers": (b"HTTP/1.1 100 Continue\r\n", b"X: y\r\n" * 100, 0),
    "HTTP/0.9": (b"<html>hello", b"x" * 4096, 0),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x00" * 4096, 0),
    "HTTP/9": (b"HTTP/9.9 200 OK\r\n\r\n", b"x" * 4096, 0),
    "no HTTP": (b"220 mail.example ESMTP\r\n", b"220-hello\r\n" * 100, 0),
    "noise": (bytes(range(256)) * 10, b"\xff" * 4096, 0),
    "a status of 99": (b"HTTP/1.1 099 Low\r\n\r\n", b"x" * 4096, 0),
    "a status in words": (b"HTTP/1.1 fine OK\r\n\r\n", b"x" * 4096, 0),
    "204 with a body": (b"HTTP/1.1 204 No\r\n\r\n", b"x" * 65536, 0),
    "304 with a body": (b"HTTP/1.1 304 No\r\n\r\n", b"x" * 65536, 0),
    "a gzip bomb": (_bomb(b"gzip", ZEROS), None, 0),
    "a deflate bomb": (_bomb(b"deflate", zlib.compress(bytes(64 * MB), 9)), None, 0),
    "a bomb in a bomb": (_bomb(b"gzip, gzip", gzip.compress(ZEROS, 9)), None, 0),
    "a hundred encodings": (_bomb(b", ".join([b"gzip"] * 100), ZEROS), None, 0),
    "an encoding nobody knows": (_bomb(b"evil", ZEROS), None, 0),
    "gzip that is none": (_bomb(b"gzip", b"x" * 1000), None, 0),
    "gzip cut off": (_bomb(b"gzip", ZEROS[:1000]), None, 0),
    "a thousand members of gzip": (_bomb(b"gzip", gzip.compress(bytes(MB)) * 1000), None, 0),
    "a redirect with an endless body": (
        b"HTTP/1.1 302 Go\r\nLocation: /a\r\n\r\n",
        b"x" * 65536,
        0,
    ),
    "a redirect of a megabyte": (
        b"HTTP/1.1 302 Go\r\nLocation: /" + b"a" * MB + b"\r\n\r\n",
        None,
        0,
    ),
    "two hundred headers": (OK + _many(200, b"X-%d: y\r\n") + b"\r\n", b"x" * 65536, 0),
    "ninety cookies": (OK + _many(90, b"Set-Cookie: a%d=b\r\n") + b"\r\n", b"x" * 65536, 0),
    "headers with a NUL": (OK + b"X: \x00\x01\r\n\x00: y\r\n\r\n", b"x" * 65536, 0),
    "line ends of LF alone": (b"HTTP/1.1 200 OK\nX: y\n\n", b"x" * 65536, 0),
}


@contextmanager
def _serving(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """Serve on loopback, each connection in a thread, and give the port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def one(peer: socket.socket) -> None:
        with suppress(OSError), peer:
            answer(peer)

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=one, args=(listening.accept()[0],), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        listening.close()


def _raw(first: bytes, then: bytes | None, pause: float) -> Callable[[socket.socket], None]:
    def answer(peer: socket.socket) -> None:
        peer.recv(65536)
        peer.sendall(first)
        until = time.monotonic() + 4 * SECONDS
        while time.monotonic() < until:
            if then is None:
                time.sleep(0.05)
            else:
                peer.sendall(then)
                time.sleep(pause)

    return answer


@pytest.mark.slow
@pytest.mark.parametrize("name", SERVERS)
def test_a_hostile_server_costs_little_time_and_memory(make_gate: MakeGate, name: str) -> None:
    limits = {"read_timeout": SECONDS / 2, "total_timeout": SECONDS, "max_bytes": MB}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with _serving(_raw(*SERVERS[name])) as port:
        gate = make_gate(monotonic=time.monotonic, **limits)
        began = time.monotonic()
        try:
            got = len(gate.get(f"http://127.0.0.1:{port}/").body)
        except FetchError as error:
            got = 0
            assert len(str(error)) < 1000
        assert time.monotonic() - began < 3 * SECONDS
        assert got <= MB
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30 * 1024  # KB
    assert len(SERVERS) >= 50


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    made = Authority(tmp_path)
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(made.path))
    return made


def _page(contexts: list[ssl.SSLContext]) -> Callable[[socket.socket], None]:
    """Answer each connection with a page, with the certificates in turn; the last one stays."""

    def answer(peer: socket.socket) -> None:
        context = contexts.pop(0) if len(contexts) > 1 else contexts[0]
        with context.wrap_socket(peer, server_side=True) as line:
            line.recv(65536)
            line.sendall(OK + b"Connection: close\r\nContent-Length: 4\r\n\r\npage")

    return answer


def _get(make_gate: MakeGate, port: int, times: int = 1, **policy: Any) -> bytes:
    limits = {"connect_timeout": SECONDS, "read_timeout": SECONDS, "total_timeout": SECONDS}
    resolve = loopback_names("h.example")
    gate = make_gate(resolve, time.monotonic, **{"retries": 3, **limits, **policy})
    for _ in range(times):
        body = gate.get(f"https://h.example:{port}/").body
    return body


def test_the_certificates_that_a_server_sent_are_known_by_their_digest(
    make_gate: MakeGate, fake_time: FakeTime, authority: Authority
) -> None:
    file = authority.file("h.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    sent = ssl.PEM_cert_to_DER_cert(file.read_text().partition("-----END PRIVATE KEY-----\n")[2])
    with _serving(_page([context])) as port:
        gate = make_gate(loopback_names("h.example"), time.monotonic)
        (exchange,) = gate.get(f"https://h.example:{port}/").exchanges
    assert exchange.tls_chain_sha256 == hashlib.sha256(sent).hexdigest()
    assert exchange.tls_chain == "sent"
    assert exchange.remote_address == "127.0.0.1"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"days": -1}, "certificate has expired"),
        ({"is_own": True}, "self-signed certificate"),
        ({"name": "other.example"}, "not valid for 'h.example'"),
    ],
    ids=["expired", "signed by itself", "of another name"],
)
def test_a_certificate_that_proves_nothing_is_named_and_not_tried_again(
    make_gate: MakeGate, fake_time: FakeTime, authority: Authority, wrong: Any, says: str
) -> None:
    with _serving(_page([authority.context()])) as port:
        assert _get(make_gate, port) == b"page"
    with (
        _serving(_page([authority.context(**wrong)])) as port,
        pytest.raises(Untrusted, match=says),
    ):
        _get(make_gate, port)
    with (  # changed in mid-run
        _serving(_page([authority.context(), authority.context(**wrong)])) as port,
        pytest.raises(Untrusted, match=says),
    ):
        _get(make_gate, port, times=2)
    assert fake_time.slept == []


TLS_SERVERS: dict[str, tuple[bytes, bytes | None, float]] = {
    "silence": (b"", None, 0),
    "a byte of the handshake at a time": (b"\x16\x03\x03\x40\x00", b"\x02", 0.1),
    "HTTP": (OK + b"\r\n", None, 0),
    "an alert": (b"\x15\x03\x03\x00\x02\x02\x28", None, 0),
    "warnings without end": (b"", b"\x15\x03\x03\x00\x02\x01\x5a", 0.01),
    "a record too large": (b"\x16\x03\x03\xff\xff", b"\x00" * 65535, 0),
    "noise": (b"\xff" * 1000, b"\xff" * 1000, 0.1),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TLS_SERVERS)
def test_a_handshake_ends_in_time(make_gate: MakeGate, name: str) -> None:
    with _serving(_raw(*TLS_SERVERS[name])) as port:
        began = time.monotonic()
        with pytest.raises((Unreachable, Truncated)):
            _get(make_gate, port, retries=0)
        assert time.monotonic() - began < 3 * SECONDS


@pytest.mark.slow
def test_a_host_whose_pages_hang_is_left_after_a_few(make_gate: MakeGate) -> None:
    with _serving(_raw(b"", None, 0)) as port:
        gate = make_gate(monotonic=time.monotonic, read_timeout=0.1, retries=1, breaker_failures=4)
        said = []
        for number in range(20):
            with pytest.raises(FetchError) as error:
                gate.get(f"http://127.0.0.1:{port}/{number}")
            said.append(error.value.reason)
    assert gate.requests_made == 8
    assert ["in time" in each for each in said] == [True] * 4 + [False] * 16
    left = ["the host is left for this run" in each for each in said]
    assert left == [False] * 4 + [True] * 16
