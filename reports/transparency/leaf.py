"""Leaves: what the log says of one version or one change, as canonical JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reports.model.identity import ReportId
from reports.model.values import ChangeKind
from reports.text.canonical_json import Json, canonical_json, instant

_FORM = 1
OF_A_VERSION = "version"
"""The kind of a version's leaf; that of a change has the change's kind."""

OF_A_NEW_LOG = "log_begun"
"""The kind of the leaf with which a log begins that takes the place of one that ended."""

_OF_EDITIONS = frozenset({ChangeKind.TOPIC_VANISHED, ChangeKind.COUNTRY_DROPPED})


@dataclass(frozen=True)
class VersionLeaf:
    """What is logged of a version. ``number`` names it among its report's; digests are in hex.

    ``capture_sha256`` is of its capture record, ``""`` if there is none. ``is_late`` is true of
    what was recorded before the log began, or came without a leaf: then ``recorded_at`` is when it
    was logged.
    """

    report: ReportId
    recorded_at: datetime
    number: int
    captured_at: datetime
    url: str
    payload_sha256: str
    text_sha256: str
    words_sha256: str
    report_sha256: str
    reader_revision: int
    capture_sha256: str
    is_late: bool = False

    @property
    def canonical(self) -> bytes:
        """Its bytes, which are hashed."""
        return canonical_json(
            _head(OF_A_VERSION, str(self.report), self.recorded_at, is_late=self.is_late)
            | {
                "version": self.number,
                "captured_at": instant(self.captured_at),
                "url": self.url,
                "payload_sha256": self.payload_sha256,
                "text_sha256": self.text_sha256,
                "words_sha256": self.words_sha256,
                "report_sha256": self.report_sha256,
                "reader_revision": self.reader_revision,
                "capture_sha256": self.capture_sha256,
            }
        )


@dataclass(frozen=True)
class ChangeLeaf:
    """What is logged of a change. ``change`` is its number in the database.

    ``detail_sha256`` binds what else the change says, its notes, issues and sections. ``misses``
    are the capture digests of the looks that found a removed report gone, ``listing`` is that of
    the good listing beside them; ``capture_sha256`` is of the look that found it again. ``subject``
    is the topic or the country of a change that is of a whole edition.
    """

    kind: ChangeKind
    report: ReportId
    recorded_at: datetime
    change: int
    from_version: int | None
    to_version: int | None
    detected_at: datetime
    words_added: int
    words_removed: int
    is_baseline: bool
    detail_sha256: str
    subject: str = ""
    misses: Sequence[str] = ()
    listing: str = ""
    capture_sha256: str = ""
    is_late: bool = False

    @property
    def canonical(self) -> bytes:
        """Its bytes, which are hashed."""
        name = str(self.report)
        if self.kind in _OF_EDITIONS:
            name = f"{self.report.source}/{self.report.edition}"
        return canonical_json(
            _head(self.kind.value, name, self.recorded_at, is_late=self.is_late)
            | {
                "change": self.change,
                "from_version": self.from_version,
                "to_version": self.to_version,
                "detected_at": instant(self.detected_at),
                "words_added": self.words_added,
                "words_removed": self.words_removed,
                "is_baseline": self.is_baseline,
                "detail_sha256": self.detail_sha256,
            }
            | self._of_its_kind
        )

    @property
    def _of_its_kind(self) -> dict[str, Json]:
        if self.kind in _OF_EDITIONS:
            return {"subject": self.subject}
        if self.kind is ChangeKind.REMOVED:
            return {"misses": list(self.misses), "listing": self.listing}
        if self.kind is ChangeKind.RESTORED:
            return {"capture_sha256": self.capture_sha256}
        return {}


@dataclass(frozen=True)
class NewLogLeaf:
    """That a log takes the place of one that ended, whose newest known checkpoint it holds."""

    recorded_at: datetime
    previous_origin: str
    previous_checkpoint: str
    why: str

    @property
    def canonical(self) -> bytes:
        """Its bytes, which are hashed."""
        return canonical_json(
            {
                "v": _FORM,
                "kind": OF_A_NEW_LOG,
                "recorded_at": instant(self.recorded_at),
                "previous_origin": self.previous_origin,
                "previous_checkpoint": self.previous_checkpoint,
                "why": self.why,
            }
        )


def detail_sha256(url: str, returned_to: int, detail: Mapping[str, Any]) -> str:
    """Return the digest of what else a change says, but for what is found out of it later."""
    kept = {name: value for name, value in detail.items() if name != "witnesses"}
    if "appearance" in kept:
        kept["appearance"] = {**kept["appearance"], "is_shared": False}
    whole: Json = {"url": url, "returned_to": returned_to, "detail": kept}
    return hashlib.sha256(canonical_json(whole)).hexdigest()


def read_leaf(canonical: bytes) -> dict[str, Any]:
    """Return what a leaf's bytes say; raises ValueError if they are no leaf in canonical JSON."""
    try:
        found = json.loads(canonical)
        is_one = isinstance(found, dict) and found.get("v") == _FORM
        if not is_one or canonical_json(found) != canonical:
            raise ValueError("it is no leaf in canonical JSON")
    except RecursionError:
        raise ValueError("it is no leaf") from None
    whole: dict[str, Any] = found
    return whole


def _head(kind: str, report: str, recorded_at: datetime, *, is_late: bool) -> dict[str, Json]:
    return {
        "v": _FORM,
        "kind": kind,
        "report": report,
        "recorded_at": instant(recorded_at),
        "is_late": is_late,
    }
