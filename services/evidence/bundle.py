"""Make the evidence bundle of a version, of what is stored and published and of nothing else."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from reports.model.identity import ReportId
from reports.text.canonical_json import canonical_json
from reports.transparency.note import Note, PublicKey
from reports.transparency.proofs import LogProof
from services.assembly import Parts
from services.evidence import verify_bundle as checker
from services.evidence.container import packed, words_of
from services.evidence.standing import standing_of_leaf
from services.exports.warc import write_version
from services.transparency.cosigning import configured_witnesses
from services.transparency.stamps import authorities
from storage.read.captured_pages import CaptureScope
from storage.transparency.logs import StoredCheckpoint
from storage.unit import Unit


class NotLogged(Exception):
    """A version that no published checkpoint of the log holds yet: there is nothing to prove it."""

    def __init__(self, name: ReportId, number: int) -> None:
        super().__init__(
            f"version {number} of {name} is not in a published checkpoint of the log yet; "
            "`reportwatch transparency checkpoint` makes one, as `up` does once a day"
        )


@dataclass(frozen=True)
class Bundle:
    """A version's bundle and what proves the version: the leaf's place in the log, who signed."""

    report: ReportId
    number: int
    body: bytes
    log: str
    entry: int
    log_size: int
    newest_size: int
    witnesses: tuple[str, ...]
    stamped_at: tuple[str, ...]
    removed_at: str | None

    @property
    def file_name(self) -> str:
        """The name that its file is given."""
        return f"{str(self.report).replace('/', '-')}-v{self.number}.wacz"


def make_bundle(parts: Parts, name: ReportId, number: int) -> Bundle:
    """Return the bundle of a version.

    Raises KeyError for an unknown version, NotLogged, or storage.database.errors.StorageError.
    """
    with parts.store.read(is_snapshot=True) as unit:
        return _Writer(parts, unit, name, number).bundle()


class _Writer:
    """Collects the evidence of one version in one transaction."""

    def __init__(self, parts: Parts, unit: Unit, name: ReportId, number: int) -> None:
        self._parts, self._unit, self._name, self._number = parts, unit, name, number
        standing = standing_of_leaf(unit, name, number)
        if standing is None:
            raise NotLogged(name, number)
        self._log, self._leaf = standing.log, standing.leaf
        self._position, self._first = standing.position, standing.first
        newest = unit.logs.newest(self._log.id)
        self._newest = newest if newest and newest.published_at else self._first
        self._keys = [PublicKey.parse(self._log.vkey)]
        self._keys += [key for key, _ in configured_witnesses(parts.settings)]

    def bundle(self) -> Bundle:
        removals = dict(self._removals())
        evidence = {
            **self._of_version(list(removals)),
            **self._of_log(),
            **self._tokens(),
        }
        for at, (_, (position, leaf)) in enumerate(removals.items(), 1):
            evidence |= self._of_removal(f"removal-{at}", position, leaf, list(removals)[at - 1])
        return self._described(evidence, [leaf for _, leaf in removals.values()])

    def _described(self, evidence: Mapping[str, bytes], removals: Sequence[bytes]) -> Bundle:
        body = packed(evidence)
        read = checker.Evidence(dict(evidence))
        cosigned = checker.witnessed(read, checker.Trust())
        last = json.loads(removals[-1]) if removals else None
        return Bundle(
            report=ReportId.parse(read.said("report")),
            number=self._number,
            body=body,
            log=self._log.origin,
            entry=self._position,
            log_size=self._first.size,
            newest_size=self._newest.size,
            witnesses=tuple(key.name for key in cosigned),
            stamped_at=tuple(checker.stamp(each.gen_time) for each in read.tokens),
            removed_at=last["detected_at"] if last else None,
        )

    def _of_version(self, removals: Sequence[int]) -> dict[str, bytes]:
        leaf: dict[str, Any] = json.loads(self._leaf)
        archive = io.BytesIO()
        write_version(self._unit, self._name, self._number, archive, removals)
        stored = self._unit.capture_records.of_version(self._name, self._number)
        payload = self._unit.versions.payloads.get(stored.payload_sha256)
        reading = self._unit.versions.reading(self._name, self._number, leaf["reader_revision"])
        return {
            checker.WARC: archive.getvalue(),
            checker.LEAF: self._leaf,
            checker.PROOF: self._proof(self._position, self._first),
            checker.CAPTURE: stored.record.canonical,
            checker.WORDS: words_of(leaf, reading, payload),
        }

    def _of_log(self) -> dict[str, bytes]:
        notes = [self._note(each) for each in {self._first, self._newest}]
        signed = [each for note in notes for each in note.signatures]
        keys = [key for key in self._keys if any(each.is_by(key) for each in signed)]
        found = {checker.KEYS: "".join(f"{key}\n" for key in keys).encode()}
        if self._newest.size > self._first.size:
            path = self._unit.log_tree.consistency_proof(self._first.size, self._newest.size)
            hashes = [base64.b64encode(each).decode() for each in path]
            found[checker.NEWEST] = str(self._note(self._newest)).encode()
            found[checker.CONSISTENCY] = canonical_json({"v": 1, "proof": hashes})
        return found

    def _note(self, of: StoredCheckpoint) -> Note:
        """Return a checkpoint with the signatures whose keys are known: others prove nothing."""
        note = Note.parse(of.note.encode())
        known = [each for each in note.signatures if any(each.is_by(key) for key in self._keys)]
        return Note(note.text, tuple(known))

    def _proof(self, position: int, of: StoredCheckpoint) -> bytes:
        path = self._unit.log_tree.inclusion_proof(position, of.size)
        return LogProof(position, tuple(path), str(self._note(of)).encode()).raw

    def _removals(self) -> Iterator[tuple[int, tuple[int, bytes]]]:
        """Give the removals of the version that the newest checkpoint holds, by their changes."""
        scope = CaptureScope(report=self._name)
        for change_id in self._unit.captured_pages.removals(scope, self._number):
            position, leaf = self._unit.log_tree.of_change(change_id)
            if position is not None and position < self._newest.size:
                yield change_id, (position, leaf)

    def _of_removal(
        self, folder: str, position: int, leaf: bytes, change_id: int
    ) -> dict[str, bytes]:
        of = self._first if position < self._first.size else self._newest
        rests_on = self._unit.capture_records.of_removal(change_id)
        looks = [each.record for each in rests_on.misses if each.record]
        found = {
            f"{folder}/leaf.json": leaf,
            f"{folder}/leaf.tlog-proof": self._proof(position, of),
            **{f"{folder}/miss-{at}.json": each.canonical for at, each in enumerate(looks, 1)},
        }
        if rests_on.listing and rests_on.listing.record:
            found[f"{folder}/listing.json"] = rests_on.listing.record.canonical
        return found

    def _tokens(self) -> dict[str, bytes]:
        """Return the time stamps of both checkpoints, each with the certificates it rests on."""
        trusted = {each.url: each.certificates for each in authorities(self._parts.settings)}
        found: dict[str, bytes] = {}
        for checkpoint in sorted({self._first, self._newest}, key=lambda each: each.size):
            for stored in self._unit.logs.tokens(checkpoint.id):
                name = f"timestamps/{len(found) // 2 + 1}"
                certificates = trusted.get(stored.authority)
                known = certificates.read_bytes() if certificates else b""
                token = checker.read_token(f"{name}.tsr", stored.token, known)
                found[f"{name}.tsr"] = stored.token
                found[f"{name}.pem"] = _pem(token.certificates)
        return found


def _pem(certificates: Sequence[x509.Certificate]) -> bytes:
    return b"".join(each.public_bytes(Encoding.PEM) for each in certificates)
