"""Settings that several machines with one database must have alike: agreed, compared, refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from databases import Database
from pydantic import SecretStr

from services.agreed_settings import (
    AGREED,
    DATABASE_ID,
    SettingsDiffer,
    agree,
    differences,
    in_effect,
    require_agreed,
)
from services.assembly import Parts, open_parts
from services.notify.delivery import deliver
from services.prune import prune
from services.runs.run import take_source_lock
from services.settings import Settings, load_settings

OTHERS = {
    "public_url": "https://watch.example",
    "mail_from": "desk@example.org",
    "operator": "op@example.org",
    "gone_checks": 5,
    "gone_hours": 24,
    "mass_change": 7,
    "fresh_hours": 12,
    "keep_days": 30,
    "via": "http://127.0.0.1:9",
    "robots_unreachable": "forbid",
    "daily_requests": 1,
    "daily_megabytes": 1,
}


@pytest.fixture
def machine(database: Database) -> Callable[..., Settings]:
    """Give the settings of one of several machines with one database."""

    def settings(name: str = "first", **chosen: Any) -> Settings:
        home = database.home if database.is_sqlite else database.home / name
        home.mkdir(exist_ok=True)
        facts = {"secret": SecretStr("of all"), "database_url": SecretStr(database.url), **chosen}
        return load_settings(home=home, **facts)

    return settings


def test_nothing_is_refused_where_nothing_was_agreed(machine: Callable[..., Settings]) -> None:
    with open_parts(machine(gone_hours=24)) as parts:
        require_agreed(parts)
        assert differences(parts) == []


def test_machines_with_the_same_settings_agree(machine: Callable[..., Settings]) -> None:
    with open_parts(machine()) as parts:
        agree(parts)
    with open_parts(machine("second", delay=99, contact="else@example.org")) as parts:
        require_agreed(parts)


def test_every_setting_that_must_agree_is_compared() -> None:
    assert set(OTHERS) == set(AGREED)


@pytest.mark.parametrize("name", AGREED)
def test_a_machine_with_another_setting_is_refused_in_words(
    machine: Callable[..., Settings], name: str
) -> None:
    with open_parts(machine()) as parts:
        agree(parts)
        agreed = getattr(parts.settings, name)
    other = machine("second", **{name: OTHERS[name]})
    with open_parts(other) as parts, pytest.raises(SettingsDiffer) as refused:
        require_agreed(parts)
    here = getattr(other, name)
    shown = [f"{x:g}" if isinstance(x, float) else x or "not set" for x in (here, agreed)]
    assert f"REPORTWATCH_{name.upper()} is {shown[0]} here, {shown[1]} in the database" in str(
        refused.value
    )
    assert "deploy --accept-settings" in str(refused.value)


def test_another_secret_is_refused_and_neither_is_shown_or_kept(
    machine: Callable[..., Settings],
) -> None:
    with open_parts(machine(secret=SecretStr("the-first-one"))) as parts:
        agree(parts)
        with parts.store.read() as unit:
            kept = unit.agreed_settings.all()
    assert "the-first-one" not in str(kept)
    second = machine("second", secret=SecretStr("the-other-one"))
    with open_parts(second) as parts, pytest.raises(SettingsDiffer) as refused:
        require_agreed(parts)
    assert "REPORTWATCH_SECRET is another here" in str(refused.value)
    assert "the-first-one" not in str(refused.value) and "the-other" not in str(refused.value)


def test_what_was_agreed_later_is_all_that_counts(machine: Callable[..., Settings]) -> None:
    for hours in (48, 24):
        with open_parts(machine(gone_hours=hours)) as parts:
            agree(parts)
    with open_parts(machine("second", gone_hours=24)) as parts:
        require_agreed(parts)


WRITERS: dict[str, Callable[[Parts], object]] = {
    "whatever looks at a source": lambda parts: take_source_lock(parts, "sample-hrr"),
    "a delivery": deliver,
    "a pruning": prune,
}


@pytest.mark.parametrize("writer", WRITERS)
def test_whoever_writes_is_refused(machine: Callable[..., Settings], writer: str) -> None:
    with open_parts(machine()) as parts:
        agree(parts)
    with open_parts(machine("second", keep_days=1)) as parts, pytest.raises(SettingsDiffer):
        WRITERS[writer](parts)


def test_a_worker_with_another_database_is_refused(
    machine: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_parts(machine()) as parts:
        with parts.store.read() as unit:
            identity = str(unit.installation.uuid)
        monkeypatch.setenv(DATABASE_ID, identity)
        require_agreed(parts)
        monkeypatch.setenv(DATABASE_ID, "00000000-0000-0000-0000-000000000000")
        with pytest.raises(SettingsDiffer, match="REPORTWATCH_DATABASE_URL in the environment"):
            require_agreed(parts)


def test_the_same_secret_has_another_digest_in_another_database() -> None:
    settings = load_settings(secret=SecretStr("of all"))
    assert in_effect(settings, "one")["secret"] != in_effect(settings, "two")["secret"]
