"""Forgeries of evidence bundles: what somebody can change who has not the keys.

Each remakes every digest inside that can be remade, signs with keys of its own of the same names
where it has to sign, and says which check has to refuse it if the checker gives the true keys.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from reports.text.canonical_json import canonical_json, instant
from reports.transparency.note import KeyKind, Note
from reports.transparency.proofs import LogProof
from services.evidence.container import packed
from services.evidence.verify_bundle import (
    DERIVED,
    PACKAGE,
    PACKAGE_DIGEST,
    VERIFIER,
    Refused,
    open_bundle,
    zipped,
)
from tests.evidence_stage import (
    NOW,
    ORIGIN,
    LogStage,
    filled,
    signing_key,
)
from tests.time_stamps import TimeStampAuthority

LEAF, PROOF = "evidence/leaf.json", "evidence/leaf.tlog-proof"
WORDS, CAPTURE = "evidence/words.json", "evidence/capture.json"
WARC, KEYS = "archive/data.warc.gz", "evidence/keys.txt"
NEWEST, CONSISTENCY = "evidence/newest.checkpoint", "evidence/consistency.json"
TOKEN, CHAIN = "timestamps/1.tsr", "timestamps/1.pem"

Members = dict[str, bytes]


def repacked(members: Members, honest: bytes) -> bytes:
    """Return a bundle with everything made anew that follows from the evidence.

    Of evidence from which nothing follows, the pages stay and the lists of digests are made anew.
    """
    try:
        return packed(members)
    except Refused:
        held = open_bundle(honest)
    whole = {**members, **{name: held[name] for name in (*DERIVED, VERIFIER)}}
    package = json.loads(held[PACKAGE])
    listed = {each["path"]: each for each in package["resources"]}
    package["resources"] = [
        {
            **listed.get(name, {"name": name, "path": name}),
            "hash": f"sha256:{hashlib.sha256(body).hexdigest()}",
            "bytes": len(body),
        }
        for name, body in sorted(whole.items())
        if name not in (PACKAGE, PACKAGE_DIGEST)
    ]
    whole[PACKAGE] = json.dumps(package).encode()
    digest = {"path": PACKAGE, "hash": f"sha256:{hashlib.sha256(whole[PACKAGE]).hexdigest()}"}
    whole[PACKAGE_DIGEST] = json.dumps(digest).encode()
    return zipped(whole)


@dataclass
class Forger:
    """Who forges: with keys and an authority of the same names, and a genuine foreign token."""

    true: LogStage
    own: LogStage
    chance: Random

    @classmethod
    def of(cls, true: LogStage, authority: TimeStampAuthority, chance: Random) -> Forger:
        """Return a forger beside a true log."""
        names = [each.name for each in true.witnesses]
        witnesses = [signing_key(name, KeyKind.COSIGNATURE) for name in names]
        own = filled(LogStage(signing_key(ORIGIN, KeyKind.NOTE), witnesses, authority), 8)
        return cls(true, own, chance)

    def forged(self, kind: str, evidence: Members) -> bytes:
        """Return a forged bundle."""
        if kind == "flipped bit":
            return self.flipped(packed(evidence))
        return repacked(FORGERIES[kind](self, dict(evidence)), packed(evidence))

    def flipped(self, body: bytes) -> bytes:
        """Return bytes with one bit of them turned."""
        at = self.chance.randrange(len(body))
        return body[:at] + bytes([body[at] ^ 1 << self.chance.randrange(8)]) + body[at + 1 :]

    def relogged(self, members: Members, leaf: dict[str, Any], *, is_kept: bool = False) -> Members:
        """Return a bundle with another leaf: with the true proof, or in a log of the forger's."""
        members[LEAF] = canonical_json(leaf)
        if is_kept:
            return members
        self.own.leaves[3] = members[LEAF]
        self.own._nodes.clear()
        for name in (NEWEST, CONSISTENCY):
            members.pop(name, None)
        members[PROOF] = self.own.proof(3, 8)
        members[KEYS] = self.own.keys.encode()
        if self.chance.random() < 0.1:  # a token costs three programs
            members[TOKEN] = self.own.token(self.own.checkpoint(8))
            assert self.own.authority is not None
            members[CHAIN] = self.own.authority.chain
        else:
            del members[TOKEN], members[CHAIN]
        return members


