"""Tiles: a tree's hashes and leaves cut into files, as C2SP tlog-tiles has them.

A tile holds up to 256 hashes of one *level*, the hashes of complete subtrees of ``256**level``
leaves, side by side. One that is not full has its width in its path. The leaves themselves are in
*entry bundles*, cut alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from reports.transparency.tree import HASH_SIZE, Subtree, node_hash

WIDTH = 256
"""Hashes of a full tile."""

HEIGHT = 8
LARGEST_LEAF = 65_535
"""Bytes of the largest leaf that a bundle can hold: its length has two bytes."""

_HIGHEST_LEVEL = 63
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9]\d?)/(?P<number>(?:x\d{3}/){0,5}\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?"
)


class BadTile(ValueError):
    """A path that names no tile, or bytes that are none."""


@dataclass(frozen=True, order=True)
class Tile:
    """One tile by its place. ``level`` is None for a bundle of leaves; ``width`` is 1 to 256."""

    level: int | None
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Its path under the log's address."""
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{_number_path(self.number)}{partial}"

    @classmethod
    def parse(cls, path: str) -> Tile:
        """Return the tile that a path names; raises BadTile."""
        found = _PATH.fullmatch(path) if path.isascii() else None
        if found is None:
            raise BadTile(f"{path!r:.80} names no tile")
        level = None if found["level"] == "entries" else int(found["level"])
        number = int(found["number"].replace("x", "").replace("/", ""))
        tile = cls(level, number, int(found["width"] or WIDTH))
        if tile.path != path or (level or 0) > _HIGHEST_LEVEL:
            raise BadTile(f"{path!r:.80} names no tile")
        return tile

    def is_of(self, size: int) -> bool:
        """Tell whether a tree of ``size`` leaves holds every hash of the tile."""
        at_level = size >> (HEIGHT * (self.level or 0))
        return self.number * WIDTH + self.width <= at_level


def tiles_of(size: int) -> Iterator[Tile]:
    """Give every tile and bundle that a tree of ``size`` leaves is published as."""
    for level in (None, *range(_HIGHEST_LEVEL + 1)):
        count = size >> (HEIGHT * (level or 0))
        if not count:
            return
        yield from (Tile(level, number) for number in range(count // WIDTH))
        if count % WIDTH:
            yield Tile(level, count // WIDTH, count % WIDTH)


def subtree_of_tiles(read: Callable[[int, int, int], bytes]) -> Subtree:
    """Return how the hash of a complete subtree is had from tiles.

    ``read`` takes level, number and the least width needed, and returns a tile's bytes.
    """

    def subtree(height: int, number: int) -> bytes:
        level, rest = divmod(height, HEIGHT)
        first = number << rest
        tile, begin = divmod(first, WIDTH)
        end = begin + (1 << rest)
        raw = read(level, tile, end)
        if len(raw) < end * HASH_SIZE:
            raise BadTile(f"tile {level}/{tile} holds {len(raw) // HASH_SIZE} hashes, not {end}")
        return _fold(split_hashes(raw[begin * HASH_SIZE : end * HASH_SIZE]))

    return subtree


def full_tile_hash(raw: bytes) -> bytes:
    """Return the hash that a full tile has in the tile above it; raises BadTile."""
    hashes = split_hashes(raw)
    if len(hashes) != WIDTH:
        raise BadTile(f"a full tile holds {WIDTH} hashes, and this one {len(hashes)}")
    return _fold(hashes)


def split_hashes(raw: bytes) -> list[bytes]:
    """Return the hashes of a tile; raises BadTile if its bytes are no whole hashes."""
    if not raw or len(raw) % HASH_SIZE or len(raw) > WIDTH * HASH_SIZE:
        raise BadTile(f"{len(raw)} bytes are no tile")
    return [raw[at : at + HASH_SIZE] for at in range(0, len(raw), HASH_SIZE)]


def pack_leaves(leaves: Sequence[bytes]) -> bytes:
    """Return the bundle of some leaves; raises BadTile for one that is too large."""
    for each in leaves:
        if len(each) > LARGEST_LEAF:
            raise BadTile(f"a leaf has at most {LARGEST_LEAF} bytes, and this one {len(each)}")
    return b"".join(len(each).to_bytes(2, "big") + each for each in leaves)


def unpack_leaves(raw: bytes) -> list[bytes]:
    """Return the leaves of a bundle; raises BadTile if it is cut."""
    leaves, at = [], 0
    while at < len(raw):
        end = at + 2 + int.from_bytes(raw[at : at + 2], "big")
        if at + 2 > len(raw) or end > len(raw):
            raise BadTile("the bundle of leaves is cut off")
        leaves.append(raw[at + 2 : end])
        at = end
    return leaves


def _number_path(number: int) -> str:
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([*(f"x{each}" for each in parts[:-1]), parts[-1]])


def _fold(hashes: Sequence[bytes]) -> bytes:
    """Return the hash above a power of two of hashes."""
    while len(hashes) > 1:
        hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]
