"""Decide which network addresses may be asked, and connect to exactly those that were checked.

A name is looked up once, when a connection is opened; the connection goes to the very addresses
that were judged, so that a name cannot answer "public" to the check and "127.0.0.1" to the
connection (DNS rebinding). Pooled connections are not looked up again.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[..., list[Any]]
"""Called and answering as ``socket.getaddrinfo``."""

SocketOptions: TypeAlias = list[tuple[int, int, Any]]

_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.88.99.0/24",  # 6to4 relays, deprecated (RFC 7526)
        "2001:20::/28",  # ORCHIDv2: names of hosts, not addresses (RFC 7343)
        "3fff::/20",  # documentation (RFC 9637)
        "5f00::/16",  # segment routing inside one network (RFC 9602)
    )
)
"""Ranges that Python 3.11's ``is_global`` takes for public."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_TRANSLATED = ipaddress.ip_network("::ffff:0:0:0/96")  # RFC 2765: ::ffff:0:a.b.c.d
_COMPATIBLE = ipaddress.ip_network("::/96")  # RFC 4291: ::a.b.c.d, deprecated
_ISATAP = (0x00005EFE, 0x02005EFE)  # RFC 5214: the interface half begins with one of these


class AddressRefused(Exception):
    """A host name leads into a network that must not be asked; the message says where."""


_NO_SUCH_NAME = (socket.EAI_NONAME, socket.EAI_NODATA)


class NotConnected(Exception):
    """A host could not be found or reached; the message says why."""


class NameUnknown(NotConnected):
    """The resolver says for certain that there is no such name."""


def is_public(address: IPAddress) -> bool:
    """Return whether an address belongs to the public internet.

    IPv4 addresses that travel inside IPv6 ones (mapped, compatible, NAT64, 6to4, Teredo, ISATAP)
    are unwrapped and judged as what they are.
    """
    carried = tuple(_carried(address)) if address.version == 6 else ()
    if carried:
        return all(is_public(inner) for inner in carried)
    return (
        address.is_global
        and not (address.is_multicast or address.is_reserved or address.is_unspecified)
        and not getattr(address, "is_site_local", False)
        and not any(address in network for network in _NOT_PUBLIC)
    )


def _carried(address: ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    """Yield the IPv4 addresses that an IPv6 address contains."""
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo
    low = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    in_low_bits = any(address in network for network in (_NAT64, _TRANSLATED, _COMPATIBLE))
    if in_low_bits or (int(address) >> 32 & 0xFFFFFFFF) in _ISATAP:
        yield low


@dataclass(frozen=True)
class Dialer:
    """Opens connections, to public addresses only.

    ``exempt`` are (host, port) pairs the operator allows; ``allow_private`` allows all.
    """

    allow_private: bool = False
    exempt: frozenset[tuple[str, int]] = frozenset()
    resolve: Resolver = field(default=socket.getaddrinfo)

    def connect(
        self, host: str, port: int, timeout: float | None, options: SocketOptions
    ) -> socket.socket:
        """Return a socket connected to one of the checked addresses of a host.

        ``timeout`` is in seconds, for each address. Raises AddressRefused and NotConnected.
        """
        failure = "its name has no address"
        for family, kind, protocol, place in self._checked(host, port):
            try:
                return _connected((family, kind, protocol), place, timeout, options)
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
