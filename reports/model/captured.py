"""The capture record: what was asked and what was answered when a page was captured.

A capture record is canonical JSON, and its SHA-256 is the capture digest. Its bytes are kept as
they were made: a later program that says more in new ones leaves the old ones alone. What is not
known is null; nothing is made up for it. Cookies and credentials are left out by name.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from reports.text.canonical_json import Json, canonical_json, instant

Headers = tuple[tuple[str, str], ...]
"""Names and values of headers, in the order and the case in which they came."""

LEFT_OUT = "(left out)"
_SECRET = frozenset(
    {"authorization", "cookie", "proxy-authorization", "set-cookie", "set-cookie2", "x-api-key"}
)
LARGEST_HEADERS = 32 * 1024
"""Characters of an answer's headers that are kept; real ones have 5,000 at most."""

_VERSION = 1


class CaptureOrigin(StrEnum):
    """Who answered: the publisher, a web archive that had its page, or a file that held it."""

    PUBLISHER = "publisher"
    ARCHIVE = "archive"
    FILE = "file"


@dataclass(frozen=True)
class Exchange:
    """One request and its answer. None and ``""`` stand for what is not known.

    ``url`` is the publisher's address; ``asked_in_place`` the origin that was asked instead.
    ``remote_address`` is the peer's IP address. ``tls_chain_sha256`` is of the certificates that it
    sent, DER, one behind the other, or of its own alone if ``tls_chain`` says ``leaf``; ``""`` over
    plain http. ``headers_left_out`` counts answer headers beyond the bound.
    """

    url: str
    method: str | None = None
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    request_headers: Headers | None = None
    status: int | None = None
    reason: str | None = None
    protocol: str | None = None
    headers: Headers | None = None
    headers_left_out: int = 0
    asked_in_place: str = ""
    remote_address: str | None = None
    tls_chain: str | None = None
    tls_chain_sha256: str | None = None

    @property
    def document(self) -> dict[str, Json]:
        """The exchange as JSON."""
        return {
            "url": self.url,
            "method": self.method,
            "asked_at": _instant(self.asked_at),
            "answered_at": _instant(self.answered_at),
            "request_headers": _listed(self.request_headers),
            "status": self.status,
            "reason": self.reason,
            "protocol": self.protocol,
            "headers": _listed(self.headers),
            "headers_left_out": self.headers_left_out,
            "asked_in_place": self.asked_in_place,
            "remote_address": self.remote_address,
            "tls_chain": self.tls_chain,
            "tls_chain_sha256": self.tls_chain_sha256,
        }

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Exchange:
        """Return the exchange that JSON says; raises KeyError, TypeError or ValueError."""
        return cls(
            url=document["url"],
            method=document["method"],
            asked_at=_moment(document["asked_at"]),
            answered_at=_moment(document["answered_at"]),
            request_headers=_headers(document["request_headers"]),
            status=document["status"],
            reason=document["reason"],
            protocol=document["protocol"],
            headers=_headers(document["headers"]),
            headers_left_out=document["headers_left_out"],
            asked_in_place=document["asked_in_place"],
            remote_address=document["remote_address"],
            tls_chain=document["tls_chain"],
            tls_chain_sha256=document["tls_chain_sha256"],
        )

    def header(self, name: str) -> str:
        """Return the last value of a header, ``""`` if there is none."""
        found = [value for each, value in self.headers or () if each.lower() == name]
        return found[-1] if found else ""


@dataclass(frozen=True)
class CaptureRecord:
    """What was asked and answered when a page was captured, as the bytes that were made of it."""

    canonical: bytes

    @cached_property
    def sha256(self) -> str:
        """The capture digest."""
        return hashlib.sha256(self.canonical).hexdigest()

    @cached_property
    def document(self) -> dict[str, Any]:
        """What the bytes say."""
        found: dict[str, Any] = json.loads(self.canonical)
        return found

    @cached_property
    def exchanges(self) -> tuple[Exchange, ...]:
        """Every request and answer, redirects first; never empty."""
        return tuple(Exchange.of(each) for each in self.document["exchanges"])

    @property
    def url(self) -> str:
        """The address that was asked first."""
        return str(self.document["url"])

    @property
    def last(self) -> Exchange:
        """The exchange that brought the payload."""
        return self.exchanges[-1]

    @property
    def payload_sha256(self) -> str:
        """SHA-256 of the unpacked body."""
        return str(self.document["payload_sha256"])

    @property
    def payload_size(self) -> int | None:
        """Bytes of the unpacked body, None if that is not known."""
        found: int | None = self.document["payload_size"]
        return found

    @property
    def is_derived(self) -> bool:
        """Whether it was put together afterwards, from the little that was kept."""
        return bool(self.document["is_derived"])


