"""`evidence` writes a file that proves a version; `verify --bundle` checks it without a home."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from command import reportwatch

from documents.evidence import BundleVerified, EvidenceWritten
from services.assembly import open_parts
from services.settings import load_settings
from services.transparency.checkpoints import make_checkpoint

WRITTEN = {
    *("report", "version", "path", "bytes", "sha256", "log", "entry", "log_size", "newest_size"),
    *("witnesses", "stamped_at", "removed_at"),
}
CHECKED = {
    *("bundle", "verified", "report", "version", "url", "captured_at", "recorded_at"),
    *("payload_sha256", "text_sha256", "checks", "cautions", "places"),
}


@pytest.fixture
def log_key(sample: Path) -> str:
    """The key of the sample's log, which has a checkpoint."""
    with open_parts(load_settings(home=sample)) as parts:
        return make_checkpoint(parts).log.vkey


def test_a_bundle_is_written_and_checked_without_a_home(log_key: str, home: Path) -> None:
    ran = reportwatch("evidence", "Gandoria", "2023", "--version", "1", "--json")
    assert ran.code == 0, ran.err
    assert set(ran.document) == WRITTEN
    EvidenceWritten.model_validate(ran.document)
    file = Path(ran.document["path"])
    assert file.name == "sample-hrr-2023-XAG-v1.wacz"
    assert file.stat().st_size == ran.document["bytes"]
    shutil.rmtree(home)
    ran = reportwatch("verify", "--bundle", str(file), "--log-key", log_key, "--json")
    assert ran.code == 0, ran.document
    assert set(ran.document) == CHECKED
    assert json.dumps(ran.document) == json.dumps(
        BundleVerified.model_validate(ran.document).as_json()
    )
    assert not home.exists()


def test_people_are_told_what_proves_it(log_key: str) -> None:
    ran = reportwatch("evidence", "Gandoria", "2023", "--out", "g.wacz")
    assert ran.code == 0, ran.err
    assert "g.wacz: sample-hrr/2023/XAG, version 3, " in ran.out
    assert "cosigned by nobody" in ran.out
    assert "stamped at no time, by no authority" in ran.out
    ran = reportwatch("verify", "--bundle", "g.wacz", "--quote", "credible reports of")
    assert ran.code == 0, ran.out
    absent = "witnesses, consistency, time stamps, removals"
    assert f"VERIFIED: 11 checks passed; absent: {absent}." in ran.out
    assert "signed by a key that the bundle itself carries." in ran.out
    Path("g.wacz").write_bytes(Path("g.wacz").read_bytes().replace(b"Gandoria", b"Gandorla"))
    ran = reportwatch("verify", "--bundle", "g.wacz")
    assert ran.code == 1
    assert "REFUSED  container: " in ran.out


REFUSED: list[tuple[tuple[str, ...], int, str]] = [
    (("evidence", "Gandoria", "2023"), 1, "`reportwatch transparency checkpoint` makes one"),
    (("evidence", "Gandoria", "2023", "--version", "9"), 1, "has no version 9"),
    (("evidence", "Narnia", "2023"), 1, "is no country known"),
    (("evidence", "Gandoria", "2023", "--out", "nowhere/a.wacz"), 1, "a folder that exists"),
    (("evidence", "Gandoria", "2023", "--out", "."), 1, "name a file"),
    (("evidence", "Gandoria", "2023", "--version", "0"), 2, "--version"),
    (("verify", "--bundle", "nowhere.wacz"), 1, "nowhere.wacz cannot be read"),
    (("verify", "--bundle", "a.wacz", "--file", "b.sqlite"), 2, "two checks"),
    (("verify", "--bundle", "a.wacz", "--quote", " "), 2, "--quote needs some words"),
    (("verify", "--bundle", "a.wacz", "--log-key", "key"), 2, "is no Ed25519 key"),
    (("verify", "--bundle", "a.wacz", "--tsa-cert", "no.pem"), 2, "no file with a certificate"),
    (("verify", "--quote", "words"), 2, "for --bundle"),
    (("verify", "--log-key", "key"), 2, "for --bundle"),
]


def test_what_cannot_be_done_is_said_with_its_code(sample: Path) -> None:
    found = []
    for words, _, told in REFUSED:
        ran = reportwatch(*words, "--json")
        assert set(ran.document) == {"error"}
        found.append((words, ran.code, told if told in ran.document["error"] else ran.err))
    assert found == REFUSED
