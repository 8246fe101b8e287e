#!/usr/bin/env python3
"""Check an evidence bundle of reportwatch, with Python 3.9 or newer and `cryptography` alone.

This one file is what goes into every bundle and what `reportwatch verify --bundle` runs. It is one
file, long as it is, so that a stranger can read and run it without installing reportwatch. Nothing
in a bundle is believed but what is proven: that a key is the log's, a witness's or an authority's
is for whoever checks to say (--log-key, --witness-key, --tsa-cert).

Formats: WACZ 1.1.1, WARC 1.1, RFC 9162 section 2.1 (Merkle trees), C2SP signed-note,
tlog-checkpoint, tlog-cosignature and tlog-proof, RFC 3161, 5652 and 5816 (time stamps), RFC 8785.

Exit codes: 0 every check passed; 1 some check failed, or there is no such file; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import bisect
import codecs
import hashlib
import html
import io
import json
import re
import shlex
import struct
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

FORMAT = 1
"""Raised when the pages that follow from the evidence are to be written otherwise.

What wrote those of earlier formats stays then: a bundle that was filed once is checked for ever.
"""

LARGEST_FILE = 256 * 1024 * 1024
MOST_MEMBERS = 2_000
LARGEST_MEMBER = 128 * 1024 * 1024
LARGEST_UNPACKED = 256 * 1024 * 1024
LARGEST_TEXT = 32 * 1024 * 1024
LARGEST_TOKEN = 256 * 1024
MOST_RECORDS = 1_000
MOST_SIGNATURES = 100
MOST_CERTIFICATES = 20
MOST_BLOCKS = 100_000
MOST_PLACES = 20
LONGEST_QUOTE = 100_000
"""Bounds: a bundle of a report has 1 MB, 20 members and 10 records."""

SKEW = timedelta(minutes=5)
"""By how much the clocks of operator, witnesses and authorities may differ."""

WARC, CDX, PAGES = "archive/data.warc.gz", "indexes/index.cdx", "pages/pages.jsonl"
PACKAGE, PACKAGE_DIGEST = "datapackage.json", "datapackage-digest.json"
LEAF, PROOF, CAPTURE = "evidence/leaf.json", "evidence/leaf.tlog-proof", "evidence/capture.json"
WORDS, KEYS = "evidence/words.json", "evidence/keys.txt"
NEWEST, CONSISTENCY = "evidence/newest.checkpoint", "evidence/consistency.json"
_SOFTWARE = "reportwatch, evidence bundle "
CERTIFICATE, HOW_TO = "evidence/certificate.html", "evidence/VERIFY.txt"
VERIFIER = "evidence/verify_bundle.py"
NEEDED = (WARC, LEAF, PROOF, CAPTURE, WORDS, KEYS)
DERIVED = (CDX, PAGES, CERTIFICATE, HOW_TO, PACKAGE, PACKAGE_DIGEST)
"""Members that follow from the others, byte for byte: nobody signed them, so they are made anew."""
_KNOWN = re.compile(
    r"archive/data\.warc\.gz|indexes/index\.cdx|pages/pages\.jsonl|datapackage(?:-digest)?\.json"
    r"|evidence/(?:leaf|capture|words|consistency)\.json|evidence/leaf\.tlog-proof"
    r"|evidence/(?:keys\.txt|newest\.checkpoint|certificate\.html|VERIFY\.txt|verify_bundle\.py)"
    r"|timestamps/[a-z0-9-]{1,80}\.(?:tsr|pem)"
    r"|removal-[1-9]\d?/(?:leaf\.json|leaf\.tlog-proof|listing\.json|miss-\d{1,4}\.json)"
)


class Refused(Exception):
    """Something in a bundle is not so; the text says what."""


# What a check found


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: ``says`` is what is proven, or why it is refused.

    ``is_absent`` if the bundle has nothing of the kind, which proves nothing and is no fault.
    """

    name: str
    is_passed: bool
    says: str
    not_proven: str = ""
    is_absent: bool = False

    @property
    def word(self) -> str:
        """What is said of it in one word."""
        return ("absent" if self.is_absent else "passed") if self.is_passed else "REFUSED"


@dataclass(frozen=True)
class Trust:
    """What whoever checks vouches for: without it a bundle only agrees with its own keys."""

    log_keys: tuple[Key, ...] = ()
    witness_keys: tuple[Key, ...] = ()
    authorities: tuple[x509.Certificate, ...] = ()
    now: datetime = field(default_factory=lambda: datetime.now(timezone.utc))


@dataclass(frozen=True)
class Result:
    """Everything that was found. ``facts`` are those of the leaf, true only if verified."""

    bundle: str
    facts: dict[str, Any]
    checks: tuple[Check, ...]
    cautions: tuple[str, ...]
    places: tuple[dict[str, Any], ...] = ()

    @property
    def is_verified(self) -> bool:
        """Whether every check passed."""
        return bool(self.checks) and all(each.is_passed for each in self.checks)

    def document(self) -> dict[str, Any]:
        """Return the result as JSON says it."""
        return {
            "bundle": self.bundle,
            "verified": self.is_verified,
            **self.facts,
            "checks": [
                {
                    "check": each.name,
                    "passed": each.is_passed,
                    "absent": each.is_absent,
                    "says": each.says,
                    "does_not_prove": each.not_proven,
                }
                for each in self.checks
            ],
            "cautions": list(self.cautions),
            "places": list(self.places),
        }


# Small things


def sha256(body: bytes) -> str:
    """Return the SHA-256 of bytes, in hex."""
    return hashlib.sha256(body).hexdigest()


def shown(text: object, longest: int = 300) -> str:
    """Return text from a bundle as one harmless line."""
    flat = "".join(each if each.isprintable() else " " for each in str(text)[: longest + 1])
    return flat if len(flat) <= longest else f"{flat[:longest]}…"


def moment(text: object) -> datetime:
    """Return a time written as ISO 8601 in UTC with Z; raises Refused."""
    found = re.fullmatch(
        r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?Z", str(text), re.ASCII
    )
    if not found:
        raise Refused(f"{shown(text, 40)!r} is no time in UTC")
    *numbers, part = found.groups("0")
    try:
        at = datetime(*map(int, numbers), tzinfo=timezone.utc)  # type: ignore[misc,arg-type]
    except ValueError:
        raise Refused(f"{shown(text, 40)!r} is no time") from None
    return at + timedelta(microseconds=int(part.ljust(6, "0")))


def stamp(at: datetime) -> str:
    """Return a time as people read it: to the second, in UTC."""
    return at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def canonical(value: Any) -> bytes:
    """Return canonical JSON (RFC 8785) of what has ASCII names and no fractions."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_json(name: str, body: bytes) -> dict[str, Any]:
    """Return the object that a member holds; raises Refused unless it is canonical JSON."""
    try:
        value = json.loads(body)
        is_same = isinstance(value, dict) and canonical(value) == body
    except (ValueError, RecursionError):
        is_same = False
    if not is_same:
        raise Refused(f"{name} is no object in canonical JSON")
    return value  # type: ignore[no-any-return]


def base64_of(text: str) -> bytes:
    """Return the bytes of standard Base64; raises Refused."""
    try:
        body = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        raise Refused(f"{shown(text, 60)!r} is no Base64") from None
    if base64.b64encode(body).decode() != text:
        raise Refused(f"{shown(text, 60)!r} is no Base64 as it is written")
    return body


def a_number(text: str) -> int:
    """Return a decimal number without leading zeroes; raises Refused."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,17}", text):
        raise Refused(f"{shown(text, 40)!r} is no number")
    return int(text)


# The container


def open_bundle(body: bytes) -> dict[str, bytes]:
    """Return the members of a bundle; raises Refused for one that plays tricks."""
    members = _unzipped(body)
    if zipped(members) != body:
        raise Refused("the file holds more than its members, or is packed otherwise than a bundle")
    return members