def make_record(
    exchanges: Sequence[Exchange],
    *,
    origin: CaptureOrigin,
    client: str | None,
    payload_sha256: str,
    payload_size: int | None,
    about: Mapping[str, Json] | None = None,
    is_derived: bool = False,
) -> CaptureRecord:
    """Return the record of some exchanges, one at least; the last one brought the payload.

    ``payload_size`` are the bytes of the unpacked body. ``about`` is what else is known, such as
    the file that held the page or the archive's own digest.
    """
    first, last = exchanges[0], exchanges[-1]
    document: dict[str, Json] = {
        "v": _VERSION,
        "origin": origin.value,
        "client": client,
        "url": first.url,
        "final_url": last.url,
        "asked_at": _instant(first.asked_at),
        "answered_at": _instant(last.answered_at),
        "exchanges": [each.document for each in exchanges],
        "payload_sha256": payload_sha256,
        "payload_size": payload_size,
        "about": dict(about or {}),
        "is_derived": is_derived,
    }
    return CaptureRecord(canonical_json(document))


def read_record(canonical: bytes) -> CaptureRecord:
    """Return the record that bytes hold; raises ValueError if they hold none, or not canonically.

    For bytes from elsewhere: those that we stored are taken as they are.
    """
    try:
        found = CaptureRecord(canonical)
        is_one = isinstance(found.document, dict) and found.document.get("v") == _VERSION
        if not is_one or not found.exchanges or canonical_json(found.document) != canonical:
            raise ValueError("it is no capture record in canonical JSON")
        CaptureOrigin(found.document["origin"])
        _check(found.document, _KINDS)
        for each in found.document["exchanges"]:
            _check(each, _KINDS_OF_EXCHANGE)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"it is no capture record: {error!r:.80}") from None
    return found


_TEXT, _TEXT_OR_NULL = (str,), (str, type(None))
_NUMBER, _NUMBER_OR_NULL = (int,), (int, type(None))
_KINDS: dict[str, tuple[type, ...]] = {
    "v": _NUMBER,
    "origin": _TEXT,
    "client": _TEXT_OR_NULL,
    "url": _TEXT,
    "final_url": _TEXT,
    "asked_at": _TEXT_OR_NULL,
    "answered_at": _TEXT_OR_NULL,
    "exchanges": (list,),
    "payload_sha256": _TEXT,
    "payload_size": _NUMBER_OR_NULL,
    "about": (dict,),
    "is_derived": (bool,),
}
_KINDS_OF_EXCHANGE: dict[str, tuple[type, ...]] = {
    "url": _TEXT,
    "method": _TEXT_OR_NULL,
    "asked_at": _TEXT_OR_NULL,
    "answered_at": _TEXT_OR_NULL,
    "request_headers": (list, type(None)),
    "status": _NUMBER_OR_NULL,
    "reason": _TEXT_OR_NULL,
    "protocol": _TEXT_OR_NULL,
    "headers": (list, type(None)),
    "headers_left_out": _NUMBER,
    "asked_in_place": _TEXT,
    "remote_address": _TEXT_OR_NULL,
    "tls_chain": _TEXT_OR_NULL,
    "tls_chain_sha256": _TEXT_OR_NULL,
}


def _check(document: Mapping[str, Any], kinds: Mapping[str, tuple[type, ...]]) -> None:
    """Raise ValueError if JSON has other names or kinds of values than a capture record has."""
    if set(document) != set(kinds):
        raise ValueError("it has other keys than a capture record has")
    for name, kind in kinds.items():
        if type(document[name]) not in kind:
            raise ValueError(f"its {name} is of another kind than a capture record's")


def kept_headers(pairs: Iterable[tuple[str, str]]) -> tuple[Headers, int]:
    """Return headers fit to be kept, without secrets, and how many were beyond the bound."""
    kept, room, count = [], LARGEST_HEADERS, 0
    for name, value in pairs:
        shown = LEFT_OUT if name.lower() in _SECRET else value
        room -= len(name) + len(shown)
        if room < 0:
            count += 1
        else:
            kept.append((name, shown))
    return tuple(kept), count


def _listed(headers: Headers | None) -> Json:
    return None if headers is None else [list(each) for each in headers]


def _headers(pairs: Any) -> Headers | None:
    return None if pairs is None else tuple((str(name), str(value)) for name, value in pairs)


def _instant(moment: datetime | None) -> str | None:
    return instant(moment) if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
