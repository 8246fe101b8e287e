"""Make a checkpoint: leaves get their positions, the root is signed, kept, and then published.

Each step can be cut off: what is signed is kept before anybody sees it, and the next checkpoint
goes on from what is kept. Nothing is signed that contradicts what was published before.
"""

from __future__ import annotations

from dataclasses import dataclass

from reports.transparency.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint
from reports.transparency.leaf import NewLogLeaf
from reports.transparency.note import BadNote, Note, PublicKey
from reports.transparency.tiles import BadTile, Tile
from services.assembly import Parts
from services.transparency.faults import LogBroken, LogBusy
from services.transparency.folder import LogFolder
from services.transparency.keys import begin_log, begin_under, private_key
from storage.database.errors import Damaged
from storage.database.locks import Lock
from storage.transparency.logs import StoredCheckpoint, StoredLog
from storage.unit import Unit

LOCK = "transparency-log"
ANEW = (
    "If a backup was restored, restore a newer one that holds this checkpoint; if there is none, "
    "`reportwatch transparency anew --why TEXT` ends this log and begins another, which says so"
)


@dataclass(frozen=True)
class Head:
    """The log and its newest checkpoint; ``checkpoint`` is None if nothing is logged."""

    log: StoredLog
    stored: StoredCheckpoint | None
    signed: SignedCheckpoint | None

    @property
    def size(self) -> int:
        """How many leaves the newest checkpoint has."""
        return self.stored.size if self.stored else 0


def make_checkpoint(parts: Parts) -> Head:
    """Log what waits, sign the tree if it grew, and publish; return what stands then.

    Raises LogBroken, LogBusy, or storage.database.errors.StorageError.
    """
    lock = take_lock(parts)
    try:
        current = begin_log(parts)
        while parts.store.transact(lambda unit: unit.log_late()):
            pass
        _sequence(parts)
        require_consistent(parts, current)
        parts.store.transact(lambda unit: _sign(parts, unit, current))
        publish(parts, current)
        return head(parts, current)
    finally:
        lock.release()


def _sequence(parts: Parts) -> None:
    try:
        while parts.store.transact(lambda unit: unit.log_tree.sequence()):
            pass
    except Damaged as error:
        raise LogBroken(f"the tree is damaged: {error}; `reportwatch verify` names it") from None


def take_lock(parts: Parts) -> Lock:
    """Take the lock of whoever signs; raises LogBusy."""
    lock = parts.store.lock(LOCK)
    if lock is None:
        raise LogBusy(f"a checkpoint is being made already, by {parts.store.holder(LOCK)}")
    return lock


def head(parts: Parts, log: StoredLog) -> Head:
    """Return the newest checkpoint of a log as it is kept; raises LogBroken."""
    with parts.store.read() as unit:
        stored = unit.logs.newest(log.id)
    if stored is None:
        return Head(log, None, None)
    return Head(log, stored, opened(log, stored.note.encode(), "the database"))


def opened(log: StoredLog, raw: bytes, where: str) -> SignedCheckpoint:
    """Return a checkpoint of the log; raises LogBroken if it is none."""
    try:
        return open_checkpoint(raw, PublicKey.parse(log.vkey), log.origin)
    except ValueError as error:
        raise LogBroken(f"the checkpoint in {where} is not one of this log: {error}") from None


def require_consistent(parts: Parts, log: StoredLog) -> None:
    """Raise LogBroken unless the tree continues every checkpoint that is kept or published."""
    folder = LogFolder(parts)
    _require_own_folder(parts, log, folder)
    published = folder.checkpoint()
    with parts.store.read() as unit:
        for each in unit.logs.checkpoints(log.id)[-1:]:
            _require_continued(unit, opened(log, each.note.encode(), "the database"))
        if published:
            _require_continued(unit, opened(log, published, str(folder.path)))


