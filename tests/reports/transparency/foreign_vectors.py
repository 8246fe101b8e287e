"""Write ``foreign_vectors.json``: test vectors by two implementations that are not ours.

To be run in an environment of its own, which reportwatch is no part of:
``pip install aics-tlog pymerkle`` (aics-tlog asks for Python 3.12).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import aics_tlog  # type: ignore[import-not-found]
import pymerkle  # type: ignore[import-not-found]
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SIZES = 70
AT = 1_679_315_147


def digest(proofs: Iterable[list[bytes]]) -> str:
    """Return one digest of many proofs, in their order."""
    return hashlib.sha256(b"|".join(b"".join(each) for each in proofs)).hexdigest()


leaves = [f"leaf {number}".encode() for number in range(SIZES)]
trees = []
other = pymerkle.InmemoryTree(algorithm="sha256")
for size in range(SIZES + 1):
    tree = aics_tlog.MerkleTree(leaves[:size])
    if size:
        other.append_entry(leaves[size - 1])
        assert other.get_root() == tree.root(size), size
    trees.append(
        {
            "size": size,
            "root": tree.root(size).hex(),
            "inclusion": digest(tree.inclusion_proof(index, size) for index in range(size)),
            "consistency": digest(tree.consistency_proof(first, size) for first in range(size + 1)),
        }
    )

seed = bytes(range(32))
key = Ed25519PrivateKey.from_private_bytes(seed)
public = key.public_key()
origin, witness = "log.example/fiction", "witness.example/w1"
root = bytes.fromhex(trees[-1]["root"])
checkpoint = aics_tlog.Checkpoint(origin, SIZES, root)
note = aics_tlog.sign_checkpoint(checkpoint, key, origin)
blob, _ = aics_tlog.sign_cosignature(key, witness, AT, origin, SIZES, root)
Path(__file__).with_suffix(".json").write_text(
    json.dumps(
        {
            "seed": seed.hex(),
            "vkey": aics_tlog.format_vkey(aics_tlog.vkey_from_ed25519(origin, public)),
            "witness_vkey": aics_tlog.format_vkey(aics_tlog.cosignature_vkey(witness, public)),
            "checkpoint": note.to_bytes().decode(),
            "cosigned_at": AT,
            "cosignature": base64.b64encode(blob).decode(),
            "trees": trees,
        },
        indent=1,
    )
)
