"""The Merkle tree of RFC 9162, section 2.1: hashes, inclusion and consistency proofs.

A tree is given by a function that returns the hash of any of its *complete subtrees*: the one of
``2**height`` leaves that begins at leaf ``number * 2**height``. So a proof reads as many hashes as
it holds, wherever they lie. Proofs are verified by the algorithms of 2.1.3.2 and 2.1.4.2, which
share nothing with those that make them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Subtree = Callable[[int, int], bytes]
"""Returns the hash of a complete subtree by its height and its number at that height."""


class BadProof(ValueError):
    """A proof that proves nothing; says why."""


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(size: int, subtree: Subtree) -> bytes:
    """Return the root of the tree's first ``size`` leaves."""
    return _hash(0, size, subtree) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """Return what proves that leaf ``index`` is in the tree of ``size`` leaves (2.1.3.1).

    Raises BadProof if there is no such leaf.
    """
    if not 0 <= index < size:
        raise BadProof(f"there is no leaf {index} in a tree of {size}")
    proof, begin, end = [], 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            proof.append(_hash(middle, end, subtree))
            end = middle
        else:
            proof.append(_hash(begin, middle, subtree))
            begin = middle
    return proof[::-1]


def consistency_proof(first: int, second: int, subtree: Subtree) -> list[bytes]:
    """Return what proves that ``first`` leaves are those the tree of ``second`` begins with.

    Section 2.1.4.1. Nothing has to be proved of no leaves, or of equally many: the proof is empty.
    Raises BadProof if ``first`` is larger.
    """
    if not 0 <= first <= second:
        raise BadProof(f"a tree of {second} does not contain one of {first}")
    if first in (0, second):
        return []
    proof, begin, end, is_known = [], 0, second, True
    while first != end:
        middle = begin + _split(end - begin)
        if first <= middle:
            proof.append(_hash(middle, end, subtree))
            end = middle
        else:
            proof.append(_hash(begin, middle, subtree))
            begin, is_known = middle, False
    if not is_known:
        proof.append(_hash(begin, end, subtree))
    return proof[::-1]


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Raise BadProof unless a leaf's hash is at ``index`` of the tree with this root (2.1.3.2)."""
    if not 0 <= index < size:
        raise BadProof(f"there is no leaf {index} in a tree of {size}")
    found = leaf
    for each, is_left in _sides(index, size - 1, proof):
        found = node_hash(each, found) if is_left else node_hash(found, each)
    if found != root:
        raise BadProof(f"leaf {index} is not in the tree of {size} leaves with this root")


def verify_consistency(
    first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes
) -> None:
    """Raise BadProof unless the second tree begins with the first one's leaves (2.1.4.2)."""
    if not 0 <= first <= second:
        raise BadProof(f"a tree of {second} leaves does not contain one of {first}")
    if first in (0, second):
        _verify_trivial(first, second, proof, first_root, second_root)
        return
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    if not path:
        raise BadProof("the consistency proof is empty")
    here, last = first - 1, second - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    found_first = found_second = path[0]
    for each, is_left in _sides(here, last, path[1:]):
        found_second = node_hash(each, found_second) if is_left else node_hash(found_second, each)
        found_first = node_hash(each, found_first) if is_left else found_first
    if found_first != first_root or found_second != second_root:
        raise BadProof(f"the tree of {second} leaves does not begin with that of {first}")


def _sides(here: int, last: int, proof: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Give the hashes of a proof from the leaf up, and whether each stands left of what is found.

    ``here`` and ``last`` are numbers of nodes at one height: of the one to prove, and of the last.
    Raises BadProof if the proof does not end at the root.
    """
    for each in proof:
        if last == 0:
            raise BadProof("the proof is longer than the tree is high")
        is_left = bool(here & 1) or here == last
        yield each, is_left
        while is_left and here and not here & 1:
            here, last = here >> 1, last >> 1
        here, last = here >> 1, last >> 1
    if last:
        raise BadProof("the proof is cut short")


def _verify_trivial(
    first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes
) -> None:
    """Verify where nothing is to be proved: of no leaves, or of equally many."""
    if proof:
        raise BadProof(f"from {first} to {second} leaves nothing is to be proved")
    if first == second and first_root != second_root:
        raise BadProof(f"two trees of {first} leaves have different roots")
    if first == 0 and first_root != EMPTY_ROOT:
        raise BadProof("a tree without leaves has one root, and this is another")


@dataclass
class MemoryTree:
    """A tree whose hashes are in memory; appending costs two hashes a leaf in the mean."""

    _rows: list[list[bytes]] = field(default_factory=lambda: [[]])

    @property
    def size(self) -> int:
        """How many leaves it has."""
        return len(self._rows[0])

    def append(self, leaf: bytes) -> None:
        """Append the hash of a leaf."""
        height, found = 0, leaf
        self._rows[0].append(found)
        while len(self._rows[height]) % 2 == 0:
            found = node_hash(*self._rows[height][-2:])
            height += 1
            if height == len(self._rows):
                self._rows.append([])
            self._rows[height].append(found)

    def subtree(self, height: int, number: int) -> bytes:
        """Return the hash of a complete subtree; raises IndexError for one that is not there."""
        return self._rows[height][number]

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the first ``size`` leaves; of all without it."""
        return root_of(self.size if size is None else size, self.subtree)


def _split(count: int) -> int:
    """Return the largest power of two below a count of two or more."""
    return 1 << ((count - 1).bit_length() - 1)


def _hash(begin: int, end: int, subtree: Subtree) -> bytes:
    """Return MTH(D[begin:end]), a part of the tree as the recursion of 2.1.1 cuts it."""
    count = end - begin
    if count & (count - 1) == 0:
        height = count.bit_length() - 1
        return subtree(height, begin >> height)
    middle = begin + _split(count)
    return node_hash(_hash(begin, middle, subtree), _hash(middle, end, subtree))
