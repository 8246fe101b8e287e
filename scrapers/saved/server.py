"""Serve pages over HTTP on the loopback interface: keep-alive, HEAD and conditional requests."""

from __future__ import annotations

import hashlib
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from types import FrameType

LOOPBACK = "127.0.0.1"
_IDLE_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """What one path answers: a status and a page, HTML unless another type is said."""

    status: int
    body: bytes
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def etag(self) -> str:
        """The strong validator of the body (RFC 9110, section 8.8.3)."""
        return f'"{hashlib.sha256(self.body).hexdigest()}"'


Site = Callable[[str], Answer]
"""Answers a request target (path and query) and is asked from several threads."""


class _Server(ThreadingMixIn, TCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, site: Site, port: int) -> None:
        self.site = site
        super().__init__((LOOPBACK, port), _Handler)

    @property
    def origin(self) -> str:
        return f"http://{LOOPBACK}:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave together
    timeout = _IDLE_SECONDS

    def do_GET(self) -> None:
        answer = self.server.site(self.path)
        is_known = answer.status == 200 and self._holds(answer.etag)
        body = b"" if is_known else answer.body
        self.send_response(304 if is_known else answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status == 200:
            self.send_header("ETag", answer.etag)
        if not is_known:
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - the name is http.server's

    def version_string(self) -> str:
        """Return the Server header, without the versions that http.server would tell."""
        return "reportwatch"

    def _holds(self, etag: str) -> bool:
        """Tell whether If-None-Match names the tag; the comparison is weak (RFC 9110, 13.1.2)."""
        wanted = self.headers.get("If-None-Match", "")
        named = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
        return etag in named or "*" in named

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: whoever asks keeps a log of their own."""


@contextmanager
def serve(site: Site, port: int = 0) -> Iterator[str]:
    """Serve a site in a thread; yields its origin. Port 0 takes a free one.

    Raises OSError where the port is taken.
    """
    with _Server(site, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server.origin
        finally:
            server.shutdown()
            thread.join()


def run(site: Site, port: int, ready: Callable[[str], None]) -> None:
    """Serve a site until SIGINT or SIGTERM; ``ready`` is told the origin once it answers.

    For the main thread alone. Raises OSError where the port is taken.
    """
    told = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        told.set()

    with serve(site, port) as origin:
        before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            ready(origin)
            told.wait()
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)
