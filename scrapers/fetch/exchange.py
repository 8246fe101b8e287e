"""Send one request to a site and take its answer whole. When, and whether, the gate decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.response import HTTPResponse

from reports.text.addresses import split_address
from scrapers.fetch.addresses import Dialer, Lookups, Resolver
from scrapers.fetch.body import read_body
from scrapers.fetch.budget import Budget
from scrapers.fetch.connection import ConnectionTerms, LineAdapter
from scrapers.fetch.policy import FetchPolicy
from scrapers.fetch.urls import Via, host_of

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADS = 1024 * 1024  # of an answer's bytes, beside twice a whole body: chunks have heads as well
_DRAINED = 64 * 1024  # a redirect's body up to this size is read away, to keep the connection


class Answer(NamedTuple):
    """One answer of a server, its body read whole; a redirect's body is left out."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    remote_ip: str

    @property
    def location(self) -> str:
        """The address that a redirect names; ``""`` if it is none."""
        return self.headers.get("location", "") if self.status in _REDIRECTS else ""

    @property
    def is_failure(self) -> bool:
        """Whether the host refuses or fails, so that it should be left alone."""
        return self.status in (403, 429) or self.status >= 500


class Exchanges:
    """The exchanges of one gate, over pooled connections; ``budget`` counts the bytes that come."""

    def __init__(
        self,
        policy: FetchPolicy,
        via: Via,
        budget: Budget,
        resolve: Resolver,
        monotonic: Callable[[], float],
    ) -> None:
        self._policy = policy
        self._via = via
        self._budget = budget
        exempt = frozenset({via.endpoint} if via.endpoint else ())
        lookups = Lookups(resolve, policy.resolve_timeout)
        dialer = Dialer(policy.allow_private, exempt, lookups, monotonic)
        most_bytes = 2 * policy.max_bytes + _HEADS
        self._adapter = LineAdapter(
            ConnectionTerms(dialer, policy.total_timeout, most_bytes, monotonic)
        )
        self._headers = {
            "User-Agent": policy.user_agent,
            "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
            "Accept-Encoding": "gzip, deflate",
        }

    def close(self) -> None:
        """Close the pooled connections."""
        self._adapter.close()

    def send(
        self,
        url: str,
        extra: Mapping[str, str],
        content: Mapping[str, str] | bytes | None = None,
    ) -> Answer:
        """Send one request, with further headers, and take its answer whole.

        The adapter is driven directly: a requests Session reads the bodies of redirects without
        any limit, and keeps cookies.
        """
        parts = split_address(url)
        host = host_of(parts)
        request = requests.PreparedRequest()
        request.method = "GET" if content is None else "POST"
        request.prepare_url(self._via.address(parts, host), None)
        request.headers = CaseInsensitiveDict({**self._headers, **extra})
        if content is not None:
            request.prepare_body(content if isinstance(content, bytes) else dict(content), None)
        timeout = (self._policy.connect_timeout, self._policy.read_timeout)
        raw: HTTPResponse = self._adapter.send(request, stream=True, timeout=timeout).raw
        try:
            return self._taken(url, raw)
        except BaseException:
            raw.close()
            raise
        finally:
            self._budget.add_bytes(host, raw.tell())

    def _taken(self, url: str, raw: HTTPResponse) -> Answer:
        remote_ip = getattr(raw.connection, "remote_ip", "")
        headers = {name.lower(): value.strip() for name, value in raw.headers.items()}
        answer = Answer(raw.status, headers, b"", remote_ip)
        if not answer.location:
            return answer._replace(body=read_body(raw, url, self._policy.max_bytes))
        if (raw.length_remaining or _DRAINED + 1) <= _DRAINED:
            raw.drain_conn()
        else:
            raw.close()
        return answer
