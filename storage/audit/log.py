"""Whether the log is what the rows say, its tiles its leaves, and its checkpoints its tree.

A seal is renewed by whoever writes as the program does; a checkpoint that somebody else holds, or
a witness cosigned, is not. So this is what an altered past is found by.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from reports.transparency.checkpoint import open_checkpoint
from reports.transparency.leaf import read_leaf
from reports.transparency.note import PublicKey
from reports.transparency.tiles import WIDTH, BadTile, full_tile_hash
from reports.transparency.tree import leaf_hash
from storage.database.errors import Damaged
from storage.database.tables import change, leaf, tile, version
from storage.transparency.leaves import change_leaves, version_leaves
from storage.transparency.logs import Logs, StoredLog
from storage.transparency.packing import unpack
from storage.transparency.tree import StoredTree

_AT_ONCE = 200
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_OF_THE_LEAF = {"recorded_at", "is_late"}
"""What a leaf says that no row does."""


def leaf_faults(connection: Connection) -> Iterator[str]:
    """Name the versions and changes that their leaves contradict, or that lack one."""
    for rows in _portions(connection):
        read = {row.id: _read(row) for row in rows}
        for row in rows:
            if read[row.id] is None:
                yield f"leaf {row.id}: it cannot be read"
        yield from _of_versions(connection, rows, read)
        yield from _of_changes(connection, rows, read)
    log = Logs(connection).current()
    if log and Logs(connection).newest(log.id):
        for name, of, in_leaf in (
            ("version", version.c.id, leaf.c.version_id),
            ("change", change.c.id, leaf.c.change_id),
        ):
            query = select(of).outerjoin(leaf, in_leaf == of).where(leaf.c.id.is_(None))
            for each in connection.execute(query.order_by(of)).scalars():
                yield f"{name} {each}: the log has no leaf of it"


def _portions(connection: Connection) -> Iterator[list[Row[Any]]]:
    last = 0
    while True:
        query = select(leaf).where(leaf.c.id > last).order_by(leaf.c.id).limit(_AT_ONCE)
        rows = list(connection.execute(query))
        if not rows:
            return
        yield rows
        last = rows[-1].id


def _read(row: Row[Any]) -> dict[str, Any] | None:
    try:
        return read_leaf(unpack(bytes(row.body)))
    except (Damaged, ValueError):
        return None


_Read = Mapping[int, dict[str, Any] | None]


def _of_versions(connection: Connection, rows: list[Row[Any]], read: _Read) -> Iterator[str]:
    said = {row.version_id: read[row.id] for row in rows if row.version_id is not None}
    whole = {key: each for key, each in said.items() if each is not None}
    revisions = {key: each.get("reader_revision", 0) for key, each in whole.items()}
    found = version_leaves(connection, whole, _NEVER, {}, revisions)
    for key, each in whole.items():
        if key not in found:
            yield f"version {key}: it is gone, or its reading that the log names"
        elif why := _difference(read_leaf(found[key].canonical), each):
            yield f"version {key}: {why}"


def _of_changes(connection: Connection, rows: list[Row[Any]], read: _Read) -> Iterator[str]:
    said = {row.change_id: read[row.id] for row in rows if row.change_id is not None}
    whole = {key: each for key, each in said.items() if each is not None}
    captures = {key: str(each.get("capture_sha256", "")) for key, each in whole.items()}
    found = change_leaves(connection, whole, _NEVER, captures)
    for key, each in whole.items():
        if key not in found:
            yield f"change {key}: it is gone"
        elif why := _difference(read_leaf(found[key].canonical), each):
            yield f"change {key}: {why}"


def _difference(row: dict[str, Any], said: dict[str, Any]) -> str:
    """Return in words what a row and its leaf say differently, ``""`` if nothing."""
    names = sorted({*row, *said} - _OF_THE_LEAF)
    differing = [each for each in names if row.get(each) != said.get(each)]
    return f"the log says another {', '.join(differing)}" if differing else ""


def tile_faults(connection: Connection) -> Iterator[str]:
    """Name the tiles that are not the hashes of what lies below them, and gaps in the leaves."""
    below: list[bytes] = []
    query = select(leaf.c.position, leaf.c.body).where(leaf.c.position.is_not(None))
    for row in connection.execute(query.order_by(leaf.c.position)):
        if row.position != len(below):
            yield f"leaf at {len(below)}: it is missing from the log"
            return
        try:
            below.append(leaf_hash(unpack(bytes(row.body))))
        except Damaged:
            yield f"leaf at {row.position}: it cannot be read"
            return
    level = 0
    while below or _stored(connection, level):
        stored = _stored(connection, level)
        cut = {n: below[n * WIDTH : (n + 1) * WIDTH] for n in range(-(-len(below) // WIDTH))}
        for number in sorted({*stored, *cut}):
            if stored.get(number, b"") != b"".join(cut.get(number, [])):
                yield f"tile {level} {number}: it holds other hashes than those of what is below it"
        below = [full_tile_hash(b"".join(each)) for each in cut.values() if len(each) == WIDTH]
        level += 1


def _stored(connection: Connection, level: int) -> dict[int, bytes]:
    query = select(tile.c.number, tile.c.hashes).where(tile.c.level == level)
    return {row.number: bytes(row.hashes) for row in connection.execute(query)}


def checkpoint_faults(connection: Connection) -> Iterator[str]:
    """Name the checkpoints that their log did not sign, or that the tree does not continue."""
    logs, tree = Logs(connection), StoredTree(connection)
    for log in logs.all():
        for each in logs.checkpoints(log.id):
            if why := _wrong(tree, log, each.note, each.size):
                yield f"checkpoint {each.id}: {why}"


def _wrong(tree: StoredTree, log: StoredLog, note: str, size: int) -> str:
    """Return in words what is wrong with a checkpoint, ``""`` if nothing."""
    try:
        said = open_checkpoint(note.encode(), PublicKey.parse(log.vkey), log.origin).checkpoint
        if said.size != size:
            return f"it is of {said.size} leaves, and its row says {size}"
        if log.ended_at is None and tree.root(size) != said.root:
            return f"the first {size} leaves are not those that were signed"
    except BadTile as error:
        return f"the tree is damaged: {error}"
    except ValueError as error:
        return f"it is none of {log.origin}: {error}"
    return ""
