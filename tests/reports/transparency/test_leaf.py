"""Leaves: one way to write what was recorded."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from reports.model.identity import ReportId
from reports.model.values import ChangeKind
from reports.transparency.leaf import ChangeLeaf, VersionLeaf

AT = datetime(2024, 5, 1, 12, 0, 0, 7, tzinfo=UTC)
REPORT = ReportId("sample-hrr", "2023", "XAG", "north")
VERSION = VersionLeaf(
    report=REPORT,
    recorded_at=AT,
    number=2,
    captured_at=AT,
    url="https://reports.example/gandoria?é",
    payload_sha256="a1",
    text_sha256="b2",
    words_sha256="c3",
    report_sha256="d4",
    reader_revision=7,
    capture_sha256="e5",
)
CHANGE = ChangeLeaf(
    kind=ChangeKind.EDITED,
    report=REPORT,
    recorded_at=AT,
    change=12,
    from_version=1,
    to_version=2,
    detected_at=AT,
    words_added=4,
    words_removed=11,
    is_baseline=False,
    detail_sha256="f6",
)


def test_a_versions_leaf_is_these_bytes() -> None:
    assert VERSION.canonical.decode() == (
        '{"capture_sha256":"e5","captured_at":"2024-05-01T12:00:00.000007Z","is_late":false,'
        '"kind":"version","payload_sha256":"a1","reader_revision":7,'
        '"recorded_at":"2024-05-01T12:00:00.000007Z","report":"sample-hrr/2023/XAG/north",'
        '"report_sha256":"d4","text_sha256":"b2","url":"https://reports.example/gandoria?é",'
        '"v":1,"version":2,"words_sha256":"c3"}'
    )


def test_a_changes_leaf_is_these_bytes() -> None:
    assert CHANGE.canonical.decode() == (
        '{"change":12,"detail_sha256":"f6","detected_at":"2024-05-01T12:00:00.000007Z",'
        '"from_version":1,'
        '"is_baseline":false,"is_late":false,"kind":"edited",'
        '"recorded_at":"2024-05-01T12:00:00.000007Z","report":"sample-hrr/2023/XAG/north",'
        '"to_version":2,"v":1,"words_added":4,"words_removed":11}'
    )


def test_a_moment_is_the_same_in_every_zone() -> None:
    east = timezone(timedelta(hours=3))
    assert replace(VERSION, captured_at=AT.astimezone(east)).canonical == VERSION.canonical


def test_each_kind_has_the_evidence_of_its_kind() -> None:
    expected = {
        ChangeKind.REMOVED: {"misses": ["m1", "m2"], "listing": "l1"},
        ChangeKind.RESTORED: {"capture_sha256": "c1"},
        ChangeKind.EDITED: {},
    }
    all_evidence = {"misses", "listing", "capture_sha256"}
    for kind, evidence in expected.items():
        leaf = replace(CHANGE, kind=kind, misses=("m1", "m2"), listing="l1", capture_sha256="c1")
        said = json.loads(leaf.canonical)
        assert {name: said[name] for name in all_evidence & set(said)} == evidence
    assert len(expected) == 3
