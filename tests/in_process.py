"""Serve a site in this process, behind the fetch gate: for tests that are not of the wire."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from itertools import count
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from requests import PreparedRequest
from urllib3 import HTTPResponse

from deployments.sample_site import revalidated
from deployments.sample_site.server import Site
from scrapers.fetch.connection import LineAdapter

_numbers = count(1)


@contextmanager
def served_in_process(site: Site) -> Iterator[str]:
    """Answer for a site without a socket; yields its origin, as ``serve`` does.

    Only the wire is left out: robots, pace, retries, limits and redirects stay the gate's own.
    """
    origin = f"http://site-{next(_numbers)}.invalid"
    over_the_wire = LineAdapter.send

    def send(adapter: LineAdapter, request: PreparedRequest, *rest: Any, **options: Any) -> Any:
        if request.url and request.url.startswith(f"{origin}/"):
            return SimpleNamespace(raw=_answer(site, request))
        return over_the_wire(adapter, request, *rest, **options)

    with patch.object(LineAdapter, "send", send):
        yield origin


def _answer(site: Site, request: PreparedRequest) -> HTTPResponse:
    known = request.headers.get("If-None-Match", "")
    answer = revalidated(site.render(request.path_url), known)
    headers = dict(answer.headers)
    if answer.status != HTTPStatus.NOT_MODIFIED:
        headers["Content-Length"] = str(len(answer.body))
    return HTTPResponse(
        io.BytesIO(answer.body),
        headers,
        answer.status,
        version=11,
        reason=HTTPStatus(answer.status).phrase,
        preload_content=False,
        connection=_Connection(request),
    )


class _Connection:
    """What the gate notes of a connection."""

    remote_ip = "127.0.0.1"

    def __init__(self, request: PreparedRequest) -> None:
        self.sent = list(request.headers.items())

    def close(self) -> None:
        pass
