"""The settings: what may hold a password shows it to nobody who was not given it by name."""

from __future__ import annotations

import traceback

import pytest
from pydantic import SecretStr, ValidationError

from services.settings import Settings

SECRETS = {
    "secret": "hunter2",
    "admin_password": "hunter2",
    "reader_password": "hunter2",
    "smtp_url": "smtp://user:hunter2@mail.example",
    "database_url": "postgresql://user:hunter2@db.example/reports",
    "copy_to": "postgresql://user:hunter2@db.example/copy",
    "deadman_url": "https://switch.example/hunter2",
    "canary_read": "imaps://user:hunter2@mail.example/INBOX",
    "wayback_keys": "access:hunter2",
}
BAD = {
    "smtp_url": "mail://user:hunter2@mail.example",
    "deadman_url": "switch.example/hunter2",
    "canary_read": "imap://user:hunter2@mail.example/INBOX",
    "wayback_keys": "hunter2",
}


def test_every_setting_that_may_hold_a_secret_is_one_for_pydantic() -> None:
    kept = {name for name, each in Settings.model_fields.items() if each.annotation is SecretStr}
    assert kept == set(SECRETS)


def test_no_representation_holds_a_secret() -> None:
    settings = Settings(**SECRETS)
    assert settings.secret.get_secret_value() == "hunter2"
    for shown in (repr(settings), str(settings), str(settings.model_dump()), f"{settings.secret}"):
        assert "hunter2" not in shown
    assert "hunter2" not in settings.model_dump_json()


@pytest.mark.parametrize(("name", "value"), BAD.items())
def test_no_refusal_holds_a_secret(name: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**{name: value})
    assert "hunter2" not in "".join(traceback.format_exception_only(refused.value))
    assert "hunter2" not in repr(refused.value)


@pytest.mark.parametrize(
    ("mail_from", "is_taken"),
    [
        ("watch@desk.example", True),
        ("Civic Desk <watch@desk.example>", True),
        ("<watch@desk.example>", True),
        ("Civic Desk", False),
        ("Civic Desk watch@desk.example", False),
        ("Civic Desk <watch@desk.example> and more", False),
        ("Desk <Civic <watch@desk.example>>", False),
        ("Civic Desk\nBcc: <watch@desk.example>", False),
    ],
)
def test_a_sender_may_have_a_name(mail_from: str, is_taken: bool) -> None:
    if is_taken:
        settings = Settings(mail_from=mail_from)
        assert (settings.mail_from, settings.mail_domain) == (mail_from, "desk.example")
    else:
        with pytest.raises(ValidationError, match="must be an e-mail address"):
            Settings(mail_from=mail_from)
