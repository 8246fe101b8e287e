"""What comes back through the fetch gate, and the validators to ask with next time."""

from __future__ import annotations

import hashlib
import platform
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version

from reports.model.captured import CaptureOrigin, CaptureRecord, Exchange, make_record


@lru_cache(maxsize=1)
def client_name() -> str:
    """Return which program asks: its version, and those of what it asks with."""
    packages = (f"{name}/{version(name)}" for name in ("reportwatch", "requests", "urllib3"))
    library = ssl.OPENSSL_VERSION.split(" ")[:2]
    return f"{' '.join(packages)} Python/{platform.python_version()} {'/'.join(library)}"


def entity_tag(body: bytes) -> str:
    """Return a strong validator of a body (RFC 9110, section 8.8.3)."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def names_tag(wanted: str, tag: str) -> bool:
    """Return whether ``wanted``, an If-None-Match, names a tag: weakly (RFC 9110, 13.1.2)."""
    named = {each.strip().removeprefix("W/") for each in wanted.split(",")}
    return tag in named or "*" in named


@dataclass(frozen=True)
class Validators:
    """What a server gave with an earlier answer, to ask whether it still holds."""

    etag: str = ""
    last_modified: str = ""

    def headers(self) -> dict[str, str]:
        """Return the request headers that make a request conditional."""
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True)
class Response:
    """A whole answer. All addresses are the publisher's, also if another origin was asked.

    ``redirects`` are the addresses that were redirected to, in order; the last is ``final_url``.
    ``headers`` have lower-case names and describe the wire: Content-Length counts compressed
    bytes, ``body`` is decompressed, and ``b""`` for a 304. ``exchanges`` are all that were made,
    redirects first; none for an answer that was put together from something else.
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime
    redirects: tuple[str, ...] = ()
    exchanges: tuple[Exchange, ...] = ()

    @property
    def is_unchanged(self) -> bool:
        """Return whether the server said that the validators still hold."""
        return self.status == 304

    @property
    def content_type(self) -> str:
        """Return the media type in lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def record(self, digest: str) -> CaptureRecord | None:
        """Return the capture record, given the body's SHA-256; None if nothing was asked."""
        if not self.exchanges:
            return None
        return make_record(
            self.exchanges,
            origin=CaptureOrigin.PUBLISHER,
            client=client_name(),
            payload_sha256=digest,
            payload_size=len(self.body),
        )

    @property
    def validators(self) -> Validators:
        """Return what to ask with next time."""
        return Validators(self.headers.get("etag", ""), self.headers.get("last-modified", ""))
