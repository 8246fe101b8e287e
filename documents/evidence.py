"""JSON of evidence bundles: one that was written, and what was found by checking one."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from documents.document import JsonDocument, Moment


class EvidenceWritten(JsonDocument):
    """A bundle, and what proves the version in it.

    ``entry`` and ``log_size`` say where the leaf is in the log. ``newest_size`` is the size of the
    newest checkpoint in the bundle, ``removed_at`` when the report was found removed, null if it
    is not.
    """

    report: str
    version: int
    path: str
    bytes: int
    sha256: str
    log: str
    entry: int
    log_size: int
    newest_size: int
    witnesses: list[str]
    stamped_at: list[Moment]
    removed_at: Moment | None


class BundleCheck(JsonDocument):
    """One thing that was looked at: ``says`` is what is proven, or why it is refused.

    ``absent`` if the bundle has nothing of the kind, which proves nothing and is no fault.
    """

    check: str
    passed: bool
    absent: bool
    says: str
    does_not_prove: str


class QuotedPlace(JsonDocument):
    """Where a quotation stands: section (null: the summary), paragraph, character.

    ``paragraphs`` is over how many it goes; ``bytes`` are the pieces of these paragraphs in the
    captured page, each by its first byte and the one behind its last, null if not known.
    """

    section: str | None
    paragraph: int
    character: int
    paragraphs: int
    bytes: list[Annotated[list[int], Field(min_length=2, max_length=2)]] | None


class BundleVerified(JsonDocument):
    """What was found in a bundle; what it says of the version is null if it cannot be read."""

    bundle: str
    verified: bool
    report: str | None
    version: int | None
    url: str | None
    captured_at: Moment | None
    recorded_at: Moment | None
    payload_sha256: str | None
    text_sha256: str | None
    checks: list[BundleCheck]
    cautions: list[str]
    places: list[QuotedPlace]
