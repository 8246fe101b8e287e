"""Canonical JSON (RFC 8785): one value, one sequence of bytes, so that a digest of it means it.

Names are ASCII and numbers whole ones below 2^53: nothing that is hashed here has others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeAlias

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | bool | None"

_LARGEST = 2**53 - 1


def canonical_json(value: Json) -> bytes:
    """Return the bytes of a value; raises ValueError for one that has none here."""
    _check(value)
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")  # half a surrogate pair raises UnicodeEncodeError, a ValueError


def instant(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC, with microseconds even if there are none."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _check(value: object) -> None:
    if isinstance(value, str) or value is None or isinstance(value, bool):
        return
    if isinstance(value, dict):
        for name, each in value.items():
            if not (isinstance(name, str) and name.isascii()):
                raise ValueError(f"{name!r:.40} cannot name a value in canonical JSON here")
            _check(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _check(each)
    elif not isinstance(value, int) or abs(value) > _LARGEST:
        raise ValueError(f"{value!r:.40} has no canonical JSON here")
