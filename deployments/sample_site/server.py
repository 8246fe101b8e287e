"""Serve the sample site over HTTP on the loopback interface."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from deployments.sample_site.site import SampleSite, SiteResponse

STEP_PATH = "/__step"
_LOOPBACK = "127.0.0.1"
_IDLE_SECONDS = 30
_LONGEST_BODY = 4096  # bytes; a longer one is not read, and its connection is closed

_Request = socket.socket | tuple[bytes, socket.socket]


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for the threads, once the connections are hung up
    request_queue_size = 128

    def __init__(self, site: SampleSite, port: int) -> None:
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
        if self.path == STEP_PATH:
            self._send(_plain(200, str(self.server.site.step)))
            return
        answer = self.server.site.render(self.path)
        self._send(revalidated(answer, self.headers.get("If-None-Match", "")))

    do_HEAD = do_GET  # noqa: N815 - the name is http.server's

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > _LONGEST_BODY:
            self.close_connection = True
            self._send(_plain(400, "Send the number of a step and nothing else."))
            return
        body = self.rfile.read(int(length))
        self._send(self._advance(body) if self.path == STEP_PATH else _plain(405, "GET only."))

    def _advance(self, body: bytes) -> SiteResponse:
        try:
            self.server.site.advance(int(body))
        except ValueError as error:
            return _plain(400, f"The step was not changed: {error}.")
        return _plain(200, str(self.server.site.step))

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
        """Say nothing: the watcher's own log tells what was asked."""


@contextmanager
def serve(site: SampleSite, port: int = 0) -> Iterator[str]:
    """Serve a site on the loopback interface; yields its origin, ``http://127.0.0.1:PORT``.

    Port 0 takes a free one. ``GET /__step`` tells the step, and ``POST /__step`` with a number as
    its body moves to it. Raises OSError where the port is taken.
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
    named = {each.strip().removeprefix("W/") for each in wanted.split(",")}
    if tag and (tag in named or "*" in named):
        return SiteResponse(304, {"ETag": tag}, b"")
    return answer


def _plain(status: int, text: str) -> SiteResponse:
    return SiteResponse(status, {"Content-Type": "text/plain; charset=UTF-8"}, text.encode())
