"""Serve a site over HTTP on the loopback interface: keep-alive, HEAD and conditional requests."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import FrameType
from typing import Any, Protocol, cast

from deployments.sample_site.site import SampleSite, SiteResponse
from scrapers.fetch.response import names_tag

STEP_PATH = "/__step"
_LOOPBACK = "127.0.0.1"
_IDLE_SECONDS = 30
_LONGEST_BODY = 4096  # bytes; a longer one is not read, and its connection is closed

_Request = socket.socket | tuple[bytes, socket.socket]


class Site(Protocol):
    """What is served. It is asked from several threads."""

    def render(self, path: str) -> SiteResponse:
        """Answer a GET of ``path``, with its query."""
        ...


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for the threads, once the connections are hung up
    request_queue_size = 128

    def __init__(self, site: Site, port: int) -> None:
        self.site = site
        self._connections: set[_Request] = set()
        super().__init__((_LOOPBACK, port), _Handler)

    def process_request(self, request: _Request, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: _Request) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: _Request, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        for connection in tuple(self._connections):
            with suppress(OSError):
                cast("socket.socket", connection).shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "SampleSite"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave together
    timeout = _IDLE_SECONDS

    def do_GET(self) -> None:
        answer = self._step() or self.server.site.render(self.path)
        self._send(revalidated(answer, self.headers.get("If-None-Match", "")))

    do_HEAD = do_GET  # noqa: N815 - the name is http.server's

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _LONGEST_BODY:
            self.close_connection = True
            self._send(_plain(400, "Send the number of a step and nothing else."))
            return
        body = self.rfile.read(int(length))
        self._send(self._step(body) or _plain(405, "GET only."))

    def _step(self, wanted: bytes | None = None) -> SiteResponse | None:
        """Answer for the step of a sample site, moved if one is wanted; None for other paths."""
        site = self.server.site
        if self.path != STEP_PATH or not isinstance(site, SampleSite):
            return None
        if wanted is not None:
            try:
                site.advance(int(wanted))
            except ValueError as error:
                return _plain(400, f"The step was not changed: {error}.")
        return _plain(200, str(site.step))

    def _send(self, answer: SiteResponse) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: the watcher's own log says what was asked."""


@contextmanager
def serve(site: Site, port: int = 0) -> Iterator[str]:
    """Serve a site in a thread; yields its origin, ``http://127.0.0.1:PORT``.

    Port 0 takes a free one. ``GET /__step`` returns the step of a sample site, and ``POST /__step``
    with a number as its body moves to it. Raises OSError if the port is taken.
    """
    with _Server(site, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://{_LOOPBACK}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
            server.hang_up()


def revalidated(answer: SiteResponse, wanted: str) -> SiteResponse:
    """Return 304 in the answer's place if ``wanted``, an If-None-Match, names its tag."""
    tag = answer.headers.get("ETag")
    if tag and names_tag(wanted, tag):
        return SiteResponse(304, {"ETag": tag}, b"")
    return answer


def run(site: Site, port: int, ready: Callable[[str], None]) -> None:
    """Serve a site until SIGINT or SIGTERM; ``ready`` is called with the origin once it answers.

    For the main thread alone. Raises OSError if the port is taken.
    """
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()

    with serve(site, port) as origin:
        before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            ready(origin)
            stopped.wait()
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def _plain(status: int, text: str) -> SiteResponse:
    return SiteResponse(status, {"Content-Type": "text/plain; charset=UTF-8"}, text.encode())
