"""Webhooks and chat rooms: signed, the same id at every attempt, set aside when they fail long."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hooks_stage import Receiver, receiving
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from walk_stage import Watch

from alerts.sink import Sink
from documents.changes import ChangeDocument
from reports.notices.states import AlertState
from reports.notices.subscription import SubscriberState, SubscriptionFilter
from services.notify.bounces import FAILING_FOR
from services.notify.sign_up import revive, subscribe

OWNER = "owner@desk.example"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def hooked(watch: Watch, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """One edit that a webhook is to be told of; its secret is in ``watch.secret``."""
    watch.set(allow_private=True)
    watch.at(0)
    made = subscribe(watch.parts, receiver.url, SubscriptionFilter(), owner=OWNER)
    watch.secret = made.secret
    watch.at(2)
    # The library reads the real clock; the watch has one of its own.
    monkeypatch.setattr("standardwebhooks.webhooks.datetime", _clock(watch))
    return watch


def _clock(watch: Watch) -> type:
    from datetime import datetime

    class Now(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            return watch.now

    return Now


def state(watch: Watch, receiver: Receiver) -> SubscriberState:
    with watch.parts.store.read() as unit:
        return unit.subscribers.named(receiver.url).state


def states(watch: Watch) -> list[str]:
    with watch.parts.store.read() as unit:
        return [each.state.value for each in unit.alerts.all()]


def test_a_receiver_can_verify_what_it_gets_and_read_it(hooked: Watch, receiver: Receiver) -> None:
    assert hooked.deliver().document.as_json() == {"sent": 1, "retrying": 0, "dead": 0}
    ((headers, body),) = receiver.got
    told = Webhook(hooked.secret).verify(body, headers)
    assert told["type"] == "reports.changed"
    (change,) = told["data"]["changes"]
    with hooked.parts.store.read() as unit:
        (held,) = unit.changes.find(kinds=["edited"])
    document = ChangeDocument.of(held).as_json()
    assert {name: change[name] for name in document if name in change} == {
        name: value for name, value in document.items() if name in change
    }
    assert change["before"]["text_sha256"] != change["after"]["text_sha256"]
    assert "[-" in change["redline"][0]["paragraphs"][0]
    assert "Gandoria 2023" in told["data"]["subject"]


def test_a_tampered_body_or_an_old_one_fails(hooked: Watch, receiver: Receiver) -> None:
    hooked.deliver()
    ((headers, body),) = receiver.got
    with pytest.raises(WebhookVerificationError):
        Webhook(hooked.secret).verify(body.replace(b"Gandoria", b"Belvaria"), headers)
    hooked.now += timedelta(minutes=10)
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(hooked.secret).verify(body, headers)


def test_a_receiver_that_fails_gets_it_again_under_the_same_id(
    hooked: Watch, receiver: Receiver
) -> None:
    receiver.answers = [(500, {}), (503, {"Retry-After": "3600"}), (302, {"Location": "/x"})]
    assert hooked.deliver().retrying == 1
    hooked.now += timedelta(seconds=30)
    assert hooked.deliver().retrying == 1
    hooked.now += timedelta(minutes=5)
    assert hooked.deliver().document.as_json()["retrying"] == 0  # it asked for an hour
    hooked.now += timedelta(hours=1)
    assert hooked.deliver().retrying == 1
    hooked.now += timedelta(hours=1)
    assert hooked.deliver().sent == 1
    assert len(set(receiver.ids())) == 1
    assert len(receiver.ids()) == 4


def test_a_receiver_that_is_gone_is_set_aside_at_once(hooked: Watch, receiver: Receiver) -> None:
    receiver.answers = [(410, {})]
    assert hooked.deliver().dead == 1
    assert state(hooked, receiver) is SubscriberState.SET_ASIDE


def test_a_receiver_that_fails_for_days_is_set_aside_its_owner_told_and_made_up_for(
    hooked: Watch, receiver: Receiver, tmp_path: Path
) -> None:
    with Sink(tmp_path / "mail") as sink:
        hooked.set(smtp_url=sink.url, operator="ops@law.example")
        receiver.answers = [(500, {})] * 500
        began = hooked.now
        while state(hooked, receiver) is SubscriberState.ACTIVE:
            hooked.deliver()
            hooked.now += timedelta(hours=1)
        assert FAILING_FOR <= hooked.now - began <= FAILING_FOR + timedelta(hours=2)
        hooked.deliver()
        policy = email.policy.default
        mails = [email.message_from_bytes(f.read_bytes(), policy=policy) for f in sink.mails()]
        notice = next(each for each in mails if each["To"] == OWNER)
        said = notice.get_body(("plain",)).get_content()
        assert "answers 500" in said
        assert "/in" not in said  # what is secret in an address stays out of mails
        assert any(each["To"] == "ops@law.example" for each in mails)
    hooked.at(3)  # not queued for an address that was set aside
    receiver.answers.clear()
    assert revive(hooked.parts, receiver.url)
    with hooked.parts.store.write() as unit:
        reader = unit.subscribers.named(receiver.url)
        since = began - timedelta(days=1)
        assert unit.alerts.repeat(reader, since, hooked.now) == 1
        assert unit.alerts.make_up(reader, since, hooked.now) == 1
        unit.commit()
    before = len(receiver.got)
    hooked.deliver()
    assert len(receiver.got) == before + 2
    assert set(states(hooked)) == {"sent"}


def test_a_private_address_is_never_asked(hooked: Watch, receiver: Receiver) -> None:
    hooked.set(allow_private=False)
    assert hooked.deliver().dead == 1
    assert receiver.got == []
    with hooked.parts.store.read() as unit:
        (view,) = unit.alerts.all([AlertState.DEAD.value])
    assert "is not asked" in view.last_error


def test_a_webhook_that_fails_holds_up_no_mail(hooked: Watch, tmp_path: Path) -> None:
    hooked.set(allow_private=False)
    with Sink(tmp_path / "mail") as sink:
        hooked.set(smtp_url=sink.url)
        hooked.subscribe()
        hooked.at(3)
        assert hooked.deliver().sent == 1


def test_a_chat_room_is_told_by_apprise(watch: Watch, receiver: Receiver) -> None:
    watch.set(allow_private=True)
    watch.at(0)
    subscribe(watch.parts, receiver.url.replace("http://", "json://"), SubscriptionFilter())
    watch.at(2)
    assert watch.deliver().sent == 1
    (told,) = receiver.documents()
    assert "Gandoria 2023" in told["title"]
    assert "words" in told["message"]
    watch.set(allow_private=False)
    watch.at(3)
    assert watch.deliver().dead == 1
    assert len(receiver.got) == 1


REDIRECTS = (301, 302, 303, 307, 308)


@pytest.mark.parametrize("query", ["", "?redirect=yes"], ids=["as it is", "asking to be led on"])
@pytest.mark.parametrize("scheme", ["http", "json", "xml", "form"])
def test_no_channel_is_led_to_another_address(
    watch: Watch, receiver: Receiver, scheme: str, query: str
) -> None:
    watch.set(allow_private=True)
    watch.at(0)
    address = receiver.url.replace("http://", f"{scheme}://") + query
    subscribe(watch.parts, address, SubscriptionFilter())
    watch.at(2)
    with receiving("/elsewhere") as elsewhere:
        receiver.answers = [(status, {"Location": elsewhere.url}) for status in REDIRECTS]
        for _ in REDIRECTS:
            assert watch.deliver().retrying == 1
            watch.now += timedelta(hours=1)
        assert len(receiver.got) == len(REDIRECTS) == 5
        assert elsewhere.got == []
    assert watch.deliver().sent == 1
