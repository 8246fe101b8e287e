"""A witness answers as C2SP tlog-witness says, and takes no other key for a log's."""

from __future__ import annotations

from pathlib import Path

import pytest
from databases import sqlite_url
from walk_stage import START, Watch, watching

from reports.transparency.note import Note, PublicKey
from reports.transparency.proofs import AddCheckpoint
from services.transparency.checkpoints import make_checkpoint
from services.transparency.faults import WitnessFailed
from services.transparency.keys import begin_log, witness_key
from services.transparency.witness import Reply, add_checkpoint, witness_log


def replied(watch: Watch, request: AddCheckpoint) -> Reply:
    return add_checkpoint(watch.parts, request.raw)


def test_a_witness_answers_as_the_protocol_says(seen: None, watch: Watch, tmp_path: Path) -> None:
    made = make_checkpoint(watch.parts)
    assert made.signed is not None
    raw, size = made.signed.raw, made.size
    with watching(sqlite_url(tmp_path), tmp_path) as witness:
        assert replied(witness, AddCheckpoint(0, (), raw)).status == 404
        witness_log(witness.parts, made.log.vkey, "")
        assert add_checkpoint(witness.parts, b"old 0\n\nnonsense").status == 400
        forged = raw.replace(f"\n{size}\n".encode(), f"\n{size + 1}\n".encode())
        assert replied(witness, AddCheckpoint(0, (), forged)).status == 403
        assert replied(witness, AddCheckpoint(size + 1, (), raw)).status == 400
        early = replied(witness, AddCheckpoint(3, (), raw))
        assert (early.status, early.body, early.is_size) == (409, "0\n", True)
        assert replied(witness, AddCheckpoint(0, (b"x" * 32,), raw)).status == 422
        good = replied(witness, AddCheckpoint(0, (), raw))
        assert good.status == 200
        key = witness_key(witness.parts).public
        Note.parse(raw + good.body.encode()).signatures[-1].verify(made.signed.note.text, key)
        assert replied(witness, AddCheckpoint(0, (), raw)).body == f"{size}\n"
        assert replied(witness, AddCheckpoint(size, (), raw)).status == 200
        watch.site.edit("2023/XAG", "credible reports of", "reports of")
        watch.run()
        after = make_checkpoint(watch.parts)
        assert after.signed is not None
        assert replied(witness, AddCheckpoint(size, (b"x" * 32,), after.signed.raw)).status == 422
        with watch.parts.store.read() as unit:
            proof = tuple(unit.log_tree.consistency_proof(size, after.size))
        assert replied(witness, AddCheckpoint(size, proof, after.signed.raw)).status == 200
        assert replied(witness, AddCheckpoint(size, proof, after.signed.raw)).status == 409
        assert witness.now == START


def test_a_key_that_changed_is_refused(seen: None, watch: Watch, tmp_path: Path) -> None:
    vkey = begin_log(watch.parts).vkey
    witness_log(watch.parts, vkey, "")
    name = PublicKey.parse(vkey)
    other = PublicKey(name.name, name.kind, b"\1" * 32)
    with pytest.raises(WitnessFailed, match="with another key"):
        witness_log(watch.parts, str(other), "")
    with pytest.raises(WitnessFailed, match="a log's is wanted"):
        witness_log(watch.parts, str(witness_key(watch.parts).public), "")
