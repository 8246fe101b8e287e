"""Logs, witnesses, authorities and pages of a test's own, and the evidence of a version on them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from reports.model.reading import Reading, Section
from reports.text.canonical_json import canonical_json, instant
from reports.transparency.checkpoint import Checkpoint
from reports.transparency.note import KeyKind, Note, PrivateKey
from reports.transparency.proofs import LogProof
from reports.transparency.tree import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
)
from services.evidence.container import words_of
from tests.time_stamps import TimeStampAuthority

ORIGIN = "watch.example.org/log"
NOW = datetime.now(UTC).replace(microsecond=0)
RECORDED = NOW - timedelta(hours=2)


def page(number: int) -> tuple[bytes, Reading]:
    """Return a fictional page and what is read of it."""
    opening = (
        f"In the year of report {number} the Gandorian harbour guard held {number} fishers & a "
        "lamp keeper without charge, and nobody answered for it."
    )
    second = "The Chamber of Tides met twice; its minutes say “nothing changed” — for good."
    of_section = f"The guard's own list names {number} cells."
    reading = Reading(
        "EXECUTIVE SUMMARY",
        (opening, second),
        sections=(Section("1", "Respect for the Person", (of_section, "No other list is known.")),),
    )
    marked = opening.replace("&", "&amp;").replace("a lamp", "<b>a lamp</b>")
    body = (
        "<!doctype html><html><head><title>Gandoria</title><script>var a = '<p>no</p>'</script>"
        f"</head><body><nav>Respect for the Person</nav><h1>Gandoria {number}</h1>"
        f"<h2>EXECUTIVE SUMMARY</h2><p>{marked}"
        f"<sup><a href='#fn1' class='footnote'>[1]</a></sup></p><p>{second}</p>"
        f"<h2>Section 1. Respect for the Person</h2><p>{of_section}</p>\n"
        "<p>No other\n list is known.</p></body></html>"
    )
    return body.encode(), reading


def exchange(url: str, at: datetime, **other: Any) -> dict[str, Any]:
    """Return one request and answer of a capture record."""
    return {
        "url": url,
        "method": "GET",
        "asked_at": instant(at - timedelta(seconds=1)),
        "answered_at": instant(at),
        "request_headers": [["User-Agent", "reportwatch/0.1.0 (desk@example.org)"]],
        "status": 200,
        "reason": "OK",
        "protocol": "HTTP/1.1",
        "headers": [["Content-Type", "text/html; charset=utf-8"], ["Server", "tide"]],
        "headers_left_out": 0,
        "asked_in_place": "",
        "remote_address": "192.0.2.7",
        "tls_chain": "whole",
        "tls_chain_sha256": hashlib.sha256(b"chain").hexdigest(),
        **other,
    }


def capture_record(url: str, at: datetime, payload: bytes, **other: Any) -> bytes:
    """Return a capture record."""
    last = exchange(url, at, **other)
    return canonical_json(
        {
            "v": 1,
            "origin": "publisher",
            "client": "reportwatch/0.1.0",
            "url": url,
            "final_url": url,
            "asked_at": last["asked_at"],
            "answered_at": last["answered_at"],
            "exchanges": [last],
            "payload_sha256": hashlib.sha256(payload).hexdigest(),
            "payload_size": len(payload),
            "about": {},
            "is_derived": False,
        }
    )


def warc_of(record: bytes, payload: bytes) -> bytes:
    """Return a web archive of a capture."""
    said = json.loads(record)
    last = said["exchanges"][-1]
    head = f"HTTP/1.1 {last['status']} {last['reason']}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in last["headers"])
    head += f"Content-Length: {len(payload)}\r\n"
    http = head.encode() + b"\r\n" + payload
    digest = base64.b32encode(hashlib.sha256(http).digest()).decode()
    headers = {
        "WARC-Type": "response",
        "WARC-Record-ID": f"<urn:uuid:{uuid5(NAMESPACE_URL, last['url'])}>",
        "WARC-Date": last["answered_at"],
        "WARC-Target-URI": last["url"],
        "WARC-IP-Address": last["remote_address"],
        "WARC-Block-Digest": f"sha256:{digest}",
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(http)),
    }
    top = "WARC/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return gzip.compress(top.encode() + b"\r\n" + http + b"\r\n\r\n", mtime=0)


def signing_key(name: str, kind: KeyKind, seed: bytes = b"") -> PrivateKey:
    """Return a key; without a seed one that nobody knows."""
    return PrivateKey(name, kind, seed or os.urandom(32))


@dataclass
class LogStage:
    """A log with its key, its witnesses and an authority; ``leaves`` are canonical bytes."""

    key: PrivateKey
    witnesses: Sequence[PrivateKey] = ()
    authority: TimeStampAuthority | None = None
    leaves: list[bytes] = field(default_factory=list)
    _hashes: list[bytes] = field(default_factory=list)
    _stamps: dict[bytes, bytes] = field(default_factory=dict)
    _nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def subtree(self, height: int, number: int) -> bytes:
        """Return the hash of a complete subtree."""
        if height == 0:
            return leaf_hash(self.leaves[number])
        if (height, number) not in self._nodes:
            left, right = (
                self.subtree(height - 1, 2 * number),
                self.subtree(height - 1, 2 * number + 1),
            )
            self._nodes[height, number] = node_hash(left, right)
        return self._nodes[height, number]

    def checkpoint(self, size: int, at: datetime = NOW) -> bytes:
        """Return the log's checkpoint at a size, signed and cosigned."""
        text = Checkpoint(self.key.name, size, root_of(size, self.subtree)).text
        note = Note(text).with_signature(self.key.sign(text))
        for witness in self.witnesses:
            note = note.with_signature(witness.cosign(text, int(at.timestamp())))
        return str(note).encode()

    def token(self, checkpoint: bytes) -> bytes:
        """Return a time stamp of a checkpoint's text, asked for once."""
        assert self.authority is not None
        text = checkpoint.rpartition(b"\n\n")[0] + b"\n"
        if text not in self._stamps:
            self._stamps[text] = self.authority.stamp(text)
        return self._stamps[text]

    def proof(self, index: int, size: int) -> bytes:
        """Return the proof that a leaf is in the log at a size."""
        path = tuple(inclusion_proof(index, size, self.subtree))
        return LogProof(index, path, self.checkpoint(size)).raw

    def evidence(
        self, index: int, size: int, newest: int, payload: bytes, record: bytes, words: bytes
    ) -> dict[str, bytes]:
        """Return the evidence of a version whose leaf is in the log."""
        members = {
            "archive/data.warc.gz": warc_of(record, payload),
            "evidence/leaf.json": self.leaves[index],
            "evidence/leaf.tlog-proof": self.proof(index, size),
            "evidence/capture.json": record,
            "evidence/words.json": words,
            "evidence/keys.txt": self.keys.encode(),
        }
        if newest > size:
            path = consistency_proof(size, newest, self.subtree)
            hashes = [base64.b64encode(each).decode() for each in path]
            members["evidence/newest.checkpoint"] = self.checkpoint(newest)
            members["evidence/consistency.json"] = canonical_json({"v": 1, "proof": hashes})
        if self.authority is not None:
            members["timestamps/1.tsr"] = self.token(self.checkpoint(size))
            members["timestamps/1.pem"] = self.authority.chain
        return members

    @property
    def keys(self) -> str:
        """The keys of log and witnesses, as they are written."""
        return "".join(f"{each.public}\n" for each in (self.key, *self.witnesses))


