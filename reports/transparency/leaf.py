"""Leaves: what the log says of one version or one change, as canonical JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reports.model.identity import ReportId
from reports.model.values import ChangeKind
from reports.text.canonical_json import Json, canonical_json, instant

_VERSION = 1
OF_A_VERSION = "version"
"""The kind of a version's leaf; that of a change has the change's kind."""


@dataclass(frozen=True)
class VersionLeaf:
    """What is logged of a version. ``number`` names it among its report's; digests are in hex.

    ``capture_sha256`` is of its capture record, ``""`` if there is none. ``is_late`` is true of
    what was recorded before the log began, or came without a leaf: its ``recorded_at`` is only
    what the database says.
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
            _head(OF_A_VERSION, self.report, self.recorded_at, is_late=self.is_late)
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

    ``misses`` are the capture digests of the looks that found a removed report gone, ``listing`` is
    that of the good listing beside them; ``capture_sha256`` is of the look that found it again.
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
    misses: Sequence[str] = ()
    listing: str = ""
    capture_sha256: str = ""
    is_late: bool = False

    @property
    def canonical(self) -> bytes:
        """Its bytes, which are hashed."""
        return canonical_json(
            _head(self.kind.value, self.report, self.recorded_at, is_late=self.is_late)
            | {
                "change": self.change,
                "from_version": self.from_version,
                "to_version": self.to_version,
                "detected_at": instant(self.detected_at),
                "words_added": self.words_added,
                "words_removed": self.words_removed,
                "is_baseline": self.is_baseline,
            }
            | self._evidence
        )

    @property
    def _evidence(self) -> dict[str, Json]:
        if self.kind is ChangeKind.REMOVED:
            return {"misses": list(self.misses), "listing": self.listing}
        if self.kind is ChangeKind.RESTORED:
            return {"capture_sha256": self.capture_sha256}
        return {}


def _head(kind: str, report: ReportId, recorded_at: datetime, *, is_late: bool) -> dict[str, Json]:
    return {
        "v": _VERSION,
        "kind": kind,
        "report": str(report),
        "recorded_at": instant(recorded_at),
        "is_late": is_late,
    }
