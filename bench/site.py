"""Serve the pages from memory, in a process of its own: ``python -m bench.site``.

Every mode is a port: ``tagged`` answers 304 to a known ETag, ``plain`` has no ETag, ``noisy``
differs in its raw bytes at every request, ``edited`` has some words changed, and ``large`` and
``large_plain`` serve the enlarged set. Prints one JSON document once all of them answer.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import re
import signal
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bench.modes import COUNT_PATH, LARGE
from bench.pages import PageSet, Report, edited, enlarged, load_pages

EDITS = 20
_STAMP = re.compile(rb"\?ver=[\w.]+")
_REGIONS = (b"us", b"de", b"za", b"in", b"br", b"jp")

Render = Callable[[Report], bytes]


class _Site(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, pages: PageSet, render: Render, *, is_tagged: bool) -> None:
        self.pages = pages
        self.render = render
        self.is_tagged = is_tagged
        self._count = 0
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def counted(self, requests: int) -> int:
        """Count so many more requests and return the sum."""
        with self._lock:
            self._count += requests
            return self._count


class _Handler(BaseHTTPRequestHandler):
    server: _Site
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave together

    def do_GET(self) -> None:
        site, path = self.server, self.path.partition("?")[0]
        if path == COUNT_PATH:
            self._answer(200, b"%d" % site.counted(0))
            return
        site.counted(1)
        if path in site.pages.listings:
            self._answer(200, site.pages.listings[path])
        elif (report := site.pages.by_path.get(path)) is not None:
            self._page(site.render(report))
        else:
            self._answer(404, b"<html><body><h1>Page not found</h1></body></html>")

    def _page(self, body: bytes) -> None:
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"' if self.server.is_tagged else ""
        if tag and self.headers.get("If-None-Match") == tag:
            self._answer(304, b"", tag)
        else:
            self._answer(200, body, tag)

    def _answer(self, status: int, body: bytes, tag: str = "") -> None:
        self.send_response(status)
        if tag:
            self.send_header("ETag", tag)
        if status != 304:
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Noise:
    """Changes what surrounds the report at every request: nonce, stamps, region, a comment."""

    def __init__(self) -> None:
        self._requests = itertools.count(1)

    def __call__(self, report: Report) -> bytes:
        number = next(self._requests)
        nonce = hashlib.sha256(b"request %d" % number).hexdigest()[:10].encode()
        region = _REGIONS[number % len(_REGIONS)]
        head, border, rest = report.page().partition(b"</head>")
        head = _STAMP.sub(b"?ver=%d" % (1_741_000_000 + number), head)
        script = b'<script>var site={"nonce":"%s","region":"%s"};</script>' % (nonce, region)
        return b"".join((head, script, border, rest, b"<!-- served as no. %d -->" % number))


def edited_pages(pages: PageSet) -> dict[str, bytes]:
    """Return the pages with a changed word, by path: twenty, or a fifth of a small set."""
    count = max(1, min(EDITS, len(pages.reports) // 5))
    step = len(pages.reports) // count
    chosen = pages.reports[: count * step : step]
    return {each.path: edited(each) for each in chosen}


def _sites(pages: PageSet, large: int) -> tuple[dict[str, _Site], dict[str, Any]]:
    changed, more = edited_pages(pages), enlarged(pages, large)
    sites = {
        "tagged": _Site(pages, Report.page, is_tagged=True),
        "plain": _Site(pages, Report.page, is_tagged=False),
        "noisy": _Site(pages, _Noise(), is_tagged=False),
        "edited": _Site(pages, lambda r: changed.get(r.path) or r.page(), is_tagged=False),
        "large": _Site(more, Report.page, is_tagged=True),
        "large_plain": _Site(more, Report.page, is_tagged=False),
    }
    return sites, {
        "origins": {name: site.origin for name, site in sites.items()},
        "editions": pages.editions,
        "large_editions": more.editions,
        "pages": len(pages.reports),
        "edits": len(changed),
        "large": len(more.reports),
        "first_url": pages.reports[0].url,
        "bytes": sum(len(each.page()) for each in pages.reports),
    }


def main(arguments: list[str] | None = None) -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m bench.site", description=__doc__)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--pages", type=int, default=0)
    parser.add_argument("--large", type=int, default=LARGE)
    chosen = parser.parse_args(arguments)
    sites, told = _sites(load_pages(chosen.corpus, chosen.pages), chosen.large)
    for site in sites.values():
        threading.Thread(target=site.serve_forever, daemon=True).start()
    print(json.dumps(told), flush=True)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