def _require_own_folder(parts: Parts, log: StoredLog, folder: LogFolder) -> None:
    """Put the files of a log of ours that ended aside; raise LogBroken for those of a stranger."""
    raw = folder.checkpoint()
    try:
        found = Checkpoint.parse(Note.parse(raw).text).origin if raw else log.origin
    except BadNote as error:
        raise LogBroken(f"{folder.path}/checkpoint is damaged: {error}. {ANEW}") from None
    if found == log.origin:
        return
    with parts.store.read() as unit:
        ended = {each.origin: each.id for each in unit.logs.all() if each.ended_at}
    if found not in ended:
        raise LogBroken(
            f"{folder.path} holds the log {found!r:.80}, which is not {log.origin}: move that "
            "folder away if it is of another installation. " + ANEW
        )
    folder.put_aside(str(ended[found]))


def _require_continued(unit: Unit, signed: SignedCheckpoint) -> None:
    said, size = signed.checkpoint, unit.log_tree.size
    if said.size > size:
        raise LogBroken(
            f"a checkpoint of {said.size:,} leaves was published, and the database has {size:,}: "
            f"it is older than what was published. {ANEW}"
        )
    try:
        root = unit.log_tree.root(said.size)
    except BadTile as error:
        raise LogBroken(f"the tree is damaged: {error}; `reportwatch verify` names it") from None
    if root != said.root:
        raise LogBroken(
            f"the first {said.size:,} leaves are not those of the checkpoint that was published: "
            f"the past was altered, or a backup was restored and written on. {ANEW}"
        )


def _sign(parts: Parts, unit: Unit, log: StoredLog) -> None:
    """Sign the tree as it stands, if it is larger than at the newest checkpoint."""
    newest, size = unit.logs.newest(log.id), unit.log_tree.size
    if size <= (newest.size if newest else 0):
        return
    text = Checkpoint(log.origin, size, unit.log_tree.root(size)).text
    signature = private_key(parts, unit, log.vkey).sign(text)
    note = str(Note(text).with_signature(signature))
    unit.logs.add_checkpoint(log.id, size, note, parts.now())


def publish(parts: Parts, log: StoredLog) -> None:
    """Write the newest checkpoint with its tiles into the folder, and note that it is public."""
    with parts.store.read() as unit:
        newest = unit.logs.newest(log.id)
        if newest is None:
            return

        def read(wanted: Tile) -> bytes:
            return unit.log_tree.read(wanted)

        LogFolder(parts).publish(newest.size, read, newest.note.encode())
    if newest.published_at is None:
        of, now = newest.id, parts.now()
        parts.store.transact(lambda unit: unit.logs.set_published(of, now))


def begin_anew(parts: Parts, why: str, origin: str) -> StoredLog:
    """End the log and begin another, whose first leaf says how the last one ended.

    Every leaf is kept, and logged again. Raises LogBroken if the name was used before, or LogBusy.
    """
    lock = take_lock(parts)
    try:
        before = begin_log(parts)
        published = LogFolder(parts).checkpoint()
        made = parts.store.transact(lambda unit: _anew(parts, unit, before, published, why, origin))
        _require_own_folder(parts, made, LogFolder(parts))
        return made
    finally:
        lock.release()


def _anew(
    parts: Parts, unit: Unit, before: StoredLog, published: bytes, why: str, origin: str
) -> StoredLog:
    names = {each.origin for each in unit.logs.all()}
    name = origin or _next_name(before.origin, names)
    if name in names:
        raise LogBroken(f"{name} is the name of a log that there was; give another one")
    newest, now = unit.logs.newest(before.id), parts.now()
    last = published.decode(errors="replace") or (newest.note if newest else "")
    unit.logs.end(before.id, why, now)
    unit.log_tree.begin_anew(NewLogLeaf(now, before.origin, last, why).canonical)
    begin_under(parts, unit, name)
    made = unit.logs.current()
    assert made is not None
    return made


def _next_name(before: str, names: set[str]) -> str:
    """Return the first free name of those that follow a log's: ``NAME/2``, ``NAME/3`` and so on."""
    number = 2
    while f"{before}/{number}" in names:
        number += 1
    return f"{before}/{number}"
