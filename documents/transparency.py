"""The transparency log as JSON: how it stands, what others signed, and whom we witness."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from documents.document import JsonDocument, Moment
from reports.transparency.checkpoint import encode_hash
from reports.wording.citation import stamp

if TYPE_CHECKING:
    from datetime import datetime

    from reports.transparency.checkpoint import Checkpoint
    from storage.transparency.logs import StoredLog, StoredToken
    from storage.transparency.witnessed import LogFork, WitnessedLog


class CosignatureDocument(JsonDocument):
    """A witness that is asked, and when it cosigned the newest checkpoint, null if it has not."""

    witness: str
    key: str
    address: str
    cosigned_at: Moment | None


class TimeStampDocument(JsonDocument):
    """An authority, and the time of its token over the newest checkpoint, null if there is none."""

    authority: str
    stamped_at: Moment | None


class EndedLogDocument(JsonDocument):
    """A log of this installation that has ended, and why."""

    origin: str
    key: str
    began_at: Moment
    ended_at: Moment
    why: str


class LogDocument(JsonDocument):
    """The log: its name and key, its newest checkpoint, and what others signed of that.

    ``size`` and ``root`` are the checkpoint's, null before the first one; ``waiting`` leaves come
    with the next. ``faults`` says what others did not sign when they were asked just now.
    """

    origin: str | None
    key: str | None
    size: int | None
    root: str | None
    signed_at: Moment | None
    waiting: int
    checkpoint: str | None
    witnesses: list[CosignatureDocument]
    timestamps: list[TimeStampDocument]
    ended: list[EndedLogDocument]
    faults: list[str]


class WitnessKeyDocument(JsonDocument):
    """The key by which this installation cosigns, and where logs send their checkpoints."""

    key: str
    address: str | None


class WitnessedLogDocument(JsonDocument):
    """A log that this installation witnesses: its newest checkpoint and when it was cosigned."""

    origin: str
    key: str
    address: str | None
    size: int
    cosigned_at: Moment | None
    checkpoint: str | None

    @classmethod
    def of(cls, found: WitnessedLog) -> Self:
        """Return one entry of ``witness list``."""
        return cls(
            origin=found.origin,
            key=found.vkey,
            address=found.url or None,
            size=found.size,
            cosigned_at=_moment(found.cosigned_at),
            checkpoint=found.note or None,
        )


class LogForkDocument(JsonDocument):
    """Two checkpoints, both signed by one log, that contradict each other."""

    origin: str
    found_at: Moment
    why: str
    kept: str
    given: str

    @classmethod
    def of(cls, found: LogFork) -> Self:
        """Return one entry of ``witness forks``."""
        return cls(
            origin=found.origin,
            found_at=stamp(found.found_at),
            why=found.why,
            kept=found.kept,
            given=found.given,
        )


class LookedAtDocument(JsonDocument):
    """A log that was looked at: the size that was cosigned, or why it was not."""

    origin: str
    size: int | None
    why: str | None


class ProofDocument(JsonDocument):
    """A file that proves a leaf, by so many hashes."""

    path: str
    position: int
    hashes: int


class ForgottenLog(JsonDocument):
    """A log that is witnessed no more."""

    origin: str
    forgotten: bool


def checkpoint_fields(found: Checkpoint | None) -> tuple[int | None, str | None]:
    """Return the size and the root of a checkpoint, in base64; None each without one."""
    return (found.size, encode_hash(found.root)) if found else (None, None)


def time_stamps(
    tokens: tuple[StoredToken, ...], missing: tuple[str, ...]
) -> list[TimeStampDocument]:
    """Return the authorities, those without a token last."""
    there = [
        TimeStampDocument(authority=each.authority, stamped_at=stamp(each.stamped_at))
        for each in tokens
    ]
    return there + [TimeStampDocument(authority=each, stamped_at=None) for each in missing]


def ended_logs(found: tuple[StoredLog, ...]) -> list[EndedLogDocument]:
    """Return the logs that have ended, the oldest first."""
    return [
        EndedLogDocument(
            origin=each.origin,
            key=each.vkey,
            began_at=stamp(each.began_at),
            ended_at=stamp(each.ended_at),
            why=each.why_ended,
        )
        for each in found
        if each.ended_at
    ]


def _moment(value: datetime | None) -> str | None:
    return stamp(value) if value else None
