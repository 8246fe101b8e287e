"""The log's tree as it is stored: leaves get their positions, and their hashes go into tiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from reports.model.identity import ReportId
from reports.transparency.tiles import (
    WIDTH,
    Tile,
    full_tile_hash,
    pack_leaves,
    subtree_of_tiles,
)
from reports.transparency.tree import (
    HASH_SIZE,
    Subtree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
)
from storage.database.errors import Damaged
from storage.database.tables import change, leaf, report, tile, version
from storage.texts.aliases import named
from storage.transparency.packing import pack, unpack

AT_ONCE = 2_000
"""Leaves that get their positions in one transaction."""


class StoredTree:
    """The tree of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tiles: dict[tuple[int, int], bytes] = {}

    @property
    def size(self) -> int:
        """How many leaves have a position."""
        last = self._connection.execute(select(func.max(leaf.c.position))).scalar()
        return 0 if last is None else int(last) + 1

    @property
    def _hashed(self) -> int:
        """How many leaves have their hashes in tiles."""
        query = select(tile.c.number, func.length(tile.c.hashes)).where(tile.c.level == 0)
        last = self._connection.execute(query.order_by(tile.c.number.desc()).limit(1)).first()
        return 0 if last is None else int(last[0]) * WIDTH + int(last[1]) // HASH_SIZE

    @property
    def waiting(self) -> int:
        """How many leaves have no position yet."""
        query = select(func.count()).select_from(leaf).where(leaf.c.position.is_(None))
        return int(self._connection.execute(query).scalar_one())

    def sequence(self) -> int:
        """Give leaves that have none their positions, in the order of their numbers.

        Returns how many, at most ``AT_ONCE``. The caller sees to it that nobody else does it.
        Raises Damaged if leaves or hashes are missing: what follows would lie in the wrong place.
        """
        query = select(leaf.c.id, leaf.c.body).where(leaf.c.position.is_(None))
        rows = self._connection.execute(query.order_by(leaf.c.id).limit(AT_ONCE)).all()
        if not rows:
            return 0
        size, hashed = self.size, self._hashed
        if size != hashed:
            raise Damaged(f"the log has {size} leaves in their places, and hashes of {hashed}")
        places = [{"of": row.id, "at": size + n} for n, row in enumerate(rows)]
        put = update(leaf).where(leaf.c.id == bindparam("of")).values(position=bindparam("at"))
        self._connection.execute(put, places)
        self._append(0, [leaf_hash(unpack(bytes(row.body))) for row in rows])
        return len(rows)

    def _append(self, level: int, hashes: Sequence[bytes]) -> None:
        """Append hashes to a level's tiles, and those of the tiles they fill to the level above."""
        query = select(func.max(tile.c.number)).where(tile.c.level == level)
        number = self._connection.execute(query).scalar() or 0
        kept = self._stored(level, number)
        whole = kept + b"".join(hashes)
        full = WIDTH * HASH_SIZE
        cut = [whole[at : at + full] for at in range(0, len(whole), full)]
        made = [
            {"level": level, "number": number + n, "hashes": each} for n, each in enumerate(cut)
        ]
        if kept and kept != cut[0]:
            self._connection.execute(
                update(tile)
                .where(tile.c.level == level, tile.c.number == number)
                .values(hashes=cut[0])
            )
        if made[bool(kept) :]:
            self._connection.execute(insert(tile), made[bool(kept) :])
        self._tiles.clear()
        filled = [
            each for n, each in enumerate(cut) if len(each) == full and (n or len(kept) < full)
        ]
        if filled:
            self._append(level + 1, [full_tile_hash(each) for each in filled])

    def root(self, size: int) -> bytes:
        """Return the root of the first ``size`` leaves; raises BadTile if tiles are missing."""
        return root_of(size, self._subtree)

    def inclusion_proof(self, position: int, size: int) -> list[bytes]:
        """Return what proves that a leaf is in the tree of ``size``; raises BadProof."""
        return inclusion_proof(position, size, self._subtree)

    def consistency_proof(self, first: int, second: int) -> list[bytes]:
        """Return what proves that one size of the tree continues another; raises BadProof."""
        return consistency_proof(first, second, self._subtree)

    @property
    def _subtree(self) -> Subtree:
        return subtree_of_tiles(lambda level, number, _width: self._stored(level, number))

    def read(self, wanted: Tile) -> bytes:
        """Return the bytes of a tile or a bundle; raises KeyError if the tree has not all of it."""
        if not wanted.is_of(self.size):
            raise KeyError(wanted.path)
        if wanted.level is None:
            first = wanted.number * WIDTH
            return pack_leaves(list(self.leaves(first, first + wanted.width)))
        return self._stored(wanted.level, wanted.number)[: wanted.width * HASH_SIZE]

    def leaves(self, first: int, end: int) -> Iterator[bytes]:
        """Give the leaves from one position up to another; raises Damaged if one is missing."""
        query = select(leaf.c.position, leaf.c.body).where(
            leaf.c.position >= first, leaf.c.position < end
        )
        count = first
        for row in self._connection.execute(query.order_by(leaf.c.position)):
            if row.position != count:
                break
            yield unpack(bytes(row.body))
            count += 1
        if count != end:
            raise Damaged(f"leaf {count} of the log is missing; restore a backup")

    def of_version(self, name: ReportId, number: int) -> tuple[int | None, bytes]:
        """Return the position of a version's leaf, None if it waits for one, and the leaf.

        Raises KeyError if the version is not there or has no leaf.
        """
        query = (
            select(leaf.c.position, leaf.c.body)
            .join(version, version.c.id == leaf.c.version_id)
            .join(report, report.c.id == version.c.report_id)
            .where(*named(name), version.c.number == number)
        )
        row = self._connection.execute(query).first()
        if row is None:
            raise KeyError(f"{name} {number}")
        return row.position, unpack(bytes(row.body))

    def of_change(self, change_id: int) -> tuple[int | None, bytes]:
        """Return the position of a change's leaf, None if it waits for one, and the leaf.

        Raises KeyError if the change is not there or has no leaf.
        """
        query = select(leaf.c.position, leaf.c.body).join(change, change.c.id == leaf.c.change_id)
        row = self._connection.execute(query.where(change.c.id == change_id)).first()
        if row is None:
            raise KeyError(change_id)
        return row.position, unpack(bytes(row.body))

    def begin_anew(self, first: bytes) -> None:
        """Take all positions and tiles away, for a new log that begins with a leaf of its own."""
        self._connection.execute(delete(tile))
        self._connection.execute(update(leaf).values(position=None))
        row = {"position": 0, "body": pack(first)}
        self._connection.execute(insert(leaf), row)
        self._append(0, [leaf_hash(first)])

    def _stored(self, level: int, number: int) -> bytes:
        """Return the hashes of a tile as they are stored, none if it is not."""
        if (level, number) not in self._tiles:
            query = select(tile.c.hashes).where(tile.c.level == level, tile.c.number == number)
            found = self._connection.execute(query).scalar()
            self._tiles[level, number] = b"" if found is None else bytes(found)
        return self._tiles[level, number]
