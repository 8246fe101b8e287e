"""The Merkle tree: as two foreign implementations have it, and nothing forged passes."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.transparency.tree import (
    EMPTY_ROOT,
    BadProof,
    MemoryTree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

FOREIGN = json.loads((Path(__file__).parent / "foreign_vectors.json").read_text())
LARGEST = 300


def tree_of(count: int) -> MemoryTree:
    """Return a tree of so many leaves."""
    tree = MemoryTree()
    for number in range(count):
        tree.append(leaf_hash(f"leaf {number}".encode()))
    return tree


TREE = tree_of(LARGEST)


def digest(proofs: Iterable[Sequence[bytes]]) -> str:
    """Return one digest of many proofs, in their order."""
    return hashlib.sha256(b"|".join(b"".join(each) for each in proofs)).hexdigest()


def test_roots_and_all_proofs_are_those_of_foreign_implementations() -> None:
    for each in FOREIGN["trees"]:
        size = each["size"]
        assert TREE.root(size).hex() == each["root"]
        included = (inclusion_proof(index, size, TREE.subtree) for index in range(size))
        assert digest(included) == each["inclusion"]
        continued = (consistency_proof(first, size, TREE.subtree) for first in range(size + 1))
        assert digest(continued) == each["consistency"]
    assert len(FOREIGN["trees"]) == 71


def test_an_empty_tree_has_the_digest_of_nothing_for_its_root() -> None:
    assert MemoryTree().root() == EMPTY_ROOT == hashlib.sha256().digest()


def test_every_leaf_is_proven_at_every_size() -> None:
    proven = 0
    for size in range(1, LARGEST + 1):
        root = TREE.root(size)
        for index in {0, 1, size // 3, size // 2, size - 2, size - 1} & set(range(size)):
            leaf = leaf_hash(f"leaf {index}".encode())
            verify_inclusion(leaf, index, size, inclusion_proof(index, size, TREE.subtree), root)
            proven += 1
    assert proven > 5 * LARGEST


def test_every_tree_is_proven_to_continue_every_smaller_one() -> None:
    proven = 0
    for second in range(LARGEST // 2 + 1):
        for first in range(second + 1):
            proof = consistency_proof(first, second, TREE.subtree)
            verify_consistency(first, second, proof, TREE.root(first), TREE.root(second))
            proven += 1
    assert proven == (LARGEST // 2 + 1) * (LARGEST // 2 + 2) // 2


def forged(proof: Sequence[bytes], chance: random.Random) -> list[bytes]:
    """Return a proof with one thing done to it."""
    made = list(proof)
    deeds = ["longer", "doubled"] + (["flipped", "cut", "swapped"] if made else [])
    deed = chance.choice(deeds)
    place = chance.randrange(len(made)) if made else 0
    if deed == "flipped":
        made[place] = bytes([made[place][0] ^ 1]) + made[place][1:]
    elif deed == "cut":
        del made[place]
    elif deed == "swapped":
        made[place] = leaf_hash(made[place])
    elif deed == "longer":
        made.insert(place, chance.randbytes(32))
    else:
        made += made or [EMPTY_ROOT]
    return made


@given(st.integers(1, LARGEST), st.randoms(use_true_random=False))
@example(7, random.Random(1))
def test_a_forged_inclusion_proof_is_refused(size: int, chance: random.Random) -> None:
    index = chance.randrange(size)
    proof = inclusion_proof(index, size, TREE.subtree)
    leaf, root = leaf_hash(f"leaf {index}".encode()), TREE.root(size)
    verify_inclusion(leaf, index, size, proof, root)
    wrong = forged(proof, chance)
    tries = [
        (leaf, index, wrong, root),
        (leaf_hash(b"another"), index, proof, root),
        (leaf, index, proof, leaf_hash(b"another root")),
        (leaf, -1, proof, root),
        (leaf, size, proof, root),
    ]
    for leaf_, index_, proof_, root_ in tries:
        with pytest.raises(BadProof):
            verify_inclusion(leaf_, index_, size, proof_, root_)
    assert len(tries) == 5


@given(st.integers(1, LARGEST), st.randoms(use_true_random=False))
@example(7, random.Random(1))
def test_a_forged_consistency_proof_is_refused(second: int, chance: random.Random) -> None:
    first = chance.randrange(second)
    proof = consistency_proof(first, second, TREE.subtree)
    roots = TREE.root(first), TREE.root(second)
    verify_consistency(first, second, proof, *roots)
    other = leaf_hash(b"another root")
    tries = [
        (first, second, forged(proof, chance), *roots),
        (first, second, proof, other, roots[1]),
        (second, first, proof, roots[1], roots[0]),
        (second, second, [], roots[1], other),
        (-1, second, proof, *roots),
    ]
    tries += [(first, second, proof, roots[0], other)] if first else []
    for each in tries:
        with pytest.raises(BadProof):
            verify_consistency(*each)
    assert len(tries) >= 5


@given(st.integers(2, LARGEST), st.randoms(use_true_random=False))
@example(9, random.Random(1))
def test_no_proof_joins_a_tree_to_one_whose_past_is_rewritten(
    size: int, chance: random.Random
) -> None:
    altered = chance.randrange(size - 1)
    first = chance.randrange(altered + 1, size)
    fork = MemoryTree()
    for number in range(size):
        said = "rewritten" if number == altered else "leaf"
        fork.append(leaf_hash(f"{said} {number}".encode()))
    for tree in (fork, TREE):
        proof = consistency_proof(first, size, tree.subtree)
        with pytest.raises(BadProof):
            verify_consistency(first, size, proof, TREE.root(first), fork.root())


def test_a_leaf_that_looks_like_a_node_has_another_hash() -> None:
    left, right = leaf_hash(b"left"), leaf_hash(b"right")
    assert leaf_hash(left + right) != node_hash(left, right)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: inclusion_proof(3, 3, TREE.subtree), "no leaf 3 in a tree of 3"),
        (lambda: consistency_proof(4, 3, TREE.subtree), "a tree of 3 does not contain one of 4"),
    ],
)
def test_what_is_not_there_cannot_be_proven(make, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadProof, match=said):
        make()
