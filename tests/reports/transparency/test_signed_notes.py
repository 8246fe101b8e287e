"""Signed notes, checkpoints and proofs: byte for byte as others write them, bad ones refused."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest

from reports.transparency.checkpoint import Checkpoint, cosigned_by, open_checkpoint
from reports.transparency.note import (
    LARGEST_NOTE,
    MOST_SIGNATURES,
    BadKey,
    BadNote,
    KeyKind,
    Note,
    PrivateKey,
    PublicKey,
    Signature,
)
from reports.transparency.proofs import AddCheckpoint, LogProof
from reports.transparency.tree import BadProof, MemoryTree, inclusion_proof, leaf_hash

FOREIGN = json.loads((Path(__file__).parent / "foreign_vectors.json").read_text())
ORIGIN, WITNESS = "log.example/fiction", "witness.example/w1"
SEED = bytes.fromhex(FOREIGN["seed"])
KEY = PrivateKey(ORIGIN, KeyKind.NOTE, SEED)
COSIGNER = PrivateKey(WITNESS, KeyKind.COSIGNATURE, SEED)
CHECKPOINT = Checkpoint(ORIGIN, 70, bytes.fromhex(FOREIGN["trees"][-1]["root"]))
NOTE = Note(CHECKPOINT.text).with_signature(KEY.sign(CHECKPOINT.text))
RAW = str(NOTE).encode()

# From the text of C2SP tlog-cosignature: a checkpoint with a log's signature and a witness's.
PUBLISHED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv"
    "2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2"
    "oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)


def test_keys_notes_and_cosignatures_are_those_of_a_foreign_implementation() -> None:
    assert str(KEY.public) == FOREIGN["vkey"]
    assert str(COSIGNER.public) == FOREIGN["witness_vkey"]
    assert RAW.decode() == FOREIGN["checkpoint"]
    made = COSIGNER.cosign(CHECKPOINT.text, FOREIGN["cosigned_at"])
    assert base64.b64encode(made.raw).decode() == FOREIGN["cosignature"]


def test_the_published_example_is_read_and_written_unchanged() -> None:
    note = Note.parse(PUBLISHED.encode())
    assert str(note) == PUBLISHED
    assert Checkpoint.parse(note.text).size == 20_852_163
    assert note.signatures[1].cosigned_at() == 1_679_315_147


def test_a_key_is_read_from_its_text_and_no_other_text_is_one() -> None:
    assert PublicKey.parse(str(KEY.public)) == KEY.public
    vkey = str(KEY.public)
    name, number, encoded = vkey.split("+", 2)
    bad = [
        "",
        name,
        f"{name}+{number}",
        f"other.example+{number}+{encoded}",
        f"{name}+00000000+{encoded}",
        f"{name}+{number}+{encoded[:-4]}",
        f"{name}+{number}+{'B' + encoded[1:]}",
        f"{name}+{number}+é",
        f"a name+{number}+{encoded}",
    ]
    for each in bad:
        with pytest.raises(BadKey):
            PublicKey.parse(each)
    assert len(bad) == 9


def test_a_private_key_is_not_shown() -> None:
    assert SEED.hex() not in repr(KEY)
    assert repr(SEED) not in repr(KEY)


def test_a_checkpoint_is_opened_by_its_key_alone() -> None:
    assert open_checkpoint(RAW, KEY.public).checkpoint == CHECKPOINT
    stranger = PrivateKey(ORIGIN, KeyKind.NOTE, b"\1" * 32).public
    with pytest.raises(BadNote, match=f"no signature is of {ORIGIN}"):
        open_checkpoint(RAW, stranger)
    with pytest.raises(BadNote, match=r"not of 'other\.example"):
        open_checkpoint(RAW, KEY.public, "other.example")


def test_a_cosignature_says_when_and_is_of_this_checkpoint_alone() -> None:
    cosigned = NOTE.with_signature(COSIGNER.cosign(NOTE.text, 1_700_000_000))
    opened = open_checkpoint(str(cosigned).encode(), KEY.public)
    assert cosigned_by(opened, [COSIGNER.public]) == {COSIGNER.public: 1_700_000_000}
    later = cosigned.with_signature(COSIGNER.cosign(NOTE.text, 1_700_000_001))
    assert len(later.signatures) == 2
    other = replace(CHECKPOINT, size=71).text
    moved = Note(other).with_signature(KEY.sign(other)).with_signature(cosigned.signatures[1])
    with pytest.raises(BadNote, match=f"the signature of {WITNESS} is not of this text"):
        cosigned_by(open_checkpoint(str(moved).encode(), KEY.public), [COSIGNER.public])


def test_a_signature_of_notes_is_no_cosignature() -> None:
    as_cosigner = PrivateKey(WITNESS, KeyKind.NOTE, SEED)
    forged = Signature(WITNESS, COSIGNER.public.id, as_cosigner.sign(NOTE.text).raw)
    opened = open_checkpoint(str(NOTE.with_signature(forged)).encode(), KEY.public)
    with pytest.raises(BadNote, match="has not the form"):
        cosigned_by(opened, [COSIGNER.public])


def bad_notes() -> dict[str, bytes]:
    """Return bytes that are no note, or none that our key signed, each by what is wrong."""
    text = RAW.decode()
    body, line = text.split("\n\n")
    return {
        "nothing": b"",
        "no signatures": f"{body}\n\n".encode(),
        "no empty line": text.replace("\n\n", "\n").encode(),
        "no last line feed": RAW[:-1],
        "a control character": text.replace("70", "7\t0").encode(),
        "a carriage return": text.replace("\n", "\r\n").encode(),
        "not UTF-8": b"\xff" + RAW,
        "a dash of another kind": text.replace("—", "-").encode(),
        "a size altered": text.replace("\n70\n", "\n71\n").encode(),
        "a signature cut": f"{body}\n\n{line[:-5]}\n".encode(),
        "a signature emptied": f"{body}\n\n— {ORIGIN} AAAA\n".encode(),
        "too many signatures": (text + line * MOST_SIGNATURES).encode(),
        "too large": b"x" * LARGEST_NOTE + RAW,
    }


def test_what_is_no_note_or_is_altered_is_refused() -> None:
    for what, raw in bad_notes().items():
        with pytest.raises(BadNote):
            pytest.fail(f"{what}: {open_checkpoint(raw, KEY.public)}")
    assert len(bad_notes()) == 13


@pytest.mark.parametrize(
    "text",
    [
        "origin\n1\n",
        f"origin\n01\n{'A' * 43}=\n",
        f"origin\n-1\n{'A' * 43}=\n",
        f"origin\n\n1\n{'A' * 43}=\n",
        f"\n1\n{'A' * 43}=\n",
        "origin\n1\nAAAA\n",
        f"origin\n1\n{'A' * 42}B=\n",
        f"origin\n{'9' * 20}\n{'A' * 43}=\n",
        f"origin\n1\n{'A' * 43}=",
    ],
)
def test_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        Checkpoint.parse(text)


def proof_of(index: int, size: int) -> tuple[LogProof, bytes]:
    """Return a proof of one leaf and the leaf."""
    tree = MemoryTree()
    for number in range(size):
        tree.append(leaf_hash(b"leaf %d" % number))
    text = Checkpoint(ORIGIN, size, tree.root()).text
    raw = str(Note(text).with_signature(KEY.sign(text))).encode()
    hashes = tuple(inclusion_proof(index, size, tree.subtree))
    return LogProof(index, hashes, raw), b"leaf %d" % index


@pytest.mark.parametrize(("index", "size"), [(0, 1), (0, 2), (4, 7), (255, 257)])
def test_a_proof_comes_back_from_its_file_and_proves_its_leaf(index: int, size: int) -> None:
    proof, leaf = proof_of(index, size)
    for each in (proof, replace(proof, extra=b"more")):
        read = LogProof.parse(each.raw)
        assert read == each
        assert read.verify(leaf, KEY.public).checkpoint.size == size
        with pytest.raises(BadProof):
            read.verify(b"another", KEY.public)


def test_a_proof_file_has_the_lines_of_the_specification() -> None:
    proof, _ = proof_of(4, 7)
    lines = replace(proof, extra=b"more").raw.decode().split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra bW9yZQ==", "index 4"]
    assert lines[6:9] == ["", ORIGIN, "7"]


def test_a_request_to_a_witness_comes_back_from_its_body() -> None:
    made = AddCheckpoint(20, (b"x" * 32, b"y" * 32), RAW)
    assert made.raw.startswith(b"old 20\neHh4")
    assert AddCheckpoint.parse(made.raw) == made
    first = AddCheckpoint(0, (), RAW)
    assert first.raw == b"old 0\n\n" + RAW
    assert AddCheckpoint.parse(first.raw) == first


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 01\n\n",
        b"c2sp.org/tlog-proof@v2\nindex 1\n\n",
        b"c2sp.org/tlog-proof@v1\n\n",
        b"c2sp.org/tlog-proof@v1\nextra \xff\nindex 1\n\n",
        b"c2sp.org/tlog-proof@v1\nextra ?\nindex 1\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\n",
        b"c2sp.org/tlog-proof@v1\nindex 1\n" + b"A" * 43 + b"=",
        b"c2sp.org/tlog-proof@v1\nindex 1\n" + (b"A" * 43 + b"=\n") * 64 + b"\n",
    ],
)
def test_what_is_no_proof_is_refused(raw: bytes) -> None:
    with pytest.raises(BadNote):
        LogProof.parse(raw)
    with pytest.raises(BadNote):
        AddCheckpoint.parse(raw)
