"""What there is to see of the log, for commands and for the monitor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from reports.transparency.checkpoint import SignedCheckpoint, cosigned_by
from reports.transparency.note import BadNote, PublicKey
from reports.transparency.proofs import LogProof
from reports.transparency.tiles import BadTile, Tile
from services.assembly import Parts
from services.transparency.checkpoints import opened
from services.transparency.cosigning import configured_witnesses
from services.transparency.faults import LogBroken
from services.transparency.stamps import authorities
from storage.transparency.logs import StoredCheckpoint, StoredLog, StoredToken
from storage.transparency.witnessed import LogFork, WitnessedLog
from storage.unit import Unit


@dataclass(frozen=True)
class WitnessView:
    """A witness that is asked, and when it cosigned the newest checkpoint; None: not yet."""

    name: str
    vkey: str
    url: str
    cosigned_at: datetime | None


@dataclass(frozen=True)
class LogView:
    """The log as it stands: its newest published checkpoint, and what others signed of that.

    ``log`` is None before the first checkpoint. ``waiting`` leaves come with the next one.
    ``unstamped`` are authorities that gave no time stamp yet.
    """

    log: StoredLog | None
    newest: StoredCheckpoint | None
    signed: SignedCheckpoint | None
    waiting: int
    witnesses: tuple[WitnessView, ...]
    tokens: tuple[StoredToken, ...]
    unstamped: tuple[str, ...]
    ended: tuple[StoredLog, ...]
    witness_vkey: str
    witnessed: tuple[WitnessedLog, ...]
    forks: tuple[LogFork, ...]


def log_view(parts: Parts) -> LogView:
    """Return how the log stands; raises LogBroken if its checkpoint cannot be read."""
    with parts.store.read() as unit:
        log = unit.logs.current()
        newest = _published(unit, log)
        signed = opened(log, newest.note.encode(), "the database") if log and newest else None
        tokens = tuple(unit.logs.tokens(newest.id)) if newest else ()
        stamped = {each.authority for each in tokens}
        return LogView(
            log=log,
            newest=newest,
            signed=signed,
            waiting=unit.log_tree.waiting,
            witnesses=tuple(_witnesses(parts, signed)),
            tokens=tokens,
            unstamped=tuple(
                each.url for each in authorities(parts.settings) if each.url not in stamped
            ),
            ended=tuple(each for each in unit.logs.all() if each.ended_at),
            witness_vkey=unit.logs.witness_vkey(),
            witnessed=tuple(unit.witnessed.all()),
            forks=tuple(unit.witnessed.forks()),
        )


def published_note(parts: Parts) -> str:
    """Return the newest published checkpoint as it is served, ``""`` if there is none."""
    with parts.store.read() as unit:
        newest = _published(unit, unit.logs.current())
        return newest.note if newest else ""


def published_tile(parts: Parts, path: str) -> bytes:
    """Return a tile or a bundle of the published tree; raises KeyError if it is not of it."""
    try:
        wanted = Tile.parse(path)
    except BadTile:
        raise KeyError(path) from None
    with parts.store.read() as unit:
        newest = _published(unit, unit.logs.current())
        if newest is None or not wanted.is_of(newest.size):
            raise KeyError(path)
        return unit.log_tree.read(wanted)


def log_proof(parts: Parts, position: int) -> LogProof:
    """Return what proves that the leaf at a position is in the newest published checkpoint's tree.

    Raises KeyError if no published checkpoint holds it.
    """
    with parts.store.read() as unit:
        newest = _published(unit, unit.logs.current())
        if newest is None or not 0 <= position < newest.size:
            raise KeyError(position)
        hashes = unit.log_tree.inclusion_proof(position, newest.size)
        return LogProof(position, tuple(hashes), newest.note.encode())


def _published(unit: Unit, log: StoredLog | None) -> StoredCheckpoint | None:
    if log is None:
        return None
    made = [each for each in unit.logs.checkpoints(log.id) if each.published_at]
    return made[-1] if made else None


def _witnesses(parts: Parts, signed: SignedCheckpoint | None) -> list[WitnessView]:
    found = []
    for key, url in configured_witnesses(parts.settings):
        at = _cosigned(signed, key) if signed else None
        found.append(WitnessView(key.name, str(key), url, at))
    return found


def _cosigned(signed: SignedCheckpoint, key: PublicKey) -> datetime | None:
    try:
        found = cosigned_by(signed, [key])
    except BadNote as error:
        raise LogBroken(f"a cosignature that is kept is wrong: {error}") from None
    return datetime.fromtimestamp(found[key], UTC) if key in found else None
