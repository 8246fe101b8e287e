"""Tell apart the address a publisher gave and the one we really ask (``via`` another origin)."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import SplitResult

from requests.utils import requote_uri

from reports.text.addresses import join_address, split_address
from scrapers.fetch.errors import RequestRefused

DEFAULT_PORTS = {"http": 80, "https": 443}


def split_http_url(url: str) -> SplitResult:
    """Return the parts of an address we may ask, without its fragment.

    Raises RequestRefused for anything but http(s), for credentials, and if programs may disagree
    about which host is meant.
    """
    try:
        parts = split_address(url)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError as error:
        raise RequestRefused(url, f"the address cannot be read: {error}") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise RequestRefused(url, "only http and https addresses are fetched")
    if "@" in parts.netloc:
        raise RequestRefused(url, "addresses with a user name or password are not fetched")
    if not is_whole or any(c in "\\%" or not c.isprintable() or c == " " for c in parts.netloc):
        raise RequestRefused(url, "the address does not name a host")
    return parts._replace(fragment="")


def host_of(parts: SplitResult) -> str:
    """Return the host in lower case, with its port if that is not the scheme's own."""
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    if parts.port in (None, DEFAULT_PORTS[parts.scheme]):
        return host
    return f"{host}:{parts.port}"


def origin_of(url: str) -> str:
    """Return the origin of an http(s) address, as browsers write it."""
    parts = split_address(url)
    return f"{parts.scheme}://{host_of(parts)}"


class Via:
    """Asks another origin for the pages of some hosts; everything reported keeps their address.

    With ``origin`` empty, every address is asked as it is. ``own_hosts`` are host names, with a
    port only if it is not the scheme's own.
    """

    def __init__(self, origin: str, own_hosts: Collection[str]) -> None:
        self._own_hosts = frozenset(host.lower() for host in own_hosts) if origin else frozenset()
        self._origin = split_http_url(origin) if origin else None

    @property
    def endpoint(self) -> tuple[str, int] | None:
        """Return the origin's host and port."""
        if self._origin is None:
            return None
        return self._origin.hostname or "", self._origin.port or DEFAULT_PORTS[self._origin.scheme]

    def address(self, parts: SplitResult, host: str) -> str:
        """Return the address to ask for a publisher's page."""
        if self._origin is not None and host in self._own_hosts:
            parts = parts._replace(scheme=self._origin.scheme, netloc=self._origin.netloc)
        return parts.geturl()

    def redirected(self, url: str, location: str) -> str:
        """Return the publisher's address that a redirect from one of its pages leads to."""
        here = split_http_url(url)
        there = split_address(_joined(url, location))
        if self._is_origin(there) and host_of(here) in self._own_hosts:
            there = there._replace(scheme=here.scheme, netloc=here.netloc)
        return there._replace(fragment="").geturl()

    def _is_origin(self, parts: SplitResult) -> bool:
        origin = self._origin
        return origin is not None and parts.netloc.lower() == origin.netloc.lower()


def _joined(url: str, location: str) -> str:
    """Join a Location header (bytes read as Latin-1, mostly UTF-8) to the address it came from."""
    text = location.encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        joined = requote_uri(join_address(url, text))
        split_http_url(joined)
    except ValueError as error:
        raise RequestRefused(url, f"its redirect leads to an unreadable address: {error}") from None
    return joined
