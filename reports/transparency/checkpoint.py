"""Checkpoints: how large a log is and with which root, signed (C2SP tlog-checkpoint)."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from reports.transparency.note import BadNote, Note, PublicKey
from reports.transparency.tree import HASH_SIZE

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself: its origin, how many leaves it has, the root above them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{encode_hash(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Return what a note's text says; raises BadNote. Further lines are left alone."""
        lines = text.split("\n")
        if len(lines) < 4 or not all(lines[:-1]) or lines[-1]:
            raise BadNote("this is no checkpoint: origin, size and root, one line each")
        if not _SIZE.fullmatch(lines[1]):
            raise BadNote(f"{lines[1]!r:.40} is no size of a tree")
        return cls(lines[0], int(lines[1]), decode_hash(lines[2]))


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint whose signature by its log is verified, and the whole note."""

    checkpoint: Checkpoint
    note: Note

    @property
    def raw(self) -> bytes:
        """The note as it is published."""
        return str(self.note).encode()


def open_checkpoint(raw: bytes, log_key: PublicKey, origin: str | None = None) -> SignedCheckpoint:
    """Return a checkpoint that a log's key signed.

    The origin has to be the one given, or the key's name without one. Raises BadNote.
    """
    note = Note.parse(raw)
    if not list(note.signed_by([log_key])):
        raise BadNote(f"no signature is of {log_key.name} by the key that is known")
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != (origin or log_key.name):
        raise BadNote(f"it is of {checkpoint.origin!r:.80}, not of {origin or log_key.name!r:.80}")
    return SignedCheckpoint(checkpoint, note)


def cosigned_by(signed: SignedCheckpoint, witnesses: Sequence[PublicKey]) -> dict[PublicKey, int]:
    """Return when each of some witnesses cosigned a checkpoint, those that did, in POSIX seconds.

    Raises BadNote if a cosignature of one of them is wrong.
    """
    found = signed.note.signed_by(witnesses)
    return {key: signature.cosigned_at() for key, signature in found}


def encode_hash(value: bytes) -> str:
    """Return a hash in base64."""
    return base64.b64encode(value).decode()


def decode_hash(text: str) -> bytes:
    """Return the hash of a line; raises BadNote."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raw = b""
    if len(raw) != HASH_SIZE or encode_hash(raw) != text:
        raise BadNote(f"{text!r:.60} is no hash")
    return raw
