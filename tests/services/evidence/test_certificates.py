"""The certificate says what the evidence says, in one harmless page."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from bs4 import BeautifulSoup

from reports.text.canonical_json import canonical_json
from services.evidence.container import packed, words_of
from services.evidence.verify_bundle import CERTIFICATE, NOT_PROVEN, check_bundle, open_bundle
from tests.evidence_stage import RECORDED, LogStage, capture_record, evidence_of, page, version_leaf
from tests.services.evidence.bundle_stage import Stage, refusals

HOSTILE = "https://reports.example.org/<script>alert(1)</script>/\"'&\u202e\x1b[2J"


def _certificate(evidence: dict[str, bytes]) -> str:
    return open_bundle(packed(evidence))[CERTIFICATE].decode()


def test_it_says_who_what_when_and_what_it_does_not_prove(stage: Stage) -> None:
    evidence = evidence_of(stage.log, 5, 17, 40)
    text = " ".join(BeautifulSoup(_certificate(evidence), "lxml").get_text(" ").split())
    leaf = json.loads(evidence["evidence/leaf.json"])
    said = [leaf[name] for name in leaf if name.endswith("_sha256")]
    said += [leaf["report"], leaf["url"], leaf["captured_at"], leaf["recorded_at"]]
    said += [*evidence["evidence/keys.txt"].decode().split(), "CN=Harbour Time", "192.0.2.7"]
    said += ["entry 5 of 17", "the log of 40 entries", "In the year of report 5", *NOT_PROVEN]
    assert [each for each in said if each not in text] == []
    assert len(said) > 20
    assert "It is no legal advice" in text


def test_it_asks_nobody_and_nothing_in_it_acts(stage: Stage) -> None:
    made = _certificate(evidence_of(stage.log, 5, 17))
    assert not re.search(r"<script|<link|<img|<iframe|\bsrc=|\bhref=|url\(|@import", made)
    assert "default-src 'none'; style-src 'unsafe-inline'" in made


def test_hostile_text_is_shown_as_text(stage: Stage) -> None:
    body, reading = page(3)
    record = capture_record(HOSTILE, RECORDED - timedelta(minutes=1), body, remote_address="<b>")
    log = LogStage(stage.log.key)
    leaf = version_leaf(3, body, reading, record)
    log.leaves.append(canonical_json(leaf))
    words = words_of(leaf, reading, body)
    made = _certificate(log.evidence(0, 1, 0, body, record, words))
    assert "<script" not in made
    assert "<b>" not in made
    assert "\x1b" not in made and "\u202e" not in made
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in made


def test_a_mirror_that_was_asked_is_named(stage: Stage) -> None:
    body, reading = page(3)
    at = RECORDED - timedelta(minutes=1)
    record = capture_record(
        "https://reports.example.org/3", at, body, asked_in_place="http://127.0.0.1:9"
    )
    log = LogStage(stage.log.key)
    leaf = version_leaf(3, body, reading, record)
    log.leaves.append(canonical_json(leaf))
    evidence = log.evidence(0, 1, 0, body, record, words_of(leaf, reading, body))
    assert refusals(check_bundle("a.wacz", packed(evidence), stage.trust)).keys() <= {
        *("witnesses", "time stamps")
    }
    assert "asked of http://127.0.0.1:9 in the publisher&#x27;s place" in _certificate(evidence)
