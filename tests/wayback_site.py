"""A small Internet Archive on loopback: its index, its playback and Save Page Now."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Canned = tuple[int, dict[str, str], bytes]
"""An answer: status, headers, body."""


def digest_of(body: bytes) -> str:
    return base64.b32encode(hashlib.sha1(body).digest()).decode()


def stamp_of(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%d%H%M%S}"


@dataclass(frozen=True)
class Row:
    """One capture: a line of the index, and what is played for it."""

    at: datetime
    url: str
    body: bytes = b""
    status: str = "200"
    media_type: str = "text/html"
    digest: str = ""

    @property
    def line(self) -> str:
        digest = self.digest or digest_of(self.body)
        key = "example,sample)" + urlsplit(self.url).path.lower()
        fields = (key, stamp_of(self.at), self.url, self.media_type, self.status, digest)
        return " ".join([*fields, str(len(self.body))])


class WaybackSite(ThreadingHTTPServer):
    """Holds captures in ``rows``; ``instead`` gives answers in place of its own, by path prefix."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.rows: list[Row] = []
        self.lines: list[str] = []  # put before the lines of the rows, whatever they are
        self.page_size = 1000
        self.instead: dict[str, list[Canned]] = defaultdict(list)
        self.asked: list[str] = []
        self.saved: list[dict[str, Any]] = []
        self.jobs: dict[str, list[dict[str, Any]]] = {}

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def played(self) -> list[str]:
        """The captures asked for, as ``TIMESTAMP``."""
        return [path.split("/")[2][:14] for path in self.asked if path.startswith("/web/")]

    @property
    def searches(self) -> list[str]:
        return [path for path in self.asked if path.startswith("/cdx/")]

    def hold(self, at: datetime, url: str, body: bytes = b"", **facts: str) -> Row:
        row = Row(at, url, body, **facts)
        self.rows.append(row)
        self.rows.sort(key=lambda each: each.at)
        return row

    def answer(self, target: str) -> Canned:
        path = urlsplit(target).path
        for prefix, answers in self.instead.items():
            if path.startswith(prefix) and answers:
                return answers.pop(0) if len(answers) > 1 else answers[0]
        if path.startswith("/cdx/search/cdx"):
            return self._index(parse_qs(urlsplit(target).query))
        if path.startswith("/web/"):
            return self._play(target)
        if path.startswith("/save/status/"):
            states = self.jobs.get(path.rpartition("/")[2], [{"status": "error"}])
            return _json(states.pop(0) if len(states) > 1 else states[0])
        return 404, {}, b"no such page"

    def _index(self, asked: dict[str, list[str]]) -> Canned:
        path = urlsplit(asked["url"][0]).path.rstrip("/").lower()
        since, until = asked.get("from", ["0"])[0], asked.get("to", ["9"])[0]
        found = [
            row.line
            for row in self.rows
            if urlsplit(row.url).path.rstrip("/").lower() == path
            and since <= stamp_of(row.at) <= until
        ]
        lines = [*self.lines, *found]
        start = int(asked.get("resumeKey", ["0"])[0])
        end = start + min(self.page_size, int(asked["limit"][0]))
        more = ["", str(end)] if end < len(lines) else []
        return 200, {"Content-Type": "text/plain"}, "\n".join([*lines[start:end], *more]).encode()

    def _play(self, target: str) -> Canned:
        stamp, _, url = target.removeprefix("/web/").partition("id_/")
        for row in self.rows:
            if (stamp_of(row.at), row.url) == (stamp, unquote(url)):
                headers = {
                    "Content-Type": row.media_type,
                    "Memento-Datetime": format_datetime(row.at, usegmt=True),
                    "Link": f'<{row.url}>; rel="original"',
                    "X-Archive-Orig-Server": "fictional",
                    "Set-Cookie": "stranger=1",
                }
                return int(row.status), headers, row.body
        return 404, {}, b"never archived"

    def save(self, form: dict[str, list[str]], headers: dict[str, str]) -> Canned:
        self.saved.append({**{key: each[0] for key, each in form.items()}, "headers": headers})
        if answers := self.instead["POST /save"]:
            return answers.pop(0) if len(answers) > 1 else answers[0]
        return _json({"url": form["url"][0], "job_id": f"spn2-{len(self.saved)}"})


def _json(document: dict[str, Any]) -> Canned:
    return 200, {"Content-Type": "application/json"}, json.dumps(document).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        site: Any = self.server
        site.asked.append(self.path)
        self._send(site.answer(self.path))

    def do_POST(self) -> None:
        site: Any = self.server
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(site.save(form, headers))

    def _send(self, canned: Canned) -> None:
        status, headers, body = canned
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def wayback_site() -> Iterator[WaybackSite]:
    with WaybackSite() as site:
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield site
        site.shutdown()
        thread.join()
