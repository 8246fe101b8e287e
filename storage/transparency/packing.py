"""Leaves as they are stored: packed against an example, whose names and forms they share."""

from __future__ import annotations

from functools import lru_cache

import zstandard

from reports.transparency.tiles import LARGEST_LEAF
from storage.database.errors import Damaged

_EXAMPLE = (
    b'{"change":1,"detail_sha256":"","detected_at":"2026-01-01T00:00:00.000000Z","from_version":1,'
    b'"is_baseline":true,"is_late":false,"kind":"removed","listing":"","misses":[],"kind":"restored'
    b'","kind":"edited","recorded_at":"2026-01-01T00:00:00.000000Z","report":"us-state-hrr/2023/",'
    b'"to_version":2,"v":1,"words_added":0,"words_removed":0}{"capture_sha256":"","captured_at":"'
    b'2026-01-01T00:00:00.000000Z","is_late":false,"kind":"version","payload_sha256":"","reader_re'
    b'vision":1,"recorded_at":"2026-01-01T00:00:00.000000Z","report":"us-state-hrr/2023/","report_'
    b'sha256":"","text_sha256":"","url":"https://www.state.gov/reports/2023-country-reports-on-hum'
    b'an-rights-practices/","v":1,"version":1,"words_sha256":""}{"change":1,"detail_sha256":"","de'
    b'tected_at":"2026-01-01T00:00:00.000000Z","from_version":null,"is_baseline":true,"is_late":fa'
    b'lse,"kind":"published","recorded_at":"2026-01-01T00:00:00.000000Z","report":"us-state-hrr/20'
    b'23/","to_version":1,"v":1,"words_added":0,"words_removed":0}'
)
"""What stored leaves are packed against: it never changes, or they could not be read."""


def pack(leaf: bytes) -> bytes:
    """Return a leaf as it is stored."""
    return _packer().compress(leaf)


def unpack(stored: bytes) -> bytes:
    """Return the leaf that is stored; raises Damaged."""
    try:
        return _unpacker().decompress(stored, max_output_size=LARGEST_LEAF)
    except zstandard.ZstdError as error:
        raise Damaged(f"a leaf of the log is damaged: {error}; restore a backup") from None


@lru_cache(maxsize=1)
def _packer() -> zstandard.ZstdCompressor:
    parameters = zstandard.ZstdCompressionParameters.from_level(
        3, write_checksum=False, write_content_size=True, write_dict_id=False
    )
    return zstandard.ZstdCompressor(compression_params=parameters, dict_data=_dictionary())


@lru_cache(maxsize=1)
def _unpacker() -> zstandard.ZstdDecompressor:
    return zstandard.ZstdDecompressor(dict_data=_dictionary())


def _dictionary() -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(_EXAMPLE, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