def version_leaf(
    number: int, payload: bytes, reading: Reading, record: bytes, **other: Any
) -> dict[str, Any]:
    """Return the leaf of a version as JSON."""
    return {
        "v": 1,
        "kind": "version",
        "report": f"sample-hrr/{2000 + number % 25}/XAG",
        "recorded_at": instant(RECORDED),
        "is_late": False,
        "version": 1 + number % 7,
        "captured_at": json.loads(record)["answered_at"],
        "url": json.loads(record)["url"],
        "payload_sha256": hashlib.sha256(payload).hexdigest(),
        "text_sha256": reading.text_sha256,
        "words_sha256": reading.words_sha256,
        "report_sha256": reading.report_sha256,
        "reader_revision": 3,
        "capture_sha256": hashlib.sha256(record).hexdigest(),
        **other,
    }


def filled(log: LogStage, count: int) -> LogStage:
    """Put leaves of fictional versions into a log."""
    for number in range(count):
        payload, reading = page(number)
        record = capture_record(_url(number), RECORDED - timedelta(minutes=1), payload)
        log.leaves.append(canonical_json(version_leaf(number, payload, reading, record)))
    return log


def evidence_of(log: LogStage, number: int, size: int, newest: int = 0) -> dict[str, bytes]:
    """Return the evidence of one of these versions."""
    payload, reading = page(number)
    record = capture_record(_url(number), RECORDED - timedelta(minutes=1), payload)
    words = words_of(json.loads(log.leaves[number]), reading, payload)
    return log.evidence(number, size, newest, payload, record, words)


def _url(number: int) -> str:
    return f"https://reports.example.org/{2000 + number % 25}/gandoria-{number}/?a=1&b=2"
