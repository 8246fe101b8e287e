"""Check the log's proofs of an unpacked bundle by aics-tlog, which shares no code with ours.

Run by a Python of its own: ``python foreign_tlog.py FOLDER``. It says what it verified.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

import aics_tlog  # type: ignore[import-not-found]


def main(folder: Path) -> None:
    """Verify inclusion, signatures, cosignatures and consistency; raises if one is wrong."""
    evidence = folder / "evidence"
    head, _, note = (evidence / "leaf.tlog-proof").read_bytes().partition(b"\n\n")
    _, index, *hashes = head.decode().split("\n")
    keys = [aics_tlog.parse_vkey(line) for line in (evidence / "keys.txt").read_text().split()]
    notes = [note]
    if (evidence / "newest.checkpoint").exists():
        notes.append((evidence / "newest.checkpoint").read_bytes())
    trees = []
    for each in notes:
        found = aics_tlog.verify_checkpoint(
            aics_tlog.parse_note(each.decode()), keys[0], keys[1:], quorum=len(keys) - 1
        )
        assert found.ok, found
        trees.append(aics_tlog.parse_checkpoint(aics_tlog.parse_note(each.decode()).text))
    leaf = (evidence / "leaf.json").read_bytes()
    path = [base64.b64decode(each) for each in hashes]
    at = int(index.removeprefix("index "))
    assert aics_tlog.verify_leaf_inclusion(leaf, at, trees[0].size, path, trees[0].root)
    if len(trees) > 1:
        said = json.loads((evidence / "consistency.json").read_bytes())["proof"]
        path = [base64.b64decode(each) for each in said]
        old, new = trees
        assert aics_tlog.verify_consistency(old.size, new.size, old.root, new.root, path)
    print(f"inclusion, {len(notes)} checkpoints by {len(keys)} keys")  # noqa: T201


main(Path(sys.argv[1]))
