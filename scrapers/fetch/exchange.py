"""Send one request to a site and take its answer whole. When, and whether, the gate decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.response import HTTPResponse

from reports.model.captured import Exchange, kept_headers
from reports.text.addresses import split_address
from scrapers.fetch.addresses import Dialer, Lookups, Resolver
from scrapers.fetch.body import read_body
from scrapers.fetch.budget import Budget
from scrapers.fetch.connection import ConnectionTerms, LineAdapter
from scrapers.fetch.policy import FetchPolicy
from scrapers.fetch.urls import Via, host_of, origin_of

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HEADS = 1024 * 1024  # of an answer's bytes, beside twice a whole body: chunks have heads as well
_PROTOCOLS = {10: "HTTP/1.0", 11: "HTTP/1.1"}
_DRAINED = 64 * 1024  # a redirect's body up to this size is read away, to keep the connection


class Answer(NamedTuple):
    """One answer of a server, its body read whole; a redirect's body is left out.

    ``headers`` have lower-case names; ``exchange`` is all that was asked and answered.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    exchange: Exchange

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
        clock: Callable[[], datetime],
    ) -> None:
        self._policy = policy
        self._clock = clock
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
        asked = self._via.address(parts, host)
        request.prepare_url(asked, None)
        request.headers = CaseInsensitiveDict({**self._headers, **extra})
        if content is not None:
            request.prepare_body(content if isinstance(content, bytes) else dict(content), None)
        timeout = (self._policy.connect_timeout, self._policy.read_timeout)
        asked_at = self._clock()
        raw: HTTPResponse = self._adapter.send(request, stream=True, timeout=timeout).raw
        origin = origin_of(asked)
        in_place = "" if origin == origin_of(url) else origin
        exchange = Exchange(url, request.method, asked_at, asked_in_place=in_place)
        try:
            return self._taken(exchange, raw)
        except BaseException:
            raw.close()
            raise
        finally:
            self._budget.add_bytes(host, raw.tell())

    def _taken(self, begun: Exchange, raw: HTTPResponse) -> Answer:
        came = [(name, value.strip()) for name, value in raw.headers.items()]
        exchange = _answered(begun, raw, came)  # before the connection is given back
        headers = {name.lower(): value for name, value in came}
        answer = Answer(raw.status, headers, b"", exchange)
        if not answer.location:
            answer = answer._replace(body=read_body(raw, begun.url, self._policy.max_bytes))
        elif (raw.length_remaining or _DRAINED + 1) <= _DRAINED:
            raw.drain_conn()
        else:
            raw.close()
        return answer._replace(exchange=replace(exchange, answered_at=self._clock()))


def _answered(begun: Exchange, raw: HTTPResponse, came: Sequence[tuple[str, str]]) -> Exchange:
    """Return an exchange with what was sent, by whom it was answered, and the answer's head."""
    connection = raw.connection
    headers, left_out = kept_headers(came)
    sent = getattr(connection, "sent", None)
    return replace(
        begun,
        request_headers=None if sent is None else kept_headers(sent)[0],
        status=raw.status,
        reason=raw.reason or "",
        protocol=_PROTOCOLS.get(raw.version),
        headers=headers,
        headers_left_out=left_out,
        remote_address=getattr(connection, "remote_ip", "") or None,
        tls_chain=getattr(connection, "tls_chain", ""),
        tls_chain_sha256=getattr(connection, "tls_chain_sha256", ""),
    )
