"""Capture records as bytes: what is written is what is read, and nothing else is taken for one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from reports.model.captured import CaptureOrigin, Exchange, make_record, read_record
from reports.text.canonical_json import canonical_json

AT = datetime(2026, 5, 1, 9, tzinfo=UTC)
LAST = Exchange(
    "https://sample.example/b",
    "GET",
    AT,
    AT,
    (("Host", "sample.example"),),
    200,
    "OK",
    "HTTP/1.1",
    (("ETag", '"1"'), ("X-Latin", "caf\xe9\x00")),
    tls_chain="sent",
    tls_chain_sha256="ab" * 32,
)
RECORD = make_record(
    [Exchange("https://sample.example/a", status=301), LAST],
    origin=CaptureOrigin.PUBLISHER,
    client="reportwatch/1",
    payload_sha256="cd" * 32,
    payload_size=17,
    about={"file": "a.warc"},
)


def test_a_record_reads_back_as_it_was_made() -> None:
    read = read_record(RECORD.canonical)
    assert read == RECORD
    assert read.exchanges[1] == LAST
    assert (read.url, read.last.url) == ("https://sample.example/a", "https://sample.example/b")
    assert read.last.header("etag") == '"1"'
    assert read.document["asked_at"] is None
    assert read.document["answered_at"] == "2026-05-01T09:00:00.000000Z"


def changed(**values: Any) -> bytes:
    return canonical_json({**RECORD.document, **values})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 100_000,
        RECORD.canonical + b" ",
        json.dumps(RECORD.document).encode(),  # the same value, other bytes
        changed(v=2),
        changed(url=None),
        changed(exchanges=[]),
        changed(exchanges=[{}]),
        changed(exchanges=[{**RECORD.document["exchanges"][1], "headers": [["a", "b", "c"]]}]),
        changed(exchanges=[{**RECORD.document["exchanges"][1], "status": "200"}]),
        changed(exchanges=[{**RECORD.document["exchanges"][1], "asked_at": "soon"}]),
        changed(origin="oracle"),
        changed(is_derived=1),
        changed(more=1),
    ],
)
def test_what_is_no_record_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        read_record(body)


@pytest.mark.parametrize("value", [1.5, 2**53, {"\xe9": 1}, {1: 1}, {"a": {1}}, "\ud800"])
def test_what_has_no_canonical_bytes_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        canonical_json(value)


def test_canonical_bytes_are_those_of_rfc_8785() -> None:
    value = {"b": [True, None, 7], "a": "\u20ac$\x0f\nA'B\"\\/"}
    expected = '{"a":"\u20ac$\\u000f\\nA\'B\\"\\\\/","b":[true,null,7]}'
    assert canonical_json(value) == expected.encode()
