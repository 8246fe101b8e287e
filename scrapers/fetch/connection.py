"""Fit our rules into requests: checked addresses, known peers, and an end to every exchange.

Socket time-outs bound one silence, not the whole: a server that sends a byte a minute would hold
a worker for days. Here every single read from the socket looks at the exchange's deadline first,
so that slow headers, slow chunk sizes and slow bodies all end in time.
"""

from __future__ import annotations

import functools
import hashlib
import http
import http.client
import io
import logging
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import urllib3.exceptions as urllib3_errors
from requests import exceptions as requests_errors
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager

from scrapers.fetch.addresses import AddressRefused, Dialer, NameUnknown, NotConnected
from scrapers.fetch.errors import (
    FetchError,
    RequestRefused,
    TooLarge,
    Truncated,
    UnknownName,
    Unreachable,
    Untrusted,
)

_POOLED = 32
"""Connections kept per host, and hosts kept: more than any sensible number of workers."""

_SENT, _LEAF = "sent", "leaf"
"""Which certificates a digest is of: all that the peer sent, or its own alone."""

_DER = 2  # _ssl.ENCODING_DER, which no public module names

_MOST_INTERIM = 5
_MOST_TRAILERS = 100  # lines, as many as the standard library takes as headers
_LONGEST_LINE = 64 * 1024


@dataclass(frozen=True)
class ConnectionTerms:
    """How connections are opened, and how many seconds and bytes an exchange over one may take."""

    dialer: Dialer
    seconds: float
    most_bytes: int
    monotonic: Callable[[], float] = time.monotonic


class AnswerWithoutEnd(Exception):
    """A server sends more around a body than any answer needs; the message says what."""


class _TimedReader(io.RawIOBase):
    """A socket's incoming bytes, until a deadline, and up to a number."""

    def __init__(self, sock: socket.socket, line: ConnectionTerms, deadline: float) -> None:
        self._sock = sock
        self._silence = sock.gettimeout()
        self._incoming = sock.makefile("rb", buffering=0)
        self._monotonic = line.monotonic
        self._deadline = deadline
        self._bytes_left = line.most_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._deadline - self._monotonic()
        if left <= 0:
            raise TimeoutError("the exchange took longer than allowed")
        self._sock.settimeout(left if self._silence is None else min(self._silence, left))
        count = self._incoming.readinto(buffer)
        self._bytes_left -= count or 0
        if self._bytes_left < 0:
            raise AnswerWithoutEnd("the answer is far longer on the wire than its body may be")
        return count

    def close(self) -> None:
        self._incoming.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    """The standard library's response, reading through a _TimedReader."""

    def __init__(
        self, sock: socket.socket, *args: Any, line: ConnectionTerms, deadline: float, **kw: Any
    ):
        super().__init__(sock, *args, **kw)
        untimed, self.fp = self.fp, io.BufferedReader(_TimedReader(sock, line, deadline))
        untimed.close()

    def _read_status(self) -> tuple[str, int, str]:
        """Return the status line of the final answer, past the few interim ones before it.

        The standard library passes over 100 alone, and without end.
        """
        for _ in range(_MOST_INTERIM + 1):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if status == http.HTTPStatus.SWITCHING_PROTOCOLS:
                raise http.client.HTTPException("it switched protocols without being asked to")
            if status >= http.HTTPStatus.OK:
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise AnswerWithoutEnd(f"more than {_MOST_INTERIM} interim answers (1xx) came before one")

    def _read_and_discard_trailer(self) -> None:
        """Read past the lines behind a chunked body, as far as any answer has some."""
        for _ in range(_MOST_TRAILERS + 1):
            line = self.fp.readline(_LONGEST_LINE + 1)
            if len(line) > _LONGEST_LINE:
                raise http.client.LineTooLong("trailer line")
            if line in (b"\r\n", b"\n", b""):
                return
        raise AnswerWithoutEnd(f"more than {_MOST_TRAILERS} lines came behind the body")


class _Connection(HTTPConnection):
    """A connection to a checked address that knows its peer, and the headers it sent last."""

    line: ConnectionTerms
    remote_ip = ""
    tls_chain = ""
    tls_chain_sha256 = ""
    sent: list[tuple[str, str]]

    def _new_conn(self) -> socket.socket:
        sock = self.line.dialer.connect(
            self._dns_host, self.port, self.timeout, list(self.socket_options or [])
        )
        self.remote_ip = str(sock.getpeername()[0])
        return sock

    def request(self, *args: Any, **kwargs: Any) -> None:
        deadline = self.line.monotonic() + self.line.seconds
        self.response_class = functools.partial(  # type: ignore[assignment]
            _TimedResponse, line=self.line, deadline=deadline
        )
        self.sent = []
        super().request(*args, **kwargs)

    def putheader(self, header: Any, *values: Any) -> None:
        """Send a header, and remember it; called by the libraries."""
        super().putheader(header, *values)
        self.sent.append((_text(header), ", ".join(map(_text, values))))


