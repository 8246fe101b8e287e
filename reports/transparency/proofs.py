"""Proofs as text: C2SP tlog-proof files, and what a witness is asked to cosign (tlog-witness)."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from reports.transparency.checkpoint import (
    SignedCheckpoint,
    decode_hash,
    encode_hash,
    open_checkpoint,
)
from reports.transparency.note import BadNote, PublicKey
from reports.transparency.tree import leaf_hash, verify_inclusion

_HEADER = "c2sp.org/tlog-proof@v1"
_MOST_HASHES = 63
_COUNT = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class LogProof:
    """That a leaf is in a log: its place, the hashes up to the root, and the checkpoint's bytes."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes = b""

    @property
    def raw(self) -> bytes:
        """The proof as a ``.tlog-proof`` file."""
        extra = f"extra {base64.b64encode(self.extra).decode()}\n" if self.extra else ""
        lines = "".join(f"{encode_hash(each)}\n" for each in self.hashes)
        return f"{_HEADER}\n{extra}index {self.index}\n{lines}\n".encode() + self.checkpoint

    @classmethod
    def parse(cls, raw: bytes) -> LogProof:
        """Return the proof of a file; raises BadNote. Nothing of it is verified."""
        lines, checkpoint = _head(raw, "a proof")
        if not lines or lines.pop(0) != _HEADER:
            raise BadNote(f"a proof begins with {_HEADER}, and this does not")
        extra = b""
        if lines and lines[0].startswith("extra "):
            try:
                extra = base64.b64decode(lines.pop(0)[len("extra ") :], validate=True)
            except binascii.Error:
                raise BadNote("the extra line of the proof is no base64") from None
        index = _count(lines, "index")
        return cls(index, tuple(map(decode_hash, lines)), checkpoint, extra)

    def verify(
        self, leaf: bytes, log_key: PublicKey, origin: str | None = None
    ) -> SignedCheckpoint:
        """Return the checkpoint, signed by the log, in whose tree the leaf is proven to be.

        Raises BadNote or BadProof.
        """
        signed = open_checkpoint(self.checkpoint, log_key, origin)
        found = signed.checkpoint
        verify_inclusion(leaf_hash(leaf), self.index, found.size, self.hashes, found.root)
        return signed


@dataclass(frozen=True)
class AddCheckpoint:
    """What a log sends a witness: a checkpoint, and that it continues the one of ``old_size``."""

    old_size: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes

    @property
    def raw(self) -> bytes:
        """The body of the request."""
        lines = "".join(f"{encode_hash(each)}\n" for each in self.hashes)
        return f"old {self.old_size}\n{lines}\n".encode() + self.checkpoint

    @classmethod
    def parse(cls, raw: bytes) -> AddCheckpoint:
        """Return what a body says; raises BadNote. Nothing of it is verified."""
        lines, checkpoint = _head(raw, "a request to a witness")
        old_size = _count(lines, "old")
        return cls(old_size, tuple(map(decode_hash, lines)), checkpoint)


def _head(raw: bytes, what: str) -> tuple[list[str], bytes]:
    """Return the lines before the first empty one, and the bytes behind it."""
    head, gap, rest = raw.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise BadNote(f"this is not {what}") from None
    if not gap or len(lines) > _MOST_HASHES + 3:
        raise BadNote(f"this is not {what}: lines, an empty one, and a checkpoint")
    return lines, rest


def _count(lines: list[str], name: str) -> int:
    """Take the first line as a name and a number; raises BadNote."""
    word, _, number = (lines.pop(0) if lines else "").partition(" ")
    if word != name or not _COUNT.fullmatch(number):
        raise BadNote(f"a line `{name} NUMBER` is missing")
    if len(lines) > _MOST_HASHES:
        raise BadNote(f"a proof has at most {_MOST_HASHES} hashes")
    return int(number)