def _other_page(forger: Forger, members: Members, *, is_kept: bool) -> Members:
    """Change the page and everything that follows: words, capture record, leaf."""
    old = gzip.decompress(members[WARC])
    new = old.replace(b"without charge", b"with a charge!").replace(b" 8 cells", b" 9 cells")
    head, border, http = new.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b"WARC-Block-Digest")]
    members[WARC] = gzip.compress(b"\r\n".join(lines) + border + http, mtime=0)
    payload = http.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n\r\n")
    capture, leaf = json.loads(members[CAPTURE]), json.loads(members[LEAF])
    words = json.loads(members[WORDS].replace(b"without charge", b"with a charge!"))
    capture["payload_sha256"] = hashlib.sha256(payload).hexdigest()
    members[CAPTURE] = canonical_json(capture)
    blocks = [[block["text"] for block in part["blocks"]] for part in words["parts"]]
    heads = [[part["heading"]["text"]] if part["heading"] else [] for part in words["parts"]]
    every = [text for pair in zip(heads, blocks, strict=True) for each in pair for text in each]
    leaf |= {
        "payload_sha256": capture["payload_sha256"],
        "capture_sha256": hashlib.sha256(members[CAPTURE]).hexdigest(),
        "text_sha256": hashlib.sha256("\n".join(blocks[0]).encode()).hexdigest(),
        "report_sha256": hashlib.sha256("\n".join(every).encode()).hexdigest(),
        "words_sha256": hashlib.sha256(" ".join(every).encode()).hexdigest(),
    }
    words |= {name: leaf[name] for name in words if name in leaf and name != "v"}
    members[WORDS] = canonical_json(words)
    return forger.relogged(members, leaf, is_kept=is_kept)


def _back_dated(forger: Forger, members: Members, *, is_kept: bool) -> Members:
    leaf, words = json.loads(members[LEAF]), json.loads(members[WORDS])
    capture = json.loads(members[CAPTURE])
    days = forger.chance.randrange(1, 4_000)
    at = instant(NOW - timedelta(days=days))
    leaf["captured_at"] = words["captured_at"] = at
    capture["asked_at"] = capture["answered_at"] = at
    capture["exchanges"][-1] |= {"asked_at": at, "answered_at": at}
    old = json.loads(members[CAPTURE])["exchanges"][-1]["answered_at"]
    plain = gzip.decompress(members[WARC]).replace(old.encode(), at.encode())
    members[WARC] = gzip.compress(plain, mtime=0)
    members[CAPTURE], members[WORDS] = canonical_json(capture), canonical_json(words)
    leaf["capture_sha256"] = hashlib.sha256(members[CAPTURE]).hexdigest()
    leaf["recorded_at"] = at
    return forger.relogged(members, leaf, is_kept=is_kept)


def _foreign_token(forger: Forger, members: Members) -> Members:
    """Take the genuine token of another checkpoint of the same log, by the true authority."""
    sizes = [each for each in (5, 6, 7) if each != LogProof.parse(members[PROOF]).index]
    members[TOKEN] = forger.true.token(forger.true.checkpoint(forger.chance.choice(sizes)))
    return members


def _own_token(forger: Forger, members: Members) -> Members:
    """Have the true checkpoint stamped by an authority of the same name."""
    assert forger.own.authority is not None
    checkpoint = LogProof.parse(members[PROOF]).checkpoint
    members[TOKEN] = forger.own.token(checkpoint)
    members[CHAIN] = forger.own.authority.chain
    return members


def _without_token(forger: Forger, members: Members) -> Members:
    del members[TOKEN], members[CHAIN]
    return members


def _cut_proof(forger: Forger, members: Members) -> Members:
    proof = LogProof.parse(members[PROOF])
    at = forger.chance.randrange(len(proof.hashes))
    way = forger.chance.randrange(3)
    hashes = list(proof.hashes)
    if way == 0:
        del hashes[at]
    elif way == 1:
        hashes.insert(at, forger.chance.randbytes(32))
    else:
        hashes[at] = forger.chance.randbytes(32)
    members[PROOF] = LogProof(proof.index, tuple(hashes), proof.checkpoint).raw
    return members


def _other_place(forger: Forger, members: Members) -> Members:
    proof = LogProof.parse(members[PROOF])
    index = forger.chance.choice([at for at in range(40) if at != proof.index])
    members[PROOF] = LogProof(index, proof.hashes, proof.checkpoint).raw
    return members


def _other_root(forger: Forger, members: Members) -> Members:
    """Change the checkpoint's root or size, and keep the signatures."""
    proof = LogProof.parse(members[PROOF])
    note = Note.parse(proof.checkpoint)
    lines = note.text.split("\n")
    lines[2] = forger.own.checkpoint(8).decode().split("\n")[2]
    changed = str(Note("\n".join(lines), note.signatures)).encode()
    members[PROOF] = LogProof(proof.index, proof.hashes, changed).raw
    return members


