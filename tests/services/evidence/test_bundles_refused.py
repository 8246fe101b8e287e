"""Forged bundles are refused, each with its reason; honest ones are not."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import timedelta
from random import Random

import pytest

from services.evidence.container import packed
from services.evidence.verify_bundle import Result, check_bundle
from tests.evidence_stage import NOW, evidence_of
from tests.services.evidence.bundle_stage import LEAVES, Stage, refusals
from tests.services.evidence.forgeries import FORGERIES, REFUSED_BY

KINDS = ("flipped bit", *FORGERIES, "wrong quote")


def _checked(stage: Stage, kind: str, body: bytes) -> Result:
    quote = "nobody answered for nothing" if kind == "wrong quote" else "nobody  answered for it."
    return check_bundle("forged.wacz", body, stage.trust, quote)


def _honest(stage: Stage, chance: Random) -> dict[str, bytes]:
    size = chance.choice([10, 17, 32, LEAVES])
    number = chance.randrange(size)
    return evidence_of(stage.log, number, size, chance.choice([0, LEAVES]))


def _forge(stage: Stage, count: int, chance: Random) -> Counter[str]:
    """Check forged bundles of each kind in turn; return how many of each were refused rightly."""
    refused: Counter[str] = Counter()
    for at in range(count):
        kind = KINDS[at % len(KINDS)]
        evidence = _honest(stage, chance)
        true = packed(evidence)
        body = true if kind == "wrong quote" else stage.forger.forged(kind, evidence)
        found = refusals(_checked(stage, kind, body))
        assert found.get(REFUSED_BY[kind]), (kind, found)
        refused[kind] += 1
    return refused


def test_every_kind_of_forgery_is_refused_with_its_reason(stage: Stage) -> None:
    refused = _forge(stage, 3 * len(KINDS), Random(1))
    assert set(refused) == set(REFUSED_BY)
    assert refused.total() == 3 * len(KINDS)


def test_no_honest_bundle_is_refused(stage: Stage) -> None:
    chance, count = Random(2), 0
    for _ in range(24):
        result = _checked(stage, "", packed(_honest(stage, chance)))
        assert refusals(result) == {}
        count += 1
    assert count == 24


@pytest.mark.slow
def test_a_thousand_forged_bundles_are_refused_and_a_thousand_honest_ones_are_not(
    stage: Stage,
) -> None:
    assert _forge(stage, 1_000, Random(3)).total() == 1_000
    chance, honest = Random(4), 0
    for _ in range(1_000):
        assert refusals(_checked(stage, "", packed(_honest(stage, chance)))) == {}
        honest += 1
    assert honest == 1_000


@pytest.mark.parametrize("years", [0, 12, 900])
def test_a_bundle_is_verified_however_late_it_is_checked(stage: Stage, years: int) -> None:
    later = dataclasses.replace(stage.trust, now=NOW + timedelta(days=365 * years + 1))
    result = check_bundle("old.wacz", packed(evidence_of(stage.log, 5, 17, LEAVES)), later)
    assert refusals(result) == {}
    expired = [each for each in result.cautions if "expired on" in each]
    assert len(expired) == (2 if years else 0)  # the authority's certificate, and its root's


def test_a_bundle_checked_before_it_was_signed_is_refused(stage: Stage) -> None:
    earlier = dataclasses.replace(stage.trust, now=NOW - timedelta(days=1))
    found = refusals(check_bundle("a.wacz", packed(evidence_of(stage.log, 5, 17)), earlier))
    assert "is in the future" in found["order of times"]
