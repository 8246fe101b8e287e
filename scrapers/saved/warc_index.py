"""Index a WARC file: CDXJ, as pywb and WACZ read it, and the list of pages of a WACZ."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC

from reports.text.addresses import split_address
from reports.text.canonical_json import instant
from scrapers.saved.warc_writer import Placed

_WWW = re.compile(r"www\d*\.")
_REVISIT = "warc/revisit"
_PORTS = {"http": 80, "https": 443}


def cdxj(placed: Iterable[Placed], file: str) -> bytes:
    """Return the index of a WARC file of a name, its lines in order."""
    return b"".join(sorted(_cdx_line(each, file) for each in placed))


def pages_jsonl(placed: Iterable[Placed], title: str) -> bytes:
    """Return the list of pages of a WACZ, those that bring a page, in order of time."""
    head = {"format": "json-pages-1.0", "id": "pages", "title": title}
    pages = [
        {"id": f"page-{number}", "url": each.url, "ts": instant(each.captured_at), "title": title}
        for number, each in enumerate(sorted(_shown(placed), key=lambda one: one.captured_at))
    ]
    return b"".join(json.dumps(each).encode() + b"\n" for each in [head, *pages])


def surt(url: str) -> str:
    """Return an address as indexes sort it: its host back to front, without ``www.``."""
    parts = split_address(url)
    if parts.scheme not in _PORTS:
        return url
    host = _WWW.sub("", (parts.hostname or "").rstrip("."), count=1)
    port = "" if parts.port in (None, _PORTS[parts.scheme]) else f":{parts.port}"
    named = ",".join(reversed(host.split("."))) if not _is_number(host) else host
    path = parts.path.lower()
    path = path.rstrip("/") or "/"
    query = f"?{'&'.join(sorted(parts.query.lower().split('&')))}" if parts.query else ""
    return f"{named}{port}){path}{query}"


def _is_number(host: str) -> bool:
    return ":" in host or host.replace(".", "").isdigit()


def _shown(placed: Iterable[Placed]) -> list[Placed]:
    return [each for each in placed if each.status in (None, 200) and not each.is_revisit]


def _cdx_line(each: Placed, file: str) -> bytes:
    said = {
        "url": each.url,
        "mime": _REVISIT if each.is_revisit else each.media_type or "unk",
        "status": str(each.status) if each.status else "200",
        "digest": f"sha256:{each.payload_sha256}" if each.payload_sha256 else "-",
        "length": str(each.length),
        "offset": str(each.offset),
        "filename": file,
    }
    stamp = each.captured_at.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    return f"{surt(each.url)} {stamp} {json.dumps(said)}\n".encode()
