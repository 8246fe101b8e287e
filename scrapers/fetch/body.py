"""Take a response's body off the wire whole, within its limits, and decompress it.

The wire bytes are bounded first, the decompressed ones afterwards: the decompressor is never
asked for more than the limit, so that a bomb costs the limit in memory and nothing more.
"""

from __future__ import annotations

import zlib

from urllib3.response import HTTPResponse

from scrapers.fetch.errors import BadEncoding, TooLarge, Truncated

_CHUNK = 64 * 1024
_MEMBERS = 100
"""Gzip members in one body. Servers send one; thousands of empty ones would cost us minutes."""

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS
_ZLIB = zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS


def read_body(raw: HTTPResponse, url: str, limit: int) -> bytes:
    """Return the whole decompressed body, at most ``limit`` bytes.

    Raises TooLarge, Truncated, BadEncoding, and what urllib3 raises when the wire fails.
    """
    wire = _wire_bytes(raw, url, limit)
    coding = raw.headers.get("content-encoding", "").strip().lower()
    if coding in ("", "identity") or not wire:
        return wire
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise BadEncoding(url, f"the body came in the encoding {coding!r}, not asked for")
    try:
        return _inflated(wire, coding, url, limit)
    except zlib.error as error:
        raise BadEncoding(url, f"the body cannot be decompressed: {error}") from None


def _wire_bytes(raw: HTTPResponse, url: str, limit: int) -> bytes:
    """Read the body as it travels; one ``recv`` at a time, so that deadlines are looked at."""
    declared = raw.length_remaining or 0
    if declared > limit:
        raise TooLarge(url, f"the answer has {declared} bytes, more than the {limit} allowed")
    chunks: list[bytes] = []
    size = 0
    while chunk := raw.read1(_CHUNK, decode_content=False):
        size += len(chunk)
        if size > limit:
            raise TooLarge(url, f"the answer has more than the {limit} bytes allowed")
        chunks.append(chunk)
    return b"".join(chunks)


def _inflated(wire: bytes, coding: str, url: str, limit: int) -> bytes:
    """Decompress wire bytes; what follows a whole first member and is not a member is ignored."""
    window = _deflate_window(wire) if coding == "deflate" else _GZIP
    body = b""
    for count in range(_MEMBERS):
        if count and not wire.startswith(_GZIP_MAGIC):
            return body
        inflater = zlib.decompressobj(window)
        body += inflater.decompress(wire, limit - len(body) + 1)
        if len(body) > limit:
            raise TooLarge(url, f"the body decompresses to more than the {limit} bytes allowed")
        if not inflater.eof:
            raise Truncated(url, "the compressed body stops before its end")
        wire = inflater.unused_data
        if window != _GZIP:
            return body
    raise BadEncoding(url, f"the body is made of more than {_MEMBERS} compressed pieces")


def _deflate_window(wire: bytes) -> int:
    """Tell zlib's wrapping (RFC 1950, what deflate means) from bare deflate, which some send."""
    is_wrapped = len(wire) > 1 and wire[0] & 0x0F == 8 and (wire[0] << 8 | wire[1]) % 31 == 0
    return _ZLIB if is_wrapped else _RAW_DEFLATE
