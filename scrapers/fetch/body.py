"""Take a response's body off the wire whole, within its limits, and decompress it.

The wire bytes are bounded first, the decompressed ones afterwards. What was not asked for is
decompressed all the same: the Internet Archive sends captures in the encoding their server chose.
"""

from __future__ import annotations

from urllib3.response import HTTPResponse

from scrapers.encodings import BadBody, BodyCutOff, BodyTooLarge, as_utf8, unpacked
from scrapers.fetch.errors import BadEncoding, TooLarge, Truncated

_CHUNK = 64 * 1024


def read_body(raw: HTTPResponse, url: str, limit: int) -> bytes:
    """Return the whole decompressed body, at most ``limit`` bytes, UTF-16 as UTF-8.

    Raises TooLarge, Truncated, BadEncoding, and what urllib3 raises when the wire fails.
    """
    wire = _wire_bytes(raw, url, limit)
    try:
        return as_utf8(unpacked(wire, raw.headers.get("content-encoding", ""), limit))
    except BodyTooLarge as error:
        raise TooLarge(url, str(error)) from None
    except BodyCutOff as error:
        raise Truncated(url, str(error)) from None
    except BadBody as error:
        raise BadEncoding(url, str(error)) from None


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
