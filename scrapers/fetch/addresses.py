"""Decide which network addresses may be asked, and connect to exactly those that were checked.

A name is looked up once, when a connection is opened; the connection goes to the very addresses
that were judged, so that a name cannot answer "public" to the check and "127.0.0.1" to the
connection (DNS rebinding). Pooled connections are not looked up again.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from scrapers.fetch.special_addresses import is_public

Resolver = Callable[..., list[Any]]
"""Called and answering as ``socket.getaddrinfo``."""

SocketOptions: TypeAlias = list[tuple[int, int, Any]]


class AddressRefused(Exception):
    """A host name leads into a network that must not be asked; the message says where."""


_NO_SUCH_NAME = (socket.EAI_NONAME, socket.EAI_NODATA)


class NotConnected(Exception):
    """A host could not be found or reached; the message says why."""


class NameUnknown(NotConnected):
    """The resolver says for certain that there is no such name."""


class Lookups:
    """Looks names up as a resolver does, and waits ``seconds`` for it at most.

    The resolver of the system cannot be interrupted. It is asked in a thread of its own, which
    ends with the program, and one that still waits for a name is not asked for it again.
    """

    def __init__(self, resolve: Resolver, seconds: float) -> None:
        self._resolve = resolve
        self._seconds = seconds
        self._lock = threading.Lock()
        self._open: dict[tuple[Any, ...], Future[list[Any]]] = {}

    def __call__(self, *asked: Any) -> list[Any]:
        """Return what the resolver answers; raises what it raises, and NotConnected."""
        with self._lock:
            answer = self._open.get(asked)
            if answer is None:
                answer = self._open[asked] = Future()
                threading.Thread(target=self._look_up, args=(asked, answer), daemon=True).start()
        try:
            return answer.result(self._seconds)
        except TimeoutError:
            raise NotConnected(
                f"the name {asked[0]} cannot be resolved: no answer within {self._seconds:g} s"
            ) from None

    def _look_up(self, asked: tuple[Any, ...], answer: Future[list[Any]]) -> None:
        try:
            found = self._resolve(*asked)
        except BaseException as error:
            self._forget(asked)
            answer.set_exception(error)
        else:
            self._forget(asked)
            answer.set_result(found)

    def _forget(self, asked: tuple[Any, ...]) -> None:
        with self._lock:
            del self._open[asked]


@dataclass(frozen=True)
class Dialer:
    """Opens connections, to public addresses only.

    ``exempt`` are (host, port) pairs the operator allows; ``allow_private`` allows all.
    """

    allow_private: bool = False
    exempt: frozenset[tuple[str, int]] = frozenset()
    resolve: Resolver = field(default=socket.getaddrinfo)
    monotonic: Callable[[], float] = time.monotonic

    def connect(
        self, host: str, port: int, timeout: float | None, options: SocketOptions
    ) -> socket.socket:
        """Return a socket connected to one of the checked addresses of a host.

        ``timeout`` is in seconds, for each address; all of them together have twice as long.
        Raises AddressRefused and NotConnected.
        """
        failure = "its name has no address"
        end = None if timeout is None else self.monotonic() + 2 * timeout
        for family, kind, protocol, place in self._checked(host, port):
            left = None if end is None else min(timeout or 0.0, end - self.monotonic())
            if left is not None and left <= 0:
                break
            try:
                return _connected((family, kind, protocol), place, left, options)
            except TimeoutError:
                failure = f"no connection within {timeout} s"
            except OSError as error:
                failure = error.strerror or str(error)
        raise NotConnected(f"{host} port {port} cannot be reached: {failure}")

    def _checked(self, host: str, port: int) -> list[tuple[int, int, int, Any]]:
        """Look a name up once; refuse it if any of its addresses is not public."""
        try:
            answers = self.resolve(host, port, 0, socket.SOCK_STREAM)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            is_unknown = getattr(error, "errno", None) in _NO_SUCH_NAME
            kind = NameUnknown if is_unknown else NotConnected
            raise kind(f"the name {host} cannot be resolved: {why}") from None
        if not (self.allow_private or (host, port) in self.exempt):
            for *_, place in answers:
                self._judge(host, place[0])
        return [(family, kind, protocol, place) for family, kind, protocol, _, place in answers]

    @staticmethod
    def _judge(host: str, address: str) -> None:
        """Raise AddressRefused unless an address is public."""
        if not is_public(ipaddress.ip_address(address)):
            raise AddressRefused(
                f"{host} leads to {address}, which is not on the public internet; set "
                "REPORTWATCH_ALLOW_PRIVATE to fetch from private networks"
            )


def _connected(
    form: tuple[int, int, int], place: Any, timeout: float | None, options: SocketOptions
) -> socket.socket:
    """Return a socket connected to a numeric address, or raise OSError and leave none open."""
    connection = socket.socket(*form)
    try:
        for option in options:
            connection.setsockopt(*option)
        connection.settimeout(timeout)
        connection.connect(place)
    except BaseException:
        connection.close()
        raise
    return connection
