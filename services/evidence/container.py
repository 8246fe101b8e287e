"""Put an evidence bundle together: what is evidence, what follows from it, one ZIP file.

The same evidence gives the same bytes: nothing in a bundle says when it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from reports.model.reading import Reading
from reports.text.canonical_json import Json, canonical_json
from services.evidence import verify_bundle
from services.evidence.pieces import NOT_FOUND, Pieces, find_pieces, kind_of
from services.evidence.verify_bundle import VERIFIER, derived, zipped

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every member: the earliest that ZIP files can say."""


def packed(evidence: Mapping[str, bytes]) -> bytes:
    """Return the bundle of some evidence; raises Refused for evidence that is none."""
    source = Path(verify_bundle.__file__).read_bytes()
    members = {**evidence, VERIFIER: source}
    return zipped(members | derived(members))


_OF_THE_LEAF = (
    "report",
    "version",
    "captured_at",
    "url",
    "payload_sha256",
    "reader_revision",
    "text_sha256",
    "words_sha256",
    "report_sha256",
)


def words_of(leaf: Mapping[str, Any], reading: Reading, payload: bytes) -> bytes:
    """Return a version's words with their bytes in its page, as canonical JSON."""
    kind = kind_of(payload)
    texts = reading.all_blocks
    found = iter(zip(texts, find_pieces(texts, payload, kind), strict=True))
    parts: list[Json] = [{"heading": None, "blocks": _written(reading.blocks, found)}]
    for section in reading.sections:
        heading = _written([section.heading], found)
        parts.append(
            {
                "heading": heading[0] if heading else None,
                "blocks": _written(section.blocks, found),
            }
        )
    said: dict[str, Json] = {name: leaf[name] for name in _OF_THE_LEAF}
    return canonical_json({"v": 1, **said, "format": kind, "parts": parts})


def _written(
    blocks: Sequence[str], found: Iterable[tuple[str, Pieces | None]]
) -> list[dict[str, Json]]:
    """Take the next blocks that are not empty, each with its pieces."""
    source = iter(found)
    written = []
    for _ in filter(None, blocks):
        text, pieces = next(source)
        block: dict[str, Json] = {"text": text, "bytes": pieces}
        written.append(block if pieces else block | {"reason": NOT_FOUND})
    return written
