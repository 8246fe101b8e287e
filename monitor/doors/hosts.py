"""Names of hosts: what a header names, and whether it is this machine."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

_HOST = re.compile(r"(?:[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")
"""RFC 9110, 7.2, without what only proxies send: no list, no user, nothing behind an address."""


def host_of(header: str) -> str:
    """Return the host that a ``Host`` header names, ``""`` for none that can be one."""
    if not _HOST.fullmatch(header):
        return ""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine's own loopback."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
