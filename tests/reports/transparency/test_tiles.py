"""Tiles: their paths, their bytes, and a tree's hashes had from them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.transparency.tiles import (
    LARGEST_LEAF,
    WIDTH,
    BadTile,
    Tile,
    full_tile_hash,
    pack_leaves,
    split_hashes,
    subtree_of_tiles,
    tiles_of,
    unpack_leaves,
)
from reports.transparency.tree import MemoryTree, leaf_hash, root_of

PATHS = {
    Tile(0, 0): "tile/0/000",
    Tile(0, 0, 1): "tile/0/000.p/1",
    Tile(1, 999, 255): "tile/1/999.p/255",
    Tile(2, 1000): "tile/2/x001/000",
    Tile(0, 1_234_067): "tile/0/x001/x234/067",
    Tile(None, 1_234_067, 8): "tile/entries/x001/x234/067.p/8",
    Tile(63, 0): "tile/63/000",
}
NO_PATHS = (
    "",
    "tile",
    "tile/0/0",
    "tile/00/000",
    "tile/64/000",
    "tile/0/x000/001",
    "tile/0/001/002",
    "tile/0/x001",
    "tile/0/000.p/0",
    "tile/0/000.p/256",
    "tile/0/000.p/01",
    "tile/0/000/",
    "tile/-1/000",
    "tile/0/../checkpoint",
    "tile/entries/x001/x234/067.p/",
    "tile/0/000\n",
    "tile/0/٠٠٠",
    "tile/0/" + "x001/" * 6 + "001",
)


def test_a_tile_has_one_path_and_a_path_one_tile() -> None:
    for tile, path in PATHS.items():
        assert tile.path == path
        assert Tile.parse(path) == tile
    assert len(PATHS) == 7


def test_any_other_path_is_refused() -> None:
    for path in NO_PATHS:
        with pytest.raises(BadTile):
            Tile.parse(path)
    assert len(NO_PATHS) == 18


def test_a_tree_of_70000_leaves_is_cut_as_the_specification_says() -> None:
    found = list(tiles_of(70_000))
    hashes = [each for each in found if each.level is not None]
    assert len(found) == 2 * 274 + 3
    assert [each for each in hashes if each.width != WIDTH] == [
        Tile(0, 273, 112),
        Tile(1, 1, 17),
        Tile(2, 0, 1),
    ]
    assert all(each.is_of(70_000) for each in found)
    assert list(tiles_of(256)) == [Tile(None, 0), Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles_of(0)) == []


def test_a_tile_of_a_larger_tree_is_not_of_this_one() -> None:
    assert not Tile(0, 0, 8).is_of(7)
    assert not Tile(1, 0, 1).is_of(255)
    assert Tile(0, 0, 7).is_of(9)


def test_every_hash_of_a_tree_is_had_from_its_tiles() -> None:
    tree, size = MemoryTree(), 70_000
    for number in range(size):
        tree.append(leaf_hash(b"%d" % number))

    def read(level: int, number: int, width: int) -> bytes:
        first = number * WIDTH
        return b"".join(tree.subtree(8 * level, each) for each in range(first, first + width))

    subtree = subtree_of_tiles(read)
    for height in range(17):
        for number in {0, (size >> height) // 2, (size >> height) - 1} - {-1}:
            assert subtree(height, number) == tree.subtree(height, number)
    sizes = (1, 255, 256, 257, 65_535, 65_536, 65_537, size)
    for each in sizes:
        assert root_of(each, subtree) == tree.root(each)
    assert len(sizes) == 8
    assert full_tile_hash(read(0, 3, WIDTH)) == tree.subtree(8, 3)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20), st.integers(1, 100))
@example([b"", b"leaf", b"\x00" * 300], 1)
def test_leaves_come_back_from_their_bundle_and_a_cut_one_is_refused(
    leaves: list[bytes], cut: int
) -> None:
    packed = pack_leaves(leaves)
    assert unpack_leaves(packed) == leaves
    left = packed[: -min(cut, len(leaves[-1]) + 1)]
    with pytest.raises(BadTile):
        unpack_leaves(left)


def test_a_leaf_beyond_two_bytes_of_length_is_refused() -> None:
    assert len(pack_leaves([b"x" * LARGEST_LEAF])) == LARGEST_LEAF + 2
    with pytest.raises(BadTile, match="at most 65535 bytes"):
        pack_leaves([b"x" * (LARGEST_LEAF + 1)])


@pytest.mark.parametrize("raw", [b"", b"x" * 31, b"x" * 33, b"x" * (257 * 32)])
def test_bytes_that_are_no_whole_hashes_are_no_tile(raw: bytes) -> None:
    with pytest.raises(BadTile):
        split_hashes(raw)


def test_a_tile_that_lacks_a_hash_says_so() -> None:
    with pytest.raises(BadTile, match="holds 1 hashes, not 2"):
        subtree_of_tiles(lambda *_: b"x" * 32)(1, 0)
