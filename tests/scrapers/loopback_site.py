"""A web site on loopback whose answers tests write, and a clock that only sleeping moves."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


class Site(ThreadingHTTPServer):
    """Answers the paths in ``pages`` and remembers what it was asked."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients hanging up early is what many tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are written apart: 40 ms each otherwise

    def do_GET(self) -> None:
        site: Any = self.server
        site.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        site.pages.get(self.path, answer(404, b"no such page"))(self)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def answer(status: int = 200, body: bytes = b"", **headers: str) -> Answer:
    """Answer with a status, a body and headers (``retry_after="3"``)."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        sent = {"Content-Length": str(len(body))} if status != 304 else {}
        sent.update({name.replace("_", "-").title(): value for name, value in headers.items()})
        for name, value in sent.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return send


def raw(wire: bytes) -> Answer:
    """Answer with exactly these bytes, then hang up."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(wire)
        handler.close_connection = True

    return send


def redirect(location: str, status: int = 302) -> Answer:
    return answer(status, b"moved", location=location)


def in_turn(*answers: Answer) -> Answer:
    """Give one answer after the other; the last one stays."""
    left = list(answers)
    lock = threading.Lock()

    def send(handler: BaseHTTPRequestHandler) -> None:
        with lock:
            chosen = left.pop(0) if len(left) > 1 else left[0]
        chosen(handler)

    return send


class FakeTime:
    """A clock that stands still but for sleeping."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._now = 1000.0
        self._lock = threading.Lock()

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self._now += seconds

    def monotonic(self) -> float:
        return self._now

    def clock(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=self._now - 1000.0)


def closed_port() -> int:
    """Return a port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def loopback_names(*names: str) -> Callable[..., list[Any]]:
    """Return a resolver that knows some names, all of them this machine."""

    def resolve(host: str, port: int, *rest: Any) -> list[Any]:
        if host not in (*names, "127.0.0.1"):
            raise socket.gaierror(-2, "Name or service not known")
        return socket.getaddrinfo("127.0.0.1", port, *rest)

    return resolve