def _other_newest(forger: Forger, members: Members) -> Members:
    """Put a newest checkpoint of the forger's log beside the true proof."""
    members[NEWEST] = forger.own.checkpoint(8)
    members[CONSISTENCY] = canonical_json({"v": 1, "proof": []})
    return members


def _without_witness(forger: Forger, members: Members) -> Members:
    """Leave out every cosignature, and the witnesses' keys."""
    proof = LogProof.parse(members[PROOF])
    note = Note.parse(proof.checkpoint)
    alone = str(Note(note.text, note.signatures[:1])).encode()
    members[PROOF] = LogProof(proof.index, proof.hashes, alone).raw
    members[KEYS] = members[KEYS].split(b"\n")[0] + b"\n"
    for name in (NEWEST, CONSISTENCY):
        members.pop(name, None)
    return members


def _future(forger: Forger, members: Members) -> Members:
    """Have one's own witness cosign the true checkpoint in the future."""
    proof = LogProof.parse(members[PROOF])
    note, witness = Note.parse(proof.checkpoint), forger.own.witnesses[0]
    at = NOW + timedelta(days=forger.chance.randrange(1, 10_000))
    line = witness.cosign(note.text, int(at.timestamp()))
    kept = (*note.signatures, line)
    members[PROOF] = LogProof(proof.index, proof.hashes, str(Note(note.text, kept)).encode()).raw
    members[KEYS] += f"{witness.public}\n".encode()
    return members


def _wrong_words(forger: Forger, members: Members) -> Members:
    """Change a word of what was read, and leave the page and the leaf alone."""
    members[WORDS] = members[WORDS].replace(b"nobody answered", b"they answered!!")
    return members


def _wrong_places(forger: Forger, members: Members) -> Members:
    words = json.loads(members[WORDS])
    block = forger.chance.choice(words["parts"][0]["blocks"])
    block["bytes"][0][0] += forger.chance.choice([1, 5, 9])
    members[WORDS] = canonical_json(words)
    return members


def _other_capture(forger: Forger, members: Members) -> Members:
    """Say that another server answered."""
    capture = json.loads(members[CAPTURE])
    capture["exchanges"][-1]["remote_address"] = "192.0.2.99"
    members[CAPTURE] = canonical_json(capture)
    plain = gzip.decompress(members[WARC]).replace(b"192.0.2.7", b"192.0.2.99")
    members[WARC] = gzip.compress(plain, mtime=0)
    return members


def _other_headers(forger: Forger, members: Members) -> Members:
    """Change a header in the web archive alone."""
    plain = gzip.decompress(members[WARC]).replace(b"Server: tide", b"Server: calm")
    lines = [each for each in plain.split(b"\r\n") if not each.startswith(b"WARC-Block-Digest")]
    members[WARC] = gzip.compress(b"\r\n".join(lines), mtime=0)
    return members


FORGERIES: dict[str, Callable[[Forger, Members], Members]] = {
    "other page": lambda forger, members: _other_page(forger, members, is_kept=True),
    "other page, own log": lambda forger, members: _other_page(forger, members, is_kept=False),
    "back-dated leaf": lambda forger, members: _back_dated(forger, members, is_kept=True),
    "back-dated leaf, own log": lambda forger, members: _back_dated(forger, members, is_kept=False),
    "foreign token": _foreign_token,
    "own token": _own_token,
    "no token": _without_token,
    "cut proof": _cut_proof,
    "other place in the log": _other_place,
    "other root": _other_root,
    "other newest checkpoint": _other_newest,
    "no witness": _without_witness,
    "future time": _future,
    "wrong words": _wrong_words,
    "wrong places": _wrong_places,
    "other capture record": _other_capture,
    "other headers": _other_headers,
}

REFUSED_BY = {
    "flipped bit": "container",
    "other page": "inclusion in the log",
    "other page, own log": "log's signature",
    "back-dated leaf": "inclusion in the log",
    "back-dated leaf, own log": "log's signature",
    "foreign token": "time stamps",
    "own token": "time stamps",
    "no token": "time stamps",
    "cut proof": "inclusion in the log",
    "other place in the log": "inclusion in the log",
    "other root": "log's signature",
    "other newest checkpoint": "log's signature",
    "no witness": "witnesses",
    "future time": "order of times",
    "wrong words": "words",
    "wrong places": "places of the words",
    "other capture record": "capture record",
    "other headers": "capture record",
    "wrong quote": "quotation",
}
"""The check that has to refuse each kind; others may as well."""
