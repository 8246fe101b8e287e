"""Ask a site in this process, behind the fetch gate's face: for tests that are not of the wire."""

from __future__ import annotations

import io
from dataclasses import dataclass
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import requests
from urllib3 import HTTPResponse

from deployments.sample_site import SampleSite, revalidated
from scrapers.fetch.gate import FetchGate
from services.assembly import Parts

ORIGIN = "http://127.0.0.1:9"
"""The origin that stands for the site; over the wire nobody listens there."""


class SiteAdapter:
    """Answers requests to ``ORIGIN`` as a server of the site would; others go over the wire."""

    def __init__(self, site: SampleSite, wire: Any) -> None:
        self._site = site
        self._wire = wire

    def send(self, request: requests.PreparedRequest, **options: Any) -> Any:
        if not request.url.startswith(f"{ORIGIN}/"):
            return self._wire.send(request, **options)
        known = request.headers.get("If-None-Match", "")
        answer = revalidated(self._site.render(request.path_url), known)
        headers = dict(answer.headers)
        if answer.status != HTTPStatus.NOT_MODIFIED:
            headers["Content-Length"] = str(len(answer.body))
        raw = HTTPResponse(io.BytesIO(answer.body), headers, answer.status, preload_content=False)
        return SimpleNamespace(raw=raw)

    def close(self) -> None:
        self._wire.close()


@dataclass(frozen=True)
class PartsInProcess(Parts):
    """Parts whose fetch gates have ``site`` at hand; all of a gate but the wire is real."""

    site: SampleSite | None = None

    def fetch_gate(self, *arguments: Any, **options: Any) -> FetchGate:
        gate = super().fetch_gate(*arguments, **options)
        gate._adapter = SiteAdapter(self.site, gate._adapter)
        return gate
