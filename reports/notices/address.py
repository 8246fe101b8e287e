"""Addresses of readers as people may see them: what is secret in one stays hidden."""

from __future__ import annotations

import re

from reports.text.addresses import split_address

_WEB = ("http", "https")


def shown_address(address: str) -> str:
    """Return an address without its secrets: a mail address whole, of others scheme and host.

    A webhook's path and an apprise URL's parts are often what lets anybody write there.
    """
    found = re.match(r"([a-z][a-z0-9+.-]*)://", address, re.I)
    if found is None:
        return address
    scheme = found.group(1).lower()
    try:
        host = split_address(address).hostname or ""
    except ValueError:
        host = ""
    if scheme not in _WEB:
        return f"{scheme}://…"
    port = _port(address)
    has_more = bool(split_address(address).path.strip("/") or split_address(address).query)
    return f"{scheme}://{host}{port}/{'…' if has_more else ''}"


def _port(address: str) -> str:
    try:
        port = split_address(address).port
    except ValueError:
        return ""
    return f":{port}" if port else ""
