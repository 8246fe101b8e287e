"""Compress a text against another that it resembles: zstandard with a raw-content dictionary.

Pages of one edition share two thirds of their bytes, and a re-capture nearly all: at level 3 a
real page of 300 KB takes 64 KB alone, 31 KB against a sibling and 90 bytes against itself with
noise, at 0.5 to 1 ms (``make bench``).
"""

from __future__ import annotations

from functools import lru_cache

import zstandard

from storage.database.errors import Damaged

LEVEL = 3
WINDOW_LOG = 22  # 4 MiB: base and page of the largest reports together
LARGEST = 64 * 1024 * 1024


def compress(data: bytes, base: bytes = b"") -> bytes:
    """Return ``data`` compressed against ``base`` (empty: on its own)."""
    if not base:
        return zstandard.ZstdCompressor(level=LEVEL).compress(data)
    return _compressor(base).compress(data)


def decompress(packed: bytes, base: bytes = b"") -> bytes:
    """Return what ``compress`` was given; raises Damaged."""
    known = _dictionary(base) if base else None
    try:
        if zstandard.frame_content_size(packed) > LARGEST:
            raise Damaged("stored bytes are damaged; restore a backup of the database")
        unpacker = zstandard.ZstdDecompressor(dict_data=known)
        return unpacker.decompress(packed, max_output_size=LARGEST)
    except zstandard.ZstdError as error:
        raise Damaged(f"stored bytes are damaged: {error}; restore a backup") from None


@lru_cache(maxsize=4)
def _compressor(base: bytes) -> zstandard.ZstdCompressor:
    parameters = zstandard.ZstdCompressionParameters.from_level(
        LEVEL, source_size=len(base), dict_size=len(base), window_log=WINDOW_LOG
    )
    return zstandard.ZstdCompressor(compression_params=parameters, dict_data=_dictionary(base))


def _dictionary(base: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
