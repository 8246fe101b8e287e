"""Certificates of receivers that nobody should believe: refused, in words, nothing sent to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from authority import Authority
from hooks_stage import receiving
from walk_stage import Watch

from reports.notices.states import AlertState
from reports.notices.subscription import SubscriptionFilter
from services.notify.sign_up import subscribe

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "expired": ({"days": -1}, "certificate has expired"),
    "signed by itself": ({"is_own": True}, "self-signed certificate"),
    "of another name": ({"name": "other.example"}, "not valid for 'localhost'"),
}


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    made = Authority(tmp_path)
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(made.path))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(made.path))  # for apprise, which has no gate
    return made


@pytest.mark.parametrize("scheme", ["https", "jsons"])
@pytest.mark.parametrize("name", REFUSED)
def test_a_receiver_is_told_nothing_before_its_certificate_holds(
    watch: Watch, authority: Authority, name: str, scheme: str
) -> None:
    wrong, says = REFUSED[name]
    watch.set(allow_private=True)
    watch.at(0)
    with receiving(context=authority.context(**{"name": "localhost", **wrong})) as receiver:
        address = receiver.url.replace("https://", f"{scheme}://")
        subscribe(watch.parts, address, SubscriptionFilter())
        watch.at(2)
        assert watch.deliver().retrying == 1
        assert receiver.got == []
    with watch.parts.store.read() as unit:
        (view,) = unit.alerts.all([AlertState.RETRYING.value])
    if scheme == "https":
        assert view.last_error.startswith("the webhook was sent nothing: the certificate")
        assert says in view.last_error
    else:  # apprise says no more
        assert view.last_error == "the service did not take the message"


@pytest.mark.parametrize("scheme", ["https", "jsons"])
def test_a_receiver_whose_certificate_holds_is_told(
    watch: Watch, authority: Authority, scheme: str
) -> None:
    watch.set(allow_private=True)
    watch.at(0)
    with receiving(context=authority.context("localhost")) as receiver:
        address = receiver.url.replace("https://", f"{scheme}://")
        subscribe(watch.parts, address, SubscriptionFilter())
        watch.at(2)
        assert watch.deliver().sent == 1
        assert len(receiver.got) == 1
