"""Whatever is recorded gets its leaf in the same transaction, and what had none a late one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from archive import Archive, name
from sqlalchemy import delete, func, select

from reports.transparency.tiles import Tile, unpack_leaves
from reports.transparency.tree import (
    MemoryTree,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from storage.database.tables import change, leaf, tile, version
from storage.transparency.packing import pack, unpack


def leaves(archive: Archive) -> list[dict[str, object]]:
    """Return what every leaf says, in the order of recording."""
    with archive.store.read() as unit:
        rows = unit._connection.execute(select(leaf.c.body).order_by(leaf.c.id)).scalars()
        return [json.loads(unpack(bytes(body))) for body in rows]


def sequence(archive: Archive) -> int:
    """Give every leaf its position; return the tree's size."""
    with archive.store.write() as unit:
        while unit.log_tree.sequence():
            pass
        unit.commit()
        return unit.log_tree.size


def test_a_version_and_its_change_get_their_leaves_when_they_are_recorded(archive: Archive) -> None:
    archive.run(archive.sees("One paragraph."))
    of_version, of_change = leaves(archive)
    with archive.store.read() as unit:
        view = unit.versions.latest(name())
    assert of_version["kind"] == "version"
    assert of_version["report"] == of_change["report"] == "sample-hrr/2024/XAB"
    assert of_version["words_sha256"] == view.reading.words_sha256
    assert of_version["payload_sha256"] == view.payload_sha256
    assert of_version["url"] == archive.url()
    assert len(str(of_version["capture_sha256"])) == 64
    assert (of_change["kind"], of_change["to_version"]) == ("published", 1)
    assert not of_version["is_late"]
    assert not of_change["is_late"]


def test_every_kind_of_change_gets_a_leaf(archive: Archive) -> None:
    archive.run(archive.sees("One paragraph.", "XAB"), archive.sees("Another.", "XAC"))
    archive.run(archive.sees("Other words."), archive.sees("Another.", "XAC", notes=("Noted.",)))
    archive.run(archive.misses())
    archive.run(archive.misses())
    archive.run(archive.sees("Other words."))
    kinds = [str(each["kind"]) for each in leaves(archive)]
    assert sorted(kinds) == sorted(
        ["version"] * 3 + ["published"] * 2 + ["edited", "noted", "removed", "restored"]
    )
    removed = next(each for each in leaves(archive) if each["kind"] == "removed")
    assert {"misses", "listing"} <= set(removed)


def test_what_is_rolled_back_leaves_no_leaf(archive: Archive) -> None:
    with archive.store.write() as unit:
        unit.changes.get([])
        archive._start(unit)
    archive.run(archive.sees("One paragraph."))
    assert len(leaves(archive)) == 2


def test_what_has_no_leaf_gets_a_late_one(archive: Archive) -> None:
    archive.run(archive.sees("One paragraph."))
    first = leaves(archive)
    with archive.store.write() as unit:
        unit._connection.execute(delete(leaf))
        unit.commit()
    with archive.store.write() as unit:
        assert unit.log_late() == 2
        assert unit.log_late() == 0
        unit.commit()
    late = leaves(archive)
    assert [each["is_late"] for each in late] == [True, True]
    same = {"is_late", "recorded_at"}
    assert [{k: v for k, v in each.items() if k not in same} for each in late] == [
        {k: v for k, v in each.items() if k not in same} for each in first
    ]


def test_a_leaf_takes_little_room(archive: Archive) -> None:
    archive.run(archive.sees("One paragraph."))
    with archive.store.read() as unit:
        bodies = unit._connection.execute(select(leaf.c.body)).scalars().all()
    sizes = [len(bytes(each)) for each in bodies]
    assert max(sizes) <= 320
    assert sum(sizes) <= 450


def test_positions_follow_the_order_of_recording_without_a_gap(archive: Archive) -> None:
    for number in range(5):
        archive.run(archive.sees(f"Words {number}."))
        assert sequence(archive) == 2 * (number + 1)
    with archive.store.read() as unit:
        rows = unit._connection.execute(select(leaf.c.position).order_by(leaf.c.id)).scalars()
        assert list(rows) == list(range(10))
        assert unit.log_tree.waiting == 0


def many(archive: Archive, count: int) -> list[bytes]:
    """Put leaves into the log that are of nothing; return them."""
    made = [b'{"kind":"test","n":%d,"v":1}' % number for number in range(count)]
    with archive.store.write() as unit:
        unit._connection.execute(leaf.insert(), [{"body": pack(each)} for each in made])
        unit.commit()
    return made


def test_the_tree_in_the_database_is_that_in_memory(archive: Archive) -> None:
    made, tree, sizes = [], MemoryTree(), [1, 2, 250, 3, 300, 513, 1]
    for count in sizes:
        new = many(archive, count)
        made += new
        for each in new:
            tree.append(leaf_hash(each))
        assert sequence(archive) == len(made) == tree.size
    with archive.store.read() as unit:
        stored = unit.log_tree
        for size in (1, 3, 253, 256, 257, 512, 1000, tree.size):
            assert stored.root(size) == tree.root(size)
            proof = stored.consistency_proof(size, tree.size)
            verify_consistency(size, tree.size, proof, tree.root(size), tree.root())
            proof = stored.inclusion_proof(size - 1, tree.size)
            verify_inclusion(leaf_hash(made[size - 1]), size - 1, tree.size, proof, tree.root())
        assert unpack_leaves(stored.read(Tile(None, 1))) == made[256:512]
        assert unpack_leaves(stored.read(Tile(None, 4, 46))) == made[1024:]
        assert stored.read(Tile(0, 0, 1)) == leaf_hash(made[0])
        assert len(stored.read(Tile(1, 0, 4))) == 4 * 32
        count = unit._connection.execute(select(func.count()).select_from(tile)).scalar()
        assert count == 5 + 1
    assert len(sizes) == 7


def test_the_leaf_of_a_version_is_found_with_its_place(archive: Archive) -> None:
    archive.run(archive.sees("One paragraph."))
    with archive.store.read() as unit:
        place, raw = unit.log_tree.of_version(name(), 1)
        assert place is None
        assert json.loads(raw)["version"] == 1
    sequence(archive)
    with archive.store.read() as unit:
        assert unit.log_tree.of_version(name(), 1)[0] == 0
        only = unit._connection.execute(select(change.c.id)).scalar_one()
        assert unit.log_tree.of_change(only)[0] == 1
        assert unit._connection.execute(select(func.count()).select_from(version)).scalar() == 1


def test_leaves_say_when_they_were_recorded(archive: Archive) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    archive.run(archive.sees("One paragraph."))
    said = datetime.fromisoformat(str(leaves(archive)[0]["recorded_at"]))
    assert before <= said <= datetime.now(UTC)
