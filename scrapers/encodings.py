"""Undo how a body was packed and written: content codings, and UTF-16.

One list for live answers, captures and archive files. What is unpacked is bounded: no decompressor
is asked for more than the limit, so that a bomb costs the limit in memory and nothing more.
"""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Callable

import brotli
import zstandard

_MOST_CODINGS = 3
"""Codings of one body. Servers use one; a proxy behind them may add another."""
_MOST_MEMBERS = 100
"""Gzip members or zstd frames in one body. Servers send one; thousands would cost us minutes."""
_LARGEST_WINDOW = 2**27
"""Bytes that a zstd frame may ask to be kept: what its command line takes without being told."""
_CHUNK = 64 * 1024
_ZSTD_PIECE = 512
"""Packed bytes taken at a time: a block takes 4 bytes and unpacks to 128 KiB at most."""

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS
_ZLIB = zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS
_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_UTF_32 = codecs.BOM_UTF32_LE  # begins as UTF-16 does


class BadBody(Exception):
    """A body cannot be unpacked; the message says why."""


class BodyTooLarge(BadBody):
    """A body has more bytes than allowed once it is unpacked."""


class BodyCutOff(BadBody):
    """A packed body stops before its end."""


def unpacked(body: bytes, coding: str, limit: int) -> bytes:
    """Return a body without its content codings (RFC 9110, 8.4.1), at most ``limit`` bytes.

    ``coding`` is the header's value. Raises BadBody, BodyTooLarge and BodyCutOff.
    """
    named = [each.strip() for each in coding.lower().split(",")]
    applied = [each for each in named if each not in ("", "identity")]
    if len(applied) > _MOST_CODINGS:
        raise BadBody(f"the body came in {len(applied)} encodings, one in the other")
    for each in reversed(applied):
        unpack = _CODINGS.get(each)
        if unpack is None:
            raise BadBody(f"the body came in the encoding {each[:40]!r}, which is not read")
        if body:
            body = unpack(body, limit)
    return body


def as_utf8(body: bytes) -> bytes:
    """Return text that begins with a UTF-16 byte order mark in UTF-8, any other bytes as given."""
    name = _UTF_16.get(body[:2])
    if name is None or body.startswith(_UTF_32):
        return body
    return body[2:].decode(name, "replace").encode()


def _gunzip(body: bytes, limit: int) -> bytes:
    """Return the members of a gzip body; what follows the first and is no member is ignored."""
    found = b""
    for count in range(_MOST_MEMBERS):
        if count and not body.startswith(_GZIP_MAGIC):
            return found
        piece, body = _inflate(body, _GZIP, limit - len(found))
        found += piece
    raise BadBody(f"the body is made of more than {_MOST_MEMBERS} compressed pieces")


def _undeflate(body: bytes, limit: int) -> bytes:
    """Take zlib's wrapping (RFC 1950, what deflate means) and bare deflate, which some send."""
    is_wrapped = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
    return _inflate(body, _ZLIB if is_wrapped else _RAW_DEFLATE, limit)[0]


def _inflate(body: bytes, window: int, limit: int) -> tuple[bytes, bytes]:
    """Return what a compressed stream holds, and the bytes behind it."""
    inflater = zlib.decompressobj(window)
    try:
        found = inflater.decompress(body, limit + 1)
    except zlib.error as error:
        raise _cannot(error) from None
    _check(len(found), limit, is_whole=inflater.eof)
    return found, inflater.unused_data


def _unbrotli(body: bytes, limit: int) -> bytes:
    opener = brotli.Decompressor()
    found = bytearray()
    try:
        found += opener.process(body, output_buffer_limit=_CHUNK)
        while not opener.is_finished() and len(found) <= limit:
            piece = opener.process(b"", output_buffer_limit=_CHUNK)
            if not piece and opener.can_accept_more_data():
                break
            found += piece
    except brotli.error as error:
        raise _cannot(error) from None
    _check(len(found), limit, is_whole=opener.is_finished())
    return bytes(found)


def _unzstd(body: bytes, limit: int) -> bytes:
    """Return the frames of a body, fed in pieces so small that none unpacks to many megabytes."""
    opener = _zstd_frame()
    found = bytearray()
    frames = 1
    for at in range(0, len(body), _ZSTD_PIECE):
        piece = body[at : at + _ZSTD_PIECE]
        while piece and len(found) <= limit:
            if opener.eof:
                opener, frames = _zstd_frame(), frames + 1
            if frames > _MOST_MEMBERS:
                raise BadBody(f"the body is made of more than {_MOST_MEMBERS} compressed pieces")
            try:
                found += opener.decompress(piece)
            except zstandard.ZstdError as error:
                raise _cannot(error) from None
            piece = opener.unused_data
    _check(len(found), limit, is_whole=opener.eof)
    return bytes(found)


def _zstd_frame() -> zstandard.ZstdDecompressionObj:
    return zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW).decompressobj()


def _cannot(error: Exception) -> BadBody:
    return BadBody(f"the body cannot be decompressed: {error}")


def _check(size: int, limit: int, *, is_whole: bool) -> None:
    if size > limit:
        raise BodyTooLarge(f"the body decompresses to more than the {limit} bytes allowed")
    if not is_whole:
        raise BodyCutOff("the compressed body stops before its end")


_CODINGS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
