"""The fork test: who rewrites the past and signs it anew is caught by any earlier checkpoint."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from reports.transparency.checkpoint import Checkpoint, open_checkpoint
from reports.transparency.note import KeyKind, Note, PrivateKey
from reports.transparency.tree import (
    BadProof,
    MemoryTree,
    consistency_proof,
    leaf_hash,
    verify_consistency,
)

KEY = PrivateKey("desk.example/log", KeyKind.NOTE, b"\5" * 32)
HISTORIES = 500


class Operator:
    """Whoever runs a log: appends leaves, signs checkpoints, and proves as well as can be."""

    def __init__(self) -> None:
        self.leaves: list[bytes] = []

    def tree(self) -> MemoryTree:
        tree = MemoryTree()
        for each in self.leaves:
            tree.append(leaf_hash(each))
        return tree

    def checkpoint(self) -> bytes:
        text = Checkpoint(KEY.name, len(self.leaves), self.tree().root()).text
        return str(Note(text).with_signature(KEY.sign(text))).encode()


class Witness:
    """Whoever keeps one checkpoint and asks for a proof that a later one continues it."""

    def __init__(self, kept: bytes) -> None:
        self.kept = open_checkpoint(kept, KEY.public).checkpoint

    def accepts(self, given: bytes, proof: list[bytes]) -> bool:
        said = open_checkpoint(given, KEY.public).checkpoint
        try:
            verify_consistency(self.kept.size, said.size, proof, self.kept.root, said.root)
        except BadProof:
            return False
        return True


def histories(count: int) -> Iterator[tuple[random.Random, Operator, list[bytes]]]:
    """Give so many histories: the operator at their end, and the checkpoints on the way."""
    for seed in range(count):
        chance, operator, kept = random.Random(seed), Operator(), []
        for _ in range(chance.randint(2, 6)):
            new = chance.randint(1, 40)
            operator.leaves += [chance.randbytes(20) for _ in range(new)]
            kept.append(operator.checkpoint())
        yield chance, operator, kept


def proofs(
    chance: random.Random, forged: MemoryTree, honest: MemoryTree, first: int
) -> Iterator[list[bytes]]:
    """Give the proofs that a forger may try: of either tree, cut, longer, mixed, and by chance."""
    size = forged.size
    mine = consistency_proof(first, size, forged.subtree)
    yield mine
    if first <= honest.size == size:
        theirs = consistency_proof(first, size, honest.subtree)
        yield theirs
        yield [chance.choice(pair) for pair in zip(mine, theirs, strict=True)]
    yield mine[:-1]
    yield [*mine, chance.randbytes(32)]
    yield [chance.randbytes(32) for _ in mine]
    yield []


@pytest.mark.parametrize("grows", [False, True])
def test_a_rewritten_version_is_caught_in_every_history(grows: bool) -> None:
    caught = tried = 0
    for chance, operator, kept in histories(HISTORIES):
        honest = operator.tree()
        witness = Witness(chance.choice(kept))
        operator.leaves[chance.randrange(witness.kept.size)] = b"rewritten"
        if grows:
            operator.leaves += [chance.randbytes(20) for _ in range(chance.randint(1, 40))]
        forged, given = operator.tree(), operator.checkpoint()
        accepted = []
        for proof in proofs(chance, forged, honest, witness.kept.size):
            accepted.append(witness.accepts(given, proof))
            tried += 1
        caught += not any(accepted)
    assert caught == HISTORIES
    assert tried >= 5 * HISTORIES


def test_a_log_that_lost_its_end_is_caught_in_every_history() -> None:
    caught = 0
    for chance, operator, kept in histories(HISTORIES):
        witness = Witness(kept[-1])
        del operator.leaves[chance.randrange(len(operator.leaves)) :]
        operator.leaves += [chance.randbytes(20) for _ in range(chance.randint(0, 3))]
        if len(operator.leaves) >= witness.kept.size:
            first = witness.kept.size
            proof = consistency_proof(first, len(operator.leaves), operator.tree().subtree)
        else:
            proof = []
        caught += not witness.accepts(operator.checkpoint(), proof)
    assert caught == HISTORIES


def test_an_honest_log_is_never_accused() -> None:
    accepted = asked = 0
    for _, operator, kept in histories(HISTORIES):
        tree = operator.tree()
        for each in kept:
            witness = Witness(each)
            proof = consistency_proof(witness.kept.size, tree.size, tree.subtree)
            accepted += witness.accepts(operator.checkpoint(), proof)
            asked += 1
    assert accepted == asked > 2 * HISTORIES
