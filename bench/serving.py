"""Answer from memory on loopback, one port for each site, and count what is asked and sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol

from bench.modes import CONTROL, COUNT_PATH
from deployments.sample_site.wordpress import Post, answer

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Reply:
    """What a request is answered with; a 304 has neither type nor body."""

    status: int
    body: bytes = b""
    content_type: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)


NOT_FOUND = Reply(404, b"<html><body><h1>Page not found</h1></body></html>")


def hints(posts: Sequence[Post], path: str, query: str) -> Reply:
    """Return what WordPress says of modifications, or that there is no such page."""
    found = answer(posts, path, query)
    if found is None:
        return NOT_FOUND
    headers = dict(found.headers)
    return Reply(found.status, found.body, headers.pop("Content-Type"), headers)


class Site(Protocol):
    """What stands behind a port. It is asked from several threads."""

    def reply(self, path: str, query: str, known_tag: str) -> Reply:
        """Return the answer for a path; ``known_tag`` is what If-None-Match says."""
        ...

    def now(self) -> datetime | None:
        """Return the time the site believes it is; None for the real one."""
        ...


class Port(ThreadingHTTPServer):
    """One site on a free port of its own. What is asked below ``/-/`` steers and is not counted."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, site: Site) -> None:
        self.site = site
        self._requests = 0
        self._bytes = 0
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def origin(self) -> str:
        """The address to ask it at."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def count(self, sent: int) -> None:
        """Count one more request, answered with so many bytes of body."""
        with self._lock:
            self._requests += 1
            self._bytes += sent

    def counted(self) -> Reply:
        """Tell how many requests there were, and how many bytes of bodies they were sent."""
        with self._lock:
            told = {"requests": self._requests, "bytes": self._bytes}
        return Reply(200, json.dumps(told).encode(), "application/json")


class _Handler(BaseHTTPRequestHandler):
    server: Port
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave together

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path == COUNT_PATH:
            self._send(self.server.counted())
            return
        reply = self.server.site.reply(path, query, self.headers.get("If-None-Match", ""))
        if not path.startswith(CONTROL):
            self.server.count(len(reply.body))
        self._send(reply)

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 304:
            self.send_header("Content-Type", reply.content_type)
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the Date header, in the site's own time where it has one."""
        now = self.server.site.now()
        return format_datetime(now, usegmt=True) if now else super().date_time_string(timestamp)

    def log_message(self, format: str, *args: object) -> None:
        pass


def serve(ports: list[Port]) -> None:
    """Begin to answer on every port, in threads that end with the process."""
    for port in ports:
        threading.Thread(target=port.serve_forever, daemon=True).start()