def _unzipped(body: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return _members(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, OSError, EOFError):
        raise Refused("the file is no whole ZIP archive, as a .wacz is") from None
    except RuntimeError:  # what the standard library says of encrypted members
        raise Refused("the file is encrypted") from None


def _members(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entries = archive.infolist()
    if len(entries) > MOST_MEMBERS:
        raise Refused(
            f"the file has {len(entries)} members; no bundle has more than {MOST_MEMBERS}"
        )
    found: dict[str, bytes] = {}
    room = LARGEST_UNPACKED
    for entry in entries:
        if entry.filename in found:
            raise Refused(f"the file has two members named {shown(entry.filename)}")
        if not _KNOWN.fullmatch(entry.orig_filename):
            raise Refused(f"no bundle has a member named {shown(entry.orig_filename)!r}")
        with archive.open(entry) as member:
            unpacked = member.read(min(room, LARGEST_MEMBER) + 1)
        if len(unpacked) > min(room, LARGEST_MEMBER):
            raise Refused(f"{entry.filename} unpacks to more than a bundle may hold")
        room -= len(unpacked)
        found[entry.filename] = unpacked
    missing = [name for name in (*NEEDED, *DERIVED, VERIFIER) if name not in found]
    if missing:
        raise Refused(f"the file lacks {', '.join(missing)}")
    return found


def zipped(members: dict[str, bytes]) -> bytes:
    """Return the one ZIP file that some members are: in order, not compressed, without times.

    Written here and not by the standard library, so that every version of it gives these bytes.
    """
    local, central, at = [], [], 0
    for name, body in sorted(members.items()):
        path = name.encode()
        about = (20, 0, 0, 0, 0x21, zlib.crc32(body), len(body), len(body), len(path), 0)
        header = struct.pack("<4s5H3I2H", b"PK\3\4", *about) + path
        more = (0, 0, 0, 0o100644 << 16, at)
        central.append(struct.pack("<4s6H3I5H2I", b"PK\1\2", 0x314, *about, *more) + path)
        local += [header, body]
        at += len(header) + len(body)
    index = b"".join(central)
    count = len(members)
    ending = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(index), at, 0)
    return b"".join((*local, index, ending))


# The web archive


@dataclass(frozen=True)
class WarcRecord:
    """One record of a WARC file and where its member lies in it."""

    headers: dict[str, str]
    body: bytes
    offset: int
    length: int

    @property
    def kind(self) -> str:
        """Return the record's type."""
        return self.headers.get("warc-type", "")

    @property
    def http(self) -> tuple[str, list[tuple[str, str]], bytes]:
        """Return first line, headers and body of the HTTP message in the record."""
        head, border, body = self.body.partition(b"\r\n\r\n")
        if not border:
            raise Refused("a message in the web archive has no end of its headers")
        first, *lines = head.decode("utf-8", "surrogateescape").split("\r\n")
        pairs = (line.partition(":")[::2] for line in lines)
        return first, [(name, value.strip(" \t")) for name, value in pairs], body


def read_warc(body: bytes) -> list[WarcRecord]:
    """Return the records of a WARC file, each in a gzip member of its own; raises Refused."""
    found: list[WarcRecord] = []
    at, room = 0, LARGEST_UNPACKED
    while at < len(body):
        member = zlib.decompressobj(31)
        try:
            unpacked = member.decompress(body[at:], room + 1)
        except zlib.error:
            raise Refused("the web archive is no gzip") from None
        room -= len(unpacked)
        if room < 0 or len(found) >= MOST_RECORDS:
            raise Refused("the web archive holds more than a bundle may")
        if not member.eof:
            raise Refused("the web archive ends too early")
        length = len(body) - at - len(member.unused_data)
        found.append(_warc_record(unpacked, at, length))
        at += length
    return found


def _warc_record(unpacked: bytes, offset: int, length: int) -> WarcRecord:
    head, border, rest = unpacked.partition(b"\r\n\r\n")
    version, *lines = head.decode("utf-8", "replace").split("\r\n")
    pairs = [line.partition(":")[::2] for line in lines]
    headers = {name.strip().lower(): value.strip() for name, value in pairs}
    size = a_number(headers.get("content-length", ""))
    is_whole = rest[size:] == b"\r\n\r\n" and len(headers) == len(pairs)
    if version != "WARC/1.1" or not border or not is_whole:
        raise Refused("the web archive holds a record that is not whole")
    record = WarcRecord(headers, rest[:size], offset, length)
    _check_digest(record, "warc-block-digest", record.body)
    if "warc-payload-digest" in headers and record.kind in ("request", "response"):
        _check_digest(record, "warc-payload-digest", record.http[2])
    return record


def _check_digest(record: WarcRecord, name: str, body: bytes) -> None:
    said = record.headers.get(name)
    if said is None:
        return
    algorithm, _, value = said.partition(":")
    if algorithm.lower() not in ("sha1", "sha256"):
        raise Refused(f"the web archive names a digest of an unknown kind: {shown(algorithm, 20)}")
    digest = hashlib.new(algorithm.lower(), body)
    if value not in (digest.hexdigest(), base64.b32encode(digest.digest()).decode()):
        raise Refused(f"the {name} of a {shown(record.kind, 20)} record is not that of its bytes")


# The transparency log: notes, keys and proofs


@dataclass(frozen=True)
class Key:
    """A public key with its name, as notes write it; ``kind`` 1 is a log's, 4 a witness's."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """Return the four bytes by which notes name the key."""
        text = f"{self.name}\n".encode() + bytes([self.kind]) + self.public
        return hashlib.sha256(text).digest()[:4]

    @property
    def vkey(self) -> str:
        """Return the key as it is written."""
        body = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{body}"


def read_key(vkey: str) -> Key:
    """Return the key that a vkey names; raises Refused."""
    found = re.fullmatch(r"([^\s+]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{1,100})", vkey)
    body = base64_of(found[3]) if found else b""
    if not found or len(body) != 33 or body[0] not in (1, 4):
        raise Refused(f"{shown(vkey, 120)!r} is no Ed25519 key of a log or a witness")
    key = Key(found[1], body[0], body[1:])
    if key.id.hex() != found[2]:
        raise Refused(f"the key {shown(vkey, 120)!r} and its own digest differ")
    return key


@dataclass(frozen=True)
class Checkpoint:
    """A signed note that says how large a log is and what its root is."""

    text: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]
    origin: str
    size: int
    root: bytes

    def lines_of(self, key: Key) -> list[bytes]:
        """Return the signatures that bear a key's name and digest."""
        return [body for name, at, body in self.signatures if (name, at) == (key.name, key.id)]

    def is_signed_by(self, key: Key) -> bool:
        """Return whether a log's key signed it; raises Refused for a signature that is not its."""
        for body in self.lines_of(key):
            _check_ed25519(key, body, self.text)
        return bool(self.lines_of(key))

    def cosigned_at(self, key: Key) -> datetime | None:
        """Return when a witness cosigned it, None if it did not; raises Refused for a false one."""
        found = self.lines_of(key)
        for body in found:
            if len(body) != 72:
                raise Refused(f"the cosignature of {shown(key.name, 80)} is not whole")
            said = int.from_bytes(body[:8], "big")
            message = f"cosignature/v1\ntime {said}\n".encode() + self.text
            _check_ed25519(key, body[8:], message)
        return _unix(int.from_bytes(found[0][:8], "big")) if found else None


def _unix(seconds: int) -> datetime:
    if seconds >= 253_402_300_800:
        raise Refused("a cosignature bears a time beyond the year 9999")
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(seconds=seconds)


def _check_ed25519(key: Key, signature: bytes, message: bytes) -> None:
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise Refused(f"the signature by {shown(key.name, 80)} is false") from None


def read_checkpoint(body: bytes) -> Checkpoint:
    """Return the checkpoint that a signed note holds; raises Refused."""
    text, border, rest = body.rpartition(b"\n\n")
    try:
        lines = f"{text.decode()}\n".split("\n")
        signed = rest.decode()
    except UnicodeDecodeError:
        raise Refused("the checkpoint is no text") from None
    if not border or not signed.endswith("\n") or len(lines) < 4:
        raise Refused("the checkpoint is no signed note")
    signatures = tuple(map(_signature, signed[:-1].split("\n")[: MOST_SIGNATURES + 1]))
    if len(signatures) > MOST_SIGNATURES or len(set(signatures)) < len(signatures):
        raise Refused("the checkpoint has too many signatures, or one twice")
    root = base64_of(lines[2])
    if not lines[0] or len(root) != 32:
        raise Refused("the checkpoint names no log, or no root")
    return Checkpoint(text + b"\n", signatures, lines[0], a_number(lines[1]), root)


def _signature(line: str) -> tuple[str, bytes, bytes]:
    found = re.fullmatch(r"— ([^\s+]{1,255}) ([A-Za-z0-9+/=]{8,1000})", line)
    body = base64_of(found[2]) if found else b""
    if not found or len(body) < 5:
        raise Refused("the checkpoint has a line that is no signature")
    return found[1], body[:4], body[4:]


@dataclass(frozen=True)
class Proof:
    """Where a leaf stands in a log, and the hashes that lead from it to the checkpoint's root."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: Checkpoint


def read_proof(body: bytes) -> Proof:
    """Return the proof that a tlog-proof file holds; raises Refused."""
    head, border, note = body.partition(b"\n\n")
    lines = head.decode("utf-8", "replace").split("\n")
    is_one = bool(border) and len(lines) >= 2 and lines[0] == "c2sp.org/tlog-proof@v1"
    if not is_one or not lines[1].startswith("index ") or len(lines) > 66:
        raise Refused("the proof is no tlog-proof@v1")
    path = tuple(map(base64_of, lines[2:]))
    if any(len(each) != 32 for each in path):
        raise Refused("the proof holds something that is no hash")
    return Proof(a_number(lines[1][6:]), path, read_checkpoint(note))


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\0" + leaf).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


def check_inclusion(leaf: bytes, proof: Proof) -> None:
    """Raise Refused unless a leaf is in the checkpoint's tree (RFC 9162, 2.1.3.2)."""
    at, last, root = proof.index, proof.checkpoint.size - 1, leaf_hash(leaf)
    if at > last:
        raise Refused("the proof is of a place that the log has not")
    for sibling in proof.hashes:
        if last == 0:
            raise Refused("the inclusion proof is too long")
        if at & 1 or at == last:
            root = _node(sibling, root)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            root = _node(root, sibling)
        at, last = at >> 1, last >> 1
    if last or root != proof.checkpoint.root:
        raise Refused(
            "the inclusion proof does not lead from this leaf to the checkpoint's root: "
            "the log does not hold this leaf, or the proof is another's"
        )


def check_consistency(older: Checkpoint, newer: Checkpoint, path: Sequence[bytes]) -> None:
    """Raise Refused unless a log only grew from one checkpoint to another (RFC 9162, 2.1.4.2)."""
    if older.origin != newer.origin or older.size > newer.size or older.size == 0:
        raise Refused("the newest checkpoint is of another log, or of a smaller one")
    if older.size == newer.size:
        is_so = older.root == newer.root and not path
    else:
        is_so = _grew(older, newer, list(path))
    if not is_so:
        raise Refused(
            "the newest checkpoint does not contain the older log unchanged: the log was rewritten"
        )


def _grew(older: Checkpoint, newer: Checkpoint, path: list[bytes]) -> bool:
    at, last = older.size - 1, newer.size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    if older.size & (older.size - 1) == 0:  # a whole tree, whose root is not sent
        path.insert(0, older.root)
    if not path:
        return False
    old = new = path[0]
    for each in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = _node(each, old), _node(each, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = _node(new, each)
        at, last = at >> 1, last >> 1
    return last == 0 and old == older.root and new == newer.root


# Time stamps (RFC 3161)


@dataclass(frozen=True)
class Der:
    """One value of DER: its tag, its content, and all of its bytes."""

    tag: int
    body: bytes
    whole: bytes

    @property
    def parts(self) -> list[Der]:
        """Return the values inside; raises Refused."""
        return list(_der_values(self.body))

    def only(self, tag: int) -> Der:
        """Return the one value inside, which must have a tag; raises Refused."""
        inside = self.parts
        if len(inside) != 1 or inside[0].tag != tag:
            raise Refused("the time stamp is not built as RFC 3161 says")
        return inside[0]


def _der_values(body: bytes) -> Iterator[Der]:
    at = 0
    while at < len(body):
        tag, start, size = body[at], at + 2, body[at + 1] if at + 1 < len(body) else 0xFF
        if size > 0x80:
            start, size = (
                start + size - 0x80,
                int.from_bytes(body[start : start + size - 0x80], "big"),
            )
        elif size == 0x80:
            size = len(body)  # of indefinite length, which DER has not
        if tag & 0x1F == 0x1F or start + size > len(body):
            raise Refused("the time stamp is not whole DER")
        yield Der(tag, body[start : start + size], body[at : start + size])
        at = start + size


SEQUENCE, SET, OCTETS, OID, NUMBER, TIME = 0x30, 0x31, 0x04, 0x06, 0x02, 0x18


def der(body: bytes) -> Der:
    """Return the one sequence that bytes are; raises Refused."""
    return Der(0, body, body).only(SEQUENCE)


def _oid(value: Der) -> str:
    numbers, number = [], 0
    for byte in value.body:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    if value.tag != OID or not numbers:
        raise Refused("the time stamp is not built as RFC 3161 says")
    top = min(numbers[0] // 40, 2)
    return ".".join(map(str, (top, numbers[0] - 40 * top, *numbers[1:])))


SIGNED_DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERT, SIGNING_CERT_2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
PSS = "1.2.840.113549.1.1.10"
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}


def _hash_of(algorithm: Der) -> hashes.HashAlgorithm:
    found = _HASHES.get(_oid(algorithm.parts[0]))
    if found is None:
        raise Refused("the time stamp rests on a hash that is not SHA-256, SHA-384 or SHA-512")
    return found


def _digest(algorithm: hashes.HashAlgorithm, body: bytes) -> bytes:
    return hashlib.new(algorithm.name, body).digest()


@dataclass(frozen=True)
class Token:
    """A time stamp as it stands in its file, before anything of it is believed."""

    name: str
    info: bytes
    gen_time: datetime
    imprint: bytes
    certificates: tuple[x509.Certificate, ...]
    signed: bytes
    attributes: dict[str, list[Der]]
    digest_algorithm: hashes.HashAlgorithm
    signature_algorithm: str
    signature: bytes


def read_token(name: str, body: bytes, chain: bytes) -> Token:
    """Return the time stamp in an answer of an authority; raises Refused."""
    if len(body) > LARGEST_TOKEN or len(chain) > LARGEST_TOKEN:
        raise Refused(f"{name} is larger than a time stamp is")
    try:
        return _token(name, body, chain)
    except (IndexError, KeyError, ValueError, OverflowError):
        raise Refused(f"{name} is not built as RFC 3161 says") from None


def _token(name: str, body: bytes, chain: bytes) -> Token:
    status, content = der(body).parts
    if status.parts[0].body not in (b"\0", b"\1"):
        raise Refused(f"{name}: the authority did not grant a time stamp")
    kind, holder = content.parts
    signed_data = holder.only(SEQUENCE).parts
    _, _, encapsulated, *rest = signed_data
    what, wrapped = encapsulated.parts
    if (_oid(kind), _oid(what)) != (SIGNED_DATA, TST_INFO):
        raise Refused(f"{name} holds something else than a time stamp")
    info = wrapped.only(OCTETS).body
    signer = rest[-1].only(SEQUENCE).parts
    _, _, digest_algorithm, attributes, signature_algorithm, signature, *_ = signer
    if attributes.tag != 0xA0 or rest[-1].tag != SET:
        raise Refused(f"{name} has no signed attributes")
    imprint, gen_time = _tst_info(info)
    carried = [each.whole for value in rest[:-1] if value.tag == 0xA0 for each in value.parts]
    read = [x509.load_der_x509_certificate(each) for each in carried[:MOST_CERTIFICATES]]
    read += x509.load_pem_x509_certificates(chain)[:MOST_CERTIFICATES] if chain else []
    pairs = [each.parts for each in attributes.parts]
    return Token(
        name=name,
        info=info,
        gen_time=gen_time,
        imprint=imprint,
        certificates=tuple({each.fingerprint(hashes.SHA256()): each for each in read}.values()),
        signed=bytes([SET]) + attributes.whole[1:],
        attributes={_oid(kind): values.parts for kind, values in pairs},
        digest_algorithm=_hash_of(digest_algorithm),
        signature_algorithm=_oid(signature_algorithm.parts[0]),
        signature=signature.body,
    )


def _tst_info(info: bytes) -> tuple[bytes, datetime]:
    _, _, imprint, _, gen_time, *_ = der(info).parts
    algorithm, digest = imprint.parts
    found = re.fullmatch(rb"(\d{14})(?:\.(\d{1,6})\d*)?Z", gen_time.body)
    if not isinstance(_hash_of(algorithm), hashes.SHA256) or gen_time.tag != TIME or not found:
        raise Refused("the time stamp is not over a SHA-256, or bears no time")
    at = datetime.strptime(found[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=timezone.utc)
    return digest.body, at + timedelta(microseconds=int((found[2] or b"0").ljust(6, b"0")))


def check_token(token: Token, text: bytes, trusted: Sequence[x509.Certificate]) -> Authority:
    """Return who stamped a text; raises Refused unless it was stamped, and by whom it says."""
    if token.imprint != hashlib.sha256(text).digest():
        raise Refused(f"{token.name} is the time stamp of something else than this checkpoint")
    signer = _signer(token)
    _check_attributes(token)
    _check_signature(token, signer)
    _check_usage(token, signer)
    return Authority(token.gen_time, signer, _chain(token, signer, trusted))


@dataclass(frozen=True)
class Authority:
    """Who stamped, when, and the certificates from its own to the one that all rests on."""

    at: datetime
    signer: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    @property
    def name(self) -> str:
        """Return the name in its certificate."""
        return shown(self.signer.subject.rfc4514_string(), 120)


def _signer(token: Token) -> x509.Certificate:
    """Return the certificate that the signature itself names, by its digest."""
    for kind in (SIGNING_CERT_2, SIGNING_CERT):
        for value in token.attributes.get(kind, [])[:1]:
            first = value.parts[0].parts[0].parts
            algorithm: hashes.HashAlgorithm = hashes.SHA256()
            if kind == SIGNING_CERT:
                algorithm = hashes.SHA1()  # noqa: S303 - RFC 3161 has no other; it names, no more
            elif first[0].tag == SEQUENCE:
                algorithm = _hash_of(first.pop(0))
            named = [
                each for each in token.certificates if each.fingerprint(algorithm) == first[0].body
            ]
            if named:
                return named[0]
    raise Refused(f"{token.name} does not say whose certificate signed it, or lacks it")


def _check_attributes(token: Token) -> None:
    kinds = [_oid(each) for each in token.attributes.get(CONTENT_TYPE, [])]
    digests = [each.body for each in token.attributes.get(MESSAGE_DIGEST, [])]
    if kinds != [TST_INFO] or digests != [_digest(token.digest_algorithm, token.info)]:
        raise Refused(f"{token.name}: what was signed is not what the time stamp says")


def _check_signature(token: Token, signer: x509.Certificate) -> None:
    key, algorithm = signer.public_key(), token.digest_algorithm
    try:
        if isinstance(key, rsa.RSAPublicKey):
            scheme: Any = padding.PKCS1v15()
            if token.signature_algorithm == PSS:
                scheme = padding.PSS(padding.MGF1(algorithm), padding.PSS.AUTO)
            key.verify(token.signature, token.signed, scheme, algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(token.signature, token.signed, ec.ECDSA(algorithm))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(token.signature, token.signed)
        else:
            raise Refused(f"{token.name} is signed with a key of a kind that is not known here")
    except InvalidSignature:
        raise Refused(f"{token.name}: the authority's signature is false") from None


def _check_usage(token: Token, signer: x509.Certificate) -> None:
    try:
        usage = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except (x509.ExtensionNotFound, ValueError):
        usage = None
    if (
        usage is None
        or not usage.critical
        or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]
    ):
        raise Refused(
            f"{token.name}: the certificate that signed it is not one for time stamps alone"
        )


def valid_until(certificate: x509.Certificate) -> datetime:
    """Return when a certificate expires."""
    return certificate.not_valid_after_utc


def _chain(
    token: Token, signer: x509.Certificate, trusted: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    """Return the certificates from the signer's to one that is trusted; raises Refused.

    If none is given that is trusted, to the last one that came along.
    """
    chain = [signer]
    while chain[-1] not in trusted and len(chain) < MOST_CERTIFICATES:
        pool = (*trusted, *token.certificates)
        issuers = [each for each in pool if each not in chain and _is_issued(chain[-1], each)]
        if not issuers:
            break
        chain.append(issuers[0])
    if trusted and chain[-1] not in trusted:
        raise Refused(f"{token.name} is not by the authority whose certificate you gave")
    for each in chain:
        if not each.not_valid_before_utc <= token.gen_time <= valid_until(each):
            raise Refused(f"{token.name}: a certificate was not valid at the time that is stamped")
    if not all(map(_may_issue, chain[1:])):
        raise Refused(f"{token.name}: a certificate was issued by one that may issue none")
    return tuple(chain)


def _is_issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _may_issue(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


# What a bundle says


@dataclass(frozen=True)
class Logged:
    """A leaf and the proof that the log holds it."""

    body: bytes
    leaf: dict[str, Any]
    proof: Proof


@dataclass(frozen=True)
class Block:
    """One paragraph or heading as it was read; ``pieces`` say where its bytes are, if anywhere."""

    part: str
    number: int
    text: str
    pieces: tuple[tuple[int, int], ...] | None
    reason: str


@dataclass(frozen=True)
class Removal:
    """A removal's leaf; ``looks`` are the members that it rests on, and their digests."""

    folder: str
    logged: Logged
    looks: dict[str, str]


class Evidence:
    """The members of a bundle, read one by one as they are asked for; each may raise Refused."""

    def __init__(self, members: dict[str, bytes]) -> None:
        self.members = members

    @cached_property
    def logged(self) -> Logged:
        """The leaf of the version."""
        found = self._logged(LEAF, PROOF)
        if found.leaf.get("v") != 1 or found.leaf.get("kind") != "version":
            raise Refused("the leaf is not of a version")
        return found

    @cached_property
    def removals(self) -> list[Removal]:
        """The removals of the report while the version stood last, in their order."""
        folders = {name.partition("/")[0] for name in self.members if name.startswith("removal-")}
        ordered = sorted(folders, key=lambda name: int(name.partition("-")[2]))
        return [self._removal(folder) for folder in ordered]

    def _removal(self, folder: str) -> Removal:
        logged = self._logged(f"{folder}/leaf.json", f"{folder}/leaf.tlog-proof")
        misses, listing = logged.leaf.get("misses"), logged.leaf.get("listing")
        if not isinstance(misses, list) or not isinstance(listing, str):
            raise Refused("the leaf of a removal does not say what it rests on")
        looks = {f"{folder}/miss-{at}.json": str(each) for at, each in enumerate(misses, 1)}
        return Removal(
            folder, logged, {**looks, f"{folder}/listing.json": listing} if listing else looks
        )

    def look(self, name: str) -> list[dict[str, Any]]:
        """Return every request and answer of a capture record, redirects first."""
        found = read_json(name, self.members.get(name, b"")).get("exchanges")
        if not isinstance(found, list) or not found or not all(isinstance(e, dict) for e in found):
            raise Refused("a capture record says nothing of any request")
        return found

    def _logged(self, leaf: str, proof: str) -> Logged:
        if proof not in self.members:
            raise Refused(f"{leaf} comes without {proof}")
        body = self.members.get(leaf, b"")
        return Logged(body, read_json(leaf, body), read_proof(self.members[proof]))

    @property
    def leaf(self) -> dict[str, Any]:
        """What the version's leaf says."""
        return self.logged.leaf

    def said(self, name: str) -> str:
        """Return a text of the version's leaf; raises Refused if there is none."""
        value = self.leaf.get(name)
        if not isinstance(value, str) or len(value) > 5_000:
            raise Refused(f"the leaf does not say its {name}")
        return value

    @cached_property
    def capture(self) -> dict[str, Any]:
        """What the capture record says."""
        return read_json(CAPTURE, self.members[CAPTURE])

    @cached_property
    def exchanges(self) -> list[dict[str, Any]]:
        """Every request and answer of the capture, redirects first."""
        return self.look(CAPTURE)

    @cached_property
    def warc(self) -> list[WarcRecord]:
        """The records of the web archive."""
        return read_warc(self.members[WARC])

    @cached_property
    def answer(self) -> WarcRecord:
        """The one record of the web archive that holds the captured page."""
        digest = self.said("payload_sha256")
        held = [each for each in self.warc if each.kind in ("response", "resource")]
        found = [each for each in held if sha256(payload_of(each)) == digest]
        if len(found) != 1:
            raise Refused(f"the web archive does not hold the page with the SHA-256 {digest} once")
        return found[0]

    @cached_property
    def payload(self) -> bytes:
        """The bytes of the captured page."""
        return payload_of(self.answer)

    @cached_property
    def words(self) -> dict[str, Any]:
        """What was read of the page."""
        if len(self.members[WORDS]) > LARGEST_TEXT:
            raise Refused("the words are more than a report has")
        return read_json(WORDS, self.members[WORDS])

    @cached_property
    def parts(self) -> list[list[Block]]:
        """The blocks of the summary, then those of each section, its heading first."""
        parts = self.words.get("parts")
        if not isinstance(parts, list) or not parts:
            raise Refused("the words have no parts")
        try:
            found = [_blocks_of(each) for each in parts]
        except (KeyError, TypeError, ValueError):
            raise Refused("the words are not written as they have to be") from None
        if sum(map(len, found)) > MOST_BLOCKS:
            raise Refused("the words have more paragraphs than a report has")
        return found

    @cached_property
    def keys(self) -> list[Key]:
        """The keys that the bundle carries."""
        lines = self.members[KEYS].decode("utf-8", "replace").splitlines()
        return [read_key(line) for line in lines[:MOST_SIGNATURES]]

    @cached_property
    def newest(self) -> Checkpoint | None:
        """The newest checkpoint that was known when the bundle was made, None without one."""
        return read_checkpoint(self.members[NEWEST]) if NEWEST in self.members else None

    @cached_property
    def consistency(self) -> tuple[bytes, ...]:
        """The proof that the log only grew up to the newest checkpoint."""
        if CONSISTENCY not in self.members:
            raise Refused(f"{NEWEST} comes without {CONSISTENCY}")
        path = read_json(CONSISTENCY, self.members[CONSISTENCY]).get("proof")
        if not isinstance(path, list) or len(path) > 130:
            raise Refused("the consistency proof is none")
        return tuple(base64_of(str(each)) for each in path)

    @property
    def checkpoints(self) -> list[Checkpoint]:
        """Every checkpoint of the bundle, that of the version's leaf first."""
        found = [self.logged.proof.checkpoint]
        found += [each.logged.proof.checkpoint for each in self.removals]
        return found + ([self.newest] if self.newest else [])

    @cached_property
    def tokens(self) -> list[Token]:
        """The time stamps."""
        names = sorted(name for name in self.members if name.endswith(".tsr"))
        chains = (self.members.get(f"{name[:-4]}.pem", b"") for name in names)
        return [read_token(name, self.members[name], pem) for name, pem in zip(names, chains)]


def payload_of(record: WarcRecord) -> bytes:
    """Return the bytes of a captured page that a record holds."""
    return record.http[2] if record.kind == "response" else record.body


def _blocks_of(part: dict[str, Any]) -> list[Block]:
    heading = part["heading"]
    name = heading["text"] if heading else ""
    written = ([heading] if name else []) + part["blocks"]
    first = 0 if name else 1
    return [_block(name, number, each) for number, each in enumerate(written, first)]


def _block(part: str, number: int, written: dict[str, Any]) -> Block:
    text, pieces = written["text"], written["bytes"]
    if not isinstance(text, str) or text != " ".join(text.split()):
        raise ValueError(text)
    if pieces is not None:
        pieces = tuple((int(first), int(last)) for first, last in pieces)
    return Block(part, number, text, pieces, str(written.get("reason", "")))


# The checks, in the order in which they are told

_Found = tuple[str, str]


class _Absent(_Found):
    """What is said of a thing that the bundle does not have."""


def _check_container(evidence: Evidence, trust: Trust) -> _Found:
    members = evidence.members
    try:
        package = json.loads(members[PACKAGE])
        listed = {each["path"]: (each["hash"], each["bytes"]) for each in package["resources"]}
        digest = json.loads(members[PACKAGE_DIGEST])["hash"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Refused(f"{PACKAGE} or its digest cannot be read") from None
    if digest != f"sha256:{sha256(members[PACKAGE])}":
        raise Refused(f"{PACKAGE} is not the one whose digest {PACKAGE_DIGEST} gives")
    held = {name for name in members if name not in (PACKAGE, PACKAGE_DIGEST)}
    if held != set(listed):
        raise Refused(f"{PACKAGE} lists other files than those that are there")
    for name in sorted(held):
        if listed[name] != (f"sha256:{sha256(members[name])}", len(members[name])):
            raise Refused(f"{name} has other bytes than {PACKAGE} says: it is damaged or changed")
    return (
        f"All {len(members)} files of the bundle are there, with the digests it lists.",
        "Whoever changes a file can change the list as well: this finds damage, not forgery.",
    )


def _check_leaf(evidence: Evidence, trust: Trust) -> _Found:
    if not re.fullmatch(r"[^\s/]+/[^\s/]+/[^\s/]+(?:/[^\s/]+)?", evidence.said("report")):
        raise Refused("the leaf names no report")
    digests = ("payload_sha256", "text_sha256", "words_sha256", "report_sha256", "capture_sha256")
    for name in digests:
        if not re.fullmatch(r"[0-9a-f]{64}", evidence.said(name)):
            raise Refused(f"the leaf's {name} is no SHA-256")
    for name in ("captured_at", "recorded_at"):
        moment(evidence.said(name))
    if not all(isinstance(evidence.leaf.get(name), int) for name in ("version", "reader_revision")):
        raise Refused("the leaf numbers no version")
    return (
        f"The leaf is of {shown(evidence.said('report'))}, version {evidence.leaf['version']}.",
        "The name and the number are the operator's.",
    )


def _check_payload(evidence: Evidence, trust: Trust) -> _Found:
    size = len(evidence.payload)
    return (
        f"The captured page of {size:,} bytes has the SHA-256 that the leaf names: "
        f"{evidence.said('payload_sha256')}.",
        "Who wrote the page, and that others were sent the same.",
    )


def _check_capture(evidence: Evidence, trust: Trust) -> _Found:
    capture = evidence.capture
    if sha256(evidence.members[CAPTURE]) != evidence.said("capture_sha256"):
        raise Refused("the capture record is not the one whose digest the leaf names")
    if capture.get("payload_sha256") != evidence.said("payload_sha256"):
        raise Refused("the capture record is of another page than the leaf")
    _check_archive(evidence)
    says = "The capture record is the one the leaf names, and the web archive agrees with it."
    if capture.get("is_derived"):
        says += " It was put together afterwards, from the little that was kept at the time."
    return says, "That the publisher sent this: it signed nothing. The operator's program noted it."


def _check_archive(evidence: Evidence) -> None:
    """Raise Refused unless every record of the web archive is what the capture records say."""
    written = {each for name in _looks(evidence) for each in _written(evidence, name)}
    for record in evidence.warc:
        if record.kind == "metadata":
            _check_metadata(evidence, record)
        elif record.kind != "warcinfo":
            said = (record.kind, record.headers.get("warc-target-uri"), sha256(record.body))
            if said not in written:
                raise Refused(
                    f"the web archive holds a {shown(record.kind, 20)} that is not what the "
                    "capture record says"
                )
            _check_peer(evidence, record)
    if moment(evidence.answer.headers.get("warc-date")) != moment(evidence.said("captured_at")):
        raise Refused("the web archive dates the page otherwise than the leaf")


def _looks(evidence: Evidence) -> dict[str, str]:
    """Return the members that are capture records, and the digests that leaves name."""
    found = {CAPTURE: evidence.said("capture_sha256")}
    for removal in evidence.removals:
        found.update(removal.looks)
    return found


def _check_metadata(evidence: Evidence, record: WarcRecord) -> None:
    said = read_json("metadata in the web archive", record.body)
    digest = sha256(canonical(said.get("capture_record")))
    if digest != said.get("capture_sha256") or digest not in _looks(evidence).values():
        raise Refused("the web archive holds a capture record that is none of the bundle's")


def _check_peer(evidence: Evidence, record: WarcRecord) -> None:
    peer = record.headers.get("warc-ip-address")
    looks = [each for name in _looks(evidence) for each in evidence.look(name)]
    if peer is not None and peer not in {each.get("remote_address") for each in looks}:
        raise Refused("the web archive names another server than the capture record")


def _written(evidence: Evidence, name: str) -> Iterator[tuple[str, str, str]]:
    """Give what a web archive holds of a capture record: kind, address, SHA-256 of the block."""
    exchanges = evidence.look(name)
    for exchange in exchanges:
        url = re.sub(r"[\x00-\x20\x7f]", "%20", str(exchange["url"]))
        if exchange["method"] is not None and exchange["request_headers"] is not None:
            yield "request", url, sha256(_request_head(exchange))
        body = evidence.payload if name == CAPTURE and exchange is exchanges[-1] else b""
        if None not in (exchange["status"], exchange["protocol"], exchange["headers"]):
            yield "response", url, sha256(_answer_head(exchange, len(body)) + body)
        elif body:
            yield "resource", url, sha256(body)


_OF_PACKING = ("content-encoding", "transfer-encoding", "content-length")


def _answer_head(exchange: dict[str, Any], length: int) -> bytes:
    """Return the head of an answer as it is archived: its body is not packed any more."""
    first = f"{exchange['protocol']} {exchange['status']} {_line(exchange['reason'] or '')}"
    headers = [
        (f"X-Archive-Orig-{name}" if name.lower() in _OF_PACKING else name, value)
        for name, value in exchange["headers"]
    ]
    return _http_head(first.rstrip(), [*headers, ("Content-Length", str(length))])


def _request_head(exchange: dict[str, Any]) -> bytes:
    parts = urlsplit(exchange["url"])
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _http_head(f"{exchange['method']} {_line(path)} HTTP/1.1", exchange["request_headers"])


def _http_head(first: str, headers: Sequence[Sequence[str]]) -> bytes:
    named = [pair for pair in headers if re.fullmatch(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", pair[0])]
    lines = [first, *(f"{name}: {_line(value)}" for name, value in named)]
    return b"".join(_latin_1(line) + b"\r\n" for line in lines) + b"\r\n"


def _line(text: str) -> str:
    return re.sub(r"[\x00\r\n]+[ \t]*", " ", text)


def _latin_1(line: str) -> bytes:
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode("utf-8", "replace")


def _check_words(evidence: Evidence, trust: Trust) -> _Found:
    words = evidence.words
    same = ("report", "version", "captured_at", "url", "payload_sha256", "reader_revision")
    for name in (*same, "text_sha256", "words_sha256", "report_sha256"):
        if words.get(name) != evidence.leaf.get(name):
            raise Refused(f"the words and the leaf differ in their {name}")
    summary = [block.text for block in evidence.parts[0]]
    all_blocks = [block.text for part in evidence.parts for block in part]
    made = {
        "text_sha256": sha256("\n".join(summary).encode()),
        "report_sha256": sha256("\n".join(all_blocks).encode()),
        "words_sha256": sha256(" ".join(all_blocks).encode()),
    }
    for name, digest in made.items():
        if digest != evidence.said(name):
            raise Refused(f"the words are not those whose {name} the leaf names")
    return (
        f"The {len(all_blocks)} paragraphs and headings are those whose digests the leaf names.",
        f"Which of the page's words are the report's: revision {evidence.leaf['reader_revision']} "
        "of the operator's reader decided that.",
    )


def _check_places(evidence: Evidence, trust: Trust) -> _Found:
    blocks = [block for part in evidence.parts for block in part]
    placed = [block for block in blocks if block.pieces is not None]
    _check_apart(placed, len(evidence.payload))
    read = reader_of(str(evidence.words.get("format")))
    left_out = [each for block in placed for each in pieces_between(block, evidence.payload, read)]
    says = f"{len(placed)} of {len(blocks)} stand letter for letter at their bytes of the page."
    if left_out:
        quoted = "; ".join(f"“{shown(each, 60)}”" for each in left_out[:5])
        says += f" Between the pieces of some the page has words that were not read: {quoted}"
        says += f" and {len(left_out) - 5} more." if len(left_out) > 5 else "."
    if reasons := sorted({block.reason for block in blocks if block.pieces is None}):
        says += f" The others were not found: {shown('; '.join(reasons))}."
    return (
        says,
        "That people who opened the page saw these words: scripts and styles can hide them.",
    )


def _check_apart(placed: Sequence[Block], size: int) -> None:
    last = 0
    for first, end in sorted(piece for block in placed for piece in block.pieces or ()):
        if not last <= first < end <= size:
            raise Refused("the words name bytes of the page twice, or bytes that it has not")
        last = end


def pieces_between(block: Block, payload: bytes, read: Callable[[bytes], str]) -> list[str]:
    """Return the words between a block's pieces; raises Refused if the pieces are not the block."""
    pieces = block.pieces or ()
    found = "".join(letters(read(payload[first:end])) for first, end in pieces)
    if found != letters(block.text) or list(pieces) != sorted(pieces):
        raise Refused(f"the bytes named for “{shown(block.text, 60)}” hold other letters")
    between = [payload[one[1] : other[0]] for one, other in zip(pieces, pieces[1:])]
    return [text for each in between if (text := " ".join(read(each).split()))]


_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\U000e0001\U000e0020-\U000e007f]+"
)
_LIGATURES = {
    0xFB00 + at: text for at, text in enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"))
}
_TAG = re.compile(r"""<(?:[!?/]|([a-zA-Z]+))[^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>""")
_STRAY_BYTES = "reportwatch-stray-bytes"


def letters(text: str) -> str:
    """Return what is compared: no white space, nothing that nobody sees, ligatures as letters."""
    if text.isascii():
        return "".join(text.split())
    seen = _UNSEEN.sub("", text.translate(_LIGATURES))
    return "".join(unicodedata.normalize("NFC", seen).split())


def reader_of(kind: str) -> Callable[[bytes], str]:
    """Return what reads the text of a piece of a page: HTML, HTML in strings of JSON, or text."""
    readers: dict[str, Callable[[bytes], str]] = {
        "html": lambda piece: said_in_html(decoded(piece)),
        "json": lambda piece: said_in_html(_unescaped(piece)),
        "text": decoded,
    }
    if kind not in readers:
        raise Refused(f"the words are of a page of an unknown kind, {shown(kind, 40)!r}")
    return readers[kind]


def decoded(piece: bytes) -> str:
    """Return text from UTF-8; the bytes that are not UTF-8 are taken as Windows-1252."""
    return piece.decode("utf-8", _STRAY_BYTES)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error(_STRAY_BYTES, _as_windows_1252)


def said_in_html(markup: str) -> str:
    """Return the text of a piece of HTML: tags, comments and scripts dropped, entities resolved."""
    return "".join(html.unescape(markup[first:end]) for first, end in text_spans(markup))


def text_spans(markup: str) -> Iterator[tuple[int, int]]:
    """Give where text stands in HTML: outside of tags, comments, scripts and styles.

    What is not closed goes on to the end, so that the time this takes grows with the length.
    """
    first = at = 0
    while (opening := markup.find("<", at)) >= 0:
        end = _end_of_markup(markup, opening)
        if end > opening:
            if opening > first:
                yield first, opening
            first = end
        at = max(end, opening + 1)
    if first < len(markup):
        yield first, len(markup)


def _end_of_markup(markup: str, opening: int) -> int:
    """Return where the markup ends that begins at a place; the place itself if none does."""
    if markup.startswith("<!--", opening):
        closed = markup.find("-->", opening + 4)
        return closed + 3 if closed >= 0 else len(markup)
    if not re.match("[a-zA-Z/!?]", markup[opening + 1 : opening + 2]):
        return opening
    tag = _TAG.match(markup, opening)
    if tag is None:
        return len(markup)
    if (tag[1] or "").lower() not in ("script", "style"):
        return tag.end()
    closing = re.compile(f"</{tag[1]}", re.I).search(markup, tag.end())
    return closing.start() if closing else len(markup)


def _unescaped(piece: bytes) -> str:
    try:
        text = json.loads(b'"' + piece + b'"', strict=False)
    except ValueError:
        text = None
    if not isinstance(text, str):
        raise Refused("the words name bytes that are no part of a string of the page's JSON")
    return text


def _check_inclusion(evidence: Evidence, trust: Trust) -> _Found:
    proof = evidence.logged.proof
    check_inclusion(evidence.logged.body, proof)
    return (
        f"The leaf is entry {proof.index} of the {proof.checkpoint.size} of the log "
        f"{shown(proof.checkpoint.origin)}.",
        "That what the leaf says is true: the log only keeps anybody from changing it later.",
    )


def _log_keys(evidence: Evidence, trust: Trust) -> list[Key]:
    return list(trust.log_keys) or [each for each in evidence.keys if each.kind == 1]


def _check_checkpoint(evidence: Evidence, trust: Trust) -> _Found:
    keys = _log_keys(evidence, trust)
    origins = {each.origin for each in evidence.checkpoints}
    if len(origins) != 1:
        raise Refused("the checkpoints are of several logs")
    for checkpoint in evidence.checkpoints:
        if not any([checkpoint.is_signed_by(key) for key in keys]):
            whose = "the key of the log that you gave" if trust.log_keys else "a key it carries"
            raise Refused(f"a checkpoint is not signed by {whose}")
    count = len(evidence.checkpoints)
    signed = "The checkpoint is" if count == 1 else f"The {count} checkpoints are"
    if trust.log_keys:
        return f"{signed} signed by the key of the log that you gave.", ""
    return (
        f"{signed} signed by a key that the bundle itself carries.",
        "Whose key that is: anybody can make one. Get the log's key from its operator, or from "
        "somebody who watches the log, and give it with --log-key.",
    )


def _check_witnesses(evidence: Evidence, trust: Trust) -> _Found:
    times = witnessed(evidence, trust)
    for key in trust.witness_keys:
        if key not in times:
            raise Refused(f"the witness you gave, {shown(key.name, 80)}, has cosigned nothing here")
    _check_no_strangers(evidence, trust, times)
    if not times:
        return _Absent(("No witness cosigned.", "That the operator shows everybody the same log."))
    said = ", ".join(f"{shown(key.name, 80)} at {stamp(at)}" for key, at in times.items())
    if trust.witness_keys:
        return f"Cosigned by {said}.", ""
    return f"Cosigned by {said}.", "Who these witnesses are: give their keys with --witness-key."


def witnessed(evidence: Evidence, trust: Trust) -> dict[Key, datetime]:
    """Return the witnesses that cosigned a checkpoint, and when first; raises Refused."""
    found: dict[Key, datetime] = {}
    for key in {**dict.fromkeys(trust.witness_keys), **dict.fromkeys(evidence.keys)}:
        if key.kind == 4:
            times = [each.cosigned_at(key) for each in evidence.checkpoints]
            if known := [each for each in times if each]:
                found[key] = min(known)
    return found


def _check_no_strangers(evidence: Evidence, trust: Trust, times: dict[Key, datetime]) -> None:
    known = {(key.name, key.id) for key in (*times, *_log_keys(evidence, trust))}
    signed = {sign[:2] for each in evidence.checkpoints for sign in each.signatures}
    if strangers := sorted(name for name, number in signed - known):
        raise Refused(f"a checkpoint has a signature by an unknown key, {shown(strangers[0], 80)}")
    idle = [key.name for key in evidence.keys if (key.name, key.id) not in signed]
    if idle and not trust.log_keys:
        raise Refused(f"{KEYS} names {shown(idle[0], 80)}, who has signed nothing here")


def _check_consistency(evidence: Evidence, trust: Trust) -> _Found:
    first = evidence.logged.proof.checkpoint
    if evidence.newest is None:
        if len({each.text for each in evidence.checkpoints}) > 1:
            raise Refused(
                "the bundle has two checkpoints, and no proof leads from one to the other"
            )
        return _Absent(("The bundle has one checkpoint of the log.", "What the log says since."))
    check_consistency(first, evidence.newest, evidence.consistency)
    if not {each.text for each in evidence.checkpoints} <= {first.text, evidence.newest.text}:
        raise Refused("a removal is proven by a checkpoint that no proof leads to")
    return (
        f"The log's newest checkpoint here, of {evidence.newest.size} entries, contains the older "
        f"log of {first.size} unchanged.",
        "What the log says since.",
    )


def _check_tokens(evidence: Evidence, trust: Trust) -> _Found:
    if not evidence.tokens:
        if trust.authorities:
            raise Refused("the bundle has no time stamp, and you gave an authority's certificate")
        return _Absent(
            (
                "No authority stamped the time.",
                "When the log was signed, but for the word of its operator and its witnesses.",
            )
        )
    stamped = [stamped_by(each, evidence, trust) for each in evidence.tokens]
    said = ", ".join(f"{each.name} at {stamp(each.at)}" for each in stamped)
    does_not = "That the authority's clock was right, and that its key was in its hands alone."
    if not trust.authorities:
        does_not = "Who the authority is: give the certificate you trust with --tsa-cert. "
        does_not += "Without it, anybody may have made one."
    return f"A checkpoint of the log was stamped by {said}.", does_not


def stamped_by(token: Token, evidence: Evidence, trust: Trust) -> Authority:
    """Return who stamped one of the bundle's checkpoints; raises Refused."""
    texts = [each.text for each in evidence.checkpoints]
    of = [text for text in texts if hashlib.sha256(text).digest() == token.imprint]
    return check_token(token, (of or texts)[0], trust.authorities)


def _check_times(evidence: Evidence, trust: Trust) -> _Found:
    recorded = moment(evidence.said("recorded_at"))
    captured = moment(evidence.said("captured_at"))
    times = [("captured", captured), ("recorded", recorded)]
    _in_order("it was captured", captured, "it was recorded", recorded)
    asked, answered = (evidence.capture.get(name) for name in ("asked_at", "answered_at"))
    if asked and answered:
        _in_order("the page was asked for", moment(asked), "it was answered", moment(answered))
        _in_order("the page was answered", moment(answered), "it was recorded", recorded)
    for name, at in _signed_times(evidence, trust):
        _in_order("the leaf was recorded", recorded, name, at)
        times.append((name, at))
    for removal in evidence.removals:
        removed = moment(removal.logged.leaf["detected_at"])
        _in_order("it was captured", captured, "it was found removed", removed)
        times.append(("the removal", removed))
    for name, at in times:
        if at > trust.now + SKEW:
            raise Refused(f"{name}: {stamp(at)} is in the future")
    return (
        f"Captured {stamp(captured)}, recorded {stamp(recorded)}, and every signature after that.",
        "That the page was captured at that time and not before it was recorded and signed: until "
        "then the time is the operator's word.",
    )


def _signed_times(evidence: Evidence, trust: Trust) -> list[tuple[str, datetime]]:
    found = [
        (f"the cosignature of {shown(key.name, 80)}", at)
        for key, at in witnessed(evidence, trust).items()
    ]
    return found + [(f"the time stamp {each.name}", each.gen_time) for each in evidence.tokens]


def _in_order(first: str, at: datetime, second: str, then: datetime) -> None:
    if at > then + SKEW:
        raise Refused(f"{first} at {stamp(at)}, later than {second} at {stamp(then)}")


def _check_removals(evidence: Evidence, trust: Trust) -> _Found:
    if not evidence.removals:
        return _Absent(
            ("The bundle says nothing of a removal.", "Whether the report still stands.")
        )
    says = [_check_removal(evidence, each) for each in evidence.removals]
    return (
        " ".join(says),
        "Why it was removed, that nobody else could read it, and that it was not put back later.",
    )


def _check_removal(evidence: Evidence, removal: Removal) -> str:
    leaf = removal.logged.leaf
    said = (leaf.get("kind"), leaf.get("report"), leaf.get("from_version"))
    if said != ("removed", evidence.said("report"), evidence.leaf.get("version")):
        raise Refused("the leaf of a removal is of another version, or of no removal")
    check_inclusion(removal.logged.body, removal.logged.proof)
    held = {name for name in evidence.members if name.startswith(f"{removal.folder}/")}
    if held - {f"{removal.folder}/leaf.json", f"{removal.folder}/leaf.tlog-proof"} != set(
        removal.looks
    ):
        raise Refused("the bundle holds other looks than those a removal rests on")
    for name, digest in removal.looks.items():
        if sha256(evidence.members[name]) != digest:
            raise Refused(f"{name} is not the look that the leaf of the removal names")
    beside = ", and on a listing read beside them" if leaf["listing"] else ""
    rests = f"it rests on {len(leaf['misses'])} answers that it is not there{beside}"
    if not removal.looks:
        rests = "what it rests on was not kept"
    return (
        f"The log says that it was found removed at {stamp(moment(leaf['detected_at']))}: {rests}."
    )


def _check_derived(evidence: Evidence, trust: Trust) -> _Found:
    made = derived(evidence.members)
    for name in DERIVED:
        if evidence.members[name] != made[name]:
            if f'{_SOFTWARE}{FORMAT}"'.encode() not in evidence.members[PACKAGE]:
                raise Refused(
                    "the certificate page and the lists are of another format than the one that "
                    f"this program knows ({FORMAT}): check the bundle with a newer reportwatch"
                )
            raise Refused(
                f"{name} is not what follows from the evidence: it was changed; nothing that it "
                "says counts"
            )
    return (
        "The certificate page, the instructions and the lists say what the evidence says.",
        f"That {VERIFIER} in the bundle is the program that you run now.",
    )


CHECKS: tuple[tuple[str, Callable[[Evidence, Trust], _Found]], ...] = (
    ("container", _check_container),
    ("leaf", _check_leaf),
    ("page", _check_payload),
    ("capture record", _check_capture),
    ("words", _check_words),
    ("places of the words", _check_places),
    ("inclusion in the log", _check_inclusion),
    ("log's signature", _check_checkpoint),
    ("witnesses", _check_witnesses),
    ("consistency", _check_consistency),
    ("time stamps", _check_tokens),
    ("order of times", _check_times),
    ("removals", _check_removals),
    ("pages made of it", _check_derived),
)


_BADLY_WRITTEN = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    UnsupportedAlgorithm,
)
"""What is raised of values that are of another kind than they have to be."""


def check_bundle(name: str, body: bytes, trust: Trust, quote: str = "") -> Result:
    """Check the bytes of a bundle: whatever they hold, it is said and nothing is raised."""
    try:
        evidence = Evidence(open_bundle(body))
    except Refused as reason:
        return Result(name, NO_FACTS, (Check("container", False, str(reason)),), ())
    checks = [_checked(what, check, evidence, trust) for what, check in CHECKS]
    places: list[dict[str, Any]] = []
    if quote and all(each.is_passed for each in checks[:5]):
        places = find_quote(evidence, quote)
        checks.append(_quoted(places))
    elif quote:
        checks.append(Check("quotation", False, "It was not looked for: the words are not proven."))
    cautions = _cautions(evidence, trust) if all(each.is_passed for each in checks) else []
    return Result(name, _facts(evidence), tuple(checks), tuple(cautions), tuple(places))


def _checked(
    name: str, check: Callable[[Evidence, Trust], _Found], evidence: Evidence, trust: Trust
) -> Check:
    try:
        found = check(evidence, trust)
    except Refused as reason:
        return Check(name, False, str(reason))
    except _BADLY_WRITTEN as error:
        return Check(name, False, f"it is not written as it has to be ({type(error).__name__})")
    return Check(name, True, *found, is_absent=isinstance(found, _Absent))


FACTS = ("report", "url", "captured_at", "recorded_at", "payload_sha256", "text_sha256")
NO_FACTS: dict[str, Any] = {**dict.fromkeys(FACTS), "version": None}


def _facts(evidence: Evidence) -> dict[str, Any]:
    try:
        leaf = evidence.leaf
    except Refused:
        return NO_FACTS
    said = {name: leaf[name] for name in FACTS if isinstance(leaf.get(name), str)}
    number = leaf.get("version")
    return {**NO_FACTS, **said, "version": number if isinstance(number, int) else None}


def _cautions(evidence: Evidence, trust: Trust) -> list[str]:
    """Return what is no fault and should be known all the same."""
    found = []
    if evidence.leaf.get("is_late"):
        found.append(
            "The leaf came into the log after the version was recorded: what it says of the time "
            "before is the operator's word."
        )
    for token in evidence.tokens:
        for each in stamped_by(token, evidence, trust).chain:
            if valid_until(each) < trust.now:
                found.append(
                    f"A certificate of {token.name} ({shown(each.subject.rfc4514_string(), 120)}) "
                    f"expired on {stamp(valid_until(each))[:10]}. It was valid when it stamped; "
                    "whether its key stayed secret since is not known from the bundle."
                )
    if Path(__file__).read_bytes() != evidence.members[VERIFIER]:
        found.append(f"{VERIFIER} in the bundle is another program than this one.")
    return found


def find_quote(evidence: Evidence, quote: str) -> list[dict[str, Any]]:
    """Return where words stand in a version, white space apart: at most 20 places."""
    wanted = " ".join(quote.split())
    blocks = [block for part in evidence.parts for block in part]
    text = " ".join(block.text for block in blocks)
    starts = [0]
    for block in blocks[:-1]:
        starts.append(starts[-1] + len(block.text) + 1)
    found: list[dict[str, Any]] = []
    at = text.find(wanted)
    while at >= 0 and len(found) < MOST_PLACES:
        first = bisect.bisect_right(starts, at) - 1
        last = bisect.bisect_right(starts, at + len(wanted) - 1) - 1
        found.append(_place(blocks[first : last + 1], at - starts[first]))
        at = text.find(wanted, at + 1)
    return found


def _place(blocks: Sequence[Block], at: int) -> dict[str, Any]:
    pieces = [piece for block in blocks for piece in block.pieces or ()]
    return {
        "section": blocks[0].part or None,
        "paragraph": blocks[0].number,
        "character": at,
        "paragraphs": len(blocks),
        "bytes": [list(each) for each in pieces] if all(b.pieces for b in blocks) else None,
    }


def _quoted(places: Sequence[dict[str, Any]]) -> Check:
    if not places:
        says = "These words are not in the version, not even with other white space."
        return Check("quotation", False, says)
    first = places[0]
    part = f"the section “{shown(first['section'], 80)}”" if first["section"] else "the summary"
    where = f"{part}, paragraph {first['paragraph']}, character {first['character']}"
    count = "once" if len(places) == 1 else f"{len(places)} times"
    return Check(
        "quotation",
        True,
        f"The words stand in the version {count}, first in {where}.",
        "That they are quoted fairly: read what stands around them.",
    )


# What follows from the evidence


def derived(members: dict[str, bytes]) -> dict[str, bytes]:
    """Return the members that follow from the others, byte for byte; raises Refused."""
    evidence = Evidence({name: body for name, body in members.items() if name not in DERIVED})
    made = {
        CDX: _cdx(evidence),
        PAGES: _pages(evidence),
        CERTIFICATE: certificate(evidence).encode(),
        HOW_TO: instructions(evidence).encode(),
    }
    package = _package(evidence, {**evidence.members, **made})
    digest = {"path": PACKAGE, "hash": f"sha256:{sha256(package)}"}
    return {**made, PACKAGE: package, PACKAGE_DIGEST: _lines([digest])}


def _lines(values: Sequence[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in values)


def _title(evidence: Evidence) -> str:
    return f"{evidence.said('report')}, version {evidence.leaf.get('version')}"


def _package(evidence: Evidence, members: dict[str, bytes]) -> bytes:
    resources = [
        {
            "name": name.replace("/", "-").lower(),
            "path": name,
            "hash": f"sha256:{sha256(body)}",
            "bytes": len(body),
        }
        for name, body in sorted(members.items())
    ]
    package = {
        "profile": "data-package",
        "wacz_version": "1.1.1",
        "title": _title(evidence),
        "description": "What a page said when it was captured, with the proof that it was logged.",
        "created": stamp(latest_time(evidence)),
        "software": f"{_SOFTWARE}{FORMAT}",
        "mainPageUrl": evidence.answer.headers.get("warc-target-uri", ""),
        "mainPageDate": evidence.answer.headers.get("warc-date", ""),
        "resources": resources,
    }
    return json.dumps(package, ensure_ascii=False, indent=2).encode() + b"\n"


def latest_time(evidence: Evidence) -> datetime:
    """Return the newest time in a bundle, which is what it is dated: nobody's clock is asked."""
    times = [moment(evidence.said("recorded_at")), *(each.gen_time for each in evidence.tokens)]
    for key in evidence.keys:
        if key.kind == 4:
            times += [at for each in evidence.checkpoints if (at := each.cosigned_at(key))]
    times += [moment(each.logged.leaf.get("recorded_at")) for each in evidence.removals]
    return max(times)


def _pages(evidence: Evidence) -> bytes:
    header = {"format": "json-pages-1.0", "id": "pages", "title": "The captured page"}
    page = {
        "id": evidence.said("payload_sha256")[:16],
        "url": evidence.answer.headers.get("warc-target-uri", ""),
        "ts": evidence.answer.headers.get("warc-date", ""),
        "title": _title(evidence),
    }
    return _lines([header, page])


def _cdx(evidence: Evidence) -> bytes:
    """Return the index by which viewers find the answers in the web archive (CDXJ)."""
    lines = []
    for record in evidence.warc:
        if record.kind not in ("response", "resource"):
            continue
        status, mime = "200", record.headers.get("content-type", "")
        if record.kind == "response":
            first, headers, _ = record.http
            status = first.split(" ")[1] if first.count(" ") else ""
            mime = dict((name.lower(), value) for name, value in headers).get("content-type", "")
        url = record.headers.get("warc-target-uri", "")
        entry = {
            "url": url,
            "mime": mime.partition(";")[0].strip(),
            "status": status,
            "digest": f"sha256:{sha256(payload_of(record))}",
            "length": str(record.length),
            "offset": str(record.offset),
            "filename": WARC.rpartition("/")[2],
        }
        when = re.sub(r"[^0-9]", "", record.headers.get("warc-date", ""))[:14]
        lines.append(f"{_surt(url)} {when} {json.dumps(entry, ensure_ascii=False)}\n")
    return "".join(sorted(lines)).encode()


def _surt(url: str) -> str:
    """Return an address with its host turned round, as web archives sort them."""
    try:
        parts = urlsplit(url.lower())
        host, port = re.sub(r"^www\d*\.", "", parts.hostname or ""), parts.port
    except ValueError:
        return url.lower().replace(" ", "%20")
    name = ",".join(reversed(host.split("."))) + (f":{port}" if port else "")
    query = f"?{'&'.join(sorted(parts.query.split('&')))}" if parts.query else ""
    return f"{name}){parts.path or '/'}{query}".replace(" ", "%20")


_STYLE = """
@page { size: A4; margin: 18mm }
body { font: 15px/1.45 Georgia, "Times New Roman", serif; color: #1a1a1a; background: #fff;
  max-width: 46rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere }
h1 { font-size: 1.5em; margin: 0 0 .2em }
h2 { font-size: 1.05em; margin: 1.6em 0 .3em; border-bottom: 1px solid #999; break-after: avoid }
p, ul { margin: .4em 0 } ul { padding-left: 1.2em }
table { border-collapse: collapse; width: 100% } tr { break-inside: avoid }
th { text-align: left; vertical-align: top; font-weight: normal; color: #555; width: 11.5em;
  padding: .2em .8em .2em 0 }
td { padding: .2em 0 }
code, pre { font: .86em/1.4 "DejaVu Sans Mono", Consolas, monospace }
pre { white-space: pre-wrap; background: #f4f4f2; padding: .6em .8em; margin: .4em 0 }
blockquote { margin: .4em 0; padding-left: 1em; border-left: 3px solid #bbb }
.not { border: 1px solid #999; padding: .2em 1em .6em; margin-top: 1.6em; break-inside: avoid }
.not h2 { border: 0; margin-top: .6em }
@media print { body { font-size: 10.5pt; margin: 0; max-width: none; padding: 0 } }
@media (max-width: 30rem) { th, td { display: block; width: auto; padding-bottom: 0 } }
"""

NOT_PROVEN = (
    "It does not prove who wrote the text, or that what the text says is true.",
    "The publisher has signed nothing. That it sent this page rests on the word of the operator of "
    "the log, and on the operator's program having worked as it should.",
    "It does not prove that the publisher sent the same page to others, or that people who opened "
    "it saw all of these words: a page can hide words, or show others to others.",
    "It does not prove what stood there before or after the capture, or that it is there now.",
    "That the page was captured at the time stated rests on the operator's clock and word. What "
    "others signed shows that it was held by then, and not that it was there before.",
    "It does not prove who an operator, a witness or an authority is: whoever checks has to know "
    "their keys from elsewhere. Without that it only agrees with itself.",
    "This page itself is signed by nobody. It counts only if the check finds it to be what follows "
    "from the evidence in the same file.",
    "It is no legal advice, and no court has to take it as proof.",
)
"""What a certificate does not prove, in the plainest words."""


def certificate(evidence: Evidence) -> str:
    """Return the page that says for people what a bundle holds: made of its evidence alone."""
    proof = evidence.logged.proof
    sections = (
        ("What was captured", _table(_what(evidence))),
        ("How it was captured", _table(_how(evidence))),
        ("The words", _words_table(evidence)),
        ("That it was not changed since", _table(_held(evidence)) + _pre(proof.checkpoint.text)),
        *(("That it was removed", _table(_gone(evidence, each))) for each in evidence.removals),
    )
    body = "".join(f"<h2>{_safe(title)}</h2>\n{content}\n" for title, content in sections)
    limits = "".join(f"<li>{_safe(each)}</li>\n" for each in NOT_PROVEN)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">\n"
        f'<meta name="generator" content="{_SOFTWARE}{FORMAT}">\n'
        f"<title>Certificate: {_safe(_title(evidence))}</title>\n<style>{_STYLE}</style>\n"
        "</head>\n<body>\n<h1>Certificate of a captured page</h1>\n"
        f"<p>{_safe(_title(evidence))}</p>\n"
        f"<p><strong>{_safe(_in_a_sentence(evidence))}</strong></p>\n"
        f"<p>{_safe(_INTRODUCTION)}</p>\n{body}"
        f'<div class="not"><h2>What this does not prove</h2>\n<ul>\n{limits}</ul></div>\n'
        f"<h2>How to check it</h2>\n<p>{_safe(_HOW)}</p>\n</body>\n</html>\n"
    )


_INTRODUCTION = (
    "This page says what a program noted when it captured a page of a publisher, and by which "
    "signatures anybody can tell that what is named here was not changed afterwards. It is part of "
    "a file that holds the page itself and all proofs."
)


def _in_a_sentence(evidence: Evidence) -> str:
    """Say who states what, and since when it cannot have been changed."""
    log = shown(evidence.logged.proof.checkpoint.origin, 120)
    captured = stamp(moment(evidence.said("captured_at")))
    says = (
        f"The operator of the log {log} states that the page at {evidence.said('url')} was "
        f"captured at {captured} and is the one in this file."
    )
    times = [*witnessed(evidence, Trust()).values(), *(each.gen_time for each in evidence.tokens)]
    if not times:
        return f"{says} No witness and no authority has signed any time."
    return f"{says} It was held in this log no later than {stamp(min(times))}, as others signed."


_HOW = (
    "Keep the file that this page came in (.wacz). The instructions beside this page, VERIFY.txt, "
    "check it without the operator and without a network: with the program verify_bundle.py, and "
    "with sha256sum and openssl alone."
)


def _safe(text: object) -> str:
    """Return text of a bundle as HTML shows it: escaped, one line, without what would act."""
    return html.escape(shown(text, 2_000))


def _table(rows: Sequence[tuple[str, str]]) -> str:
    """Return rows of a name and of HTML."""
    cells = (f"<tr><th>{_safe(name)}</th><td>{value}</td></tr>\n" for name, value in rows if value)
    return f"<table>\n{''.join(cells)}</table>"


def _pre(text: bytes) -> str:
    lines = text.decode("utf-8", "replace").splitlines()
    return f"<pre>{chr(10).join(map(_safe, lines))}</pre>"


def _code(text: object) -> str:
    return f"<code>{_safe(text)}</code>" if text else ""


def _what(evidence: Evidence) -> list[tuple[str, str]]:
    return [
        ("Report", _safe(evidence.said("report"))),
        ("Version", _safe(evidence.leaf.get("version"))),
        ("Address", _safe(evidence.said("url"))),
        ("Captured at (UTC)", _safe(evidence.said("captured_at"))),
        ("Page", f"{len(evidence.payload):,} bytes"),
        ("SHA-256 of the page", _code(evidence.said("payload_sha256"))),
    ]


_ORIGINS = {
    "publisher": "asked of the publisher's server",
    "archive": "asked of a web archive that had captured it",
    "file": "read from a file that somebody had saved",
}


def _how(evidence: Evidence) -> list[tuple[str, str]]:
    capture, last = evidence.capture, evidence.exchanges[-1]
    hops = [each.get("url") for each in evidence.exchanges]
    origin = _ORIGINS.get(str(capture.get("origin")), "not known")
    if last.get("asked_in_place"):
        origin = f"asked of {last['asked_in_place']} in the publisher's place"
    return [
        ("How", _safe(origin) + (", put together afterwards" if capture.get("is_derived") else "")),
        ("Asked by", _safe(capture.get("client") or "not known")),
        ("Asked at, answered at", _safe(f"{capture.get('asked_at') or 'not known'}, "
                                        f"{capture.get('answered_at') or 'not known'}")),
        ("Redirected over", "<br>".join(map(_safe, hops[:20])) if len(hops) > 1 else ""),
        ("Answered from", _safe(last.get("remote_address") or "not known")),
        ("Status", _safe(last.get("status") or "not known")),
        ("SHA-256 of the server's certificates", _code(last.get("tls_chain_sha256"))),
        ("SHA-256 of the capture record", _code(evidence.said("capture_sha256"))),
    ]  # fmt: skip


def _words_table(evidence: Evidence) -> str:
    count = sum(map(len, evidence.parts))
    placed = sum(block.pieces is not None for part in evidence.parts for block in part)
    opening = next((block.text for part in evidence.parts for block in part if block.text), "")
    rows = [
        ("Read of the page", f"{count} paragraphs and headings, {placed} with their bytes in it"),
        ("Reader's revision", _safe(evidence.leaf.get("reader_revision"))),
        ("SHA-256 of the summary", _code(evidence.said("text_sha256"))),
        ("SHA-256 of the report", _code(evidence.said("report_sha256"))),
        ("SHA-256 of its words", _code(evidence.said("words_sha256"))),
    ]
    begins = f"<p>It begins:</p><blockquote>{_safe(shown(opening, 400))}</blockquote>"
    return _table(rows) + (begins if opening else "")


def _held(evidence: Evidence) -> list[tuple[str, str]]:
    proof = evidence.logged.proof
    of_log = [key.vkey for key in evidence.keys if key.kind == 1]
    rows = [
        ("Recorded at (UTC)", _safe(evidence.said("recorded_at"))
         + (", after the log began to be kept" if evidence.leaf.get("is_late") else "")),
        ("Leaf's hash", _code(leaf_hash(evidence.logged.body).hex())),
        ("In the log", _safe(f"{proof.checkpoint.origin}, entry {proof.index} of "
                             f"{proof.checkpoint.size}")),
        ("Key of the log", "<br>".join(map(_code, of_log))),
        ("Witnesses", "<br>".join(_cosignatures(evidence)) or "none"),
        ("Time stamps", "<br>".join(map(_stamped, evidence.tokens)) or "none"),
    ]  # fmt: skip
    if evidence.newest:
        rows.append(("Contained unchanged in", f"the log of {evidence.newest.size} entries"))
    return [*rows, ("Checkpoint", "the text that was signed, below")]


def _cosignatures(evidence: Evidence) -> list[str]:
    times = witnessed(evidence, Trust())
    return [f"{_safe(key.name)}, {stamp(at)}<br>{_code(key.vkey)}" for key, at in times.items()]


def _stamped(token: Token) -> str:
    signer = _signer(token)
    until = f"certificate valid until {stamp(valid_until(signer))[:10]}"
    return f"{stamp(token.gen_time)}, {_safe(signer.subject.rfc4514_string())}; {until}"


def _gone(evidence: Evidence, removal: Removal) -> list[tuple[str, str]]:
    looks = []
    for name, digest in removal.looks.items():
        last = evidence.look(name)[-1]
        what = "a listing that was read" if name.endswith("listing.json") else "not there"
        said = f"{last.get('answered_at')}: {what}, status {last.get('status')}"
        looks.append(f"{_safe(said)} {_code(digest)}")
    proof = removal.logged.proof
    return [
        ("Found removed at (UTC)", _safe(removal.logged.leaf.get("detected_at"))),
        ("It rests on", "<br>".join(looks) or "what was not kept"),
        ("In the log", f"entry {proof.index} of {proof.checkpoint.size}"),
    ]


def instructions(evidence: Evidence) -> str:
    """Return the text that tells a stranger how to check a bundle; each line of code works."""
    return "\n".join((*_START, *_by_hand(evidence), *_stamps_by_hand(evidence), *_END, ""))


_START = (
    "HOW TO CHECK THIS BUNDLE",
    "",
    "Nothing here needs the operator, a database or a network. The lines that begin with four",
    "spaces are for a shell on Linux, macOS or WSL. Say first which file you were given:",
    "",
    "    BUNDLE=evidence.wacz",
    '    python3 -m zipfile -e "$BUNDLE" unpacked',
    "",
    "1. EVERYTHING AT ONCE",
    "",
    'With Python 3.9 or newer and its package "cryptography" (pip install cryptography):',
    "",
    '    python3 unpacked/evidence/verify_bundle.py "$BUNDLE"',
    "",
    "Whoever forges a bundle can forge the program in it. Read it, or take it from a copy of",
    "reportwatch that you trust, where `reportwatch verify --bundle FILE` is the same.",
    "Give the keys that you trust; without them a bundle only agrees with itself:",
    '--log-key KEY, --witness-key KEY, --tsa-cert FILE. --quote "words" finds words in it.',
    "",
    "2. BY HAND: THE DIGESTS",
    "",
)


def _by_hand(evidence: Evidence) -> list[str]:
    names = (LEAF, CAPTURE, WORDS)
    lines = [_sum(sha256(evidence.members[name]), name) for name in names]
    found = [
        "The leaf, the capture record and the words as read:",
        "",
        *lines,
        "",
        "The leaf names the digest of the capture record (capture_sha256) and of the page:",
        "",
        f"    grep -c {evidence.said('capture_sha256')} unpacked/{LEAF}",
        f"    grep -c {evidence.said('payload_sha256')} unpacked/{LEAF}",
        "",
        "The page is in the web archive, which viewers of .wacz files show. Cut out and summed:",
        "",
        _cut_out(evidence),
        "",
        "3. BY HAND: THE CHECKPOINT",
        "",
        f"{PROOF} is a proof as c2sp.org/tlog-proof describes; other programs check it as well.",
        "Its checkpoint is this text, whose SHA-256 the authorities stamped:",
        "",
    ]
    for text in dict.fromkeys(each.text for each in evidence.checkpoints):
        words = " ".join(shlex.quote(line) for line in text.decode().splitlines())
        found += [f"    printf '%s\\n' {words} | sha256sum", f"    # {sha256(text)}", ""]
    return found


def _sum(digest: str, name: str) -> str:
    return f"    echo '{digest}  unpacked/{name}' | sha256sum -c"


def _cut_out(evidence: Evidence) -> str:
    answer, payload = evidence.answer, evidence.payload
    packed = evidence.members[WARC][answer.offset : answer.offset + answer.length]
    start = zlib.decompress(packed, 31).rindex(payload)
    return (
        f"    tail -c +{answer.offset + 1} unpacked/{WARC} | head -c {answer.length} | gunzip -c "
        f"| tail -c +{start + 1} | head -c {len(payload)} | sha256sum\n"
        f"    # {sha256(payload)}"
    )


def _stamps_by_hand(evidence: Evidence) -> list[str]:
    found = ["4. BY HAND: THE TIME STAMPS", ""]
    if not evidence.tokens:
        return [*found, "No authority stamped the checkpoint.", ""]
    found += [
        "-attime is the time of the stamp itself: it lets a certificate count that expired since.",
        "For -CAfile take the root certificate that you trust instead of the one that came along.",
        "",
    ]
    for token in evidence.tokens:
        path = f"unpacked/{token.name}"
        pem = f"{path[:-4]}.pem"
        found += [
            f"    openssl ts -reply -in {path} -text",
            f"    openssl ts -verify -digest {token.imprint.hex()} -in {path} -CAfile {pem} "
            f"-untrusted {pem} -partial_chain -attime {int(token.gen_time.timestamp())}",
            "",
        ]
    return found


_END = ("WHAT IT DOES NOT PROVE", "", *(f"- {each}" for each in NOT_PROVEN))


# The program


def described(result: Result) -> Iterator[str]:
    """Give the lines that say for people what was found."""
    yield f"{shown(result.bundle)}"
    for name, value in result.facts.items():
        if value is not None:
            yield f"  {name.replace('_', ' ')}: {shown(value)}"
    for check in result.checks:
        yield ""
        yield f"{check.word}  {check.name}: {check.says}"
        if check.is_passed and check.not_proven:
            yield f"        not proven: {check.not_proven}"
    for each in result.cautions:
        yield ""
        yield f"note    {each}"
    yield ""
    failed = sum(not check.is_passed for check in result.checks)
    if failed:
        count = f"{failed} of {len(result.checks)} checks"
        yield f"REFUSED: {count} failed. Do not rely on this bundle."
    else:
        absent = [check.name for check in result.checks if check.is_absent]
        without = f"; absent: {', '.join(absent)}" if absent else ""
        passed = len(result.checks) - len(absent)
        yield f"VERIFIED: {passed} checks passed{without}. It is no legal advice."


def read_trust(
    log_keys: Sequence[str], witness_keys: Sequence[str], certificates: Sequence[str], now: str = ""
) -> Trust:
    """Return what whoever checks vouches for; raises Refused for what is no key, or no file."""
    known: list[x509.Certificate] = []
    for name in certificates:
        try:
            body = Path(name).read_bytes()
            is_text = b"-----BEGIN" in body
            known += (
                x509.load_pem_x509_certificates(body)
                if is_text
                else [x509.load_der_x509_certificate(body)]
            )
        except (OSError, ValueError):
            raise Refused(f"{shown(name)} is no file with a certificate") from None
    keys = tuple(map(read_key, log_keys)), tuple(map(read_key, witness_keys))
    for kind, given in zip((1, 4), keys):
        if any(each.kind != kind for each in given):
            raise Refused("the key of a log was given for that of a witness, or the other way")
    at = moment(now) if now else datetime.now(timezone.utc)
    return Trust(keys[0], keys[1], tuple(known), at)


def read_bundle(path: Path) -> bytes:
    """Return the bytes of a file that may be a bundle; raises Refused for one that is none."""
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Refused(f"{shown(path)} cannot be read: {error.strerror}") from None
    if len(body) > LARGEST_FILE:
        raise Refused(f"{shown(path)} is larger than any bundle")
    return body


def main(words: Sequence[str] | None = None) -> int:
    """Check a bundle, say what was found, and return the exit code."""
    parser = argparse.ArgumentParser(
        description="Check an evidence bundle of reportwatch, without a network.",
        epilog="Exit codes: 0 every check passed, 1 some check failed, 2 wrong usage.",
    )
    parser.add_argument("bundle", metavar="FILE.wacz")
    parser.add_argument("--quote", default="", help="words that should be in the version")
    parser.add_argument("--log-key", action="append", default=[], help="the log's key (vkey)")
    parser.add_argument("--witness-key", action="append", default=[], help="a witness's key (vkey)")
    parser.add_argument(
        "--tsa-cert", action="append", default=[], help="an authority's certificate"
    )
    parser.add_argument("--now", default="", help="the time to judge by, 2026-11-30T14:00:00Z")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    given = parser.parse_args(words)
    try:
        trust = read_trust(given.log_key, given.witness_key, given.tsa_cert, given.now)
    except Refused as reason:
        parser.error(str(reason))
    if (given.quote and not given.quote.strip()) or len(given.quote) > LONGEST_QUOTE:
        parser.error("--quote needs some words, and not more than a report has")
    try:
        result = check_bundle(given.bundle, read_bundle(Path(given.bundle)), trust, given.quote)
    except Refused as reason:
        result = Result(given.bundle, NO_FACTS, (Check("file", False, str(reason)),), ())
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal without Unicode must stop nothing
        sys.stdout.reconfigure(errors="backslashreplace")
    lines = [json.dumps(result.document(), indent=2)] if given.json else described(result)
    for line in lines:
        print(line)
    return 0 if result.is_verified else 1


if __name__ == "__main__":
    sys.exit(main())
