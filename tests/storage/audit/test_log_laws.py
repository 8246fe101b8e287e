"""An altered past is named: a version, a change, a leaf, a tile, a checkpoint."""

from __future__ import annotations

import pytest
from archive import Archive
from sqlalchemy import text

from reports.transparency.checkpoint import Checkpoint
from reports.transparency.note import KeyKind, Note, PrivateKey

KEY = PrivateKey("desk.example/log", KeyKind.NOTE, b"\7" * 32)

ALTERED = {
    "UPDATE reading SET words_sha256 = 'ab' WHERE version_id = 1": "version 1: the log says another"
    " words_sha256",
    "UPDATE change SET words_added = 99 WHERE kind = 'edited'": "change 2: the log says another"
    " words_added",
    "UPDATE change SET detail = '{}' WHERE kind = 'noted'": "change 3: the log says another"
    " detail_sha256",
    "UPDATE location SET url = 'https://sample.example/other/'": "version 1: the log says another"
    " capture_sha256, url",
    "DELETE FROM leaf WHERE position = 1": "leaf at 1: it is missing from the log",
    "DELETE FROM leaf WHERE version_id = 2": "version 2: the log has no leaf of it",
    "UPDATE leaf SET body = (SELECT body FROM leaf WHERE id = 1) WHERE id = 2": "tile 0 0: it holds"
    " other hashes",
    "DELETE FROM tile": "tile 0 0: it holds other hashes",
    "UPDATE checkpoint SET size = 2": "checkpoint 1: it is of 5 leaves, and its row says 2",
    "UPDATE checkpoint SET note = replace(note, 'desk', 'disk')": "checkpoint 1: it is none of",
}


def logged(archive: Archive) -> None:
    """Record two versions and a note, and have a checkpoint over them."""
    archive.run(archive.sees("One paragraph.", parts=()))
    archive.run(archive.sees("Other words here."))
    archive.run(archive.sees("Other words here.", notes=("A note.",)))
    with archive.store.write() as unit:
        unit.log_tree.sequence()
        unit.logs.begin(KEY.name, str(KEY.public), archive.now)
        log = unit.logs.current()
        assert log is not None
        size = unit.log_tree.size
        said = Checkpoint(KEY.name, size, unit.log_tree.root(size)).text
        note = Note(said).with_signature(KEY.sign(said))
        unit.logs.add_checkpoint(log.id, size, str(note), archive.now)
        unit.commit()


def faults(archive: Archive) -> list[str]:
    with archive.store.read() as unit:
        found: list[str] = unit.audit.check()["faults"]
        return found


def test_an_honest_log_has_no_fault(archive: Archive) -> None:
    logged(archive)
    assert faults(archive) == []


def test_a_log_that_waits_for_its_first_checkpoint_has_no_fault(archive: Archive) -> None:
    archive.run(archive.sees("One paragraph."))
    with archive.store.write() as unit:
        unit._connection.execute(text("DELETE FROM leaf WHERE id = 1"))
        unit.commit()
    assert faults(archive) == []


@pytest.mark.parametrize(("statement", "said"), ALTERED.items())
def test_what_was_altered_is_named_though_its_seal_was_renewed(
    archive: Archive, statement: str, said: str
) -> None:
    logged(archive)
    with archive.store.write() as unit:
        unit._connection.execute(text(statement))
        unit.commit()
    found = [each for each in faults(archive) if each.startswith(said)]
    assert found, faults(archive)
