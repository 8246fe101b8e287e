"""Signed notes: text with lines of Ed25519 signatures, as C2SP signed-note and tlog-cosignature.

A key has a name and one of two kinds: it signs notes (0x01), or it cosigns checkpoints with the
time (0x04). In text it is a *vkey*: ``name+id+base64``.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

LARGEST_NOTE = 256 * 1024
"""Bytes of a note that are read; a signature of post-quantum kind has 5,000 at most."""

MOST_SIGNATURES = 64
_ID_SIZE, _KEY_SIZE, _TIME_SIZE, _SIGNATURE_SIZE = 4, 32, 8, 64
_LATEST = 2**63 - 1
_BEGIN = "\u2014 "


class BadNote(ValueError):
    """Text that is no note, or one that no known key signed; says why."""


class BadKey(ValueError):
    """Text that is no key."""


class KeyKind(IntEnum):
    """What a key signs: the byte of its kind."""

    NOTE = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True)
class PublicKey:
    """A key that signatures are verified with."""

    name: str
    kind: KeyKind
    raw: bytes

    @cached_property
    def id(self) -> bytes:
        """Its four bytes: they tell keys of one name apart, and prove nothing."""
        text = self.name.encode() + b"\n" + bytes([self.kind]) + self.raw
        return hashlib.sha256(text).digest()[:_ID_SIZE]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{_encode(bytes([self.kind]) + self.raw)}"

    @classmethod
    def parse(cls, vkey: str) -> PublicKey:
        """Return the key that a vkey says; raises BadKey."""
        name, _, rest = vkey.strip().partition("+")
        number, _, encoded = rest.partition("+")
        if not is_key_name(name):
            raise BadKey(f"{vkey!r:.80} is no key: NAME+ID+BASE64 is one")
        try:
            raw = _decode(encoded)
            key = cls(name, KeyKind(raw[0]), raw[1:])
        except (ValueError, IndexError):
            raise BadKey(f"{vkey!r:.80} is no Ed25519 key") from None
        if len(key.raw) != _KEY_SIZE or key.id.hex() != number:
            raise BadKey(f"{vkey!r:.80} does not fit its name, or a character of it is wrong")
        return key


@dataclass(frozen=True)
class PrivateKey:
    """A key that signs: its name, its kind and 32 secret bytes."""

    name: str
    kind: KeyKind
    seed: bytes

    def __repr__(self) -> str:
        return f"PrivateKey({self.name!r}, {self.kind!r})"

    @cached_property
    def public(self) -> PublicKey:
        """The key that its signatures are verified with."""
        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        return PublicKey(self.name, self.kind, private.public_key().public_bytes_raw())

    def sign(self, text: str) -> Signature:
        """Return a note's signature, by a key of notes."""
        return Signature(self.name, self.public.id, self._sign(text))

    def cosign(self, text: str, at: int) -> Signature:
        """Return a checkpoint's cosignature, by a key of cosignatures; ``at`` is a POSIX time."""
        signed = self._sign(_cosigned(text, at))
        return Signature(self.name, self.public.id, at.to_bytes(_TIME_SIZE, "big") + signed)

    def _sign(self, text: str) -> bytes:

        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(text.encode())


@dataclass(frozen=True)
class Signature:
    """One line of a note: who signed it by which key, and the bytes that say so."""

    name: str
    key_id: bytes
    raw: bytes

    def __str__(self) -> str:
        return f"{_BEGIN}{self.name} {_encode(self.key_id + self.raw)}"

    @classmethod
    def parse(cls, line: str) -> Signature:
        """Return the signature of a line; raises BadNote."""
        name, _, encoded = line.removeprefix(_BEGIN).partition(" ")
        if not line.startswith(_BEGIN) or not is_key_name(name):
            raise BadNote(f"{line!r:.80} is no line of a signature")
        try:
            raw = _decode(encoded)
        except ValueError:
            raise BadNote(f"{line!r:.80} is no line of a signature") from None
        if len(raw) <= _ID_SIZE:
            raise BadNote(f"the signature of {name} is empty")
        return cls(name, raw[:_ID_SIZE], raw[_ID_SIZE:])

    def is_by(self, key: PublicKey) -> bool:
        """Tell whether it says that a key made it."""
        return (self.name, self.key_id) == (key.name, key.id)

    def cosigned_at(self) -> int:
        """Return the POSIX time that a cosignature says."""
        return int.from_bytes(self.raw[:_TIME_SIZE], "big")

    def verify(self, text: str, key: PublicKey) -> None:
        """Raise BadNote unless a key made it of this text."""
        raw, message = self.raw, text
        if key.kind is KeyKind.COSIGNATURE:
            if len(raw) != _TIME_SIZE + _SIGNATURE_SIZE or self.cosigned_at() > _LATEST:
                raise BadNote(f"the cosignature of {key.name} has not the form of one")
            raw, message = raw[_TIME_SIZE:], _cosigned(text, self.cosigned_at())
        try:
            Ed25519PublicKey.from_public_bytes(key.raw).verify(raw, message.encode())
        except (InvalidSignature, ValueError):
            raise BadNote(f"the signature of {key.name} is not of this text") from None


@dataclass(frozen=True)
class Note:
    """A text, which ends with a line feed, and its signatures, none of them verified."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        return self.text + "\n" + "".join(f"{each}\n" for each in self.signatures)

    @classmethod
    def parse(cls, raw: bytes) -> Note:
        """Return the note that bytes hold; raises BadNote."""
        if len(raw) > LARGEST_NOTE:
            raise BadNote(f"a note has at most {LARGEST_NOTE} bytes, and this one {len(raw)}")
        try:
            whole = raw.decode()
        except UnicodeDecodeError:
            raise BadNote("a note is UTF-8, and this is not") from None
        if any(each < " " and each != "\n" for each in whole):
            raise BadNote("a note holds no control characters, and this does")
        text, gap, lines = whole.rpartition("\n\n")
        if not gap or not lines.endswith("\n"):
            raise BadNote("this is no note: text, an empty line, lines of signatures")
        signed = lines[:-1].split("\n")
        if len(signed) > MOST_SIGNATURES:
            raise BadNote(f"a note has at most {MOST_SIGNATURES} signatures here")
        return cls(text + "\n", tuple(map(Signature.parse, signed)))

    def signed_by(self, keys: Iterable[PublicKey]) -> Iterator[tuple[PublicKey, Signature]]:
        """Give the signatures of known keys, verified, the first of each key.

        Raises BadNote if one of a known key is wrong. Those of unknown keys are left alone.
        """
        for key in keys:
            own = [each for each in self.signatures if each.is_by(key)]
            for each in own:
                each.verify(self.text, key)
            yield from ((key, each) for each in own[:1])

    def with_signature(self, signature: Signature) -> Note:
        """Return the note with one more signature, in place of an older one of the same key."""
        pair = (signature.name, signature.key_id)
        others = [each for each in self.signatures if (each.name, each.key_id) != pair]
        return Note(self.text, (*others, signature))


def is_key_name(name: str) -> bool:
    """Tell whether text can name a key: something, without spaces, plus and control characters."""
    return bool(name) and "+" not in name and name.isprintable() and not any(map(str.isspace, name))


def _cosigned(text: str, at: int) -> str:
    return f"cosignature/v1\ntime {at}\n{text}"


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _decode(text: str) -> bytes:
    """Return the bytes of base64 as it has to be; raises ValueError."""
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
    if _encode(raw) != text:
        raise ValueError("the last character of the base64 says more than there is")
    return raw
