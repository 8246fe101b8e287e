"""Time stamps: as authorities make them, and as nobody should be taken in by."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from cryptography import x509

from services.evidence.verify_bundle import Refused, check_token, read_token
from tests.services.evidence.bundle_stage import Stage
from tests.time_stamps import TimeStampAuthority

TEXT = b"watch.example.org/log\n3\nroot\n"


@pytest.mark.parametrize("names_by", ["sha1", "sha256", "sha512"])
def test_a_token_is_read_however_it_names_its_certificate(tmp_path: Path, names_by: str) -> None:
    authority = TimeStampAuthority(tmp_path / "tsa", "Lamp Time", names_by=names_by)
    root = x509.load_pem_x509_certificate(authority.root.read_bytes())
    token = read_token("1.tsr", authority.stamp(TEXT), authority.chain)
    found = check_token(token, TEXT, [root])
    assert found.name == "CN=Lamp Time"
    assert [each.subject.rfc4514_string() for each in found.chain] == [
        "CN=Lamp Time",
        "CN=Lamp Time root",
    ]


def test_a_token_without_certificates_needs_them_beside_it(stage: Stage) -> None:
    bare = stage.authority.stamp(TEXT, with_certificates=False)
    assert check_token(read_token("1.tsr", bare, stage.authority.chain), TEXT, []).name
    with pytest.raises(Refused, match="whose certificate signed it, or lacks it"):
        check_token(read_token("1.tsr", bare, b""), TEXT, [])


def test_a_token_without_its_root_is_taken_for_what_it_is(stage: Stage) -> None:
    token = read_token("1.tsr", stage.authority.stamp(TEXT), b"")
    assert len(check_token(token, TEXT, []).chain) == 1
    assert len(check_token(token, TEXT, stage.trust.authorities).chain) == 2


def test_a_changed_token_is_refused_and_breaks_nothing(stage: Stage) -> None:
    true = stage.authority.stamp(TEXT)
    chance, refused, count = Random(7), 0, 400
    for _ in range(count):
        at = chance.randrange(len(true))
        body = true[:at] + bytes([true[at] ^ 1 << chance.randrange(8)]) + true[at + 1 :]
        try:
            token = read_token("1.tsr", body, stage.authority.chain)
            check_token(token, TEXT, stage.trust.authorities)
        except Refused:
            refused += 1
    # What is left says nothing: the certificate beside the one that is given, the status' text.
    assert refused > 0.4 * count
