"""Checkpoints: signed, published in others' layout, and never against what was published before."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from walk_stage import Watch

from reports.transparency.checkpoint import open_checkpoint
from reports.transparency.note import PublicKey
from reports.transparency.tiles import Tile, tiles_of, unpack_leaves
from reports.transparency.tree import MemoryTree, leaf_hash
from services.transparency.checkpoints import begin_anew, make_checkpoint
from services.transparency.daily import checkpoint_if_due, checkpoint_now
from services.transparency.faults import LogBroken, LogBusy


def published(watch: Watch) -> Path:
    return watch.parts.settings.home / "log"


def entries(watch: Watch, size: int) -> list[bytes]:
    """Return the leaves of the published bundles."""
    bundles = [each for each in tiles_of(size) if each.level is None]
    raw = [(published(watch) / each.path).read_bytes() for each in bundles]
    return [leaf for each in raw for leaf in unpack_leaves(each)]


def alarms(watch: Watch) -> list[str]:
    with watch.parts.store.read() as unit:
        return [each.text for each in unit.alarms.open() if each.kind == "transparency"]


def test_a_checkpoint_is_what_the_published_leaves_come_to(watch: Watch) -> None:
    watch.run()
    head = make_checkpoint(watch.parts)
    raw = (published(watch) / "checkpoint").read_bytes()
    opened = open_checkpoint(raw, PublicKey.parse(head.log.vkey))
    leaves = entries(watch, head.size)
    tree = MemoryTree()
    for each in leaves:
        tree.append(leaf_hash(each))
    assert len(leaves) == head.size == opened.checkpoint.size > 40
    assert tree.root() == opened.checkpoint.root
    tiles = [each.path for each in tiles_of(head.size)]
    assert len(tiles) == 2
    assert all((published(watch) / each).exists() for each in tiles)
    kinds = {json.loads(each)["kind"] for each in leaves}
    assert kinds == {"version", "published"}


def test_a_checkpoint_without_news_is_the_one_before(watch: Watch) -> None:
    watch.run()
    first = make_checkpoint(watch.parts)
    watch.now += timedelta(days=1)
    assert make_checkpoint(watch.parts).stored == first.stored


def test_a_log_grows_and_continues_what_it_was(seen: None, watch: Watch) -> None:
    first = make_checkpoint(watch.parts)
    watch.site.edit("2023/XAG", "credible reports of", "reports of")
    watch.run()
    second = make_checkpoint(watch.parts)
    assert second.size == first.size + 2
    assert first.signed is not None
    with watch.parts.store.read() as unit:
        assert unit.log_tree.root(first.size) == first.signed.checkpoint.root
    partial = published(watch) / Tile(0, 0, second.size).path
    assert len(partial.read_bytes()) == 32 * second.size


def test_without_anything_recorded_nothing_is_signed(watch: Watch) -> None:
    assert make_checkpoint(watch.parts).stored is None
    assert not published(watch).exists()


def test_two_at_once_make_one(watch: Watch) -> None:
    from services.transparency.checkpoints import LOCK

    lock = watch.parts.store.lock(LOCK)
    assert lock is not None
    with pytest.raises(LogBusy):
        make_checkpoint(watch.parts)
    lock.release()


def rewrite(watch: Watch, statement: str) -> None:
    with watch.parts.store.write() as unit:
        unit._connection.execute(text(statement))
        unit.commit()


def test_a_restored_backup_signs_nothing_that_contradicts_what_was_published(
    seen: None, watch: Watch, tmp_path: Path
) -> None:
    make_checkpoint(watch.parts)
    backup = tmp_path / "backup.sqlite"
    watch.parts.store.back_up(backup)
    watch.site.edit("2023/XAG", "credible reports of", "reports of")
    watch.run()
    after = make_checkpoint(watch.parts)
    watch.parts.store.close()
    home = watch.parts.settings.home
    for each in home.glob("reportwatch.sqlite*"):
        each.unlink()
    shutil.copy(backup, home / "reportwatch.sqlite")
    with pytest.raises(LogBroken, match="older than what was published"):
        make_checkpoint(watch.parts)
    watch.run()
    watch.now += timedelta(days=1)
    checkpoint_if_due(watch.parts)
    assert "the past was altered, or a backup was restored and written on" in alarms(watch)[0]
    before = (published(watch) / "checkpoint").read_bytes()
    anew = begin_anew(watch.parts, "a backup of May was restored", "")
    assert anew.origin == f"{after.log.origin}/2"
    head = make_checkpoint(watch.parts)
    first = json.loads(entries(watch, head.size)[0])
    assert first["kind"] == "log_begun"
    assert first["previous_checkpoint"].encode() == before
    assert first["why"] == "a backup of May was restored"
    assert head.size == after.size + 1
    aside = home / "log-ended" / "1" / "checkpoint"
    assert aside.read_bytes() == before
    checkpoint_now(watch.parts)
    assert alarms(watch) == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM leaf WHERE position = (SELECT max(position) FROM leaf)",
        "UPDATE tile SET hashes = zeroblob(length(hashes))",
        "DELETE FROM tile",
    ],
)
def test_an_altered_tree_is_not_signed(seen: None, watch: Watch, statement: str) -> None:
    make_checkpoint(watch.parts)
    rewrite(watch, statement)
    with pytest.raises(LogBroken):
        make_checkpoint(watch.parts)


def test_the_folder_of_a_stranger_is_left_alone(seen: None, watch: Watch) -> None:
    head = make_checkpoint(watch.parts)
    rewrite(watch, "UPDATE transparency_log SET origin = 'stranger.example/log'")
    raw = (published(watch) / "checkpoint").read_bytes()
    with pytest.raises(LogBroken, match="holds the log"):
        make_checkpoint(watch.parts)
    assert (published(watch) / "checkpoint").read_bytes() == raw
    assert head.stored is not None


def test_a_days_checkpoint_is_made_once(seen: None, watch: Watch) -> None:
    for _ in range(3 * 24):
        checkpoint_if_due(watch.parts)
        watch.now += timedelta(hours=1)
    with watch.parts.store.read() as unit:
        log = unit.logs.current()
        assert log is not None
        assert len(unit.logs.checkpoints(log.id)) == 1
    assert alarms(watch) == []


def test_the_key_is_encrypted_in_the_database(seen: None, watch: Watch) -> None:
    head = make_checkpoint(watch.parts)
    with watch.parts.store.read() as unit:
        sealed = unit.logs.key(head.log.vkey)
    assert sealed is not None
    assert sealed.startswith("aesgcm:")
    (watch.parts.settings.home / "secret").write_text("another secret")
    watch.site.edit("2023/XAG", "credible reports of", "reports of")
    watch.run()
    with pytest.raises(LogBroken, match="the key of the log cannot be read"):
        make_checkpoint(watch.parts)
