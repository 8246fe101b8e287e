"""Bundles that were made once stay verified, whatever the program becomes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.evidence.container import packed
from services.evidence.verify_bundle import (
    CERTIFICATE,
    DERIVED,
    PACKAGE,
    check_bundle,
    open_bundle,
    read_trust,
    zipped,
)
from tests.evidence_stage import evidence_of
from tests.services.evidence.bundle_stage import Stage, refusals

KEPT = Path(__file__).parent / "kept"
"""Bundles by the format of their pages, none of them ever made anew: a new format adds its own.

`stamped` is `evidence_of(stage.log, 9, 32, 40)`; `removed` is that of the test of a removal in
test_bundles_of_versions.py, without witnesses and time stamps.
"""


@pytest.mark.parametrize(
    ("name", "passed"), [("format-1-stamped.wacz", 13), ("format-1-removed.wacz", 12)]
)
def test_a_bundle_that_was_filed_once_is_verified_for_ever(name: str, passed: int) -> None:
    later = replace(read_trust([], [], []), now=datetime(2060, 1, 1, tzinfo=UTC))
    result = check_bundle(name, (KEPT / name).read_bytes(), later)
    assert refusals(result) == {}
    assert sum(each.is_passed and not each.is_absent for each in result.checks) == passed


def test_every_kept_bundle_is_checked() -> None:
    assert sorted(each.name for each in KEPT.iterdir()) == [
        "format-1-removed.wacz",
        "format-1-stamped.wacz",
    ]


@pytest.mark.parametrize(
    ("software", "reason"),
    [
        ("evidence bundle 1", "it was changed; nothing that it says counts"),
        ("evidence bundle 2", "another format than the one that this program knows (1)"),
    ],
)
def test_a_certificate_of_another_format_is_told_from_a_changed_one(
    stage: Stage, software: str, reason: str
) -> None:
    members = open_bundle(packed(evidence_of(stage.log, 9, 32, 40)))
    members[CERTIFICATE] = members[CERTIFICATE].replace(b"harbour guard", b"harbour choir")
    members[PACKAGE] = re.sub(b"evidence bundle [0-9]", software.encode(), members[PACKAGE])
    assert set(DERIVED) <= set(members)
    result = check_bundle("other.wacz", zipped(members), stage.trust)
    assert any(reason in each for each in refusals(result).values()), refusals(result)
