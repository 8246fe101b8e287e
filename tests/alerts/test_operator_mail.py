"""The mail to the operator: complete, plain, harmless, one message however often it is tried."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.failures import PermanentFailure
from alerts.mail import new_email
from alerts.message import ComposedMessage
from alerts.operator_mail import compose_alarms, message_id_of
from reports.watch.alarm import Alarm, AlarmKind

SHORT = {"sample-hrr": "Sample reports"}
NOW = datetime(2026, 5, 1, 9, 5, tzinfo=UTC)
HELD = Alarm(
    id=7,
    source="sample-hrr",
    kind="held_back",
    subject="sample-hrr",
    text="5 pages held back (2024: 5).",
    examples=("sample-hrr/2024/XAB", "sample-hrr/2024/XAC"),
    remedy="`reportwatch review` lists them.",
    raised_at=NOW - timedelta(hours=2),
    seen_at=NOW,
)
LENGTH = replace(HELD, id=8, kind="drift_length", text="Much shorter.", examples=(), remedy="")


def composed(alarms: list[Alarm], public_url: str = "") -> ComposedMessage:
    return compose_alarms(alarms, public_url=public_url, short_names=SHORT, now=NOW)


def test_one_alarm_is_told_with_its_examples_and_what_helps() -> None:
    mail = composed([HELD], public_url="https://watch.example")
    assert mail.subject == "To see to: Sample reports: pages held back"
    assert len(HELD.examples) == 2
    for body in (mail.text, mail.html):
        assert HELD.text in body
        assert all(example in body for example in HELD.examples)
        assert "reportwatch review" in body
        assert "1 May 2026, 07:05 UTC" in body
        assert "https://watch.example/" in body


def test_several_alarms_are_one_mail() -> None:
    mail = composed([HELD, LENGTH])
    assert mail.subject == (
        "To see to: 2 alarms: Sample reports: pages held back, Sample reports: lengths changed"
    )
    assert mail.text.index(HELD.text) < mail.text.index(LENGTH.text)
    assert "http" not in mail.text


@pytest.mark.parametrize("kind", list(AlarmKind))
def test_every_kind_has_a_name_for_people(kind: AlarmKind) -> None:
    subject = composed([replace(HELD, kind=kind.value)]).subject
    assert "_" not in subject and "drift" not in subject


def test_a_kind_that_is_not_known_yet_is_told_by_its_name() -> None:
    mail = composed([replace(HELD, kind="drift_of_sand")])
    assert mail.subject == "To see to: Sample reports: drift of sand"


def test_scraped_text_is_harmless() -> None:
    evil = "<script>alert(1)</script>\r\nBcc: all@law.example\u202e"
    hostile = replace(HELD, text=evil, examples=(evil,), remedy=evil)
    mail = composed([hostile], public_url="javascript:alert(1)")
    assert "<script>" not in mail.html and "javascript:" not in mail.html
    assert "\u202e" not in mail.text + mail.html
    assert "\nBcc:" not in mail.text
    made = new_email(
        mail, mail_from="w@law.example", to="o@law.example", date=NOW, message_id="a@b"
    )
    assert made["Bcc"] is None


def test_a_mail_that_is_tried_again_is_the_same_message() -> None:
    first, again = (message_id_of([HELD, LENGTH], "w.example", NOW) for _ in range(2))
    assert first == again
    assert message_id_of([HELD], "w.example", NOW) != message_id_of([LENGTH], "w.example", NOW)
    assert message_id_of([HELD], "w.example", NOW).endswith("@w.example")


@pytest.mark.parametrize("mail_from", ["w@law.example", "Civic Desk <w@law.example>"])
def test_operators_see_that_a_mail_is_theirs_whatever_readers_see(mail_from: str) -> None:
    mail = composed([HELD])
    made = new_email(
        mail,
        mail_from=mail_from,
        name="reportwatch for operators",
        to="o@law.example",
        date=NOW,
        message_id="a@b",
    )
    (sender,) = made["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (
        "reportwatch for operators",
        "w@law.example",
    )


def test_an_address_that_cannot_be_used_is_refused() -> None:
    mail = composed([HELD])
    with pytest.raises(PermanentFailure, match="not a usable mail address"):
        new_email(mail, mail_from="w@law.example", to="nobody", date=NOW, message_id="a@b")