class _TLSConnection(_Connection, HTTPSConnection):
    """The same over TLS: SNI and certificate check stay on the name."""

    def connect(self) -> None:
        """Connect, and take the digest of the certificates that the peer sent."""
        super().connect()
        self.tls_chain, self.tls_chain_sha256 = _chain_of(self.sock)


def _chain_of(sock: Any) -> tuple[str, str]:
    """Return which certificates of its chain a TLS peer showed, and the SHA-256 of their DER.

    Python has a public way to all of them since 3.13, and the same one unofficially before.
    """
    if hasattr(sock, "get_unverified_chain"):
        sent = sock.get_unverified_chain()
    else:
        inner = getattr(sock, "_sslobj", None)
        ask = getattr(inner, "get_unverified_chain", None)
        sent = [each.public_bytes(_DER) for each in (ask() if ask else None) or ()]
    which, chain = (_SENT, sent) if sent else (_LEAF, [sock.getpeercert(binary_form=True) or b""])
    return which, hashlib.sha256(b"".join(chain)).hexdigest()


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


class _Pool(HTTPConnectionPool):
    """Connections to one host."""

    ConnectionCls = _Connection
    line: ConnectionTerms

    def _new_conn(self) -> Any:
        connection = super()._new_conn()
        connection.line = self.line  # type: ignore[attr-defined]
        return connection


class _TLSPool(_Pool, HTTPSConnectionPool):
    """Connections to one host over TLS."""

    ConnectionCls = _TLSConnection


class _Pools(PoolManager):
    """Connections to all hosts, over one line."""

    def __init__(self, line: ConnectionTerms, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._line = line
        self.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}

    def _new_pool(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        pool = super()._new_pool(*args, **kwargs)
        pool.line = self._line  # type: ignore[attr-defined]
        return pool


class LineAdapter(HTTPAdapter):
    """The adapter of requests over our own line; it never retries by itself."""

    def __init__(self, line: ConnectionTerms) -> None:
        self._line = line
        logging.getLogger("urllib3.connection").addFilter(_says_no_query)
        super().__init__(pool_connections=_POOLED, pool_maxsize=_POOLED)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **kwargs: Any
    ) -> None:
        """Make the pools; called by requests."""
        self.poolmanager = _Pools(
            self._line, num_pools=connections, maxsize=maxsize, block=block, **kwargs
        )


def _says_no_query(record: logging.LogRecord) -> bool:
    """Drop the warning about odd headers, which shows the whole address with its query."""
    return not str(record.msg).startswith("Failed to parse headers")


@contextmanager
def our_errors(url: str) -> Iterator[None]:
    """Turn what the libraries raise into our family, without the address they put into texts."""
    try:
        yield
    except AddressRefused as error:
        raise RequestRefused(url, str(error)) from None
    except AnswerWithoutEnd as error:
        raise TooLarge(url, str(error)) from None
    except NameUnknown as error:
        raise UnknownName(url, str(error)) from None
    except NotConnected as error:
        raise Unreachable(url, str(error)) from None
    except (OSError, ValueError, urllib3_errors.HTTPError) as error:
        raise _ours(url, error) from None


def _ours(url: str, error: BaseException) -> FetchError:
    """Return our error for one of requests' or urllib3's (requests' are OSErrors)."""
    cause = _innermost(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Untrusted(url, f"the certificate cannot be trusted: {cause.verify_message}")
    if isinstance(error, (requests_errors.Timeout, urllib3_errors.TimeoutError)):
        return Unreachable(url, f"no whole answer in time: {cause}")
    if isinstance(error, (requests_errors.InvalidURL, urllib3_errors.LocationValueError)):
        return RequestRefused(url, "the address does not name a host")
    if isinstance(error, urllib3_errors.ProtocolError):
        return Truncated(url, f"the answer broke off before its end: {cause}")
    return Unreachable(url, f"the connection failed: {cause}")


def _innermost(error: BaseException) -> BaseException:
    """Return the error that started a chain; only the outer ones repeat the address asked."""
    while True:
        around = (getattr(error, "reason", None), *error.args[-1:], error.__cause__)
        inner = next((e for e in around if isinstance(e, BaseException)), None)
        if inner is None:
            return error
        error = inner
