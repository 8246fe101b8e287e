"""A version's page offers its evidence once there is some, and gives it as a file that verifies."""

from __future__ import annotations

from threading import BoundedSemaphore

import pytest
from monitor_stage import Open

from monitor.pages import evidence
from services.evidence.verify_bundle import check_bundle, read_trust
from services.transparency.checkpoints import make_checkpoint

VERSION = "/reports/sample-hrr/2023/XAG/v/1"
BUNDLE = f"{VERSION}/evidence.wacz"


def test_the_evidence_is_a_file_to_save_that_proves_itself(open_monitor: Open) -> None:
    client, parts = open_monitor(is_filled=True)
    head = make_checkpoint(parts)
    page = client.get(VERSION).text
    assert f'href="{BUNDLE}" download>Save the evidence</a>' in page
    assert f'the log <span class="name">{head.log.origin}</span>' in page
    answer = client.get(BUNDLE)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/wacz"
    name = 'attachment; filename="sample-hrr-2023-XAG-v1.wacz"'
    assert answer.headers["content-disposition"] == name
    assert "sandbox" in answer.headers["content-security-policy"]
    result = check_bundle("a.wacz", answer.content, read_trust([head.log.vkey], [], []))
    assert result.is_verified


def test_an_area_has_its_own(open_monitor: Open) -> None:
    client, parts = open_monitor(is_filled=True)
    make_checkpoint(parts)
    answer = client.get("/reports/sample-hrr/2022/XAD/lower-sarn/v/1/evidence.wacz")
    assert answer.status_code == 200
    assert check_bundle("a.wacz", answer.content, read_trust([], [], [])).is_verified


def test_without_a_checkpoint_there_is_nothing_to_save(open_monitor: Open) -> None:
    client, _ = open_monitor(is_filled=True)
    page = client.get(VERSION).text
    assert "In no published checkpoint of the transparency log yet." in page
    assert BUNDLE not in page
    answer = client.get(BUNDLE)
    assert answer.status_code == 404
    assert "nothing proves it" in answer.text


def test_no_more_are_made_at_once_than_there_is_room_for(
    open_monitor: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, parts = open_monitor(is_filled=True)
    make_checkpoint(parts)
    room = BoundedSemaphore(1)
    monkeypatch.setattr(evidence, "_ROOM", room)
    monkeypatch.setattr(evidence, "PATIENCE", 0.01)
    assert client.get(BUNDLE).status_code == 200
    with room:
        answer = client.get(BUNDLE)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    assert client.get(BUNDLE).status_code == 200
