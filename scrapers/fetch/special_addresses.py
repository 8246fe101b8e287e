"""Which ranges of addresses are not the public internet, and why: one table.

The IANA registries of special-purpose addresses (RFC 6890), whole: also those ranges in them that
are routed, since no publisher stands there; and addresses that look public, but are services of
the machine's own cloud. Judged from this table alone, an address is judged alike by every Python.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

SPECIAL: dict[str, str] = {
    # IPv4
    "0.0.0.0/8": "this network (RFC 791)",
    "10.0.0.0/8": "private use (RFC 1918)",
    "100.64.0.0/10": "shared by providers (RFC 6598); a cloud's metadata, as at 100.100.100.200",
    "127.0.0.0/8": "this machine (RFC 1122)",
    "169.254.0.0/16": "this link (RFC 3927); a cloud's metadata, as at 169.254.169.254",
    "172.16.0.0/12": "private use (RFC 1918)",
    "192.0.0.0/24": "protocol assignments (RFC 6890); a cloud's metadata, at 192.0.0.192",
    "192.0.2.0/24": "documentation (RFC 5737)",
    "192.31.196.0/24": "AS112 (RFC 7535)",
    "192.52.193.0/24": "multicast tunnels (RFC 7450)",
    "192.88.99.0/24": "6to4 relays, deprecated (RFC 7526)",
    "192.168.0.0/16": "private use (RFC 1918)",
    "192.175.48.0/24": "AS112 (RFC 7534)",
    "198.18.0.0/15": "benchmarks (RFC 2544)",
    "198.51.100.0/24": "documentation (RFC 5737)",
    "203.0.113.0/24": "documentation (RFC 5737)",
    "224.0.0.0/4": "multicast (RFC 5771)",
    "240.0.0.0/4": "reserved, and broadcast (RFC 1112)",
    # IPv4 that looks public and is a service of the machine's own cloud
    "168.63.129.16/32": "a cloud's host service (Azure: name server, agent, load balancer)",
    "161.26.0.0/16": "a cloud's own services (IBM)",
    "166.8.0.0/14": "a cloud's own services (IBM)",
    "199.36.153.4/30": "a cloud's own services (Google)",
    "199.36.153.8/30": "a cloud's own services (Google)",
    # IPv6: public addresses are inside 2000::/3, and these are not public
    "2001::/23": "protocol assignments (RFC 2928)",
    "2001:db8::/32": "documentation (RFC 3849)",
    "2620:4f:8000::/48": "AS112 (RFC 7534)",
    "3ffe::/16": "an experiment that is over (RFC 3701)",
    "3fff::/20": "documentation (RFC 9637)",
}
"""Ranges that are not public, and what they are."""

_GLOBAL = ipaddress.ip_network("2000::/3")
_SPECIAL = tuple(ipaddress.ip_network(each) for each in SPECIAL)

# IPv6 addresses that carry an IPv4 one in their last 32 bits
_IN_LOW_BITS = tuple(
    ipaddress.ip_network(each)
    for each in (
        "::/96",  # compatible, deprecated (RFC 4291): ::a.b.c.d
        "::ffff:0:0/96",  # mapped (RFC 4291)
        "::ffff:0:0:0/96",  # translated (RFC 2765)
        "64:ff9b::/96",  # NAT64 (RFC 6052)
    )
)
_ISATAP = (0x00005EFE, 0x02005EFE)  # the interface half begins with one of these (RFC 5214)


def is_public(address: IPAddress) -> bool:
    """Return whether an address belongs to the public internet.

    IPv4 addresses that travel inside IPv6 ones (mapped, compatible, translated, NAT64, 6to4,
    Teredo, ISATAP) are unwrapped and judged as what they are.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return not _is_special(address)
    if carried := tuple(_carried(address)):
        return not any(map(_is_special, carried))
    if (int(address) >> 32 & 0xFFFFFFFF) in _ISATAP and _is_special(_low_bits(address)):
        return False
    return address in _GLOBAL and not _is_special(address)


def _is_special(address: IPAddress) -> bool:
    return any(address in network for network in _SPECIAL)


def _carried(address: ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    """Yield the IPv4 addresses that an IPv6 address stands for."""
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo
    if any(address in network for network in _IN_LOW_BITS):
        yield _low_bits(address)


def _low_bits(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
